"""What a deploy brings together: an old worker and a new job; long work and somebody who waits."""

import asyncio

import pytest

from bot.jobs import MirrorCompanies, PushTicket
from tests.factories import until


@pytest.fixture
async def tenant(database):
    async with database.directory() as directory:
        return await directory.ensure_tenant("T1", "One")


async def test_a_job_of_a_newer_release_is_put_back_not_failed(database, tenant, jobs):
    class SendPostcard(PushTicket):
        name = "send_postcard"

    async def never(_job, _attempt):
        raise AssertionError("this release cannot perform it")

    async with database.unit(tenant.id) as uow:
        await jobs.enqueue(uow, SendPostcard(tenant_id=tenant.id, ticket_id=1))
    async with jobs.working(never):
        [put_back] = await until(jobs.failures)
        await until(lambda: _todo(jobs))
    assert (put_back.name, put_back.is_final) == ("send_postcard", False)
    assert await jobs.count("failed") == 0


async def test_long_work_of_many_tenants_never_keeps_a_person_waiting(database, jobs):
    async with database.directory() as directory:
        tenants = [await directory.ensure_tenant(f"T{number}", "One") for number in range(10)]
    gate, pushed = asyncio.Event(), asyncio.Event()

    async def perform(job, _attempt):
        if isinstance(job, PushTicket):
            pushed.set()
        else:
            await gate.wait()

    for each in tenants:
        async with database.unit(each.id) as uow:
            await jobs.enqueue(uow, MirrorCompanies(tenant_id=each.id))
    async with jobs.working(perform, grace=1):
        await until(lambda: _doing(jobs, 8))
        async with database.unit(tenants[0].id) as uow:
            await jobs.enqueue(uow, PushTicket(tenant_id=tenants[0].id, ticket_id=1))
        async with asyncio.timeout(3):
            await pushed.wait()
        gate.set()


async def _todo(jobs) -> bool:
    return await jobs.count("todo") == 1


async def _doing(jobs, at_least: int) -> bool:
    return await jobs.count("doing") >= at_least
