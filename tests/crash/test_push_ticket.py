"""The crash matrix of PushTicket: die after any effect, overlap, pause, lose the reply; count what is left."""

import asyncio
import contextlib

import pytest

from bot.domain.tickets import TicketState
from bot.errors import AutotaskBusy, BotError, SlackUnavailable
from bot.jobs import Attempt, PushTicket
from bot.services.ticket_push import LEASE, TicketPush
from bot.workflows.push_ticket import STEPS, PushTicketWorkflow
from sandbox.autotask.faults import Fault
from sandbox.slack.faults import Fault as SlackFault
from tests.crash.deaths import Died, dies_at, goes_on
from tests.factories import FrozenClock
from tests.world import World, world

EFFECTS = ("lease", "mark", "send")


@pytest.fixture
async def here(database_url, tmp_path):
    clock = FrozenClock()
    async with world(database_url, tmp_path, clock=clock) as found:
        await found.connected()
        yield Scene(found, clock)


class Scene:
    """A world with one saved ticket, and workers that die where they are told to."""

    def __init__(self, found: World, clock: FrozenClock) -> None:
        self.world = found
        self.clock = clock
        self.runs = 0
        self.author: int | None = None

    async def author_of(self, _tenant, _user_id: str, _entity: str) -> int | None:
        return self.author

    async def saved_ticket(self):
        organization = await self.world.mapped()
        self.channel = self.world.slack.workspace.channel("service-desk")
        review = await self.world.reviewed(organization, channel_id=self.channel.id)
        self.ticket = await self.world.ticket(review)
        return self.ticket

    async def pause(self, seconds: float) -> None:
        self.clock.advance(seconds=seconds)

    def lose_the_reply_to_the_create(self) -> None:
        """The look-up by reference is the first POST to Tickets, the create the second."""
        self.world.autotask.control.plan(Fault("drop_reply", "Tickets", "POST", skip=1))

    async def run(self, *, probe=goes_on, after=goes_on, holder: str = "") -> None:
        bot = self.world.bot
        self.runs += 1
        tickets = TicketPush(
            bot.database, bot.clients, jobs=bot.jobs, clock=self.clock, pause=self.pause, probe=probe
        )

        workflow = PushTicketWorkflow(
            tickets,
            bot.tools.notifier,
            bot.tools.workspaces.by_id,
            url_of=bot.services.ticket_panes.url,
            clock=self.clock,
            author_of=self.author_of,
            after=after,
        )
        job = PushTicket(tenant_id=self.world.tenant.id, ticket_id=self.ticket.id)
        await workflow.run(job, Attempt(self.runs, is_last=False, holder=holder or f"worker-{self.runs}"))

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

    async def assert_one_of_each(self) -> None:
        """One ticket, one message which shows it, one link, one audit row."""
        created = self.world.tickets_in_autotask()
        assert [row["externalID"] for row in created] == [self.ticket.reference]
        ticket = await self.world.bot.services.tickets.get(self.world.tenant.id, self.ticket.id)
        assert ticket.state is TicketState.CREATED
        assert ticket.autotask_id == created[0]["id"]
        assert ticket.number == created[0]["ticketNumber"]
        messages = [
            message for message in self.channel.messages.values() if self.ticket.summary in str(message)
        ]
        assert len(messages) == 1
        assert ticket.number in str(messages[0])
        async with self.world.bot.database.unit(self.world.tenant.id) as uow:
            acts = [act for act in await uow.audit.recent(50) if act.action == "create ticket"]
        assert len(acts) == 1


@pytest.mark.parametrize("step", STEPS)
async def test_dying_after_a_step_leaves_one_ticket_and_one_message(here, step):
    await here.saved_ticket()
    with pytest.raises(Died):
        await here.run(after=dies_at(step))
    here.clock.advance(seconds=60)
    await here.run_until_done()
    await here.assert_one_of_each()


@pytest.mark.parametrize("effect", EFFECTS)
async def test_dying_inside_ensure_leaves_one_ticket_and_one_message(here, effect):
    await here.saved_ticket()
    with pytest.raises(Died):
        await here.run(probe=dies_at(effect))
    here.clock.advance(seconds=5)
    await here.run_until_done()
    await here.assert_one_of_each()


@pytest.mark.parametrize("step", [*STEPS, *EFFECTS])
async def test_dying_there_three_times_in_a_row_changes_nothing(here, step):
    await here.saved_ticket()
    for _ in range(3):
        with contextlib.suppress(Died, BotError):
            await here.run(after=dies_at(step), probe=dies_at(step))
        here.clock.advance(seconds=400)
    await here.run_until_done()
    await here.assert_one_of_each()


async def test_the_same_job_taken_over_goes_on_at_once_when_nothing_was_sent(here):
    await here.saved_ticket()
    with pytest.raises(Died):
        await here.run(probe=dies_at("lease"), holder="job-1")
    await here.run(holder="job-1")
    await here.assert_one_of_each()


async def test_two_workers_at_once_make_one_ticket(here):
    await here.saved_ticket()
    outcomes = await asyncio.gather(here.run(), here.run(), return_exceptions=True)
    assert all(outcome is None or isinstance(outcome, BotError) for outcome in outcomes)
    await here.run_until_done()
    await here.assert_one_of_each()


async def test_a_holder_paused_past_its_lease_does_not_send_when_it_wakes(here):
    await here.saved_ticket()
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
    await here.run_until_done()
    await here.assert_one_of_each()


async def test_a_reply_that_takes_75_seconds_keeps_every_other_worker_from_sending(here):
    await here.saved_ticket()

    async def answers_late(reached: str) -> None:
        if reached == "mark":
            here.clock.advance(seconds=75)
            with pytest.raises(AutotaskBusy):
                await here.run(holder="another")

    await here.run(probe=answers_late)
    await here.assert_one_of_each()


async def test_a_dropped_reply_is_followed_by_a_look_not_by_a_second_create(here):
    await here.saved_ticket()
    here.lose_the_reply_to_the_create()
    await here.run_until_done()
    await here.assert_one_of_each()


async def test_a_send_that_outlives_its_worker_is_waited_for_by_the_next_run(here):
    await here.saved_ticket()
    with pytest.raises(Died):
        await here.run(probe=dies_at("send"), holder="job-1")
    here.world.autotask.control.lag("Tickets", ms=15_000)
    with contextlib.suppress(BotError):
        await here.run(holder="job-1")
    await here.run_until_done()
    await here.assert_one_of_each()


@pytest.mark.parametrize("effect", EFFECTS)
async def test_an_author_whom_autotask_refuses_leaves_one_ticket_wherever_it_dies(here, effect):
    await here.saved_ticket()
    here.author = 29_682_886
    here.world.autotask.control.user().impersonates = frozenset()
    for _ in range(2):
        with contextlib.suppress(Died, BotError):
            await here.run(probe=dies_at(effect))
        here.clock.advance(seconds=400)
    await here.run_until_done()
    await here.assert_one_of_each()


async def test_a_record_that_stays_invisible_for_a_while_is_waited_for(here):
    await here.saved_ticket()
    here.lose_the_reply_to_the_create()
    here.world.autotask.control.lag("Tickets", reads=6)
    await here.run_until_done()
    await here.assert_one_of_each()


async def test_a_recorded_ticket_is_told_without_asking_autotask_again(here):
    await here.saved_ticket()
    with pytest.raises(Died):
        await here.run(after=dies_at("record"))
    here.world.autotask.control.fail_next(1000, status=503)
    await here.run()
    await here.assert_one_of_each()


async def test_a_ticket_that_no_place_takes_a_message_about_is_created_all_the_same(here):
    await here.saved_ticket()
    here.world.slack.hub.faults.add(SlackFault("chat.postMessage", error="channel_not_found", times=4))
    await here.run()
    ticket = await here.world.bot.services.tickets.get(here.world.tenant.id, here.ticket.id)
    assert ticket.state is TicketState.CREATED
    assert [row["externalID"] for row in here.world.tickets_in_autotask()] == [ticket.reference]


async def test_slack_away_during_the_whole_push_delays_only_the_card(here):
    await here.saved_ticket()
    here.world.slack.hub.faults.add(SlackFault("chat.postMessage", error="accesslimited", times=2))
    with pytest.raises(SlackUnavailable):
        await here.run()
    assert [row["externalID"] for row in here.world.tickets_in_autotask()] == [here.ticket.reference]
    await here.run_until_done()
    await here.assert_one_of_each()
