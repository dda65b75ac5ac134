"""Another integration eats the hour's requests, and a night when nothing rang: told once, caught up, told to be over."""

from datetime import timedelta

import pytest

from bot.app import performer
from bot.db.heartbeats import Heartbeats
from bot.domain.alerts import Subscription
from bot.domain.problems import EventKind
from bot.domain.schedules import Schedule
from bot.errors import AutotaskBusy
from bot.jobs import Attempt, PushTicket, RunSync, TellProblem
from bot.performing import budget_watch
from bot.scheduler import Scheduler
from bot.workflows.alarms import Alarms
from bot.workflows.heartbeat import Heartbeat
from sandbox.slack import feed
from tests.factories import FrozenClock
from tests.integration.steps import DESK
from tests.world import World, world

LAST = Attempt(6, is_last=True, holder="test")


@pytest.fixture
async def clock() -> FrozenClock:
    return FrozenClock()


@pytest.fixture
async def office(database_url, tmp_path, clock):
    async with world(database_url, tmp_path, clock=clock) as found:
        await found.connected()
        wanted = Subscription(DESK, frozenset({EventKind.API_BUDGET, EventKind.SCHEDULE}))
        await found.bot.services.alert_channels.save(found.ctx, wanted)
        yield found


async def tell_everything(office: World) -> None:
    """What the jobs that wait would do."""
    async with office.bot.database.unit(office.tenant.id) as uow:
        found, _ = await uow.problems.page(0, 50, state=None, kind=None, since=office.bot.tools.clock.now())
        over = await uow.problems.between(
            office.bot.tools.clock.now() - timedelta(days=1), office.bot.tools.clock.now() + timedelta(days=1)
        )
    for each in {problem.id: problem for problem in (*found, *over)}.values():
        job = TellProblem(tenant_id=office.tenant.id, problem_id=each.id)
        await performer(office.bot)(job, LAST)


def told(office: World) -> list[str]:
    workspace = office.slack.workspace
    there = workspace.channels[DESK].messages.values()
    return [
        feed.words_of_message(each) for each in there if each.user == workspace.bot.id and not each.thread_ts
    ]


async def test_another_integration_eats_the_hour(office: World, clock: FrozenClock):
    control, watch = office.autotask.control, budget_watch(office.bot)
    await watch.look()
    assert told(office) == []
    control.set_request_count(9_200)
    clock.advance(minutes=6)
    for _ in range(3):
        await watch.look()
        clock.advance(seconds=61)
    await tell_everything(office)
    (card,) = told(office)
    assert "Another integration uses up Autotask's hourly requests" in card
    assert "Seen once" in card

    sync = RunSync(tenant_id=office.tenant.id, groups=("companies",), run_key="slot")
    with pytest.raises(AutotaskBusy) as busy:
        await performer(office.bot)(sync, LAST)
    assert sync.retry.after(busy.value, 99) is not None
    async with office.bot.database.unit(office.tenant.id) as uow:
        run = await uow.syncs.of_key("companies", "slot")
        assert await uow.sync_pauses.all() == []
    assert run is not None
    assert run.state.value == "retrying"

    review = await office.reviewed(await office.mapped())
    ticket = await office.ticket(review)
    await performer(office.bot)(PushTicket(tenant_id=office.tenant.id, ticket_id=ticket.id), LAST)
    assert len(office.tickets_in_autotask()) == 1

    control.set_request_count(7_200)
    clock.advance(seconds=61)
    await watch.look()
    await tell_everything(office)
    assert "Recovered" not in told(office)[0]
    control.set_request_count(1_000)
    clock.advance(minutes=6)
    await watch.look()
    await performer(office.bot)(sync, LAST)
    await tell_everything(office)
    (card,) = [each for each in told(office) if "requests" in each]
    assert "Recovered after" in card


async def test_autotask_refusing_everybody_is_one_alert_and_looked_at_every_five_minutes(
    office: World, clock: FrozenClock
):
    watch = budget_watch(office.bot)
    office.autotask.control.set_request_count(10_000)
    clock.advance(minutes=6)
    await watch.look()
    office.autotask.control.clear_log()
    for _ in range(4):
        clock.advance(minutes=1)
        await watch.look()
    assert office.autotask.control.log() == []
    await tell_everything(office)
    (card,) = told(office)
    assert "Autotask refuses every request" in card
    office.autotask.control.set_request_count(0)
    clock.advance(minutes=2)
    await watch.look()
    await tell_everything(office)
    assert "Recovered" in told(office)[0]


def scheduler_of(office: World, clock: FrozenClock, process: str) -> Scheduler:
    bot = office.bot
    alarms = Alarms(bot.database, bot.jobs, clock)
    heartbeat = Heartbeat(bot.database, bot.jobs, alarms, clock=clock, process=process, tick=20)
    return Scheduler(bot.database, bot.jobs, clock, tick=20, heartbeat=heartbeat)


async def test_a_night_that_nobody_was_there_is_told_once_with_what_was_caught_up(
    office: World, clock: FrozenClock
):
    before = clock.now()
    async with office.bot.database.unit(office.tenant.id) as uow:
        for schedule in await uow.schedules.all():
            await uow.schedules.save(
                Schedule(**{**vars(schedule), "timezone": "UTC", "since": before - timedelta(days=2)})
            )
    first = scheduler_of(office, clock, "first")
    clock.set(before.replace(hour=1, minute=50) + timedelta(days=1))
    await first.ring_and_look()
    clock.advance(minutes=80)
    later = scheduler_of(office, clock, "second")
    await later.ring_and_look()
    await first.ring_and_look()
    await tell_everything(office)
    (card,) = [each for each in told(office) if "down from" in each]
    assert "down from 01:50 to 03:10" in card
    assert "Contracts, then time entries (02:00)" in card
    assert "Recovered after 1 h 20 min" in card
    async with office.bot.database.directory() as directory:
        assert isinstance(directory.heartbeats, Heartbeats)
        assert await directory.heartbeats.living(clock.now()) == 2
