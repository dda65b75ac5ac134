"""Contracts from Autotask to what people are told: worked examples, endings, and what is told twice never."""

from decimal import Decimal

import pytest

from bot.domain.contract_rules import MATCHED, PREFIXES
from bot.domain.contracts import Phase, Place
from bot.domain.settings import Chosen
from bot.errors import AutotaskUnavailable
from tests.integration.contract_rows import company, contract, logged, month, sell, sync_contracts, told
from tests.world import COMPANIES, world


@pytest.fixture
async def office(database_url, tmp_path):
    async with world(database_url, tmp_path) as found:
        await found.connected()
        yield found


def messages(lines, operation):
    return [(kind, status, text) for kind, each, status, text in lines if each == operation]


async def prefer(office, **chosen):
    async with office.bot.database.unit(office.tenant.id) as uow:
        for name, value in chosen.items():
            await uow.settings.prefer(name, Chosen(value, value), by="U1", at=office.bot.tools.clock.now())


async def test_a_contract_made_in_autotask_is_created_by_the_next_sync_and_ends_with_its_end_date(office):
    acme = company(office, COMPANIES[0])
    await office.mapped()
    first = contract(office, acme, "Managed Services")
    sell(office, first, "Managed Server", units=10, price="20.00")
    await sync_contracts(office, "first")
    assert ("contract", "success", "Created contract Managed Services of Acme: $200.00 a month") in messages(
        await logged(office), "create"
    )
    assert await told(office) == []

    second = contract(office, acme, "Cloud & Licensing")
    sell(office, second, "Cloud Backup", units=31, price="5.50")
    await sync_contracts(office, "second")
    [news] = await told(office)
    assert news[0].startswith("New contract Cloud & Licensing of Acme: $170.50 a month from 1 ")
    assert news[1] == Decimal("170.50")

    today = office.bot.tools.clock.now().date()
    ended = {"endDate": month(today, -1, last=True), "lastModifiedDateTime": office.bot.tools.clock.now()}
    office.autotask.database.update("Contracts", second, ended)
    for key in ("third", "again"):
        await sync_contracts(office, key)
    updates = messages(await logged(office), "update")
    assert len(updates) == 1
    assert updates[0][:2] == ("contract", "success")
    assert "Contract Cloud & Licensing of Acme ended on" in updates[0][2]
    assert len(await told(office)) == 2
    text, amount = (await told(office))[-1]
    assert text.endswith("-$170.50 a month")
    assert amount == Decimal("-170.50")
    async with office.bot.database.unit(office.tenant.id) as uow:
        assert (await uow.standings.ended([first, second])).keys() == {second}
        assert (await uow.contracts.get(second)).phase(today) is Phase.ENDED


async def test_a_changed_number_of_units_is_told_with_the_difference_in_money(office):
    acme = company(office, COMPANIES[0])
    await office.mapped()
    sold = sell(office, contract(office, acme, "Managed Services"), "Managed Server", units=10, price="20.00")
    await sync_contracts(office, "first")
    for row in office.autotask.database.rows("ContractServiceUnits"):
        if row["contractServiceID"] == sold.line:
            office.autotask.database.update(
                "ContractServiceUnits", row["id"], {"units": 12, "price": Decimal("240.00")}
            )
    await sync_contracts(office, "second")
    assert await told(office) == [
        ("Contract Managed Services of Acme: +$40.00 a month, $240.00 now", Decimal(40))
    ]
    assert "$200.00 → $240.00 a month" in messages(await logged(office), "update")[0][2]


async def test_prefixes_leave_contracts_out_once_and_make_customers_of_those_that_match(office):
    unit, contoso = company(office, COMPANIES[1]), company(office, "Contoso Ltd")
    await office.bot.services.organizations.save(
        office.ctx, organization_id=None, name="Contoso Ltd", company_id=company(office, "Contoso Limited")
    )
    sell(office, contract(office, unit, "PRACBILL-1 Phones"), "Hosted Phone Seat")
    contract(office, contoso, "pracbill-2 Cloud")
    contract(office, contoso, "Time & Materials", contractType=1)
    contract(office, 0, "PRACBILL internal")
    await prefer(office, **{PREFIXES: "PRACBILL-", MATCHED: "contract"})
    for key in ("first", "second"):
        await sync_contracts(office, key)
    lines = await logged(office)
    skipped = [text for _, operation, status, text in lines if (operation, status) == ("skip", "skip")]
    assert len(skipped) == 2
    assert skipped[0].startswith("Skipped contract Time & Materials of Contoso Ltd")
    assert all(text.endswith(": wrong SKU prefix") for text in skipped)
    made = [text for kind, operation, _, text in lines if (kind, operation) == ("company", "create")]
    assert made[0] == "Created company Ünit & Söhne <GmbH> because of contract PRACBILL-1 Phones"
    assert made[1].startswith("Created company Contoso Ltd (")
    async with office.bot.database.unit(office.tenant.id) as uow:
        assert await uow.standings.counts() == {Place.IN: 2, Place.PREFIX: 2}
    page = await office.bot.services.organizations.page(office.ctx)
    assert page.total == 3


async def test_an_identifier_of_two_customers_is_a_problem_of_each_until_it_is_gone(office):
    acme, unit = company(office, COMPANIES[0]), company(office, COMPANIES[1])
    await office.mapped()
    await office.mapped("Unit", COMPANIES[1])
    one = sell(office, contract(office, acme, "Phones"), "Seat", internalDescription="0412 345 678")
    sell(office, contract(office, unit, "Phones"), "Seat", internalDescription="0412345678")
    for key in ("first", "second"):
        await sync_contracts(office, key)
    assert len([each for each in await logged(office) if each[2] == "warning"]) == 2
    async with office.bot.database.unit(office.tenant.id) as uow:
        assert len(await uow.standings.open_problems("contracts:identifier:")) == 2
    office.autotask.database.update("ContractServices", one.line, {"internalDescription": "0412 345 679"})
    await sync_contracts(office, "third")
    async with office.bot.database.unit(office.tenant.id) as uow:
        assert await uow.standings.open_problems("contracts:identifier:") == set()


async def test_what_expired_is_listed_and_ended_only_when_that_was_asked_for(office):
    acme, today = company(office, COMPANIES[0]), office.bot.tools.clock.now().date()
    await office.mapped()
    old = contract(office, acme, "Managed Services 2 (old)", endDate=month(today, -3, last=True))
    await sync_contracts(office, "first")
    async with office.bot.database.unit(office.tenant.id) as uow:
        assert [each.id for each in await uow.standings.expired(today)] == [old]
        assert await uow.standings.open_problems("contracts:expired") == {"contracts:expired"}
    writes = [entry for entry in office.autotask.control.log() if entry.method in {"POST", "PATCH", "PUT"}]
    await sync_contracts(office, "second", "end-expired")
    async with office.bot.database.unit(office.tenant.id) as uow:
        assert await uow.standings.expired(today) == []
        assert (await uow.standings.ended([old])).keys() == {old}
        assert await uow.standings.open_problems("contracts:expired") == set()
    after = [entry for entry in office.autotask.control.log() if entry.method in {"PATCH", "PUT"}]
    assert after == [entry for entry in writes if entry.method in {"PATCH", "PUT"}]


async def test_contracts_that_a_mapping_looked_at_during_the_first_sync_make_no_news_of_the_others(office):
    acme, unit = company(office, COMPANIES[0]), company(office, COMPANIES[1])
    await office.mapped("Unit", COMPANIES[1])
    for each in (acme, unit):
        sell(office, contract(office, each, "Managed Services"), "Managed Server")
    office.autotask.control.fail_next(40, entity="ContractMilestones", status=500)
    with pytest.raises(AutotaskUnavailable):
        await sync_contracts(office, "first")
    await office.mapped()
    office.autotask.control.reset(data=False)
    await sync_contracts(office, "second")
    assert await told(office) == []
    lines = await logged(office)
    assert sum(operation == "create" and kind == "contract" for kind, operation, _, _ in lines) == 2
