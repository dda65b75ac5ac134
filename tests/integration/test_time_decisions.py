"""What becomes of a time entry, decided in the database from rows of the mirror."""

from collections.abc import AsyncIterator
from datetime import date, timedelta
from decimal import Decimal
from random import Random

import pytest

from bot.db import tables
from bot.db.session import Database, UnitOfWork
from bot.domain.organizations import Company
from bot.domain.time_entries import Money, Rate, TimeFilter, TimeState
from bot.domain.time_logs import lines
from tests.factories import NOON
from tests.integration.time_rows import (
    ACME,
    HIDDEN,
    TODAY,
    USUAL,
    clients,
    contract,
    decided,
    entry,
    line,
    posted,
)

RATE = Rate(Decimal("150.00"), "USD", date(2026, 1, 1))


@pytest.fixture
async def tenant_id(database: Database) -> int:
    async with database.directory() as directory:
        return (await directory.ensure_tenant("T1", "Northwind IT", "Europe/Berlin")).id


@pytest.fixture
async def uow(database: Database, tenant_id: int) -> AsyncIterator[UnitOfWork]:
    async with database.unit(tenant_id) as opened:
        await clients(opened)
        await contract(opened, 10, end=date(2026, 12, 31))
        await opened.time_rates.add(RATE, NOON)
        yield opened


async def states(uow: UnitOfWork) -> dict[int, TimeState]:
    found = {}
    for state in TimeState:
        lines, _ = await uow.time_entries.page(TimeFilter(state), USUAL, None, offset=0, limit=100)
        found |= {each.id: each.state for each in lines}
    return found


async def test_five_hours_at_a_hundred_and_fifty_are_seven_hundred_and_fifty(uow):
    await entry(uow, 1, contract=10)
    await posted(uow, 1)
    [decision] = await decided(uow)
    assert (decision.state, decision.before, decision.hours) == (TimeState.IMPORTED, None, Decimal(5))
    found = await line(uow, 1)
    assert found.amount == Money(Decimal(750), "USD")
    assert (found.resource, found.company, found.contract) == ("Petra Novak", "Acme", "Managed 10")


async def test_every_entry_has_exactly_one_state_by_what_autotask_says(uow):
    await contract(uow, 11, end=TODAY - timedelta(days=1))
    await contract(uow, 12, place="prefix")
    await entry(uow, 1, contract=10)
    await entry(uow, 2, contract=10)
    await entry(uow, 3)
    await entry(uow, 4, contract=11)
    await entry(uow, 5, contract=10, billable=False)
    await entry(uow, 6, USUAL - timedelta(days=1), contract=10)
    await entry(uow, 7, USUAL, contract=10)
    await entry(uow, 8, contract=12)
    await entry(uow, 9, TODAY - timedelta(days=1), contract=11)
    for key in (1, 3, 4, 5, 6, 7, 8, 9):
        await posted(uow, key)
    await decided(uow)
    assert await states(uow) == {
        1: TimeState.IMPORTED,
        2: TimeState.NOT_APPROVED,
        3: TimeState.UNLINKED,
        4: TimeState.AFTER_END,
        5: TimeState.NOT_BILLABLE,
        6: TimeState.OUTSIDE,
        7: TimeState.IMPORTED,
        8: TimeState.UNLINKED,
        9: TimeState.IMPORTED,
    }
    assert (await line(uow, 5)).hours == 5  # worked, though nothing of it is billed
    assert await decided(uow) == []


async def test_entries_of_companies_that_are_not_mapped_are_counted_apart_until_they_are(uow):
    await contract(uow, 20, 3, place="unmapped")
    for key, company, named in ((1, 3, 20), (2, 3, None), (3, ACME, None)):
        await entry(uow, key, contract=named)
        await posted(uow, key, company)
    decisions = {each.entry_id: each for each in await decided(uow)}
    assert {key: each.state for key, each in decisions.items()} == {
        1: TimeState.UNMAPPED,
        2: TimeState.UNMAPPED,
        3: TimeState.UNLINKED,
    }
    assert [each.message for each in lines([decisions[1], decisions[2]])] == [
        "Left alone: 2 of companies that are not mapped, 10 h"
    ]
    await uow.companies.upsert([Company(3, "Third Inc", is_active=True)], NOON)
    new = await uow.organizations.add("Third", "U1", NOON)
    await uow.organizations.set_company(new.id, 3, "U1", NOON)
    assert {each.state for each in await decided(uow)} == {TimeState.UNLINKED}
    assert (await uow.time_entries.totals(USUAL))[TimeState.UNLINKED].entries == 3


async def test_an_entry_is_imported_once_its_billing_item_proves_the_approval(uow):
    await entry(uow, 1, contract=10)
    [first] = await decided(uow)
    await posted(uow, 1)
    [second] = await decided(uow)
    assert (first.state, second.before, second.state) == (
        TimeState.NOT_APPROVED,
        TimeState.NOT_APPROVED,
        TimeState.IMPORTED,
    )


async def test_the_billing_items_contract_stands_in_for_one_that_the_entry_does_not_name(uow):
    await entry(uow, 1)
    await posted(uow, 1, contract=10)
    [decision] = await decided(uow)
    assert (decision.state, decision.contract_id) == (TimeState.IMPORTED, 10)


async def test_a_contract_that_was_picked_counts_before_any_other_and_can_be_taken_back(uow):
    await entry(uow, 1)
    await posted(uow, 1)
    await decided(uow)
    await uow.time_entries.pick(1, 10, "U1", NOON)
    [picked] = await decided(uow)
    assert (picked.state, (await line(uow, 1)).picked_by) == (TimeState.IMPORTED, "U1")
    assert await uow.time_entries.unpick(1)
    [back] = await decided(uow)
    assert back.state is TimeState.UNLINKED


async def test_a_late_edit_inside_the_days_updates_and_one_outside_is_told_once_and_not_taken_over(uow):
    old = USUAL + timedelta(days=2)
    for key, day in ((1, TODAY), (2, old)):
        await entry(uow, key, day, contract=10)
        await posted(uow, key)
    later = TODAY + timedelta(days=5)
    await decided(uow)
    for key, day in ((1, TODAY), (2, old)):
        await entry(uow, key, day, hours="7", contract=10)
    inside, outside = sorted(await decided(uow, today=later), key=lambda each: each.entry_id)
    assert (inside.old_hours, inside.hours, inside.late) == (Decimal(5), Decimal(7), "")
    assert (outside.hours, outside.late) == (Decimal(5), f"7 h on {old.isoformat()}, approved")
    assert await decided(uow, today=later) == []
    totals = await uow.time_entries.totals(USUAL)
    assert totals[TimeState.OUTSIDE].entries == 1
    await decided(uow, asked_for=(old, old), today=later)
    assert ((await line(uow, 2)).hours, (await line(uow, 2)).late) == (Decimal(7), "")


async def test_an_entry_that_slid_out_of_the_days_stays_as_it_is(uow):
    await entry(uow, 1, USUAL, contract=10)
    await posted(uow, 1)
    await decided(uow)
    assert await decided(uow, today=TODAY + timedelta(days=30)) == []
    assert (await line(uow, 1)).state is TimeState.IMPORTED


async def test_an_entry_that_was_deleted_in_autotask_is_in_no_list_and_no_sum(uow):
    await entry(uow, 1, contract=10)
    await posted(uow, 1)
    await decided(uow)
    from bot.db.tables import time_entries

    await uow.mirror.mark_gone(time_entries, NOON + timedelta(hours=1))
    [decision] = await decided(uow)
    assert (decision.before, decision.state) == (TimeState.IMPORTED, TimeState.GONE)
    assert await uow.time_entries.totals(USUAL) == {}


async def test_the_contracts_rate_goes_before_the_organizations_and_that_before_the_workspaces(uow):
    [organization] = await uow.organizations.search("acme")
    await contract(uow, 11)
    await contract(uow, 20, HIDDEN)
    await uow.time_rates.add(Rate(Decimal(160), "USD", TODAY, organization_id=organization.id), NOON)
    await uow.time_rates.add(Rate(Decimal(170), "USD", TODAY, contract_id=11), NOON)
    for key, of, day in ((1, 10, TODAY), (2, 11, TODAY), (3, 20, TODAY), (4, 11, TODAY - timedelta(days=1))):
        await entry(uow, key, day, hours="1", contract=of)
        await posted(uow, key)
    await decided(uow)
    amounts = {key: (await line(uow, key)).amount.amount for key in (1, 2, 3, 4)}
    assert amounts == {1: Decimal(160), 2: Decimal(170), 3: Decimal(150), 4: Decimal(150)}


async def test_a_new_rate_changes_what_is_not_invoiced_and_says_by_how_much(uow):
    for key, invoice in ((1, None), (2, 77)):
        await entry(uow, key, contract=10)
        await posted(uow, key, invoice=invoice)
    await decided(uow)
    await uow.time_rates.add(Rate(Decimal("160.00"), "USD", TODAY - timedelta(days=1)), NOON)
    change = await uow.time_imports.reprice()
    assert change.entries == 1
    assert (change.before, change.after) == ((Money(Decimal(750), "USD"),), (Money(Decimal(800), "USD"),))
    assert [(await line(uow, key)).amount.amount for key in (1, 2)] == [Decimal(800), Decimal(750)]
    assert await decided(uow) == []
    assert (await uow.time_entries.ready()).sums == (Money(Decimal(800), "USD"),)


async def test_an_entry_that_is_billed_knows_its_invoice_by_number(uow):
    bill = {
        "autotask_id": 77,
        "number": "INV-77",
        "search_number": "inv-77",
        "company_id": ACME,
        "is_voided": False,
    }
    await uow.mirror.upsert(tables.invoices, [bill], NOON)
    for key, invoice in ((1, None), (2, 77), (3, 78)):
        await entry(uow, key, contract=10)
        await posted(uow, key, invoice=invoice)
    await decided(uow)
    assert [(await line(uow, key)).invoice for key in (1, 2, 3)] == ["", "INV-77", ""]


async def test_who_sees_one_organization_sees_no_others_time(database, tenant_id, uow):
    await contract(uow, 20, HIDDEN)
    for key, of, company in ((1, 10, ACME), (2, 20, HIDDEN), (3, None, HIDDEN)):
        await entry(uow, key, contract=of)
        await posted(uow, key, company)
    await decided(uow)
    [organization] = await uow.organizations.search("acme")
    await uow.connection.commit()
    async with database.unit(tenant_id, organizations=[organization.id]) as seen:
        lines, total = await seen.time_entries.page(TimeFilter(), USUAL, None, offset=0, limit=10)
        assert ([each.id for each in lines], total) == ([1], 1)
        assert (await seen.time_entries.totals(USUAL)).keys() == {TimeState.IMPORTED}
        assert await seen.time_entries.get(2) is None


def held(rates: list[Rate], day: date, contract_id: int, organization_id: int) -> Rate | None:
    """The rule in a few plain lines, to hold the statement against."""
    for fits in (
        lambda rate: rate.contract_id == contract_id,
        lambda rate: rate.contract_id is None and rate.organization_id == organization_id,
        lambda rate: rate.contract_id is None and rate.organization_id is None,
    ):
        found = [each for each in rates if each.valid_from <= day and fits(each)]
        if found:
            return max(found, key=lambda each: each.valid_from)
    return None


async def test_every_entry_gets_the_rate_that_the_rule_gives_it_whatever_rates_there_are(uow):
    dice = Random(7)
    organizations = {each.company.autotask_id: each.id for each in await uow.organizations.search("")}
    owners = {10: ACME, 11: ACME, 20: HIDDEN, 21: HIDDEN}
    for key in (11, 20, 21):
        await contract(uow, key, owners[key])
    kept = {(None, None, RATE.valid_from): RATE}
    for amount in range(1, 41):
        of, whose = dice.choice(
            [(None, None), (dice.choice([10, 11, 20, 21]), None), (None, dice.choice([ACME, HIDDEN]))]
        )
        organization = organizations[whose] if whose else None
        rate = Rate(Decimal(amount), "USD", TODAY - timedelta(days=dice.randrange(0, 100)), organization, of)
        await uow.time_rates.add(rate, NOON)
        kept[of, organization, rate.valid_from] = rate
    worked = {
        key: (TODAY - timedelta(days=dice.randrange(0, 90)), dice.choice(list(owners)))
        for key in range(1, 81)
    }
    for key, (day, of) in worked.items():
        await entry(uow, key, day, hours="1.25", contract=of)
        await posted(uow, key, owners[of])
    await decided(uow)
    for key, (day, of) in worked.items():
        rule = held(list(kept.values()), day, of, organizations[owners[of]])
        assert rule is not None
        assert (await line(uow, key)).amount == Money(rule.rate * Decimal("1.25"), "USD"), (key, day, of)
    ready = await uow.time_entries.ready()
    assert ready.sums[0].amount == sum([(await line(uow, key)).amount.amount for key in worked])
