import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog
from pydantic import SecretStr

from bot import log
from bot.log import MASK, Redactor

SECRET = "Tr0ub4dor&3-long"


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    stream = io.StringIO()
    log.configure(level="DEBUG", redactor=Redactor([SecretStr(SECRET)]), stream=stream)
    yield stream
    root.handlers[:] = before
    root.setLevel(level)
    structlog.reset_defaults()


def last(stream: io.StringIO) -> dict[str, object]:
    return json.loads(stream.getvalue().strip().splitlines()[-1])


def test_a_line_carries_what_is_bound(written: io.StringIO):
    with log.bound(tenant=7, person="U1"):
        structlog.get_logger("x").info("saved", ticket=3)
    line = last(written)
    assert (line["event"], line["tenant"], line["person"], line["ticket"]) == ("saved", 7, "U1", 3)
    assert line["level"] == "info"


@pytest.mark.parametrize(
    "value",
    [SECRET, f"before {SECRET} after", [SECRET], {"a": {"b": SECRET}}, SecretStr(SECRET), Exception(SECRET)],
)
def test_a_known_secret_never_reaches_a_line(written: io.StringIO, value: object):
    structlog.get_logger("x").warning("odd", given=value)
    assert SECRET not in written.getvalue()
    assert MASK in written.getvalue()


@pytest.mark.parametrize(
    "token",
    [
        "xoxb-1234-abcdEFGH",
        "xapp-1-A0-99-deadbeef",
        "xoxe.xoxp-1-abc",
        "gAAAAABl" + "a" * 60 + "==",
    ],
)
def test_a_token_is_known_by_its_shape(written: io.StringIO, token: str):
    logging.getLogger("slack_sdk").error("sent %s to somebody", token)
    assert token not in written.getvalue()


@pytest.mark.parametrize(
    "name", ["Authorization", "secret", "ApiIntegrationCode", "x-slack-signature", "trackingId"]
)
def test_a_telling_name_hides_its_value(written: io.StringIO, name: str):
    structlog.get_logger("x").info("call", headers={name: "short"})
    assert last(written)["headers"] == {name: MASK}


def test_an_ordinary_name_keeps_its_value(written: io.StringIO):
    structlog.get_logger("x").info("posted", key="ticket:3")
    assert last(written)["key"] == "ticket:3"


def test_a_traceback_is_redacted_too(written: io.StringIO):
    try:
        int(f"login with {SECRET} failed")
    except ValueError:
        logging.getLogger("sqlalchemy.engine").exception("broke")
    assert SECRET not in written.getvalue()
    assert "ValueError" in written.getvalue()


def test_a_password_in_an_address_is_hidden(written: io.StringIO):
    logging.getLogger("psycopg.pool").warning("cannot reach postgresql://app:hunter22@db/deskhand")
    assert "hunter22" not in written.getvalue()


@pytest.mark.parametrize(
    "library", ["slack_bolt", "slack_sdk", "sqlalchemy.engine", "procrastinate", "httpx"]
)
def test_libraries_never_speak_below_info_whatever_the_level(written: io.StringIO, library: str):
    logging.getLogger(library).debug("a body with everything in it")
    assert written.getvalue() == ""


def test_a_library_that_sets_its_own_level_still_does_not_speak_below_info(written: io.StringIO):
    log.configure(level="DEBUG", stream=written)
    logger = logging.getLogger("slack_bolt.AsyncApp")
    logger.setLevel(logging.DEBUG)
    logger.debug("a form with a secret in it")
    assert written.getvalue() == ""


def test_the_statements_of_the_database_are_not_logged(written: io.StringIO):
    log.configure(level="INFO", stream=written)
    logging.getLogger("sqlalchemy.engine.Engine").info("SELECT 1")
    assert written.getvalue() == ""


def test_a_secret_learnt_later_is_hidden_from_then_on():
    guard = Redactor()
    guard.add("another-secret")
    assert guard.text("has another-secret inside") == f"has {MASK} inside"


def test_a_value_too_short_to_be_a_secret_hides_nothing():
    assert Redactor(["abc"]).text("abcdef") == "abcdef"
