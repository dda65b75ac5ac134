"""The crash matrix of NoteTicket: die after any effect, overlap, pause, lose the reply; one note is left."""

import asyncio
import contextlib

import pytest

from bot.app import performer
from bot.autotask.ensure import LEASE
from bot.domain.switches import Capability, Mode
from bot.domain.tickets import TicketState
from bot.errors import BotError, SwitchedOff
from bot.jobs import Attempt, NoteTicket, PushTicket
from bot.services.ticket_note_push import TicketNotePush
from bot.workflows.note_ticket import STEPS, NoteTicketWorkflow
from sandbox.autotask.faults import Fault
from tests.crash.deaths import Died, dies_at, goes_on
from tests.crash.test_push_ticket import EFFECTS
from tests.factories import FrozenClock
from tests.world import World, world


@pytest.fixture
async def here(database_url, tmp_path):
    clock = FrozenClock()
    async with world(database_url, tmp_path, clock=clock) as found:
        await found.connected()
        yield await Scene(found, clock).set()


class Scene:
    """A world with a ticket and a note on it that is saved, and workers that die where they are told to."""

    def __init__(self, found: World, clock: FrozenClock) -> None:
        self.world = found
        self.clock = clock
        self.runs = 0

    async def set(self) -> "Scene":
        review = await self.world.reviewed(await self.world.mapped())
        self.ticket = await self.world.ticket(review)
        self.note = await self.world.bot.services.ticket_notes.add(
            self.world.ctx, self.ticket.id, key="review:1", title="Review completed", text="26 of 26 answered"
        )
        return self

    async def pushed(self) -> None:
        job = PushTicket(tenant_id=self.world.tenant.id, ticket_id=self.ticket.id)
        await performer(self.world.bot)(job, Attempt(1, is_last=False, holder="push"))

    async def pause(self, seconds: float) -> None:
        self.clock.advance(seconds=seconds)

    async def run(self, *, probe=goes_on, after=goes_on, holder: str = "", attempt: int = 1) -> None:
        bot = self.world.bot
        self.runs += 1
        notes = TicketNotePush(bot.database, bot.clients, clock=self.clock, pause=self.pause, probe=probe)

        workflow = NoteTicketWorkflow(notes, bot.notifier, bot.tools.workspaces.by_id, after=after)
        job = NoteTicket(tenant_id=self.world.tenant.id, note_id=self.note.id)
        await workflow.run(job, Attempt(attempt, is_last=False, holder=holder or f"worker-{self.runs}"))

    async def run_until_done(self) -> None:
        """What the job engine does: again after every failure, later each time."""
        for _ in range(10):
            try:
                await self.run()
            except BotError:
                self.clock.advance(seconds=30)
            else:
                return
        pytest.fail("the workflow never ended")

    async def switch(self, mode: Mode) -> None:
        async with self.world.bot.database.unit(self.world.tenant.id) as uow:
            await uow.switches.set(Capability.TICKETS, mode, by="U1", at=self.clock.now())

    def notes_in_autotask(self):
        rows = self.world.autotask.database.rows("TicketNotes")
        return [row for row in rows if self.note.reference in str(row["description"])]

    async def stored(self):
        async with self.world.bot.database.unit(self.world.tenant.id) as uow:
            return await uow.ticket_notes.get(self.note.id)

    async def assert_one_note(self) -> None:
        [row] = self.notes_in_autotask()
        stored = await self.stored()
        assert stored.state is TicketState.CREATED
        assert stored.autotask_id == row["id"]


@pytest.mark.parametrize("step", [*STEPS, *EFFECTS])
async def test_dying_there_three_times_in_a_row_leaves_one_note(here, step):
    await here.pushed()
    for _ in range(3):
        with contextlib.suppress(Died, BotError):
            await here.run(after=dies_at(step), probe=dies_at(step))
        here.clock.advance(seconds=400)
    await here.run_until_done()
    await here.assert_one_note()


async def test_two_workers_at_once_make_one_note(here):
    await here.pushed()
    outcomes = await asyncio.gather(here.run(), here.run(), return_exceptions=True)
    assert all(outcome is None or isinstance(outcome, BotError) for outcome in outcomes)
    await here.run_until_done()
    await here.assert_one_note()


async def test_a_holder_paused_past_its_lease_does_not_send_when_it_wakes(here):
    await here.pushed()
    asleep, wake = asyncio.Event(), asyncio.Event()

    async def sleeps_after_the_lease(reached: str) -> None:
        if reached == "lease":
            asleep.set()
            await wake.wait()

    paused = asyncio.create_task(here.run(probe=sleeps_after_the_lease))
    await asleep.wait()
    here.clock.advance(seconds=LEASE.total_seconds() + 1)
    await here.run_until_done()
    wake.set()
    await asyncio.gather(paused, return_exceptions=True)
    await here.assert_one_note()


async def test_a_dropped_reply_is_followed_by_a_look_not_by_a_second_create(here):
    await here.pushed()
    here.world.autotask.control.plan(Fault("drop_reply", "TicketNotes", "POST", path="/Notes"))
    here.world.autotask.control.lag("TicketNotes", reads=4)
    await here.run_until_done()
    await here.assert_one_note()


async def test_a_note_waits_for_its_ticket_and_goes_with_it(here):
    await here.run()
    assert here.notes_in_autotask() == []
    await here.pushed()
    assert await here.world.bot.jobs.count("todo") >= 2
    await here.run()
    await here.assert_one_note()


async def test_a_note_on_a_ticket_that_failed_is_kept_and_goes_when_the_ticket_does(here):
    push = here.world.bot.services.ticket_push
    await push.fail(here.world.tenant.id, here.ticket.id, "The contract is closed.")
    await here.run()
    assert (await here.stored()).state is TicketState.SAVED
    await here.world.bot.services.tickets.retry(here.world.ctx, here.ticket.id)
    await here.pushed()
    await here.run()
    await here.assert_one_note()


async def test_the_note_is_internal_and_names_who_caused_it(here):
    await here.pushed()
    await here.run()
    [row] = here.notes_in_autotask()
    assert here.world.ctx.person.name in row["description"]
    assert row["publish"] == 2


async def test_a_note_saved_while_tickets_are_read_only_is_told_and_tried_again_by_hand(here):
    await here.pushed()
    await here.switch(Mode.READ_ONLY)
    with pytest.raises(SwitchedOff):
        await here.run()
    assert (await here.stored()).state is TicketState.FAILED
    await here.switch(Mode.ON)
    await here.world.bot.services.ticket_notes.retry(here.world.ctx, here.note.id)
    await here.run()
    await here.assert_one_note()


async def test_the_same_cause_is_one_note(here):
    again = await here.world.bot.services.ticket_notes.add(
        here.world.ctx, here.ticket.id, key="review:1", title="Review completed", text="other words"
    )
    assert again.id == here.note.id
