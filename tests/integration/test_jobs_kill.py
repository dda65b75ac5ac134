"""Real processes: one is killed with its jobs under way, and another performs them."""

import asyncio
import sys
import time
from pathlib import Path

import psycopg
import pytest

from bot.db.urls import libpq_url
from bot.jobs import PushTicket
from tests.factories import until

ROOT = Path(__file__).parents[2]
HELD, QUICK = range(3), range(100, 110)


@pytest.fixture
async def worker(database_url):
    """Starts worker processes; whatever still runs at the end is killed."""
    started = []

    async def start(name, *, lingers):
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.integration.job_worker", database_url, name,
            "yes" if lingers else "no", cwd=ROOT, stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        started.append(process)
        return process

    yield start
    for process in started:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def test_jobs_of_a_killed_worker_are_performed_by_another(database, database_url, jobs, worker):
    async with await psycopg.AsyncConnection.connect(libpq_url(database_url), autocommit=True) as connection:
        await connection.execute("CREATE TABLE performed (ticket_id int, worker text)")

        async def performed_by(name):
            found = await connection.execute("SELECT ticket_id FROM performed WHERE worker = %s", (name,))
            return sorted(ticket_id for (ticket_id,) in await found.fetchall())

        async with database.directory() as directory:
            tenant = await directory.ensure_tenant("T1", "Northwind IT")
        async with database.unit(tenant.id) as uow:
            for ticket_id in (*HELD, *QUICK):
                await jobs.enqueue(uow, PushTicket(tenant_id=tenant.id, ticket_id=ticket_id))
        doomed = await worker("doomed", lingers=True)

        async def only_the_held_are_left():
            return await jobs.count("todo") == 0 and await jobs.count("doing") == len(HELD)

        await until(only_the_held_are_left, within=20)
        await worker("survivor", lingers=False)
        doomed.kill()
        killed = time.monotonic()

        async def all_done():
            return await jobs.count("todo", "doing", "failed") == 0

        await until(all_done, within=25)
        assert time.monotonic() - killed < 20
        assert await performed_by("doomed") == sorted((*HELD, *QUICK))
        assert await performed_by("survivor") == list(HELD)
