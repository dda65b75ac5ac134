"""Whatever is typed behind a command: it is answered, nothing breaks, and nothing drawn is refused."""

from collections.abc import AsyncIterator

import pytest

import handlers
from sandbox.slack.seed import ADMIN, FULL_MEMBER, GUEST
from tests.integration.trying import Trying, tried

ODD = (
    "%_\\'\"; --", "a\x00b", "1" * 40, "since 9999-12-31", "until 0001-01-01", "last 99999999999 days",
    "last ² days", "last ٣ days", "\ud800", "x" * 7_000, "<!channel> <@U1|x> <#C1>", "9223372036854775808", "²", "0",
    "2026-13-45", "\u202e\u200b", "until until since", "AT-999999999999999999999", "=HYPERLINK(1)", "\x1b[31m",
)  # fmt: skip
NO_AUTOTASK = frozenset({"connect", "verify"})
"""They talk to Autotask, which is not there."""
COMMANDS = [
    f"{command.noun} {verb}".strip()
    for command in handlers.grammar().commands
    if command.noun not in NO_AUTOTASK
    for verb in ("", *(each.name for each in command.verbs))
]
WITH_WORDS = ("find", "invoices", "opps", "time", "contracts", "logs", "audit")
"""Each of these reads or looks for words in its own way."""


@pytest.fixture
async def trying(database_url: str) -> AsyncIterator[Trying]:
    async with tried(database_url) as opened:
        yield opened


async def test_odd_words_behind_every_command_are_answered(trying: Trying):
    for n, command in enumerate(COMMANDS):
        for odd in ODD if command in WITH_WORDS else (ODD[n % len(ODD)],):
            await trying.type(ADMIN, f"{command} {odd}")
    assert trying.troubles == []


@pytest.mark.parametrize("user", [FULL_MEMBER, GUEST])
async def test_members_and_guests_type_them_too(trying: Trying, user: str):
    for n, command in enumerate(COMMANDS):
        await trying.type(user, f"{command} {ODD[-1 - n % len(ODD)]}")
    assert trying.troubles == []
