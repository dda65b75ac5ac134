"""Jobs: in the caller's transaction, at least once, one worker at a time, with their reason when they fail."""

import asyncio
import json
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from bot.db.urls import libpq_url
from bot.errors import AutotaskBusy, AutotaskUnavailable, NotFound
from bot.jobs import JOB_TYPES, Jobs, MirrorCompanies, PushTicket, VerifyNightly
from tests.factories import NOON, until

SHAPES = Path(__file__).parent / "job_shapes"


@pytest.fixture
async def tenant(database):
    async with database.directory() as directory:
        return await directory.ensure_tenant("T1", "Northwind IT")


@pytest.fixture
async def enqueue(database, jobs, tenant):
    async def add(*wanted, at=None):
        async with database.unit(tenant.id) as uow:
            for job in wanted:
                await jobs.enqueue(uow, job, at=at)

    return add


class Performed:
    """What a worker was given; ``error`` is raised, ``gate`` is waited for."""

    def __init__(self, *, error=None, gate=None):
        self.attempts, self.at_once, self.most_at_once = [], 0, 0
        self._error, self._gate = error, gate

    async def __call__(self, job, attempt):
        self.attempts.append((job, attempt))
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            if self._gate:
                await self._gate.wait()
            if self._error:
                raise self._error
        finally:
            self.at_once -= 1

    @property
    def jobs(self):
        return [job for job, _ in self.attempts]


def nothing_left(jobs):
    async def condition():
        return await jobs.count("todo", "doing") == 0

    return condition


async def rows(url, statement):
    async with await psycopg.AsyncConnection.connect(libpq_url(url), autocommit=True) as connection:
        cursor = await connection.execute(statement)
        return await cursor.fetchall() if cursor.description else []


async def test_a_rollback_leaves_neither_row_nor_job(database, jobs, tenant):
    async def save_and_fail():
        async with database.unit(tenant.id) as uow:
            assert await uow.deliveries.first_time("press-1", NOON)
            await jobs.enqueue(uow, PushTicket(tenant_id=tenant.id, ticket_id=1))
            raise NotFound("ticket", "1")

    with pytest.raises(NotFound):
        await save_and_fail()
    async with database.unit(tenant.id) as uow:
        assert await uow.deliveries.first_time("press-1", NOON)
    assert await jobs.count("todo", "doing", "failed") == 0


async def test_a_committed_job_starts_within_a_second(jobs, enqueue, tenant):
    performed = Performed()
    job = PushTicket(tenant_id=tenant.id, ticket_id=1)
    async with jobs.working(performed):
        await enqueue(job)
        begun = time.monotonic()
        await until(nothing_left(jobs))
        assert time.monotonic() - begun < 1
    assert performed.jobs == [job]
    ((_, attempt),) = performed.attempts
    assert (attempt.number, attempt.is_last) == (1, False)
    assert await jobs.count("failed") == 0


async def test_a_job_for_later_waits(jobs, enqueue, tenant):
    performed = Performed()
    now = PushTicket(tenant_id=tenant.id, ticket_id=2)
    await enqueue(PushTicket(tenant_id=tenant.id, ticket_id=1), at=datetime.now(UTC) + timedelta(hours=1))
    await enqueue(now)

    async def done():
        return await jobs.count("todo") == 1 and await jobs.count("doing") == 0

    async with jobs.working(performed):
        await until(done)
    assert performed.jobs == [now]


async def test_an_error_that_time_cannot_mend_runs_once_and_keeps_its_reason(jobs, enqueue, tenant):
    performed = Performed(error=NotFound("ticket", "1"))
    await enqueue(PushTicket(tenant_id=tenant.id, ticket_id=1))
    async with jobs.working(performed):
        await until(nothing_left(jobs))
    assert len(performed.attempts) == 1
    assert await jobs.count("failed") == 1
    (failure,) = await jobs.failures()
    assert (failure.name, failure.attempt, failure.is_final) == ("push_ticket", 1, True)
    assert failure.reason == "AT-102 NotFound(kind=ticket, ref=1)"
    assert failure.payload == {"tenant_id": tenant.id, "ticket_id": 1}


async def test_an_error_that_time_can_mend_waits_for_its_turn(jobs, enqueue, tenant):
    performed = Performed(error=AutotaskUnavailable("no answer"))
    await enqueue(PushTicket(tenant_id=tenant.id, ticket_id=1))
    async with jobs.working(performed):
        await until(jobs.failures)
        await until(nothing_doing(jobs))
    (failure,) = await jobs.failures()
    assert (failure.is_final, failure.attempt) == (False, 1)
    assert await jobs.count("todo") == 1


def nothing_doing(jobs):
    async def condition():
        return await jobs.count("doing") == 0

    return condition


async def test_waiting_for_room_at_autotask_costs_no_attempt(jobs, enqueue, tenant, database_url):
    await enqueue(PushTicket(tenant_id=tenant.id, ticket_id=1))
    async with jobs.working(Performed(error=AutotaskBusy(timedelta(hours=1)))):
        await until(jobs.failures)
        await until(nothing_doing(jobs))
    waiting = "SELECT attempts, scheduled_at > now() + interval '50 minutes' FROM procrastinate_jobs"
    assert await rows(database_url, waiting) == [(0, True)]


async def test_the_last_attempt_knows_that_it_is_the_last(jobs, enqueue, tenant, database_url):
    performed = Performed(error=AutotaskUnavailable("no answer"))
    await enqueue(PushTicket(tenant_id=tenant.id, ticket_id=1))
    await rows(database_url, f"UPDATE procrastinate_jobs SET attempts = {PushTicket.retry.attempts - 1}")
    async with jobs.working(performed):
        await until(nothing_left(jobs))
    ((_, attempt),) = performed.attempts
    assert attempt.is_last
    assert await jobs.count("failed") == 1


async def test_a_job_that_a_stop_interrupts_goes_on_elsewhere(jobs, enqueue, tenant, database_url):
    """Even on what would have been its last attempt: a deploy is nobody's failure."""
    held = Performed(gate=asyncio.Event())
    await enqueue(PushTicket(tenant_id=tenant.id, ticket_id=1))
    await rows(database_url, f"UPDATE procrastinate_jobs SET attempts = {PushTicket.retry.attempts}")
    async with jobs.working(held, grace=0.1):
        await until(lambda: _true(held.attempts))
    assert await jobs.count("todo") == 1
    performed = Performed()
    async with Jobs(database_url) as other, other.working(performed):
        await until(nothing_left(jobs))
    assert performed.jobs == held.jobs


async def _true(value):
    return bool(value)


async def test_long_work_of_one_tenant_is_done_one_after_the_other(jobs, enqueue, tenant):
    gate = asyncio.Event()
    performed = Performed(gate=gate)
    mirrors = [MirrorCompanies(tenant_id=tenant.id, run_key=str(n)) for n in range(3)]
    other = MirrorCompanies(tenant_id=tenant.id + 1)
    async with jobs.working(performed):
        await enqueue(*mirrors, other)
        await until(lambda: _true(len(performed.attempts) == 2))
        assert set(performed.jobs) == {mirrors[0], other}
        gate.set()
        await until(nothing_left(jobs))
    assert [job for job in performed.jobs if job.tenant_id == tenant.id] == mirrors
    assert performed.most_at_once == 2


async def test_a_long_job_that_waits_for_its_next_attempt_holds_nobody_up(jobs, enqueue, tenant):
    fresh = VerifyNightly(tenant_id=tenant.id, slot="2026-11-21")
    seen = []

    async def perform(job, _attempt):
        seen.append(job)
        if isinstance(job, MirrorCompanies):
            raise AutotaskUnavailable("no answer")

    async with jobs.working(perform):
        await enqueue(MirrorCompanies(tenant_id=tenant.id))
        await until(jobs.failures)
        await enqueue(fresh)
        await until(lambda: _true(fresh in seen))
    assert await jobs.count("todo") == 1


async def test_long_work_that_is_put_off_keeps_back_nothing_that_waits_shorter(jobs, enqueue, tenant):
    performed, now = Performed(), datetime.now(UTC)
    later = MirrorCompanies(tenant_id=tenant.id, run_key="tonight")
    soon = MirrorCompanies(tenant_id=tenant.id, run_key="in a moment")
    fresh = MirrorCompanies(tenant_id=tenant.id, run_key="now")
    await enqueue(later, at=now + timedelta(hours=9))
    await enqueue(soon, at=now + timedelta(seconds=1))
    await enqueue(fresh)
    async with jobs.working(performed):
        await until(lambda: _true(performed.jobs == [fresh, soon]))
    assert await jobs.count("todo") == 1


async def test_two_workers_never_perform_one_job_at_once(database_url, jobs, enqueue, tenant):
    first, second = Performed(), Performed()
    wanted = [PushTicket(tenant_id=tenant.id, ticket_id=n) for n in range(200)]
    async with Jobs(database_url) as other, jobs.working(first), other.working(second):
        await enqueue(*wanted)
        await until(nothing_left(jobs), within=20)
    done = [job.ticket_id for job in first.jobs + second.jobs]
    assert sorted(done) == list(range(200))
    assert first.jobs
    assert second.jobs


async def test_of_replicas_that_take_over_at_once_one_gives_the_job_back(database_url, jobs, enqueue, tenant):
    await enqueue(*[PushTicket(tenant_id=tenant.id, ticket_id=n) for n in range(20)])
    await rows(database_url, "UPDATE procrastinate_jobs SET status = 'doing'")
    async with Jobs(database_url) as other:
        given = await asyncio.gather(*(each.take_over() for each in (jobs, other) * 3))
    assert sum(given) == 20
    assert await jobs.count("todo") == 20


async def test_a_job_whose_workers_die_again_and_again_is_given_up(database_url, jobs, enqueue, tenant):
    await enqueue(PushTicket(tenant_id=tenant.id, ticket_id=1))
    await rows(database_url, "UPDATE procrastinate_jobs SET status = 'doing', attempts = 30")
    assert await jobs.take_over() == 0
    (failure,) = await jobs.failures()
    assert failure.is_final
    assert "died" in failure.reason


async def test_work_goes_on_after_the_database_was_away(database_url, jobs, enqueue, tenant):
    performed = Performed()
    async with jobs.working(performed):
        await enqueue(PushTicket(tenant_id=tenant.id, ticket_id=1))
        await until(nothing_left(jobs))
        await rows(
            database_url,
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()",
        )
        await enqueue(PushTicket(tenant_id=tenant.id, ticket_id=2))
        await until(nothing_left(jobs), within=20)
    assert [job.ticket_id for job in performed.jobs] == [1, 2]


async def test_a_worker_declared_dead_goes_on_when_it_wakes(database_url, jobs, enqueue, tenant):
    """Its row is gone: what it fetches cannot be noted as its own, so it registers anew."""
    performed = Performed()
    async with jobs.working(performed):
        await until(lambda: rows(database_url, "SELECT id FROM procrastinate_workers"))
        await rows(database_url, "DELETE FROM procrastinate_workers")
        await enqueue(PushTicket(tenant_id=tenant.id, ticket_id=1))
        await until(nothing_left(jobs), within=20)
    assert len(performed.attempts) >= 1


async def test_failed_jobs_are_forgotten_after_their_retention(database_url, jobs, enqueue, tenant):
    await enqueue(*[PushTicket(tenant_id=tenant.id, ticket_id=n) for n in range(2)])
    async with jobs.working(Performed(error=NotFound("ticket", "1"))):
        await until(nothing_left(jobs))
    await rows(database_url, "UPDATE procrastinate_events SET at = at - interval '15 days' WHERE job_id = 1")
    await jobs.prune()
    assert await jobs.count("failed") == 1
    assert len(await jobs.failures()) == 1


@pytest.mark.parametrize("job_type", JOB_TYPES, ids=lambda job_type: job_type.name)
def test_every_shape_that_was_ever_written_is_still_accepted(job_type):
    shapes = json.loads((SHAPES / f"{job_type.name}.json").read_text())
    assert shapes, "keep at least the shape of the first release"
    for shape in shapes:
        job = job_type.model_validate(shape)
        assert shape.items() <= job.model_dump(mode="json").items()
        assert job_type.model_validate({**shape, "added_by_a_later_release": 1}) == job


@pytest.mark.parametrize("job_type", JOB_TYPES, ids=lambda job_type: job_type.name)
def test_what_is_written_today_is_among_the_kept_shapes(job_type):
    """A new field needs a default and a new shape in the file; the old shapes stay."""
    shapes = json.loads((SHAPES / f"{job_type.name}.json").read_text())
    assert set(job_type.model_fields) in [set(shape) for shape in shapes]


def test_there_is_no_shape_without_a_job():
    assert {path.stem for path in SHAPES.glob("*.json")} == {job_type.name for job_type in JOB_TYPES}
