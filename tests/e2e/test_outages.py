"""Slack or Autotask away for a while: said so, waited for, and gone on with."""

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from bot.db.session import Database
from sandbox.autotask.faults import Fault
from sandbox.slack.faults import Fault as SlackFault
from sandbox.slack.seed import ADMIN, FULL_MEMBER
from tests.e2e.desk import Desk, opened_desk, tickets
from tests.factories import until

EVERY = 1_000_000


@pytest.fixture(scope="module")
async def desk(shared_database_url, tmp_path_factory) -> AsyncIterator[Desk]:
    folder = tmp_path_factory.mktemp("outages")
    async with opened_desk(folder, BOT_DATABASE_URL=shared_database_url) as opened:
        await (await opened.bots.start()).ready()
        await opened.set_up()
        yield opened


@pytest.fixture
async def database(shared_database_url) -> AsyncIterator[Database]:
    async with Database(shared_database_url) as opened:
        yield opened


async def slack_goes_away(desk: Desk) -> None:
    """Every call is answered with 503, and the sockets are closed."""
    desk.slack.hub.faults.add(SlackFault(error="service_unavailable", status=503, times=EVERY))
    await desk.slack.hub.delivery.socket.close()


def readiness(desk: Desk, status: int) -> Callable[[], Awaitable[dict[str, str] | None]]:
    """Looks at ``/readyz`` until it answers so."""

    async def look() -> dict[str, str] | None:
        answer = await desk.bots.started[-1].readiness()
        return answer.json() if answer.status_code == status else None

    return look


async def test_slack_away_and_back_is_told_by_readyz_and_served_again(desk: Desk):
    await slack_goes_away(desk)
    report = await until(readiness(desk, 503), within=30)
    assert report["ok"] is False
    assert report["socket"] != "ok"
    assert report["database"] == "ok"
    desk.slack.hub.faults.clear()
    await until(readiness(desk, 200), within=60)
    await desk.type(ADMIN, "/autotask help")
    await desk.said(ADMIN, "What Deskhand understands")


async def test_a_ticket_is_created_although_slack_cannot_show_it_and_shown_when_it_can(
    desk: Desk, database: Database
):
    summary = "Made while Slack was away"
    fault = Fault("slow", "Tickets", "POST", skip=1, delay_ms=1_500)
    desk.autotask.control.plan(fault)
    await desk.raise_ticket(summary, question=1)

    async def under_way() -> bool:
        return fault.count <= 0

    async def recorded() -> bool:
        return any(each.summary == summary and each.number for each in await tickets(database))

    await until(under_way, within=30)
    await slack_goes_away(desk)
    await until(recorded, within=30)
    desk.slack.hub.faults.clear()
    await desk.settled(database, summary, within=60)
    await desk.assert_one_of_each(database, [summary])
    await until(readiness(desk, 200), within=60)


async def test_a_ticket_that_could_not_be_announced_is_created_all_the_same(desk: Desk, database: Database):
    summary = "Not announced"
    desk.slack.hub.faults.add(SlackFault("chat.postMessage", error="message_limit_exceeded"))
    await desk.raise_ticket(summary, question=2)
    await desk.settled(database, summary)
    await desk.assert_one_of_each(database, [summary])


async def test_a_ticket_waits_for_autotask_says_so_and_is_created_when_it_is_back(
    desk: Desk, database: Database
):
    summary = "Waiting for Autotask"
    desk.autotask.control.fail_next(EVERY, status=503)
    await desk.raise_ticket(summary, user=FULL_MEMBER)
    await desk.people.until(
        lambda: (
            [words for words in desk.messages_about(summary) if "Saved; not in Autotask yet" in words] or None
        ),
        "the message that says it waits",
        timeout_s=60,
    )
    desk.autotask.control.sandbox.faults.clear()
    await desk.settled(database, summary, within=60)
    await desk.assert_one_of_each(database, [summary])
