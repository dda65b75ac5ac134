"""Leases: one holder at a time, and a token that tells who was last."""

import asyncio
from datetime import timedelta

import pytest

TTL = timedelta(minutes=2)
REFERENCE = "dh-T1-1"


@pytest.fixture
def leases(database, clock):
    """Each call in a unit of work of its own, as workers make them."""

    class Leases:
        async def open(self):
            async with database.directory() as directory:
                self.tenant = await directory.ensure_tenant("T1", "Northwind IT")
            return self

        async def take(self, holder, reference=REFERENCE):
            async with database.unit(self.tenant.id) as uow:
                return await uow.leases.take(reference, holder, TTL, clock.now())

        async def holds(self, token, reference=REFERENCE):
            async with database.unit(self.tenant.id) as uow:
                return await uow.leases.holds(reference, token, clock.now())

        async def release(self, token):
            async with database.unit(self.tenant.id) as uow:
                await uow.leases.release(REFERENCE, token)

    return Leases()


async def test_a_lease_is_held_by_one(leases):
    await leases.open()
    token = await leases.take("job-1")
    assert await leases.take("job-2") is None
    assert await leases.holds(token)


async def test_another_reference_is_another_lease(leases):
    await leases.open()
    assert await leases.take("job-1")
    assert await leases.take("job-2", "dh-T1-2")


async def test_a_released_lease_can_be_taken_with_a_higher_token(leases):
    await leases.open()
    first = await leases.take("job-1")
    await leases.release(first)
    assert not await leases.holds(first)
    assert await leases.take("job-2") > first


async def test_who_is_paused_past_the_expiry_no_longer_holds(leases, clock):
    await leases.open()
    paused = await leases.take("job-1")
    clock.advance(seconds=TTL.total_seconds() - 1)
    assert await leases.holds(paused)
    clock.advance(seconds=1)
    assert not await leases.holds(paused)
    successor = await leases.take("job-2")
    assert successor > paused
    assert await leases.holds(successor)
    assert not await leases.holds(paused)


async def test_a_late_release_does_not_free_the_successors_lease(leases, clock):
    await leases.open()
    paused = await leases.take("job-1")
    clock.advance(minutes=3)
    successor = await leases.take("job-2")
    await leases.release(paused)
    assert await leases.holds(successor)
    assert await leases.take("job-3") is None


async def test_a_job_that_runs_again_takes_its_own_lease_over(leases):
    await leases.open()
    before_the_kill = await leases.take("job-1")
    again = await leases.take("job-1")
    assert again > before_the_kill
    assert not await leases.holds(before_the_kill)


async def test_of_many_who_take_at_once_one_does(leases):
    await leases.open()
    tokens = await asyncio.gather(*(leases.take(f"job-{n}") for n in range(50)))
    assert len([token for token in tokens if token is not None]) == 1
