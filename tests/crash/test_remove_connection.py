"""The crash matrix of a removal and of an export: die after any effect, overlap, lose the reply; count what is left."""

import asyncio
import contextlib

import pytest

from bot.app import performer
from bot.domain.removal import RemovalForm
from bot.errors import AutotaskUnavailable, BotError
from bot.jobs import Attempt, ExportEverything, PushTicket, RemoveConnection
from bot.services.closing import ClosingService
from bot.services.removal import RemovalService
from bot.services.ticket_push import TicketPush
from bot.workflows import export_everything
from bot.workflows.export_everything import ExportEverythingWorkflow
from bot.workflows.remove_connection import STEPS, RemoveConnectionWorkflow
from sandbox.autotask.faults import Fault
from tests.crash.deaths import Died, dies_at, goes_on
from tests.factories import FrozenClock
from tests.world import World, admins_of, world

EFFECTS = ("lease", "mark", "send", "status")
COMPLETE = 5


@pytest.fixture
async def here(database_url, tmp_path):
    clock = FrozenClock()
    async with world(database_url, tmp_path, clock=clock) as found:
        await found.connected()
        scene = Scene(found, clock)
        await scene.raise_tickets()
        yield scene


class Scene:
    """A world with two tickets in Autotask and one that waits, and workers that die where they are told to."""

    def __init__(self, found: World, clock: FrozenClock) -> None:
        self.world = found
        self.clock = clock
        self.runs = 0

    async def raise_tickets(self) -> None:
        review = await self.world.reviewed(await self.world.mapped())
        self.sent = [await self.world.ticket(review, request_key=f"v{n}", n=n) for n in (1, 2)]
        for ticket in self.sent:
            job = PushTicket(tenant_id=self.world.tenant.id, ticket_id=ticket.id)
            await performer(self.world.bot)(job, Attempt(1, is_last=True, holder=f"job-{ticket.id}"))
        self.unsent = await self.world.ticket(review, request_key="v3", n=3)

    async def begin(self, *, close_tickets: bool = True):
        form = RemovalForm(self.world.tenant.name, close_tickets=close_tickets)
        self.removal = await self.world.bot.services.removal.begin(self.world.ctx, form)

    async def pause(self, seconds: float) -> None:
        self.clock.advance(seconds=seconds)

    async def run(self, *, probe=goes_on, after=goes_on, holder: str = "", is_last: bool = False) -> None:
        bot = self.world.bot
        self.runs += 1
        only_removing = bot.clients.while_removing
        workflow = RemoveConnectionWorkflow(
            RemovalService(
                bot.database, only_removing, bot.autotask, jobs=bot.jobs, clock=self.clock, pause=self.pause
            ),
            ClosingService(bot.database, only_removing, clock=self.clock, pause=self.pause, probe=probe),
            bot.tools.notifier,
            bot.tools.workspaces.by_id,
            admins=admins_of(bot),
            after=after,
        )
        job = RemoveConnection(tenant_id=self.world.tenant.id, removal_id=self.removal.id)
        await workflow.run(job, Attempt(self.runs, is_last=is_last, holder=holder or f"worker-{self.runs}"))

    async def run_until_done(self) -> None:
        """What the job engine does: again after every failure, later each time."""
        for _ in range(12):
            try:
                await self.run()
            except BotError:
                self.clock.advance(seconds=30)
            else:
                return
        pytest.fail("the workflow never ended")

    def push(self) -> TicketPush:
        bot = self.world.bot
        return TicketPush(bot.database, bot.clients, jobs=bot.jobs, clock=self.clock, pause=self.pause)

    def notes(self):
        rows = self.world.autotask.database.rows("TicketNotes")
        return [row for row in rows if "dh-removal-" in str(row["description"])]

    def direct_messages(self, words: str):
        bot_user = self.world.slack.workspace.bot.id
        direct = self.world.slack.workspace.direct(self.world.ctx.person.user_id, bot_user)
        return [message for message in direct.messages.values() if words in str(message)]

    async def assert_removed_once(self, *, notes: int = 2) -> None:
        """Each ticket closed with one note, nothing kept of the connection, one message, both audit rows."""
        created = self.world.tickets_in_autotask()
        assert [row["externalID"] for row in created] == [each.reference for each in self.sent]
        assert {row["status"] for row in created} == {COMPLETE if notes else 1}
        assert len(self.notes()) == notes
        assert len({row["ticketID"] for row in self.notes()}) == notes
        async with self.world.bot.database.unit(self.world.tenant.id) as uow:
            assert await uow.connections.get() is None
            assert await uow.connections.credentials() is None
            assert await uow.companies.count() == 0
            assert await uow.tickets.recent(10) == []
            assert [each.company for each in (await uow.organizations.page(0, 9))[0]] == [None]
            acts = [act.action for act in await uow.audit.recent(50)]
        assert (acts.count("remove connection"), acts.count("connection removed")) == (1, 1)
        assert len(self.direct_messages("is removed")) == 1


async def test_dying_after_each_step_in_turn_removes_once(here):
    await here.begin()
    for step in STEPS:
        with pytest.raises(Died):
            await here.run(after=dies_at(step))
        here.clock.advance(seconds=60)
    await here.run_until_done()
    await here.assert_removed_once()


@pytest.mark.parametrize("step", ["close", "forget"])
async def test_dying_after_a_step_with_an_effect_removes_once(here, step):
    await here.begin()
    with pytest.raises(Died):
        await here.run(after=dies_at(step))
    await here.run_until_done()
    await here.assert_removed_once()


@pytest.mark.parametrize("effect", EFFECTS)
async def test_dying_inside_the_closing_leaves_one_note_per_ticket(here, effect):
    await here.begin()
    with pytest.raises(Died):
        await here.run(probe=dies_at(effect))
    here.clock.advance(seconds=5)
    await here.run_until_done()
    await here.assert_removed_once()


async def test_two_workers_at_once_write_one_note_per_ticket(here):
    await here.begin()
    outcomes = await asyncio.gather(here.run(), here.run(), return_exceptions=True)
    assert all(outcome is None or isinstance(outcome, BotError) for outcome in outcomes)
    await here.run_until_done()
    await here.assert_removed_once()


async def test_a_lost_reply_to_a_note_is_followed_by_a_look_not_by_a_second_note(here):
    await here.begin()
    here.world.autotask.control.plan(Fault("drop_reply", "TicketNotes", "POST", skip=1))
    await here.run_until_done()
    await here.assert_removed_once()


async def test_without_the_option_autotask_is_not_touched(here):
    await here.begin(close_tickets=False)
    await here.run()
    await here.assert_removed_once(notes=0)


async def test_autotask_away_for_good_ends_in_a_removal_that_says_so(here):
    await here.begin()
    here.world.autotask.control.fail_next(1000, status=503)
    await here.run(is_last=True)
    [message] = here.direct_messages("is removed")
    assert "Autotask did not answer" in str(message)
    assert here.notes() == []


async def test_a_push_under_way_is_waited_for_and_what_it_sent_is_adopted(here):
    """The reply to its create is lost, and the removal is confirmed before it can look again."""
    here.world.autotask.control.plan(Fault("drop_reply", "Tickets", "POST", skip=1))
    here.world.autotask.control.lag("Tickets", reads=8)
    with pytest.raises(AutotaskUnavailable):
        await here.push().ensure(here.world.tenant.id, here.unsent.id, holder="job-x")
    await here.begin()
    await here.run_until_done()
    references = {row["externalID"] for row in here.world.tickets_in_autotask()}
    assert references == {each.reference for each in (*here.sent, here.unsent)}
    assert {row["status"] for row in here.world.tickets_in_autotask()} == {COMPLETE}
    assert len(here.notes()) == 3


async def test_after_the_confirmation_a_push_sends_nothing(here):
    await here.begin()
    job = PushTicket(tenant_id=here.world.tenant.id, ticket_id=here.unsent.id)
    with contextlib.suppress(BotError):
        await performer(here.world.bot)(job, Attempt(1, is_last=True, holder="job-x"))
    await here.run_until_done()
    with contextlib.suppress(BotError):
        await performer(here.world.bot)(job, Attempt(2, is_last=True, holder="job-x"))
    await here.assert_removed_once()


async def test_dying_after_each_step_of_an_export_in_turn_gives_each_file_once(here):
    for step in export_everything.STEPS:
        with pytest.raises(Died):
            await export(here, after=dies_at(step))
    await export(here)
    names = [file.name for file in here.world.slack.workspace.files.values()]
    assert sorted(name.rpartition(".")[2] for name in names) == ["json", "zip"]
    assert len(here.direct_messages("*Export:*")) == 1
    assert "2 files" in str(here.direct_messages("*Export:*")[0])


async def export(here: Scene, *, after=goes_on) -> None:
    bot = here.world.bot

    async def person_of(_tenant, _user_id):
        return here.world.ctx.person

    workflow = ExportEverythingWorkflow(
        bot.services.exports,
        bot.tools.files,
        bot.tools.notifier,
        tenant_of=bot.tools.workspaces.by_id,
        person_of=person_of,
        after=after,
    )
    job = ExportEverything(tenant_id=here.world.tenant.id, user_id=here.world.ctx.person.user_id, run_key="k")
    await workflow.run(job, Attempt(1, is_last=False, holder="job-1"))
