"""Slack or Autotask away for a while: said so, waited for, and gone on with."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.db.session import Database
from sandbox.autotask.faults import Fault
from sandbox.slack.faults import Fault as SlackFault
from sandbox.slack.seed import ADMIN, FULL_MEMBER
from tests.e2e.conftest import empty_database, side_by_side
from tests.e2e.desk import Desk, opened_desk, tickets
from tests.factories import until

EVERY = 1_000_000


@asynccontextmanager
async def working_desk(server: str, template: str, folder: Path) -> AsyncIterator[tuple[Desk, Database]]:
    async with (
        empty_database(server, template) as url,
        opened_desk(folder, BOT_DATABASE_URL=url) as desk,
        Database(url) as database,
    ):
        await (await desk.bots.start()).ready()
        await desk.set_up()
        yield desk, database


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


async def slack_away_and_back(server: str, template: str, folder: Path) -> None:
    async with working_desk(server, template, folder) as (desk, _):
        await slack_goes_away(desk)
        report = await until(readiness(desk, 503), within=30)
        assert report["ok"] is False
        assert report["socket"] != "ok"
        assert report["database"] == "ok"
        desk.slack.hub.faults.clear()
        await until(readiness(desk, 200), within=60)
        await desk.type(ADMIN, "/autotask help")
        await desk.said(ADMIN, "What Deskhand understands")


async def created_while_slack_is_away(server: str, template: str, folder: Path) -> None:
    summary = "Made while Slack was away"
    fault = Fault("slow", "Tickets", "POST", skip=1, delay_ms=1_500)
    async with working_desk(server, template, folder) as (desk, database):
        desk.autotask.control.plan(fault)
        await desk.raise_ticket(summary)

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


async def not_announced(server: str, template: str, folder: Path) -> None:
    summary = "Not announced"
    async with working_desk(server, template, folder) as (desk, database):
        desk.slack.hub.faults.add(SlackFault("chat.postMessage", error="message_limit_exceeded"))
        await desk.raise_ticket(summary)
        await desk.settled(database, summary)
        await desk.assert_one_of_each(database, [summary])


async def autotask_away_and_back(server: str, template: str, folder: Path) -> None:
    summary = "Waiting for Autotask"
    async with working_desk(server, template, folder) as (desk, database):
        desk.autotask.control.fail_next(EVERY, status=503)
        await desk.raise_ticket(summary)
        await desk.said(FULL_MEMBER, "Saved; not in Autotask yet", within=60)
        assert [summary in words for words in desk.messages_about(summary)] == [True]
        desk.autotask.control.sandbox.faults.clear()
        await desk.settled(database, summary, within=60)
        await desk.assert_one_of_each(database, [summary])


@pytest.fixture(scope="module")
async def scenes(server, template, tmp_path_factory) -> AsyncIterator[Mapping[str, asyncio.Task[None]]]:
    plays = (slack_away_and_back, created_while_slack_is_away, not_announced, autotask_away_and_back)
    started = {
        play.__name__: play(server, template, tmp_path_factory.mktemp(play.__name__)) for play in plays
    }
    async with side_by_side(started) as tasks:
        yield tasks


async def test_slack_away_and_back_is_told_by_readyz_and_served_again(scenes):
    await scenes["slack_away_and_back"]


async def test_a_ticket_is_created_although_slack_cannot_show_it_and_shown_when_it_can(scenes):
    await scenes["created_while_slack_is_away"]


async def test_a_ticket_that_could_not_be_announced_is_created_all_the_same(scenes):
    await scenes["not_announced"]


async def test_a_ticket_waits_for_autotask_says_so_and_is_created_when_it_is_back(scenes):
    await scenes["autotask_away_and_back"]
