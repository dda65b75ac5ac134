"""Whatever a workspace holds and whatever a button carries: nothing breaks, and nothing drawn is refused."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import delete

from bot.app import performer
from bot.db import tables
from bot.domain.alerts import Subscription as Alerts
from bot.domain.digests import Period, schedule_name
from bot.domain.digests import Subscription as Digests
from bot.domain.problems import EventKind
from bot.jobs import Attempt, PostDigest, TellNews, TellProblem
from sandbox.slack.seed import ADMIN, FULL_MEMBER, GUEST
from tests.integration import worst_content
from tests.integration.slack_world import DESK
from tests.integration.trying import Trying, known, tried

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
    async with tried(database_url) as opened:
        await worst_content.fill(opened.office)
        yield opened


async def test_every_command_draws_the_worst_content_so_that_slack_takes_it(trying: Trying):
    for line in (*LINES, *(f"{noun} {worst_content.ODD}" for noun in NAMED)):
        await trying.type(ADMIN, line)
    for user in (FULL_MEMBER, GUEST):
        for line in LINES:
            await trying.type(user, line)
    assert trying.troubles == []


async def test_every_button_and_form_draws_it_too_and_takes_what_it_never_carried(trying: Trying):
    for n, each in enumerate(PRESSED):
        await trying.press(ADMIN, each, "5", in_modal=True)
        await trying.press(ADMIN, each, MADE_UP[n % len(MADE_UP)])
    assert trying.troubles == []


async def test_members_and_guests_press_them_too(trying: Trying):
    for n, each in enumerate(PRESSED):
        await trying.press(FULL_MEMBER, each, "5", in_modal=n % 2 == 0)
    for each in PRESSED[::6]:  # all of them are refused in one place
        await trying.press(GUEST, each, "1")
    assert trying.troubles == []


async def test_what_jobs_say_of_it_is_taken_too(trying: Trying):
    office = trying.office
    tenant, now = await office.tenant(), office.bot.tools.clock.now()
    digest = Digests(DESK, ADMIN, money=True)
    async with office.bot.database.unit(tenant.id) as uow:
        await uow.connection.execute(delete(tables.alert_channels))  # none of those exists
        await uow.alert_channels.save(Alerts(DESK, frozenset(EventKind), changed_at=now, money=True))
        await uow.digests.save(digest)
        for each in digest.schedules(tenant.id, "UTC", now):
            await uow.schedules.save(each)
    slot = f"{now:%Y-%m-%dT%H:00}"
    digests = [
        PostDigest(tenant_id=tenant.id, schedule=schedule_name(each, DESK), slot=slot) for each in Period
    ]
    told = [TellProblem(tenant_id=tenant.id, problem_id=each) for each in range(3, 3 + len(EventKind))]
    for job in (*digests, *told, TellNews(tenant_id=tenant.id, run_id=2)):
        with trying.watched(f"{job!r}"):
            await performer(office.bot)(job, Attempt(1, is_last=True, holder="test"))
    assert trying.troubles == []
    assert len(office.calls("chat.postMessage")) > len(EventKind)
    assert all(word in repr(office.calls("chat.postMessage")) for word in ("Daily digest", "Weekly digest"))
