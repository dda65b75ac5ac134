"""What a mapping changes of contracts and time entries is true within seconds, whoever mapped how many."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from bot.db.tables import contract_standings
from bot.domain.contract_lists import Totals
from bot.domain.contracts import Place
from bot.domain.switches import Capability, Mode
from bot.domain.syncs import Group
from bot.domain.time_entries import TimeState
from bot.services.organizations import MappingForm
from sandbox.slack import feed
from tests.factories import FrozenClock, until
from tests.integration.contract_rows import company, contract, sync_contracts
from tests.world import COMPANIES, World, world

FRIDAY = datetime(2026, 11, 20, 18, tzinfo=UTC)
"""Long ago for the queue, so that what waits for a moment begins at once."""
UNLINKED = "time:unlinked"


@pytest.fixture
async def office(database_url, tmp_path) -> AsyncIterator[World]:
    async with world(database_url, tmp_path, clock=FrozenClock(FRIDAY), role="all") as opened:
        await opened.connected()
        yield opened


def billed(office: World, company_id: int, contract_id: int | None) -> int:
    """An entry of five hours, approved and posted."""
    begun, database = FRIDAY - timedelta(days=2), office.autotask.database
    row = {
        "resourceID": 29_682_886,
        "dateWorked": begun.replace(hour=0),
        "startDateTime": begun,
        "hoursWorked": Decimal(5),
        "hoursToBill": Decimal(5),
        "isNonBillable": False,
        "contractID": contract_id,
        "lastModifiedDateTime": FRIDAY,
    }
    entry = database.insert("TimeEntries", row)
    posted = {"timeEntryID": entry, "companyID": company_id, "postedDate": FRIDAY.replace(hour=0)}
    database.insert("BillingItems", {**posted, "postedOnTime": FRIDAY, "nonBillable": 0})
    return entry


async def until_time_is(office: World, wanted: dict[int, TimeState]) -> None:
    async def is_so() -> bool:
        async with office.bot.database.unit(office.tenant.id) as uow:
            found = {key: await uow.time_entries.get(key) for key in wanted}
        return {key: each.state for key, each in found.items() if each} == wanted

    await until(is_so)


async def until_problem_is(office: World, *, there: bool) -> None:
    async def is_so() -> bool:
        async with office.bot.database.unit(office.tenant.id) as uow:
            return (UNLINKED in await uow.standings.open_problems(UNLINKED)) is there

    await until(is_so)


async def until_said(office: World, text: str) -> None:
    owner = office.ctx.person.user_id

    async def is_so() -> bool:
        direct = office.slack.workspace.direct(owner, office.slack.workspace.bot.id)
        return any(text in feed.words_of_message(each) for each in direct.messages.values())

    await until(is_so)


async def test_time_follows_what_is_mapped_undone_and_unmapped_and_several_are_told_with_their_sum(office):
    acme, unit = (company(office, name) for name in COMPANIES[:2])
    managed = contract(office, acme, "Managed")
    linked, loose = billed(office, acme, managed), billed(office, unit, None)
    await sync_contracts(office, "first", groups=("contracts", "time"))
    await until_time_is(office, {linked: TimeState.UNMAPPED, loose: TimeState.UNMAPPED})
    await until_problem_is(office, there=False)

    organizations, mapping = office.bot.services.organizations, office.bot.services.mapping
    made = await organizations.create_from(office.ctx, [acme, unit])
    assert made.brings_contracts
    await until_time_is(office, {linked: TimeState.IMPORTED, loose: TimeState.UNLINKED})
    await until_problem_is(office, there=True)
    await until_said(office, "1 contract of 2 organizations, 1 without a contract that is taken in.")

    office.bot.tools.clock.advance(minutes=1)
    await mapping.undo(office.ctx, made.batch_id)
    await until_time_is(office, {linked: TimeState.UNMAPPED, loose: TimeState.UNMAPPED})
    await until_problem_is(office, there=False)

    office.bot.tools.clock.advance(minutes=1)
    saved = await organizations.store(office.ctx, MappingForm(name="Acme", company_id=acme))
    await until_time_is(office, {linked: TimeState.IMPORTED, loose: TimeState.UNMAPPED})
    office.bot.tools.clock.advance(minutes=1)
    await organizations.store(office.ctx, MappingForm(saved.organization.id))
    await until_time_is(office, {linked: TimeState.UNMAPPED})


async def test_a_mapping_does_not_wait_for_a_sync_that_judges_all_contracts_and_follows_it(office):
    acme = company(office, COMPANIES[0])
    managed = contract(office, acme, "Managed")
    await sync_contracts(office, "first")
    async with office.bot.database.unit(office.tenant.id) as judging:
        await judging.syncs.alone(Group.CONTRACTS)
        await judging.connection.execute(contract_standings.update().values(since=FRIDAY))
        async with asyncio.timeout(10):
            form = MappingForm(name="Acme", company_id=acme)
            saved = await office.bot.services.organizations.store(office.ctx, form)
    assert saved.contracts == Totals()

    async def is_taken_in() -> bool:
        async with office.bot.database.unit(office.tenant.id) as uow:
            return (await uow.standings.of([managed]))[managed].place is Place.IN

    await until(is_taken_in)


async def test_where_contracts_are_switched_off_several_mappings_announce_none(office):
    async with office.bot.database.unit(office.tenant.id) as uow:
        await uow.switches.set(Capability.CONTRACTS, Mode.OFF, by="U1", at=FRIDAY)
    ids = [company(office, name) for name in COMPANIES[:2]]
    made = await office.bot.services.organizations.create_from(office.ctx, ids)
    assert (len(made.created), made.brings_contracts) == (2, False)
