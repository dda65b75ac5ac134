"""Contracts in Slack: arriving with a mapping, listed, opened, found, ended; prefixes and filters counted first."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from bot.db.tables import contract_standings
from bot.domain.context import Role
from bot.domain.groups import Member
from bot.domain.switches import Capability, Mode
from bot.errors import NotFound
from bot.services.organizations import MappingForm
from sandbox.slack.people import inside, on
from sandbox.slack.seed import ADMIN, FULL_MEMBER, VIEWER
from tests.factories import FrozenClock
from tests.integration.contract_rows import company, contract, month, sell, sync_contracts
from tests.integration.slack_world import words
from tests.integration.steps import DESK, connect, map_acme, modal_words, opened_world, until_modal_says
from tests.world import COMPANIES, world

SHARED = 3
"""Jobs of several mappings at once: a batch's sync, one for what is mapped singly, one that settles the mirror."""


@pytest.fixture
async def office(database_url, tmp_path):
    async with world(database_url, tmp_path) as found:
        await found.connected()
        yield found


async def answer(office, user, line, contains, channel=DESK):
    before = {message.ts for message in office.slack.people.messages(user, channel)}
    assert (await office.slack.people.type_command(user, channel, line)).ok

    def look():
        fresh = (each for each in office.slack.people.messages(user, channel) if each.ts not in before)
        return next((each for each in fresh if contains in words(each)), None)

    return await office.slack.people.until(look, f"{contains!r} after {line!r}")


async def test_a_mapping_brings_the_contracts_along_and_says_what_came(database_url, tmp_path):
    async with opened_world(database_url, tmp_path) as office:
        unit = company(office, COMPANIES[1])
        first = contract(office, unit, "Managed Services")
        sell(office, first, "Managed Server", units=10, price="20.00")
        sell(office, first, "Hosted Phone Seat", units=1, price="2145.00")
        await connect(office)
        await map_acme(office)
        people = office.slack.people
        message = await people.wait_for(
            FULL_MEMBER, DESK, "Unit mapped: 1 contract, 2 services, $2,345.00 a month"
        )
        await people.click(FULL_MEMBER, on(message), "contracts_list:of")
        listed = await people.wait_for(FULL_MEMBER, DESK, "Contracts of Unit")
        assert "Managed Services" in words(listed)


async def test_contracts_are_listed_opened_and_found_by_their_identifier(office):
    acme, unit, people = company(office, COMPANIES[0]), company(office, COMPANIES[1]), office.slack.people
    wombat = await office.mapped()
    await office.mapped("Unit", COMPANIES[1])
    today = office.bot.tools.clock.now().date()
    phones = contract(office, acme, "Phones & *more* <b>", endDate=month(today, 1, last=True))
    sell(office, phones, "Hosted Phone Seat", units=10, price="20.00", internalDescription="0412 345 678",
         invoiceDescription="Main number")  # fmt: skip
    hidden = contract(office, unit, "Quokka phones")
    unseen = sell(office, hidden, "Hosted Phone Seat", internalDescription="0499 999 999")
    await sync_contracts(office, "first")

    listed = words(await answer(office, ADMIN, "/autotask contracts", "Showing 1 to 2 of 2"))
    assert "Recurring Service, monthly" in listed
    assert "$200.00 a month" in listed
    assert "expires in" in listed
    found = await answer(office, ADMIN, "/autotask find 0412345678", "Service identifier")
    assert "0412 345 678" in words(found)
    assert "Main number" in words(found)
    assert "$20.00 monthly" in words(found)
    await people.click(ADMIN, on(found), "contracts_open")
    card = await people.wait_for(ADMIN, DESK, "10 at $20.00 = $200.00 a month")
    await people.click(ADMIN, on(card), "contracts_list:of")
    await people.wait_for(ADMIN, DESK, "Contracts of Acme")
    assert "No service here has" in words(await answer(office, ADMIN, "/autotask find 0777", "No service"))

    async with office.bot.database.unit(office.tenant.id) as uow:
        now = office.bot.tools.clock.now()
        await uow.people.set_role(FULL_MEMBER, Role.FULL_MEMBER, ADMIN, now)
        group = await uow.groups.add("Wombats", ADMIN, now)
        await uow.groups.put(group, [wombat.id])
        await uow.groups.join(group, [Member(FULL_MEMBER)])
    theirs = words(await answer(office, FULL_MEMBER, "/autotask contracts", "Showing 1 to 1 of 1"))
    assert "Quokka" not in theirs
    assert "Quokka" not in words(await answer(office, FULL_MEMBER, "/autotask find 0499999999", "No service"))
    sees_one = replace(office.ctx, person=replace(office.ctx.person, organizations=frozenset({wombat.id})))
    with pytest.raises(NotFound):
        await office.bot.services.contracts.card(sees_one, hidden)
    with pytest.raises(NotFound):
        await office.bot.services.contracts.service(sees_one, f"s:{unseen.line}")


async def test_expired_contracts_are_listed_before_they_are_ended(office):
    acme, people = company(office, COMPANIES[0]), office.slack.people
    await office.mapped()
    today = office.bot.tools.clock.now().date()
    for number in range(2):
        contract(office, acme, f"Old {number}", endDate=month(today, -3 - number, last=True))
    await sync_contracts(office, "first")
    assert await answer(office, ADMIN, "/autotask contracts expired wombat", "containing “expired wombat”")
    assert await answer(office, ADMIN, "/autotask contracts duplicates", "Alerts")
    await people.type_command(ADMIN, DESK, "/autotask contracts expired")
    await people.wait_for_modal(ADMIN, "End expired contracts")
    await people.close(ADMIN, everything=True)
    async with office.bot.database.unit(office.tenant.id) as uow:
        await uow.people.set_role(VIEWER, Role.VIEWER, ADMIN, office.bot.tools.clock.now())
    await people.type_command(VIEWER, DESK, "/autotask contracts expired")
    await people.wait_for_modal(VIEWER, "Expired contracts")
    assert "2 contracts are past the last day" in modal_words(office, VIEWER)
    assert "Old 1" in modal_words(office, VIEWER)
    seen = people.modal(VIEWER)
    assert seen is not None
    assert "submit" not in seen.body, "who may not end them only reads"
    listed = await answer(office, ADMIN, "/autotask contracts", "End expired")
    await people.click(ADMIN, on(listed), "contracts_expired")
    await people.wait_for_modal(ADMIN, "End expired contracts")
    assert "2 contracts would be ended" in modal_words(office, ADMIN)
    assert "Old 1" in modal_words(office, ADMIN)
    assert " of Acme, last day" in modal_words(office, ADMIN)
    async with office.bot.database.unit(office.tenant.id) as uow:
        await uow.connection.execute(select(contract_standings).with_for_update())
        assert (await people.submit(ADMIN)).ok, "thousands of contracts are not waited for"
    await people.wait_for(ADMIN, DESK, "2 contracts ended")
    assert "ended" in words(await answer(office, ADMIN, "/autotask contracts", "Showing 1 to 2"))
    assert await office.bot.services.contracts.expired(office.ctx) == []


async def test_prefixes_are_counted_before_they_are_saved_and_taken_back_with_undo(office):
    acme, contoso, people = company(office, COMPANIES[0]), company(office, "Contoso Ltd"), office.slack.people
    await office.mapped()
    contract(office, acme, "PRACBILL-1 Phones")
    contract(office, acme, "Time & Materials", contractType=1)
    contract(office, contoso, "pracbill-2 Cloud")
    await sync_contracts(office, "first")
    await people.type_command(ADMIN, DESK, "/autotask contracts settings")
    await people.wait_for_modal(ADMIN, "Contract sync")
    assert "3 of 3 contracts match" in modal_words(office, ADMIN)
    view = people.modal(ADMIN)
    view.values = {
        **view.values,
        "contracts_prefixes": {"value": {"type": "plain_text_input", "value": "PRACBILL-"}},
    }
    await people.click(ADMIN, inside(view), "contract_rules_count", block_id="contract_rules_count_at")
    await until_modal_says(office, "2 of 3 contracts match")
    options = next(
        block["element"]["options"]
        for block in people.modal(ADMIN).body["blocks"]
        if block.get("block_id") == "contracts_customers"
    )
    ask = next(each for each in options if each["value"] == "ask")
    async with office.bot.database.unit(office.tenant.id) as uow:
        await uow.settings.lock()
        typed = {"contracts_prefixes": "PRACBILL-", "contracts_customers": ask}
        assert (await people.submit(ADMIN, typed)).ok, "thousands of contracts are not waited for"
    saved = await people.wait_for(ADMIN, DESK, "It holds at once")
    assert "SKU prefixes of contracts" in words(saved)
    listed = words(await answer(office, ADMIN, "/autotask contracts", "New customers (1)"))
    assert "skipped: wrong SKU prefix" in listed
    asked = await answer(
        office, ADMIN, "/autotask contracts customers", "because of contract pracbill-2 Cloud"
    )
    await people.click(ADMIN, on(asked), "contract_customers_approve")
    await people.wait_for(ADMIN, DESK, "No company waits")
    assert "Contoso Ltd" in words(await answer(office, ADMIN, "/autotask contracts", "Showing 1 to 3"))
    await people.click(ADMIN, on(saved), "settings_undo")
    await people.wait_for(ADMIN, DESK, "Taken back")
    assert "skipped" not in words(await answer(office, ADMIN, "/autotask contracts", "Showing 1 to 3"))


async def test_filters_offer_what_autotask_has_and_count_before_they_are_saved(office):
    acme, people = company(office, COMPANIES[0]), office.slack.people
    await office.mapped()
    contract(office, acme, "Managed", contractCategory=12)
    contract(office, acme, "Cloud", contractCategory=13)
    await sync_contracts(office, "first")
    await people.type_command(ADMIN, DESK, "/autotask filters")
    await people.wait_for_modal(ADMIN, "Data filters")
    assert "2 of 2 contracts would be taken in" in modal_words(office, ADMIN)
    assert "Line of business" not in modal_words(office, ADMIN)
    block = next(
        each
        for each in people.modal(ADMIN).body["blocks"]
        if each.get("block_id") == "contracts_filter_category"
    )
    cloud = next(each for each in block["element"]["options"] if each["text"]["text"] == "Cloud")
    assert (await people.submit(ADMIN, {"contracts_filter_category": [cloud]})).ok
    await people.wait_for(ADMIN, DESK, "1 of 2 contracts are let in")
    assert "left out by the data filters" in words(
        await answer(office, ADMIN, "/autotask contracts", "Showing 1")
    )


async def test_several_mappings_at_once_share_one_sync(database_url, tmp_path):
    clock = FrozenClock()
    async with world(database_url, tmp_path, clock=clock) as office:
        await office.connected()
        before = await office.bot.jobs.count("todo")
        ids = [company(office, name) for name in COMPANIES[1:]]
        for each in (ids[:2], ids[2:], []):
            await office.bot.services.organizations.create_from(office.ctx, each)
        for name in ("One more", "And another"):
            await office.mapped(name)
        assert await office.bot.jobs.count("todo") - before == SHARED
        clock.advance(minutes=5)
        await office.mapped("Later")
        assert await office.bot.jobs.count("todo") - before == SHARED + 2, "its own sync, its own settling"


async def test_a_mapping_while_contracts_are_off_asks_for_none(office):
    ids = [company(office, name) for name in COMPANIES[1:]]
    async with office.bot.database.unit(office.tenant.id) as uow:
        await uow.switches.set(Capability.CONTRACTS, Mode.OFF, by=ADMIN, at=office.bot.tools.clock.now())
    was = await office.bot.jobs.count("todo")
    assert (await office.bot.services.organizations.store(
        office.ctx, MappingForm(None, "Quiet", ids[0])
    )).contracts is None  # fmt: skip
    assert await office.bot.jobs.count("todo") == was + 1, "time is looked at again, no sync is asked for"
    assert "off" in words(await answer(office, ADMIN, "/autotask contracts", "AT-205"))
