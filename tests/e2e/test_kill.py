"""SIGKILL at every step of a ticket's push, with a second replica there to take over.

Each ticket is held where it is to be by a sandbox that does not answer; then the replica that works on it is
killed. The other one must end with one ticket in Autotask and at most one message, whatever had happened.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.db.session import Database
from bot.jobs import Jobs
from sandbox.autotask.faults import Fault
from sandbox.slack.faults import Fault as SlackFault
from tests.e2e.conftest import empty_database, side_by_side
from tests.e2e.desk import Desk, opened_desk
from tests.factories import until

TAKEN_OVER_WITHIN = 160.0
"""Seconds from the kill: 10 without a heartbeat, at most 95 until a lost create has surely surfaced, and the rest."""
FIRST = "Before anything goes wrong"
"""Proves the login to the replica, which until then sends one request at a time."""
AT_THE_CARD: Mapping[str, SlackFault] = {
    "the card, before Slack has it": SlackFault("chat.update", hang=True),
    "the card, after Slack has it": SlackFault("chat.update", hang=True, after=True),
}
AT_THE_ANNOUNCEMENT: Mapping[str, SlackFault] = {
    "the announcement, before Slack has it": SlackFault("chat.postMessage", hang=True),
    "the announcement, after Slack has it": SlackFault("chat.postMessage", hang=True, after=True),
}
"""Slack's answer to these posts is lost for good, and without the right to read the channel they are not repeated:
the Home tab and the next command show the ticket."""
BEFORE_THE_CREATE_IS_KNOWN: Mapping[str, tuple[Fault, ...]] = {
    "the look-up": (Fault("hang", "Tickets", "POST"),),
    "the create, before Autotask has it": (Fault("hang", "Tickets", "POST", skip=1),),
    "the look after a lost reply": (
        Fault("drop_reply", "Tickets", "POST", skip=1),
        Fault("hang", "Tickets", "POST", skip=1),
    ),
}
AFTER_THE_CREATE: Mapping[str, tuple[Fault, ...]] = {
    "the read-back, after the create": (Fault("hang", "Tickets", "GET"),),
    "a create that takes effect long after its sender died": (
        Fault("slow", "Tickets", "POST", skip=1, delay_ms=20_000),
    ),
}


@dataclass(frozen=True)
class Scene:
    """One replica that serves and works, and one worker that is asleep until the other is killed."""

    desk: Desk
    database: Database

    async def hold(self, summary: str, *faults: Fault) -> None:
        """Raises a ticket whose push stands still at the last of the faults."""
        for fault in faults:
            self.desk.autotask.control.plan(fault)
        await self.desk.raise_ticket(summary)
        await met(lambda: faults[-1].count <= 0)

    async def hold_announcement(self, summary: str, fault: SlackFault) -> None:
        self.desk.slack.hub.faults.add(fault)
        await self.desk.raise_ticket(summary)
        await met(lambda: fault.times <= 0)

    async def hold_card(self, summary: str, fault: SlackFault) -> None:
        """The create takes a while, until the review's own card has been redrawn: that is an update, too."""
        redrawn = self.redraws() + 1
        self.desk.autotask.control.plan(Fault("slow", "Tickets", "POST", skip=1, delay_ms=1_500))
        await self.desk.raise_ticket(summary)
        await met(lambda: self.redraws() >= redrawn)
        self.desk.slack.hub.faults.add(fault)
        await met(lambda: fault.times <= 0)

    def redraws(self) -> int:
        return sum(call.method == "chat.update" for call in self.desk.slack.journal.calls)

    async def kill_and_watch(self, *, unseen: tuple[str, ...] = (), seen: tuple[str, ...] = ()) -> None:
        victim, survivor = self.desk.bots.started
        survivor.resume()
        await victim.kill()
        await self.desk.settled(self.database, *seen, within=TAKEN_OVER_WITHIN)
        await self.desk.assert_one_of_each(self.database, (FIRST, *seen, *unseen), unseen=unseen)


async def met(condition: Callable[[], bool]) -> None:
    async def look() -> bool:
        return condition()

    await until(look, within=30)


@asynccontextmanager
async def scene(server: str, template: str, folder: Path) -> AsyncIterator[Scene]:
    async with (
        empty_database(server, template) as url,
        opened_desk(folder, BOT_DATABASE_URL=url, BOT_AUTOTASK_CONCURRENCY="3") as desk,
        Database(url) as database,
    ):
        victim, survivor = await desk.bots.start(), await desk.bots.start("worker")
        await asyncio.gather(victim.ready(), survivor.started())
        await desk.set_up()
        await until(lambda: idle(url), within=30)
        survivor.pause()
        await desk.raise_ticket(FIRST)
        await desk.settled(database, FIRST)
        yield Scene(desk, database)


async def idle(url: str) -> bool:
    """Whether no job waits or runs."""
    async with Jobs(url) as jobs:
        return await jobs.count("todo", "doing") == 0


async def killed_at_the_messages(server: str, template: str, folder: Path) -> None:
    """The messages first: Slack's silence is given up after 15 seconds."""
    async with scene(server, template, folder) as here:
        for summary, fault in AT_THE_CARD.items():
            await here.hold_card(summary, fault)
        for summary, fault in AT_THE_ANNOUNCEMENT.items():
            await here.hold_announcement(summary, fault)
        for summary, faults in AFTER_THE_CREATE.items():
            await here.hold(summary, *faults)
        await here.kill_and_watch(seen=(*AT_THE_CARD, *AFTER_THE_CREATE), unseen=tuple(AT_THE_ANNOUNCEMENT))


async def killed_before_the_create_is_known(server: str, template: str, folder: Path) -> None:
    async with scene(server, template, folder) as here:
        for summary, faults in BEFORE_THE_CREATE_IS_KNOWN.items():
            await here.hold(summary, *faults)
        await here.kill_and_watch(seen=tuple(BEFORE_THE_CREATE_IS_KNOWN))


async def slept_past_the_lease(server: str, template: str, folder: Path) -> None:
    """It wakes up with the answer to its look-up in hand, long after another has made the ticket."""
    summary = "Slept through"
    async with scene(server, template, folder) as here:
        sleeper, other = here.desk.bots.started
        await here.hold(summary, Fault("slow", "Tickets", "POST", delay_ms=3_000))
        sleeper.pause()
        other.resume()
        await here.desk.settled(here.database, summary, within=TAKEN_OVER_WITHIN)
        sleeper.resume()
        await met(lambda: "AutotaskBusy" in sleeper.words)  # its lease is another's by now
        await sleeper.ready()
        await here.desk.raise_ticket("After its sleep")
        await here.desk.settled(here.database, summary, "After its sleep", within=60)
        await here.desk.assert_one_of_each(here.database, [FIRST, summary, "After its sleep"])


@pytest.fixture(scope="module")
async def scenes(server, template, tmp_path_factory) -> AsyncIterator[Mapping[str, asyncio.Task[None]]]:
    plays = (killed_at_the_messages, killed_before_the_create_is_known, slept_past_the_lease)
    started = {
        play.__name__: play(server, template, tmp_path_factory.mktemp(play.__name__)) for play in plays
    }
    async with side_by_side(started) as tasks:
        yield tasks


@pytest.mark.slow
async def test_a_replica_killed_at_a_message_or_after_the_create_leaves_one_of_each(scenes):
    await scenes["killed_at_the_messages"]


@pytest.mark.slow
async def test_a_replica_killed_before_it_knows_of_its_create_leaves_one_of_each(scenes):
    await scenes["killed_before_the_create_is_known"]


@pytest.mark.slow
async def test_a_replica_asleep_past_its_lease_makes_no_second_ticket_and_works_on(scenes):
    await scenes["slept_past_the_lease"]
