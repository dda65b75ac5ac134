"""Stopping in order, starting again with the same folder, and sharing the embedded database."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.db.embedded import embedded_server
from bot.db.session import Database
from sandbox.autotask.faults import Fault
from sandbox.slack import feed
from sandbox.slack.seed import FULL_MEMBER
from tests.e2e.desk import CHANNEL, Desk, opened_desk, tickets
from tests.e2e.processes import BotProcess
from tests.factories import until

STOPS_WITHIN = 12.0
"""Seconds: 10 for what is under way, the rest for closing."""


@pytest.fixture
async def desk(database_url, tmp_path) -> AsyncIterator[Desk]:
    """One replica; a second is started where a test needs it."""
    async with opened_desk(tmp_path, BOT_DATABASE_URL=database_url) as opened:
        await (await opened.bots.start()).ready()
        await opened.set_up()
        yield opened


async def held(desk: Desk, summary: str, fault: Fault) -> None:
    """Raises a ticket whose create is under way when this returns."""
    desk.autotask.control.plan(fault)
    await desk.raise_ticket(summary)

    async def struck() -> bool:
        return fault.count <= 0

    await until(struck, within=30)


async def test_a_stop_during_a_push_lets_it_finish(desk: Desk, database: Database):
    [bot] = desk.bots.started
    await held(desk, "Finished while stopping", Fault("slow", "Tickets", "POST", skip=1, delay_ms=2_000))
    stopped = await bot.stop()
    assert stopped.code == 0
    assert stopped.took < STOPS_WITHIN
    await desk.assert_one_of_each(database, ["Finished while stopping"])


@pytest.mark.slow
async def test_a_push_that_outlasts_the_stop_is_finished_by_the_next_start(desk: Desk, database: Database):
    [bot] = desk.bots.started
    await held(desk, "Left to the next start", Fault("hang", "Tickets", "POST"))
    stopped = await bot.stop()
    assert stopped.code == 0
    assert stopped.took < STOPS_WITHIN
    assert desk.in_autotask() == []
    await desk.bots.start()
    await desk.settled(database, "Left to the next start", within=60)
    await desk.assert_one_of_each(database, ["Left to the next start"])


async def test_what_was_pressed_while_everything_was_down_is_told_and_nothing_is_lost(
    desk: Desk, database: Database
):
    [bot] = desk.bots.started
    await desk.open_ticket_form(FULL_MEMBER)
    await bot.kill()
    failed = await desk.people.submit(FULL_MEMBER, {"summary": "Pressed in vain at first"})
    assert failed.error == "dispatch_failed"
    await (await desk.bots.start()).ready()
    assert (await desk.people.submit(FULL_MEMBER)).response_action == "update"
    await desk.settled(database, "Pressed in vain at first")
    await desk.assert_one_of_each(database, ["Pressed in vain at first"])


# --- without a database of one's own: the embedded server under BOT_DATA_DIR ---


def server_pid(folder: Path) -> int | None:
    """The process of the embedded server, if it runs."""
    try:
        return int((folder / "var" / "postgres" / "postmaster.pid").read_text().splitlines()[0])
    except FileNotFoundError:
        return None


async def see_tickets(desk: Desk) -> str:
    """What `/autotask tickets` shows Marcus now."""
    before = {message.ts for message in desk.people.messages(FULL_MEMBER, CHANNEL)}
    await desk.type(FULL_MEMBER, "/autotask tickets")

    def look() -> str | None:
        fresh = [m for m in desk.people.messages(FULL_MEMBER, CHANNEL) if m.ts not in before]
        return next((words for words in map(feed.words_of_message, fresh) if "My tickets" in words), None)

    return await desk.people.until(look, "the list of tickets", timeout_s=30)


async def test_a_restart_with_the_same_folder_keeps_everything(tmp_path):
    async with opened_desk(tmp_path) as desk:
        first = await desk.bots.start()
        await first.ready()
        await desk.set_up()
        await desk.raise_ticket("Kept over a restart")
        await desk.said(FULL_MEMBER, "View in Autotask")
        assert (await first.stop()).code == 0
        assert server_pid(tmp_path) is None
        second = await desk.bots.start()
        await second.ready()
        assert "Kept over a restart" in await see_tickets(desk)
        await desk.raise_ticket("Raised after the restart", question=1)
        await desk.people.wait_for(FULL_MEMBER, CHANNEL, "Raised after the restart", timeout_s=30)
        assert (await second.stop()).code == 0


async def test_a_killed_replica_does_not_take_the_embedded_database_away(tmp_path):
    """The killed one had started the server; the last to leave stops it."""
    async with opened_desk(tmp_path) as desk:
        starter = await desk.bots.start()
        await starter.ready()
        other = await desk.bots.start()
        await other.ready()
        await desk.set_up()
        pid = server_pid(tmp_path)
        await starter.kill()
        await desk.raise_ticket("Raised after the kill")
        await until_listed(desk, "Raised after the kill")
        assert server_pid(tmp_path) == pid
        assert (await other.readiness()).status_code == 200
        assert (await other.stop()).code == 0
        assert server_pid(tmp_path) is None


async def test_two_replicas_that_start_at_once_share_one_server(tmp_path):
    async with opened_desk(tmp_path) as desk:
        bots: list[BotProcess] = [await desk.bots.start(), await desk.bots.start()]
        await asyncio.gather(*(bot.ready() for bot in bots))
        assert (await bots[0].stop()).code == 0
        assert server_pid(tmp_path) is not None
        assert (await bots[1].readiness()).status_code == 200
        assert (await bots[1].stop()).code == 0
        assert server_pid(tmp_path) is None


async def test_after_a_kill_of_the_last_replica_the_next_start_finds_everything(tmp_path):
    async with opened_desk(tmp_path) as desk:
        first = await desk.bots.start()
        await first.ready()
        await desk.set_up()
        await first.kill()
        second = await desk.bots.start()
        await second.ready()
        await desk.raise_ticket("Raised after the restart")
        await until_listed(desk, "Raised after the restart")
        assert (await second.stop()).code == 0
        async with embedded_server(tmp_path / "var") as url, Database(url) as database:
            assert [ticket.summary for ticket in await tickets(database)] == ["Raised after the restart"]


async def until_listed(desk: Desk, summary: str) -> None:
    """Returns once the card of this ticket leads into Autotask."""

    async def look() -> bool:
        return any("View in Autotask" in words for words in desk.messages_about(summary))

    await until(look, within=30)
