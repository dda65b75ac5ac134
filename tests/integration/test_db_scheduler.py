"""The scheduler on a database: several replicas, one slot; one workspace's trouble is its own."""

import asyncio
from datetime import UTC, datetime, time, timedelta

import pytest

from bot.db.session import Database
from bot.domain.connections import SealedCredentials
from bot.domain.schedules import Schedule
from bot.jobs import Jobs
from bot.scheduler import Scheduler
from tests.factories import until

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


async def test_what_is_past_its_retention_is_forgotten(database, scheduler, clock, tenant):
    async with database.unit(tenant.id) as uow:
        draft = await uow.connections.add_draft(SealedCredentials("api", b"s", b"t"), "U1", clock.now())
        await uow.deliveries.first_time("old", clock.now())
        old_run = await uow.syncs.start("companies", "manual", "U1", clock.now())
        await uow.schedules.claim_slot("daily-digest", "2026-11-21T08:00", clock.now())
    clock.advance(days=100)
    async with database.unit(tenant.id) as uow:
        await uow.deliveries.first_time("new", clock.now())
    await scheduler.tidy()
    async with database.unit(tenant.id) as uow:
        assert await uow.connections.draft(draft) is None
        assert await uow.deliveries.first_time("old", clock.now())
        assert not await uow.deliveries.first_time("new", clock.now())
        assert (await uow.syncs.last("companies")).id == old_run  # the newest of its kind stays
        assert await uow.schedules.claim_slot("daily-digest", "2026-11-21T08:00", clock.now())
