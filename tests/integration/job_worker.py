"""A worker as a process of its own: notes each job in a table, and lingers on those it is told to.

    python -m tests.integration.job_worker DATABASE_URL NAME LINGERS

LINGERS is "yes" or "no": whether jobs whose ticket is below 100 are held until the process is killed.
"""

import asyncio
import sys

import psycopg

from bot.db.urls import libpq_url
from bot.jobs import Attempt, Job, Jobs, PushTicket

HELD_BELOW = 100


async def work(url: str, name: str, *, lingers: bool) -> None:
    async def perform(job: Job, _attempt: Attempt) -> None:
        assert isinstance(job, PushTicket)
        async with await psycopg.AsyncConnection.connect(libpq_url(url), autocommit=True) as connection:
            await connection.execute("INSERT INTO performed VALUES (%s, %s)", (job.ticket_id, name))
        if lingers and job.ticket_id < HELD_BELOW:
            await asyncio.Event().wait()

    async with Jobs(url) as jobs, jobs.working(perform):
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(work(sys.argv[1], sys.argv[2], lingers=sys.argv[3] == "yes"))
