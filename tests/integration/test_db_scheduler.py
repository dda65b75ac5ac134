"""The scheduler on a database: several replicas, one slot; one workspace's trouble is its own."""

import asyncio
from datetime import UTC, datetime, time, timedelta

import pytest
from sqlalchemy import select

from bot.db.session import Database
from bot.db.tables import schedule_slots
from bot.domain.connections import SealedCredentials
from bot.domain.problems import EventKind, News, ProblemReport, Severity, muted
from bot.domain.schedules import BY_NAME, HOURLY_COMPANIES, NIGHTLY_SYNC, Schedule
from bot.jobs import Jobs
from bot.scheduler import Scheduler
from tests.factories import until
from tests.integration.filled import SEALED, ZONE

EIGHT = datetime(2026, 11, 20, 7, 0, tzinfo=UTC)
"""08:00 in Berlin."""


@pytest.fixture
async def tenant(database):
    async with database.directory() as directory:
        return await directory.ensure_tenant("T1", "Northwind IT", "Europe/Berlin")


@pytest.fixture
def save(database, tenant):
    async def schedule(at=time(8), zone="Europe/Berlin", *, since, of=tenant.id):
        async with database.unit(of) as uow:
            await uow.schedules.save(Schedule(of, "daily-digest", at, zone, "C1", since=since))

    return schedule


@pytest.fixture
def scheduler(database, jobs, clock):
    return Scheduler(database, jobs, clock, tick=0.05)


async def test_several_replicas_that_ring_at_once_serve_a_slot_once(database_url, jobs, clock, save):
    await save(since=EIGHT - timedelta(days=3))
    clock.set(EIGHT)
    async with Database(database_url) as second, Jobs(database_url) as other:
        replicas = [Scheduler(second, other, clock, tick=30) for _ in range(5)]
        won = await asyncio.gather(*(replica.ring() for replica in replicas * 4))
    assert sum(won) == 1
    assert await jobs.count("todo") == 1


async def test_a_slot_is_served_once_and_the_next_day_again(scheduler, clock, save):
    await save(since=EIGHT - timedelta(hours=1))
    clock.set(EIGHT - timedelta(minutes=1))
    assert await scheduler.ring() == 0
    clock.set(EIGHT)
    assert [await scheduler.ring() for _ in range(3)] == [1, 0, 0]
    clock.advance(days=1)
    assert await scheduler.ring() == 1


async def test_a_change_made_while_running_counts_at_the_next_ring(scheduler, clock, save):
    await save(since=EIGHT - timedelta(days=1))
    clock.set(EIGHT)
    assert await scheduler.ring() == 1
    await save(time(8, 30), since=clock.now())
    clock.advance(minutes=29)
    assert await scheduler.ring() == 0
    clock.advance(minutes=1)
    assert await scheduler.ring() == 1


async def test_a_workspace_that_moves_west_does_not_miss_its_next_slot(scheduler, clock, save):
    await save(time(9), "Pacific/Auckland", since=datetime(2026, 11, 18, tzinfo=UTC))
    clock.set(datetime(2026, 11, 20, 20, 0, tzinfo=UTC))  # 09:00 of the 21st in Auckland
    assert await scheduler.ring() == 1
    await save(time(8), "America/Los_Angeles", since=clock.now())
    clock.set(datetime(2026, 11, 21, 16, 0, tzinfo=UTC))  # 08:00 of the 21st in Los Angeles
    assert await scheduler.ring() == 1


async def test_a_workspace_with_an_unknown_zone_does_not_stop_the_others(database, scheduler, clock, save):
    async with database.directory() as directory:
        second = await directory.ensure_tenant("T2", "Contoso", "Europe/Berlin")
    await save(zone="Mars/Olympus", since=EIGHT - timedelta(hours=1))
    await save(since=EIGHT - timedelta(hours=1), of=second.id)
    clock.set(EIGHT)
    assert await scheduler.ring() == 1


async def test_it_rings_by_itself_and_stops_with_the_block(scheduler, jobs, clock, save):
    await save(since=EIGHT - timedelta(hours=1))
    clock.set(EIGHT)

    async def enqueued():
        return await jobs.count("todo")

    async with scheduler.ringing():
        await until(enqueued)
    clock.advance(days=1)
    assert await jobs.count("todo") == 1


def wrong(name: str) -> ProblemReport:
    return ProblemReport(name, EventKind.SYNC, Severity.ERROR, f"{name} is wrong")


async def test_what_is_past_its_retention_is_forgotten(database, scheduler, clock, tenant):
    async with database.unit(tenant.id) as uow:
        draft = await uow.connections.add_draft(SealedCredentials("api", b"s", b"t"), "U1", clock.now())
        await uow.deliveries.first_time("old", clock.now())
        old_run = await uow.syncs.start("companies", "manual", "U1", clock.now())
        await uow.schedules.claim_slot("daily-digest", "2026-11-21T08:00", clock.now())
        await uow.news.add(None, [News(EventKind.TIME, "3 time entries imported")], clock.now())
        problems = [await uow.problems.report(wrong(each), clock.now()) for each in ("past", "mute", "there")]
        await uow.problems.change(problems[1], lambda each: muted(each, "U1", clock.now()))
        for each in ("past", "mute"):
            await uow.problems.recover(each, clock.now())
    clock.advance(days=100)
    async with database.unit(tenant.id) as uow:
        await uow.deliveries.first_time("new", clock.now())
    await scheduler.tidy()
    async with database.unit(tenant.id) as uow:
        assert await uow.connections.draft(draft) is None
        assert await uow.deliveries.first_time("old", clock.now())
        assert not await uow.deliveries.first_time("new", clock.now())
        assert (await uow.syncs.last("companies")).id == old_run  # the newest of its kind stays
        assert await uow.news.sums() == []
        kept = [each for each in problems if await uow.problems.get(each) is not None]
        assert kept == problems[1:]  # what is muted would else be heard of again
        assert await uow.schedules.claim_slot("daily-digest", "2026-11-21T08:00", clock.now())


@pytest.mark.parametrize(
    ("zone", "noon_before", "hours", "night"),
    [
        ("Europe/Berlin", datetime(2026, 10, 24, 10, tzinfo=UTC), 25, "2026-10-25T02:00"),
        ("Europe/Berlin", datetime(2027, 3, 27, 11, tzinfo=UTC), 23, "2027-03-28T02:00"),
        ("America/New_York", datetime(2026, 10, 31, 16, tzinfo=UTC), 25, "2026-11-01T02:00"),
        ("America/New_York", datetime(2027, 3, 13, 17, tzinfo=UTC), 23, "2027-03-14T02:00"),
    ],
)
async def test_two_replicas_over_a_night_whose_clocks_change_one_started_anew_in_it(
    database_url, jobs, clock, zone, noon_before, hours, night
):
    clock.set(noon_before)
    async with Database(database_url) as second, Jobs(database_url) as other:
        tenant = await connected(second, zone)
        first = Scheduler(second, other, clock, tick=30)
        await first.ring()
        for step in range(hours * 2):
            clock.set(noon_before + timedelta(minutes=30 * (step + 1)))
            again = Scheduler(second, jobs, clock, tick=30)  # a replica that has just started
            await asyncio.gather(first.ring(), again.ring())
        slots = await rung(second, tenant)
    assert [slot for name, slot in slots if name == NIGHTLY_SYNC] == [night]
    assert [slot for name, slot in slots if name == HOURLY_COMPANIES] == [
        f"{noon_before + timedelta(hours=n):%Y-%m-%dT%H:05Z}" for n in range(hours)
    ]


async def test_a_sync_that_waited_for_a_paused_connection_runs_once_when_it_is_back(database, jobs, clock):
    clock.set(datetime(2026, 11, 20, 12, tzinfo=UTC))
    tenant = await connected(database, "Europe/Berlin")
    scheduler = Scheduler(database, jobs, clock, tick=30)
    await scheduler.ring()
    async with database.unit(tenant) as uow:
        await uow.connections.pause("the login was refused", proven_at=EIGHT)
    clock.advance(days=2)
    await scheduler.ring()
    assert NIGHTLY_SYNC not in dict(await rung(database, tenant))
    async with database.unit(tenant) as uow:
        await uow.connections.save(ZONE, SEALED, defaults=None, by="U1", at=clock.now())
    await scheduler.ring()
    await scheduler.ring()
    slots = await rung(database, tenant)
    assert [slot for name, slot in slots if name == NIGHTLY_SYNC] == ["2026-11-22T02:00"]
    assert [slot for name, slot in slots if name == HOURLY_COMPANIES] == ["2026-11-22T11:05Z"]


async def test_one_tidying_that_fails_does_not_keep_the_others_from_it(database, jobs, clock):
    tidied = []

    async def fails():
        raise RuntimeError

    async def works():
        tidied.append(1)

    await Scheduler(database, jobs, clock, tick=30, tidies=(fails, works)).tidy()
    assert tidied == [1]


async def test_a_workspace_of_an_older_release_gets_what_it_lacks_and_keeps_what_it_chose(
    database, jobs, clock
):
    tenant = await connected(database, "Europe/Berlin")
    chosen = Schedule(tenant, NIGHTLY_SYNC, time(4, 30), "Europe/Berlin", enabled=False)
    async with database.unit(tenant) as uow:
        await uow.schedules.save(chosen)
    await Scheduler(database, jobs, clock, tick=30).ring()
    async with database.unit(tenant) as uow:
        found = {each.name: each for each in await uow.schedules.all()}
    assert found.keys() == BY_NAME.keys()
    assert found[NIGHTLY_SYNC] == chosen


async def connected(database: Database, zone: str) -> int:
    async with database.directory() as directory:
        tenant = await directory.ensure_tenant("T7", "Litware", zone)
    async with database.unit(tenant.id) as uow:
        await uow.connections.save(ZONE, SEALED, defaults=None, by="U1", at=EIGHT)
    return tenant.id


async def rung(database: Database, tenant: int) -> list[tuple[str, str]]:
    """Every slot that was served, by name and in order."""
    async with database.unit(tenant) as uow:
        rows = await uow.connection.execute(select(schedule_slots.c.name, schedule_slots.c.slot))
        return sorted((name, slot) for name, slot in rows)
