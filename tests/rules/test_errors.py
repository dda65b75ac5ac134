import inspect
import json
import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from blocks import errors as words
from blocks.catalogue import CATALOGUE, entry
from bot import errors
from bot.domain.codes import Code
from bot.errors import BotError

ROOT = Path(__file__).parents[2]
SOURCES = sorted(path for part in ("bot", "blocks", "handlers") for path in (ROOT / part).rglob("*.py"))
FAMILIES = (errors.UserError, errors.SetupError, errors.UpstreamError, errors.RejectedError)
SAMPLES: dict[object, object] = {
    str: "needle <&>",
    bool: True,
    timedelta: timedelta(minutes=3),
    tuple[str, ...]: ("needle <&>",),
}


def subclasses(kind: type[BotError]) -> Iterator[type[BotError]]:
    """Those the application declares; tests have their own."""
    for each in kind.__subclasses__():
        if not each.__module__.startswith("tests."):
            yield each
            yield from subclasses(each)


KINDS = (BotError, *subclasses(BotError))


def sample(kind: type[BotError]) -> BotError:
    if not is_dataclass(kind):
        return kind()
    values = {field.name: SAMPLES[field.type] for field in fields(kind)}
    return kind(**values | ({"link": "https://example.com"} if "link" in values else {}))


def documented() -> dict[str, str]:
    return dict(
        re.findall(r"^\| \*\*(AT-\d+)\*\* (.+?) \|", (ROOT / "docs/errors.md").read_text(), re.MULTILINE)
    )


@pytest.mark.parametrize("kind", KINDS)
def test_every_error_has_words_for_people(kind: type[BotError]):
    message = words.message(sample(kind))
    assert len(message.text) > 15
    assert message.blocks
    assert kind.code in json.dumps(message.blocks)


@pytest.mark.parametrize("kind", KINDS)
def test_every_error_has_words_for_a_form_field(kind: type[BotError]):
    assert words.field_text(sample(kind))


@pytest.mark.parametrize("kind", KINDS)
def test_what_an_error_carries_is_escaped(kind: type[BotError]):
    assert "needle <" not in json.dumps(words.message(sample(kind)).blocks)


@pytest.mark.parametrize("kind", KINDS[1:])
def test_every_error_belongs_to_one_family(kind: type[BotError]):
    assert len([family for family in FAMILIES if issubclass(kind, family)]) == 1


@pytest.mark.parametrize("kind", KINDS)
def test_only_errors_that_time_can_fix_are_retried(kind: type[BotError]):
    assert kind.retryable is issubclass(kind, errors.UpstreamError)


def test_no_two_errors_share_a_number():
    codes = [kind.code for kind in KINDS]
    assert len(set(codes)) == len(codes)


@pytest.mark.parametrize("kind", KINDS)
def test_a_number_tells_the_family(kind: type[BotError]):
    for first, family in zip("1234", FAMILIES, strict=True):
        assert (kind.code[3] == first) is issubclass(kind, family)


def test_the_catalogue_lists_every_error_and_our_own_mistakes():
    assert {each.code for each in CATALOGUE} == {kind.code for kind in KINDS} | {"AT-500"} | set(Code)


def test_no_number_is_in_the_catalogue_twice():
    assert len({each.code for each in CATALOGUE}) == len(CATALOGUE)


def test_every_number_that_is_reported_or_told_is_in_the_catalogue():
    told = {code for path in SOURCES for code in re.findall(r"AT-\d{3}", path.read_text())}
    assert told <= {each.code for each in CATALOGUE}


def test_the_numbers_are_looked_for_where_they_are_reported():
    assert any("AT-500" in path.read_text() for path in SOURCES)


def test_the_documentation_is_the_catalogue():
    assert documented() == {each.code: each.title for each in CATALOGUE}


@pytest.mark.parametrize("each", CATALOGUE, ids=lambda each: each.code)
def test_the_documentation_says_what_help_says(each: object):
    page = (ROOT / "docs/errors.md").read_text()
    meaning, todo = getattr(each, "meaning"), getattr(each, "todo")  # noqa: B009
    assert f" | {meaning} | {todo} |\n" in page, "whole, not the beginning of it"


@pytest.mark.parametrize("typed", ["AT-201", "at201", "201"])
def test_a_number_is_found_however_it_is_typed(typed: str):
    found = entry(typed)
    assert found is not None
    assert found.code == "AT-201"


@pytest.mark.parametrize("kind", KINDS)
def test_an_error_carries_no_secret(kind: type[BotError]):
    names = {field.name for field in fields(kind)} if is_dataclass(kind) else set()
    assert not names & {"secret", "password", "token", "credentials"}
    assert "SecretStr" not in inspect.getsource(kind)
