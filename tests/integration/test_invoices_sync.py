"""Invoices, their lines and opportunities on their way from Autotask, and what is heard of changes."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from bot.db import tables
from bot.domain.invoices import NEW, UNPAID, InvoiceFilter, InvoiceStatus
from tests.integration.billing_world import an_invoice, an_item, an_opportunity, billing_world

TODAY = date(2026, 11, 21)


@pytest.fixture
async def billing(database_url, tmp_path):
    """Acme is mapped, the others are not."""
    async with billing_world(database_url, tmp_path) as found:
        await found.world.mapped()
        yield found


async def test_invoices_and_their_lines_arrive_and_a_second_run_changes_nothing(billing):
    acme = billing.company("Acme Dental")
    invoice = billing.add("Invoices", an_invoice(acme))
    billing.add("BillingItems", an_item(acme, invoice))
    billing.add("BillingItems", an_item(acme, 0, total="12.50"))
    await billing.sync()
    first = await billing.rows(tables.invoices)
    assert [(row["number"], row["total"], row["tax"]) for row in first] == [
        ("INV-1", Decimal("107.00"), Decimal("7.00"))
    ]
    items = await billing.rows(tables.billing_items)
    assert [row["invoice_id"] for row in items] == [invoice, None]
    assert await billing.rows(tables.news) == []
    billing.clock.advance(hours=1)
    await billing.sync()
    again = await billing.rows(tables.invoices)
    assert [row["changed_at"] for row in again] == [row["changed_at"] for row in first]


async def test_an_unpaid_invoice_that_changed_is_news_once_and_settled_ones_leave_the_unpaid(billing):
    acme = billing.company("Acme Dental")
    changed = billing.add("Invoices", an_invoice(acme, total="10.00"))
    paid = billing.add("Invoices", an_invoice(acme, number="INV-2"))
    voided = billing.add("Invoices", an_invoice(acme, number="INV-3"))
    await billing.sync()
    billing.change(
        "Invoices", changed, dueDate=datetime(2026, 12, 30, tzinfo=UTC), invoiceTotal=Decimal("12.00")
    )
    billing.change("Invoices", paid, paidDate=datetime(2026, 1, 1, tzinfo=UTC))
    billing.change("Invoices", voided, isVoided=True)
    billing.clock.advance(hours=1)
    await billing.sync(options=(NEW,))
    assert await billing.rows(tables.news) == []  # Autotask says nothing of when they changed
    await billing.sync(options=(UNPAID,))
    [news] = await billing.rows(tables.news)
    assert (
        news["text"]
        == "Invoice INV-1 Acme Dental: total $10.00 → $12.00, due 15 Dec 2026 → 30 Dec 2026 in Autotask"
    )
    async with billing.unit() as uow:
        totals = await uow.invoices.totals(InvoiceFilter(), TODAY)
    assert {status: each.count for status, each in totals.items()} == {
        InvoiceStatus.OPEN: 1,
        InvoiceStatus.PAID: 1,
        InvoiceStatus.VOIDED: 1,
    }
    billing.clock.advance(days=1)
    await billing.sync()
    assert len(await billing.rows(tables.news)) == 1


async def test_an_item_gets_its_invoice_in_the_next_hour_and_loses_it_with_the_void_within_a_day(billing):
    acme = billing.company("Acme Dental")
    item = billing.add("BillingItems", an_item(acme, 0))
    await billing.sync()
    invoice = billing.add("Invoices", an_invoice(acme, made=billing.clock.now()))
    billing.change("BillingItems", item, invoiceID=invoice)
    billing.clock.advance(hours=1)
    await billing.sync(options=(NEW,))
    assert [row["invoice_id"] for row in await billing.rows(tables.billing_items)] == [invoice]
    billing.change("BillingItems", item, invoiceID=0)
    billing.change("Invoices", invoice, isVoided=True, voidedDate=billing.clock.now())
    for hours in (1, 24):
        billing.clock.advance(hours=hours)
        await billing.sync()
    [row] = await billing.rows(tables.billing_items)
    assert row["invoice_id"] is None


async def test_what_is_due_daily_is_done_by_the_nightly_run_and_not_by_the_hourly_one(billing):
    acme = billing.company("Acme Dental")
    item, _ = (billing.add("BillingItems", an_item(acme, 0)) for _ in range(2))
    await billing.sync(options=(NEW,))
    billing.world.autotask.database.delete("BillingItems", item)
    billing.clock.advance(days=1)
    await billing.sync(options=(NEW,))
    assert [row["gone_at"] for row in await billing.rows(tables.billing_items)] == [None, None]
    await billing.sync(options=(UNPAID,))
    gone = [row["gone_at"] for row in await billing.rows(tables.billing_items)]
    assert gone == [billing.clock.now(), None]


async def test_new_and_corrected_invoices_are_lines_of_the_log_with_their_numbers(billing):
    acme = billing.company("Acme Dental")
    await billing.sync()
    made = billing.add("Invoices", an_invoice(acme, number="", made=billing.clock.now()))
    billing.clock.advance(hours=1)
    await billing.sync(options=(NEW,))
    billing.change("Invoices", made, invoiceTotal=Decimal("1.00"))
    await billing.sync(options=(UNPAID,))
    lines = [
        row for row in await billing.rows(tables.sync_logs) if row["type"] == "invoice" and row["record_id"]
    ]
    assert [(row["operation"], row["status"], row["code"]) for row in lines] == [
        ("create", "warning", "AT-607"),
        ("update", "warning", "AT-606"),
    ]
    assert lines[0]["message"] == f"Invoice {made} Acme Dental: is new, without a number"
    assert lines[1]["details"] == {"total": ["107.0000", "1.0000"]}


async def test_many_unpaid_invoices_are_read_by_pages_and_lists_not_one_by_one(billing):
    acme = billing.company("Acme Dental")
    rows = [an_invoice(acme, number=f"INV-{number}") for number in range(1203)]
    billing.world.autotask.database.insert_many("Invoices", rows)
    await billing.sync()
    before = billing.requests("Invoices")
    await billing.sync(options=(UNPAID,))
    assert billing.requests("Invoices") - before <= 7
    async with billing.unit() as uow:
        page, total = await uow.invoices.page(InvoiceFilter(), TODAY, offset=1200, limit=10)
    assert (len(page), total) == (3, 1203)


async def test_an_invoice_without_due_date_is_due_by_its_payment_term(billing):
    acme = billing.company("Acme Dental")
    made = datetime(2026, 10, 1, 12, tzinfo=UTC)
    given = billing.add("Invoices", an_invoice(acme, made=made))
    computed = billing.add("Invoices", an_invoice(acme, due=None, made=made))
    await billing.sync()
    async with billing.unit() as uow:
        due = {each: (await uow.invoices.get(each, TODAY)).due_on for each in (given, computed)}
        late = (await uow.invoices.get(computed, TODAY)).status(TODAY)
    assert due == {given: date(2026, 12, 15), computed: date(2026, 10, 31)}
    assert late is InvoiceStatus.OVERDUE


async def test_an_opportunity_won_without_any_activity_is_news_within_a_day(billing):
    acme = billing.company("Acme Dental")
    won = billing.add("Opportunities", an_opportunity(acme, "New firewall", amount="1200.00"))
    billing.add("Opportunities", an_opportunity(acme, "Backup"))
    await billing.sync("opportunities")
    assert await billing.rows(tables.news) == []
    billing.change("Opportunities", won, status=3)
    billing.clock.advance(days=1)
    await billing.sync("opportunities")
    [news] = await billing.rows(tables.news)
    assert (news["text"], news["amount"]) == (
        "Opportunity New firewall (Acme Dental) was won",
        Decimal("1200.00"),
    )


async def test_lines_that_no_organization_hides_name_no_client(billing):
    contoso = billing.company("Contoso Ltd")
    await billing.sync()
    await billing.sync("opportunities")
    billing.add("Invoices", an_invoice(contoso, made=billing.clock.now()))
    opportunity = {**an_opportunity(contoso, "Contoso moves"), "lastActivity": billing.clock.now()}
    billing.add("Opportunities", opportunity)
    billing.clock.advance(hours=1)
    await billing.sync(options=(NEW,))
    await billing.sync("opportunities")
    told = [str(row) for table in (tables.sync_logs, tables.news) for row in await billing.rows(table)]
    assert any("INV-1" in each for each in told)
    assert any("Opportunity" in each for each in told)
    assert not [each for each in told if "Contoso" in each]


async def test_without_the_right_to_currencies_and_terms_invoices_still_arrive(billing):
    for entity in ("Currencies", "PaymentTerms"):
        billing.world.autotask.control.revoke(entity)
    billing.add("Invoices", an_invoice(billing.company("Acme Dental")))
    await billing.sync()
    assert len(await billing.rows(tables.invoices)) == 1
