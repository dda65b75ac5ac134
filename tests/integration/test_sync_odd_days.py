"""What a year, a lost right, an old database or an odd answer does to syncs, each proved on the sync it happens to."""

from datetime import timedelta

import pytest

from bot.domain.settings import Chosen
from bot.domain.syncs import SyncCounts
from bot.domain.time_entries import WINDOW_SETTING
from bot.errors import PermissionMissing
from bot.syncs import billing_items, companies, contract_conclusions, contracts, opportunities, time_entries
from bot.syncs.groups import fetch
from sandbox.autotask.faults import Fault
from tests.factories import NOON
from tests.integration.billing_world import an_item
from tests.integration.sync_world import Place, autotask, place


@pytest.fixture
async def here(database_url):
    async with autotask() as served, place(database_url, served) as found:
        yield found


async def later(here: Place, **by: float) -> None:
    here.clock.advance(**by)
    here.autotask.clock.set(here.clock.now(), scale=0)


async def test_an_item_that_was_never_invoiced_is_not_taken_for_gone_when_it_has_its_year(here: Place):
    company = max(row["id"] for row in here.autotask.rows("Companies"))
    posted = NOON - billing_items.KEPT + timedelta(days=1)
    item = here.autotask.insert("BillingItems", {**an_item(company, 0), "postedDate": posted.replace(hour=0),
                                                 "postedOnTime": posted})  # fmt: skip
    await here.pass_of(billing_items.POSTED)
    assert item in await here.rows(billing_items.POSTED)
    await later(here, days=3)
    await here.pass_of(billing_items.AGAIN)
    assert item in await here.rows(billing_items.POSTED)


async def test_a_daily_pass_is_full_also_when_it_begins_some_seconds_earlier_than_the_day_before(here: Place):
    await here.pass_of(contracts.CONTRACTS)
    lost = max(await here.rows(contracts.CONTRACTS))
    here.autotask.delete("Contracts", lost)
    await later(here, hours=23, minutes=59, seconds=55)
    counts, _ = await here.counted(contracts.CONTRACTS)
    assert counts.gone == 1


async def test_a_right_that_shows_nothing_marks_nothing_of_what_is_asked_for_by_its_id(here: Place):
    company = max(row["id"] for row in here.autotask.rows("Companies"))
    here.autotask.insert("BillingItems", an_item(company, 0))
    await here.pass_of(billing_items.POSTED)
    before = await here.rows(billing_items.POSTED)
    assert before
    here.control.revoke("BillingItems", ("query",), look="empty")
    await later(here, days=1)
    with pytest.raises(PermissionMissing):
        await here.pass_of(billing_items.AGAIN)
    assert await here.rows(billing_items.POSTED) == before


async def test_a_right_that_is_missing_for_one_part_leaves_the_others_and_is_named(here: Place):
    here.control.revoke("ContractMilestones")
    await here.new_run(contracts.CONTRACTS)
    tally = await fetch(contracts.GROUP, here.work())
    assert await here.rows(contracts.UNITS)
    assert [each.fingerprint for each in tally.problems] == ["right:ContractMilestones"]


async def test_a_field_that_an_older_database_does_not_know_is_left_out(here: Place):
    for name in ("sku", "internalID"):
        body = f'{{"errors":["Unable to find {name} in the Service Entity."]}}'
        here.control.plan(Fault("fail", "Services", status=500, body=body, count=1))
    await here.pass_of(contracts.SERVICES)
    assert await here.rows(contracts.SERVICES)


async def test_an_answer_without_rows_is_not_the_end_of_a_pass(here: Place):
    await here.pass_of(companies.SYNC)
    before = await here.rows(companies.SYNC)
    await later(here, days=2)
    half = '{"items":null,"pageDetails":null}'
    here.control.plan(Fault("fail", "Companies", status=200, body=half, count=1, skip=1))
    await here.pass_of(companies.SYNC, page_size=15)
    assert set(await here.rows(companies.SYNC)) == set(before)


async def test_a_run_that_looked_at_every_opportunity_does_not_ask_for_the_open_ones_as_well(here: Place):
    await here.new_run(opportunities.ALL)
    before = here.requests(opportunities.ALL)
    await fetch(opportunities.GROUP, here.work())
    assert here.requests(opportunities.ALL) - before == 1


TIME = time_entries.SYNC


async def prefer_days(here: Place, days: int) -> None:
    async with here.database.unit(here.tenant_id) as uow:
        await uow.settings.prefer(WINDOW_SETTING, Chosen(str(days), str(days)), by="U1", at=here.clock.now())


async def test_more_days_are_there_with_the_next_run(here: Place):
    await prefer_days(here, 60)
    await here.pass_of(TIME)
    narrow = await here.rows(TIME)
    await prefer_days(here, 365)
    await later(here, hours=1)
    await here.pass_of(TIME)
    assert len(await here.rows(TIME)) > len(narrow)
    assert len(await here.rows(TIME)) == len(list(here.autotask.rows("TimeEntries")))


async def test_a_pass_that_died_before_more_days_were_chosen_brings_them_all(here: Place):
    await prefer_days(here, 365)
    await here.pass_of(TIME)
    everything = await here.rows(TIME)
    await prefer_days(here, 115)
    await later(here, days=2)

    async def dies(_sync: str, counts: SyncCounts) -> None:
        if counts.seen > 100:
            raise ConnectionError

    with pytest.raises(ConnectionError):
        await here.pass_of(TIME, progress=dies, page_size=4)
    await prefer_days(here, 365)
    await here.pass_of(TIME, page_size=4)
    assert set(await here.rows(TIME)) == set(everything)


async def test_a_milestone_s_status_is_told_in_autotask_s_own_words_and_no_number_stands_for_one(here: Place):
    await here.pass_of(contracts.MILESTONES)
    row = next(iter((await here.rows(contracts.MILESTONES)).values()))
    async with here.database.unit(here.tenant_id) as uow:
        assert {each.status for each in await uow.contracts.milestones(row["contract_id"])} == {""}
    await contract_conclusions.conclude(here.work())
    async with here.database.unit(here.tenant_id) as uow:
        words = {each.status for each in await uow.contracts.milestones(row["contract_id"])}
    assert words <= {"In Progress", "Ready to Bill", "Billed"}
    assert words


async def test_a_right_that_is_taken_away_in_the_middle_of_a_pass_marks_nothing(here: Place):
    pattern = dict(here.autotask.row("Companies", max(row["id"] for row in here.autotask.rows("Companies"))))
    here.autotask.insert_many(
        "Companies", ({**pattern, "id": None, "companyName": f"Extra {n}"} for n in range(900))
    )
    await here.pass_of(companies.SYNC)
    before = await here.rows(companies.SYNC)
    await later(here, days=1)

    async def is_revoked(_sync: str, counts: SyncCounts) -> None:
        if counts.seen:
            here.control.revoke("Companies", ("query",), look="empty")

    with pytest.raises(PermissionMissing):
        await here.pass_of(companies.SYNC, progress=is_revoked, page_size=10)
    assert await here.rows(companies.SYNC) == before
