"""Wherever settling mappings dies, and however often it runs: every entry is decided and told once."""

import asyncio

import pytest
from sqlalchemy import select

from bot.db.tables import sync_logs
from bot.domain.contracts import Place, Standing, Terms
from bot.domain.time_entries import TimeState
from bot.jobs import Attempt, SettleMappings
from bot.workflows import settle_mappings
from bot.workflows.alarms import Alarms
from bot.workflows.engine import After
from bot.workflows.settle_mappings import SettleMappingsWorkflow
from tests.crash.deaths import Died, dies_at, goes_on
from tests.integration import time_rows
from tests.world import World, world


async def settle(found: World, after: After = goes_on) -> None:
    bot, clock = found.bot, found.bot.tools.clock
    alarms = Alarms(bot.database, bot.jobs, clock)
    workflow = SettleMappingsWorkflow(
        bot.database, alarms, bot.tools.workspaces.by_id, clock=clock, after=after
    )
    job = SettleMappings(tenant_id=found.tenant.id, slot="1")
    await workflow.run(job, Attempt(1, is_last=False, holder="w"))


async def an_entry_that_lost_its_mapping(found: World) -> None:
    """Imported once; then its contract was taken in no more."""
    now = found.bot.tools.clock.now()
    today = now.date()
    async with found.bot.database.unit(found.tenant.id) as uow:
        await time_rows.clients(uow)
        await time_rows.contract(uow, 10)
        await uow.standings.save({10: Standing(Place.IN, None, Terms("Managed 10"))}, now)
        await time_rows.entry(uow, 1, today, contract=10)
        await time_rows.posted(uow, 1)
        await uow.time_imports.decide(today, None, now, most=200)
        organization = (await uow.organizations.named(["Acme"]))["acme"]
        await uow.organizations.set_company(organization.id, None, "U1", now)


async def told(found: World) -> list[str]:
    async with found.bot.database.unit(found.tenant.id) as uow:
        line = await uow.time_entries.get(1)
        rows = (await uow.connection.execute(select(sync_logs))).mappings().all()
    assert line is not None
    assert line.state is TimeState.UNMAPPED
    return [row["message"] for row in rows if row["type"] == "time_entry"]


@pytest.mark.parametrize("step", settle_mappings.STEPS)
async def test_settling_that_died_after_a_step_or_ran_twice_at_once_tells_each_entry_once(
    database_url, tmp_path, step: str
):
    async with world(database_url, tmp_path) as found:
        await found.connected()
        await an_entry_that_lost_its_mapping(found)
        with pytest.raises(Died):
            await settle(found, dies_at(step))
        await asyncio.gather(settle(found), settle(found))
        [message] = await told(found)
        assert "its company is not mapped now" in message
