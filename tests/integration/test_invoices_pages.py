"""Invoices, fetching by hand and opportunities as people see them."""

import asyncio
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from bot.app import performer, running
from bot.db import tables
from bot.domain.context import Ctx, Person, Role
from bot.domain.contract_rules import FilterField
from bot.domain.fetches import Fetch
from bot.domain.settings import NO, SOURCE_OF_TRUTH, Chosen
from bot.errors import AlreadyDone, NotFound
from bot.jobs import Attempt, GiveInvoice, RunSync
from sandbox.slack.people import inside, on
from sandbox.slack.seed import ADMIN
from tests.integration.billing_world import LAST_MONTH, an_invoice, an_item, an_opportunity, billing_world
from tests.integration.slack_world import DESK, words
from tests.world import settings_for


@pytest.fixture
async def billing(database_url, tmp_path):
    async with billing_world(database_url, tmp_path) as found:
        yield found


async def fill(billing):
    """Fourteen invoices of two companies, in every status; a credit, one without number, one for nothing."""
    acme, contoso = billing.company("Acme Dental"), billing.company("Contoso Ltd")
    await billing.world.mapped()
    made = {
        "lines": billing.add("Invoices", an_invoice(acme, number="INV-1", total="214.00", tax="14.00")),
        "credit": billing.add("Invoices", an_invoice(acme, number="CR-7", total="-50.00", tax="0.00")),
        "blank": billing.add("Invoices", an_invoice(contoso, number="", total="0.00", tax="0.00")),
        "late": billing.add(
            "Invoices", an_invoice(contoso, number="LATE", due=LAST_MONTH + timedelta(days=5))
        ),
        "paid": billing.add("Invoices", {**an_invoice(acme, number="PAID"), "paidDate": LAST_MONTH}),
        "void": billing.add("Invoices", {**an_invoice(acme, number="VOID"), "isVoided": True}),
    }
    billing.world.autotask.database.insert_many(
        "Invoices", [an_invoice(acme, number=f"R-{n}", total="1.00", tax="0.00") for n in range(8)]
    )
    for name in ("Server *A* <b>", "Backup"):
        billing.add("BillingItems", an_item(acme, made["lines"], name=name))
    await billing.sync()
    return made


async def typed(billing, line, contains):
    people = billing.world.slack.people
    await people.type_command(ADMIN, DESK, line)
    return await people.wait_for(ADMIN, DESK, contains)


async def test_the_list_totals_pages_and_opens_a_card_that_adds_up(billing):
    await fill(billing)
    people = billing.world.slack.people
    page = await typed(billing, "/autotask invoices", "14 invoices")
    assert "🔵 11 open: $172.00" in words(page)
    assert "🔴 1 overdue: $107.00" in words(page)
    assert "1 to 10 of 14" in words(page)
    await people.click(ADMIN, on(page), "invoice_page:next")
    page = await people.wait_for(ADMIN, DESK, "11 to 14 of 14")
    shown = await typed(billing, "/autotask invoices inv-1", "Showing 1 to 1 of 1")
    await people.click(ADMIN, on(shown), "invoice_open")
    card = await people.wait_for(ADMIN, DESK, "2 lines: $200.00 + $14.00 tax = $214.00, the invoice's total.")
    assert "Server *A* <b>" in words(card)
    assert "Company in Autotask" in words(card)
    await people.click(ADMIN, on(card), "invoice_pdf")
    await people.wait_for(ADMIN, DESK, "The PDF comes to you directly")
    assert await billing.world.bot.jobs.count("todo") > 0
    overdue = await typed(billing, "/autotask invoices overdue contoso", "overdue only")
    assert "LATE · $107.00" in words(overdue)
    assert "INV-1" not in words(overdue)


async def test_an_invoice_without_number_shows_as_its_id_and_a_credit_with_its_sign(billing):
    made = await fill(billing)
    cards = billing.world.bot.services.invoices
    blank = await cards.card(billing.world.ctx, made["blank"])
    assert blank.invoice.shown(blank.identifier) == str(made["blank"])
    page = await typed(billing, "/autotask invoices cr-7", "CR-7")
    assert "CR-7 · -$50.00" in words(page)


async def test_who_sees_some_organizations_sees_their_invoices_alone(billing):
    made = await fill(billing)
    service, tenant = billing.world.bot.services.invoices, billing.world.tenant
    async with billing.unit() as uow:
        [acme] = await uow.organizations.search("acme")
    person = Person("U9", "Some", Role.VIEWER, organizations=frozenset({acme.id}))
    page = await service.page(Ctx(tenant, person), await service.read_filter(Ctx(tenant, person), ""))
    assert page.total == 12
    with pytest.raises(NotFound):
        await service.card(Ctx(tenant, person), made["late"])
    with pytest.raises(NotFound):
        await service.printed(Ctx(tenant, person), made["late"])


async def test_data_filters_leave_companies_out_of_lists_and_say_so(billing):
    await fill(billing)
    contoso = billing.company("Contoso Ltd")
    async with billing.unit() as uow:
        changed = tables.companies.update().where(tables.companies.c.autotask_id == contoso)
        await uow.connection.execute(changed.values(company_type=3))
        only = Chosen("3", "Prospect")
        await uow.settings.prefer(FilterField.COMPANY_TYPE.value, only, by=ADMIN, at=billing.clock.now())
    page = await typed(billing, "/autotask invoices", "2 invoices")
    assert "data filters" in words(page)


async def test_the_pdf_is_printed_once_kept_until_the_invoice_changes_and_given_to_who_asked(billing):
    made = await fill(billing)
    world, perform = billing.world, performer(billing.world.bot)
    before = prints(billing)

    async def give(key):
        job = GiveInvoice(
            tenant_id=world.tenant.id, invoice_id=made["lines"], requested_by=ADMIN, request_key=key
        )
        await perform(job, Attempt(1, is_last=True, holder="test"))

    for key in ("a", "a", "b"):
        await give(key)
    assert prints(billing) == before + 1
    given = list(world.slack.workspace.files.values())
    assert [each.name for each in given] == ["Invoice-INV-1.pdf"] * 2
    assert all(each.content.startswith(b"%PDF") for each in given)
    billing.change("Invoices", made["lines"], invoiceTotal=Decimal("215.00"))
    await billing.sync(options=("unpaid",))
    await give("c")
    assert prints(billing) == before + 2
    world.autotask.control.revoke("Invoices", look="403")
    billing.change("Invoices", made["lines"], invoiceTotal=Decimal("216.00"))
    async with billing.unit() as uow:
        await uow.invoice_files.keep(made["lines"], "older", b"%PDF", at=billing.clock.now(), room=10)
    with pytest.raises(Exception, match="AT-203"):
        await give("d")
    direct = world.slack.workspace.direct(ADMIN, world.slack.workspace.bot.id)
    await world.slack.people.wait_for(ADMIN, direct.id, "could not be given as PDF")


async def test_files_beyond_the_room_give_way_the_longest_unused_first(billing):
    await fill(billing)
    async with billing.unit() as uow:
        for number in (1, 2, 3):
            at = billing.clock.now() + timedelta(minutes=number)
            await uow.invoice_files.keep(number, "s", b"12345", at=at, room=12)
        found = [await uow.invoice_files.get(number, "s", billing.clock.now()) for number in (1, 2, 3)]
    assert found == [None, b"12345", b"12345"]


def prints(billing):
    return sum("InvoicePdf" in str(each) for each in billing.world.autotask.control.log(entity="Invoices"))


async def test_invoices_are_named_as_the_settings_say_with_an_example_of_both(billing):
    made = await fill(billing)
    people = billing.world.slack.people
    await people.type_command(ADMIN, DESK, "/autotask settings")
    modal = await people.wait_for_modal(ADMIN, "Settings")
    assert "Invoice Number R-7, Autotask ID" in words(modal)
    assert "1 of 14 have no number" in words(modal)
    block = next(each for each in modal.body["blocks"] if each["block_id"].startswith("invoice_identifier"))
    option = block["accessory"]["options"][1]
    chosen = {"selected_option": option}
    await people.choose(ADMIN, inside(modal), "settings_naming", chosen, block_id=block["block_id"])
    await people.wait_for(ADMIN, DESK, "Invoices are named by")
    page = await typed(billing, "/autotask invoices late", str(made["late"]))
    assert "LATE" not in words(page).replace("late", "")


# --- fetching by hand ---


async def test_a_fetch_of_unpaid_invoices_tells_what_it_corrected_and_rests_12_hours(billing):
    made = await fill(billing)
    billing.change("Invoices", made["late"], dueDate=datetime(2026, 12, 30, tzinfo=UTC))
    world, people = billing.world, billing.world.slack.people
    page = await typed(billing, "/autotask fetch", "Fetch unpaid invoices")
    await people.click(ADMIN, on(page), "fetch_start:unpaid")
    await people.wait_for(ADMIN, DESK, "has started")
    await run_fetch(billing, Fetch.UNPAID)
    done = await typed(billing, "/autotask fetch", "Corrected from Autotask")
    assert "Invoice LATE: due 6 Nov 2026 → 30 Dec 2026" in words(done)
    assert "again in 12 h" in words(done)
    billing.clock.advance(hours=11, minutes=23)
    refused = await typed(billing, "/autotask fetch unpaid", "again in 37 min")
    assert ADMIN in str(refused.blocks)
    billing.clock.advance(minutes=37)
    turn = await world.bot.services.fetches.start(world.ctx, Fetch.UNPAID, run_key="next")
    assert turn.run_key == "next"


async def test_of_two_at_once_one_fetches_and_a_restart_forgets_nothing(billing, database_url, tmp_path):
    world = billing.world
    both = [world.bot.services.fetches.start(world.ctx, Fetch.NEW, run_key=key) for key in ("one", "two")]
    turns = await asyncio.gather(*both)
    assert len({turn.run_key for turn in turns}) == 1
    settings = settings_for(world.autotask, world.slack, database_url, tmp_path)
    billing.clock.advance(minutes=23)
    async with running(settings, role="web", clock=billing.clock) as again:
        turn = await again.services.fetches.start(world.ctx, Fetch.NEW, run_key="three")
    assert turn.run_key == turns[0].run_key
    assert turn.again_at - billing.clock.now() == timedelta(minutes=37)


async def test_a_fetch_that_failed_gives_its_turn_back(billing):
    world = billing.world
    await world.bot.services.fetches.start(world.ctx, Fetch.UNPAID, run_key="falls")
    world.autotask.control.revoke("Invoices", look="403")
    with pytest.raises(Exception, match="AT-203"):
        await run_fetch(billing, Fetch.UNPAID)
    world.autotask.control.grant("Invoices")
    turn = await world.bot.services.fetches.start(world.ctx, Fetch.UNPAID, run_key="again")
    assert turn.run_key == "again"


async def test_where_autotask_does_not_decide_nothing_is_fetched_and_the_reason_is_told(billing):
    world = billing.world
    async with billing.unit() as uow:
        await uow.settings.prefer(SOURCE_OF_TRUTH, Chosen(NO, "No"), by="U1", at=billing.clock.now())
    page = await typed(billing, "/autotask fetch new", "not your source of truth")
    assert "fetch_start" not in str(page.blocks)
    with pytest.raises(AlreadyDone):
        await world.bot.services.fetches.start(world.ctx, Fetch.NEW, run_key="x")


async def run_fetch(billing, fetch):
    """As the worker does it."""
    async with billing.unit() as uow:
        turn = await uow.fetches.get(fetch)
    job = RunSync(
        tenant_id=billing.world.tenant.id,
        groups=fetch.groups,
        run_key=turn.run_key,
        requested_by=turn.taken_by,
        channel_id=DESK,
        options=(fetch.value,),
    )
    await performer(billing.world.bot)(job, Attempt(1, is_last=True, holder="test"))


# --- opportunities ---


async def test_opportunities_are_a_table_with_labels_sums_and_a_filter(billing):
    acme = billing.company("Acme Dental")
    late = {**an_opportunity(acme, "Late <one>", amount="1000.00"), "projectedCloseDate": LAST_MONTH}
    billing.add("Opportunities", late)
    billing.add("Opportunities", an_opportunity(acme, "Firewall", amount="300.00", stage=29_682_781))
    billing.add("Opportunities", {**an_opportunity(acme, "Won"), "status": 3})
    await billing.sync("opportunities")
    people = billing.world.slack.people
    page = await typed(billing, "/autotask opps", "2 opportunities")
    assert "$1,300.00 · weighted by probability $650.00" in words(page)
    assert "1 Nov 2026, overdue" in words(page)
    assert "Negotiation" in words(page)
    await people.click(ADMIN, on(page), "opportunity_filter")
    modal = await people.wait_for_modal(ADMIN, "Filter opportunities")
    stages = next(each for each in modal.body["blocks"] if each["block_id"] == "stage")["element"]["options"]
    chosen = next(each for each in stages if each["text"]["text"] == "Negotiation")
    assert (await people.submit(ADMIN, {"stage": chosen})).ok
    page = await people.wait_for(ADMIN, DESK, "stage Negotiation")
    assert "Late" not in words(page)
    assert inside(modal)
