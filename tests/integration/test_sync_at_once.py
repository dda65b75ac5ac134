"""Two looks at the same mirror at the same time, and a capability that is switched off while a run waits."""

import asyncio

import pytest
from sqlalchemy import delete, select

from bot.app import performer
from bot.db.contract_judging import Occasion, judge_contracts
from bot.db.tables import contract_standings, sync_runs
from bot.domain.switches import Capability, Mode
from bot.errors import AutotaskUnavailable
from bot.jobs import Attempt, RunSync
from sandbox.autotask.faults import Fault
from tests.factories import NOON
from tests.integration.contract_rows import company, contract, logged, sell, sync_contracts
from tests.integration.time_rows import TODAY, USUAL, clients, entry, posted
from tests.integration.time_rows import contract as mirrored_contract
from tests.world import COMPANIES, world

DEADLOCK = '{"errors":["Transaction was deadlocked on lock resources."]}'


@pytest.fixture
async def office(database_url, tmp_path):
    async with world(database_url, tmp_path) as found:
        await found.connected()
        yield found


async def created(office) -> int:
    return len([line for line in await logged(office) if line[:2] == ("contract", "create")])


async def test_contracts_that_two_runs_judge_at_once_are_told_once(office):
    acme = company(office, COMPANIES[0])
    await office.mapped()
    for n in range(3):
        sell(office, contract(office, acme, f"Managed {n}"), "Managed Server", units=10, price="20.00")
    await sync_contracts(office, "first")
    assert await created(office) == 3

    async def judged() -> None:
        async with office.bot.database.unit(office.tenant.id) as uow:
            await judge_contracts(uow, Occasion(NOON, TODAY))

    async with office.bot.database.unit(office.tenant.id) as uow:
        await uow.connection.execute(delete(contract_standings))
    async with office.bot.database.unit(office.tenant.id) as uow:
        await judge_contracts(uow, Occasion(NOON, TODAY))
        other = asyncio.create_task(judged())
        await asyncio.wait({other}, timeout=0.3)
    await other
    assert await created(office) == 6


async def test_time_that_two_runs_decide_at_once_is_told_once(office):
    async with office.bot.database.unit(office.tenant.id) as uow:
        await clients(uow)
        await mirrored_contract(uow, 5)
        for key in range(1, 9):
            await entry(uow, key, contract=5)
            await posted(uow, key)

    async def decided() -> int:
        async with office.bot.database.unit(office.tenant.id) as uow:
            return len(await uow.time_imports.decide(USUAL, None, NOON, most=200))

    async with office.bot.database.unit(office.tenant.id) as uow:
        assert len(await uow.time_imports.decide(USUAL, None, NOON, most=200)) == 8
        other = asyncio.create_task(decided())
        await asyncio.wait({other}, timeout=0.3)
    assert await other == 0


async def test_a_run_that_waits_for_its_next_try_ends_when_its_capability_is_switched_off(office):
    office.autotask.control.plan(Fault("fail", "Contracts", status=500, body=DEADLOCK, count=2))
    job = RunSync(tenant_id=office.tenant.id, groups=("contracts",), run_key="once")
    with pytest.raises(AutotaskUnavailable):
        await performer(office.bot)(job, Attempt(1, is_last=False, holder="w"))
    async with office.bot.database.unit(office.tenant.id) as uow:
        await uow.switches.set(Capability.CONTRACTS, Mode.OFF, by="U1", at=NOON)
    await performer(office.bot)(job, Attempt(2, is_last=False, holder="w"))
    async with office.bot.database.unit(office.tenant.id) as uow:
        found = await uow.connection.execute(select(sync_runs.c.state).where(sync_runs.c.key == "once"))
        assert list(found.scalars()) == ["failed"]
