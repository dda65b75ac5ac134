"""Whatever is typed into a form, or chosen in one that another version has drawn: the form says what does not fit."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from sandbox.slack.seed import ADMIN, FULL_MEMBER
from tests.integration.test_worst_content import PRESSED
from tests.integration.trying import Trying, tried

ODD = ("²", "9" * 40, "9999-12-31", "0001-01-01", "a\x00 <!channel>", "25:61", "-1", "x" * 3_000)
FORMS = [each for each in PRESSED if each.kind == "view"]
ROOT = Path(__file__).parents[2]
FIELDS = sorted(
    {
        word
        for folder in ("blocks", "bot/domain")
        for path in (ROOT / folder).glob("*.py")
        for word in re.findall(r'"([a-z_]{2,30})"', path.read_text())
    }
)
"""Every word in quotes: whichever of them a form reads is filled in."""


@pytest.fixture
async def trying(database_url: str) -> AsyncIterator[Trying]:
    async with tried(database_url) as opened:
        yield opened


async def test_odd_values_in_every_field_of_every_form_are_answered(trying: Trying):
    for form in FORMS:
        for typed in ODD:
            await trying.submit(ADMIN, form, FIELDS, typed)
        await trying.submit(FULL_MEMBER, form, FIELDS, ODD[0])
    assert trying.troubles == []
    refusals = [line for line in trying.logs if line.get("code") == "AT-101"]
    assert len(refusals) > len(FORMS)
