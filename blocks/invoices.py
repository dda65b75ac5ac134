"""Invoices: the list with what each status comes to, and one invoice with its lines."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from blocks import kit
from bot.domain.billing_items import BillingItem
from bot.domain.codes import Code
from bot.domain.invoices import PAGE_SIZE, Invoice, InvoiceCard, InvoiceFilter, InvoicePage, InvoiceStatus
from bot.domain.money import money
from bot.domain.numbers import whole

OPEN: Final = "invoice_open"
LIST: Final = "invoice_list"
STATUS: Final = "invoice_status"
PAGE: Final = "invoice_page"
LINES: Final = "invoice_lines"
PDF: Final = "invoice_pdf"
_SIGNS: Final[Mapping[InvoiceStatus, str]] = {
    InvoiceStatus.OPEN: "🔵",
    InvoiceStatus.OVERDUE: "🔴",
    InvoiceStatus.PAID: "✅",
    InvoiceStatus.VOIDED: "🚫",
}
_LONGEST_WORDS = 100
_ANY = "any"


# --- the list ---


def spot(number: int, chosen: InvoiceFilter) -> str:
    """A place in a list, as the value of a button: ``<page>|<status>|<organization>|<words>``."""
    status = chosen.status.value if chosen.status else _ANY
    return f"{number}|{status}|{chosen.organization_id or 0}|{chosen.words[:_LONGEST_WORDS]}"


def read_spot(value: str) -> tuple[int, InvoiceFilter]:
    """The page and the filter of a button."""
    number, status, organization, words = (*value.split("|", 3), "", "", "", "")[:4]
    known = {each.value: each for each in InvoiceStatus}
    own = whole(organization)
    return whole(number) or 0, InvoiceFilter(known.get(status), own or None, words[:_LONGEST_WORDS])


def listing(page: InvoicePage) -> kit.Message:
    """One page, the newest first, each with its status, and what every status comes to."""
    where = kit.page(page.total, page.number, PAGE_SIZE)
    title = f"Invoices{f' of {page.organization}' if page.organization else ''}"
    rows = [_row(each, page) for each in page.invoices]
    nothing = () if rows else (kit.plain_section(_nothing(page)),)
    return kit.Message(
        kit.escape(f"{title}: {kit.count(page.total, 'invoice')}"),
        (
            kit.header(title),
            *_sums(page),
            *rows,
            *nothing,
            kit.plain_context(f"Showing {where.label}{_about(page.filter)}"),
            kit.actions(*_ways(page, where), block_id="invoice_ways"),
            *_filtered(page),
            *_as_of(page.as_of),
        ),
    )


def _filtered(page: InvoicePage) -> tuple[kit.Block, ...]:
    if not page.is_filtered:
        return ()
    return (kit.context("Only companies that the data filters let in: `/autotask filters` shows them."),)


def _sums(page: InvoicePage) -> tuple[kit.Block, ...]:
    parts = [
        f"{_SIGNS[each]} {page.totals[each].count:,} {each.value}: {money(page.totals[each].total, page.currency)}"
        for each in InvoiceStatus
        if each in page.totals
    ]
    return (kit.plain_context(" · ".join(parts)),) if parts else ()


def _row(invoice: Invoice, page: InvoicePage) -> kit.Block:
    status = invoice.status(page.today)
    first = f"{_SIGNS[status]} {invoice.shown(page.identifier)} · {_amount(invoice.total, page.currency)}"
    second = [invoice.company_name or "Unknown company", _standing(invoice, page.today)]
    return kit.plain_section(
        f"{first}\n{' · '.join(second)}",
        accessory=kit.button("Open", OPEN, value=str(invoice.autotask_id)),
    )


def _standing(invoice: Invoice, today: date) -> str:
    status = invoice.status(today)
    if status is InvoiceStatus.PAID and invoice.paid_on:
        return f"paid {_day(invoice.paid_on)}"
    if status is InvoiceStatus.VOIDED:
        return "voided"
    due = f"due {_day(invoice.due_on)}" if invoice.due_on else "no due date"
    if status is InvoiceStatus.OVERDUE and invoice.due_on:
        return f"{due}, {kit.count((today - invoice.due_on).days, 'day')} overdue"
    return due


def _nothing(page: InvoicePage) -> str:
    if page.as_of is None:
        return "No invoice has arrived from Autotask yet. They are read every hour."
    return "No invoice matches."


def _about(chosen: InvoiceFilter) -> str:
    status = f" · {chosen.status.value} only" if chosen.status else ""
    return f"{status} · containing “{chosen.words}”" if chosen.words else status


def _ways(page: InvoicePage, where: kit.Page) -> tuple[kit.Element, ...]:
    chosen = page.filter
    options = [
        kit.option(
            each.label if each else "Every status",
            spot(0, InvoiceFilter(each, chosen.organization_id, chosen.words[:40])),
        )
        for each in (None, *InvoiceStatus)
    ]
    now = spot(0, InvoiceFilter(chosen.status, chosen.organization_id, chosen.words[:40]))
    rest = spot(0, chosen).partition("|")[2]
    clear = [kit.button("All invoices", f"{LIST}:all", value=spot(0, InvoiceFilter()))]
    narrowed = chosen.words or chosen.organization_id
    return (
        kit.static_select(STATUS, options, chosen=now),
        *kit.page_buttons(where, PAGE, context_value=rest),
        *(clear if narrowed else []),
    )


# --- one invoice ---


def card(shown: InvoiceCard) -> kit.Message:
    """The invoice's facts, a page of its lines, and whether they add up to its total."""
    invoice, name = shown.invoice, shown.invoice.shown(shown.identifier)
    status = invoice.status(shown.today)
    where = kit.page(shown.sums.count, shown.number, PAGE_SIZE)
    return kit.Message(
        kit.escape(f"Invoice {name} {invoice.company_name}: {status.label}"),
        (
            kit.header(f"Invoice {name}"),
            *_gone(invoice),
            kit.facts(_facts(shown, status)),
            *_lines(shown, where),
            kit.plain_section(difference(shown)),
            kit.actions(*_card_buttons(shown, where), block_id="invoice_card"),
            *_as_of(invoice.synced_at),
        ),
    )


def difference(shown: InvoiceCard) -> str:
    """What the lines and the tax come to beside the invoice's total, told as it is."""
    sums, total, unit = shown.sums, shown.invoice.total, shown.currency
    if not sums.count:
        return "No lines are here: they are older than thirteen months, or have not arrived yet."
    tax = shown.invoice.tax if shown.invoice.tax is not None else sums.tax
    both = f"{kit.count(sums.count, 'line')}: {money(sums.total, unit)} + {money(tax, unit)} tax"
    if total is None:
        return f"{both} = {money(sums.total + tax, unit)}. Autotask shows no total."
    gap = total - sums.total - tax
    if not gap:
        return f"{both} = {money(total, unit)}, the invoice's total."
    return (
        f"⚠️ {both} = {money(sums.total + tax, unit)}, but the invoice says {money(total, unit)}:"
        f" {money(gap, unit)} apart."
    )


def _facts(shown: InvoiceCard, status: InvoiceStatus) -> list[tuple[str, kit.Piece]]:
    invoice = shown.invoice
    period = [_day(each) for each in (invoice.from_on, invoice.to_on) if each]
    given = {
        "Company": invoice.company_name,
        "Status": f"{_SIGNS[status]} {status.label}, {_standing(invoice, shown.today)}",
        "Total": _amount(invoice.total, shown.currency),
        "Tax": _amount(invoice.tax, shown.currency),
        "Invoice date": _day(invoice.invoiced_at.date()) if invoice.invoiced_at else "",
        "Period": " to ".join(period),
        "Payment term": invoice.payment_term,
        "Order number": invoice.order_number,
        "Comments": invoice.comments[:300],
        "Autotask ID": str(invoice.autotask_id),
    }
    return [(label, value) for label, value in given.items() if value]


def _lines(shown: InvoiceCard, where: kit.Page) -> tuple[kit.Block, ...]:
    if not shown.lines:
        return ()
    return (
        kit.listed([_line(each, shown.currency) for each in shown.lines]),
        kit.plain_context(f"Lines {where.label}"),
    )


def _line(item: BillingItem, unit: str) -> tuple[kit.Piece, ...]:
    name = (item.name or item.description or f"Item {item.autotask_id}")[:120]
    times = (
        f" · {_count(item.quantity)} \N{MULTIPLICATION SIGN} {_amount(item.rate, unit)}"
        if item.quantity is not None
        else ""
    )
    free = " · not billable" if item.non_billable else ""
    return kit.strong(name), f"{times}{free} · {_amount(item.total, unit)}"


def _card_buttons(shown: InvoiceCard, where: kit.Page) -> tuple[kit.Element, ...]:
    value, url = str(shown.invoice.autotask_id), shown.company_url
    company = [kit.link_button("Company in Autotask", url, action_id="link:company")] if url else []
    return (
        kit.button("PDF", PDF, value=value, style="primary"),
        *company,
        *kit.page_buttons(where, LINES, context_value=value),
        kit.button("All of this status", f"{LIST}:status", value=spot(0, _like(shown))),
    )


def _like(shown: InvoiceCard) -> InvoiceFilter:
    return InvoiceFilter(shown.invoice.status(shown.today), shown.invoice.organization_id)


def _gone(invoice: Invoice) -> tuple[kit.Block, ...]:
    if not invoice.is_gone:
        return ()
    return (kit.section(":warning: This invoice is no longer in Autotask; this is what was read last."),)


# --- PDFs ---


def printing(name: str) -> kit.Message:
    text = f"🖨️ Invoice {name} is being printed by Autotask. The PDF comes to you directly in a moment."
    return kit.Message(kit.escape(text), (kit.plain_section(text),))


def not_given(reason: str, invoice_id: int) -> kit.Message:
    text = ":x: *The invoice could not be given as PDF.*"
    again = kit.actions(kit.button("Try again", PDF, value=str(invoice_id)))
    code = kit.context(f"{Code.PDF_MISSING.value} · `/autotask help {Code.PDF_MISSING.value}` says more")
    return kit.Message(
        "The invoice could not be given as PDF", (kit.section(text), kit.plain_section(reason), again, code)
    )


# --- pieces ---


def _amount(amount: Decimal | None, unit: str) -> str:
    return "amount not shown" if amount is None else money(amount, unit)


def _count(number: Decimal | None) -> str:
    return "" if number is None else f"{number.normalize():,f}"


def _day(day: date) -> str:
    return f"{day.day} {day:%b %Y}"


def _as_of(at: datetime | None) -> tuple[kit.Block, ...]:
    return (kit.context(f"As of {kit.date(at)} · from Autotask"),) if at else ()
