"""Whatever a workspace holds and whatever a button carries: nothing breaks, and nothing drawn is refused."""

from collections.abc import AsyncIterator

import pytest
from structlog.testing import capture_logs

from sandbox.slack.seed import ADMIN, FULL_MEMBER, GUEST
from sandbox.slack.settings import SlackSettings
from tests.integration import worst_content
from tests.integration.slack_world import opened_office
from tests.integration.test_sight_everywhere import set_up
from tests.integration.trying import Trying, known

LINES = (
    "", "alerts", "alerts syncs", "alerts channels", "contracts", "contracts settings", "contracts customers",
    "find W", "filters", "digest", "digest week", "fetch", "invoices", "invoices overdue", "logs", "logs errors",
    "opps", "schedules", "status", "status contracts", "status invoices", "sync contracts", "time", "time rate",
    "time reminders",
)  # fmt: skip
NAMED = (
    "contracts",
    "find",
    "invoices",
    "logs",
    "opps",
    "time",
    "alerts",
    "status",
    "sync",
    "fetch",
    "digest",
)
NOUNS = (
    "alert", "contract", "digests", "fetches", "invoices", "logs", "opp", "schedules", "status", "syncs", "time"
)  # fmt: skip
MADE_UP = ("0|", "-5|f=0001-01-01&u=9999-12-31", "999999999~5~f~99999999999999999.999999999999999999|w=x")
"""What no button of ours has."""
PRESSED = [
    each
    for each in known()
    if each.kind in {"action", "options", "view"}
    and each.run.__module__.startswith(tuple(f"handlers.{noun}" for noun in NOUNS))
]


@pytest.fixture
async def trying(database_url: str) -> AsyncIterator[Trying]:
    with capture_logs() as logs:
        async with opened_office(database_url, slack_settings=SlackSettings(rate_limits=False)) as office:
            await set_up(office)
            await worst_content.fill(office)
            yield Trying(office, logs)


async def test_every_command_draws_the_worst_content_so_that_slack_takes_it(trying: Trying):
    for line in (*LINES, *(f"{noun} {worst_content.ODD}" for noun in NAMED)):
        await trying.type(ADMIN, line)
    for user in (FULL_MEMBER, GUEST):
        for line in LINES:
            await trying.type(user, line)
    assert trying.troubles == []


async def test_every_button_and_form_draws_it_too_and_takes_what_it_never_carried(trying: Trying):
    for n, each in enumerate(PRESSED):
        await trying.press(ADMIN, each, "3", in_modal=True)
        await trying.press(ADMIN, each, MADE_UP[n % len(MADE_UP)])
    assert trying.troubles == []


async def test_members_and_guests_press_them_too(trying: Trying):
    for n, each in enumerate(PRESSED):
        await trying.press(FULL_MEMBER, each, "1", in_modal=n % 2 == 0)
        await trying.press(GUEST, each, "1")
    assert trying.troubles == []
