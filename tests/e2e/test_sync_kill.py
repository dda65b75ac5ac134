"""SIGKILL in mid-sync, with a second replica there: it goes on with the same pass, and nothing is there twice."""

import asyncio
from collections import Counter

import pytest
from sqlalchemy import Table, func, select

from bot.db.session import Database
from bot.db.tables import companies, resources, sync_logs, sync_runs
from bot.jobs import Jobs, RunSync
from sandbox.autotask.faults import Fault
from sandbox.slack import feed
from sandbox.slack.seed import ADMIN
from tests.e2e.conftest import empty_database
from tests.e2e.desk import CHANNEL, Desk, opened_desk
from tests.e2e.test_kill import idle, met
from tests.factories import until

TAKEN_OVER_WITHIN = 90.0
NEW_COMPANIES, NEW_PEOPLE = 2_600, 700


def grow(desk: Desk) -> None:
    """Autotask gets more than a page of companies and of people; the companies bear today's date."""
    database = desk.autotask.database
    company = next(row for row in database.rows("Companies") if row["id"])
    person = next(row for row in database.rows("Resources") if row.get("isActive"))
    now = database.clock.now()
    database.insert_many(
        "Companies",
        (
            {**company, "id": None, "companyName": f"Grown {n}", "lastActivityDate": now}
            for n in range(NEW_COMPANIES)
        ),
    )
    database.insert_many(
        "Resources", ({**person, "id": None, "userName": f"grown{n}"} for n in range(NEW_PEOPLE))
    )


async def count(database: Database, tenant_id: int, table: Table) -> int:
    async with database.unit(tenant_id) as uow:
        return int((await uow.connection.execute(select(func.count()).select_from(table))).scalar_one())


async def ask(url: str, database: Database, tenant_id: int) -> None:
    job = RunSync(
        tenant_id=tenant_id,
        groups=("companies", "resources"),
        run_key="killed",
        requested_by=ADMIN,
        channel_id=CHANNEL,
        full=True,
    )
    async with Jobs(url) as jobs, database.unit(tenant_id) as uow:
        await jobs.enqueue(uow, job)


def about_the_sync(desk: Desk) -> list[str]:
    said = [feed.words_of_message(message) for message in desk.people.messages(ADMIN, CHANNEL)]
    return [each for each in said if "ync" in each and "from Autotask" in each]


@pytest.mark.slow
async def test_a_replica_killed_in_mid_sync_is_finished_by_the_other_and_nothing_is_there_twice(
    server, template, tmp_path
):
    async with (
        empty_database(server, template) as url,
        opened_desk(tmp_path, BOT_DATABASE_URL=url, BOT_AUTOTASK_CONCURRENCY="3") as desk,
        Database(url) as database,
    ):
        victim, survivor = await desk.bots.start(), await desk.bots.start("worker")
        await asyncio.gather(victim.ready(), survivor.started())
        await desk.claim()
        await desk.connect()
        await until(lambda: idle(url), within=60)
        survivor.pause()
        async with database.directory() as directory:
            [tenant] = await directory.tenants()
        before = await count(database, tenant.id, sync_logs)
        grow(desk)
        desk.autotask.control.clear_log()
        hang = Fault("hang", "Companies", "POST", skip=3)
        desk.autotask.control.plan(hang)
        await ask(url, database, tenant.id)
        await met(lambda: hang.count <= 0)
        survivor.resume()
        await victim.kill()

        async def synced() -> bool:
            async with database.unit(tenant.id) as uow:
                rows = await uow.connection.execute(
                    select(sync_runs.c.state).where(sync_runs.c.key == "killed")
                )
                return [row.state for row in rows] == ["succeeded"] * 2

        await until(synced, within=TAKEN_OVER_WITHIN)
        await until(lambda: idle(url), within=30)
        autotask = desk.autotask.database
        assert await count(database, tenant.id, companies) == len(list(autotask.rows("Companies")))
        assert await count(database, tenant.id, resources) == len(list(autotask.rows("Resources")))
        async with database.unit(tenant.id) as uow:
            lines = (
                (await uow.connection.execute(select(sync_logs).order_by(sync_logs.c.id))).mappings().all()
            )
        told = Counter(line["message"] for line in lines[before:] if line["operation"] == "create")
        assert sum(told.values()) == 201
        assert f"And {NEW_PEOPLE - 200:,} more created: resources" in told
        assert len(about_the_sync(desk)) == 1
        pages = len(desk.autotask.control.log(entity="Companies"))
        assert pages <= 6 + 3 + 4, "it began anew"
