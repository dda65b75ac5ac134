"""How invoices are told: status, whether lines add up, how long a fetch rests, places in lists."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from blocks import fetches, invoices, opportunities
from bot.domain.billing_items import LineSums
from bot.domain.fetches import Fetch, Turn
from bot.domain.invoices import Identifier, Invoice, InvoiceCard, InvoiceFilter, InvoiceStatus, Sight, called
from bot.domain.opportunities import OpportunityFilter

TODAY = date(2026, 11, 21)
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def an_invoice(**changes):
    usual = {"due_on": TODAY, "total": Decimal("107.00"), "tax": Decimal("7.00")}
    fixed = {"company_id": 1, "company_name": "Acme", "organization_id": None, "invoiced_at": NOW}
    return Invoice(7, "INV-7", **fixed, **(usual | changes))


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({}, InvoiceStatus.OPEN),
        ({"due_on": TODAY - timedelta(days=1)}, InvoiceStatus.OVERDUE),
        ({"due_on": None}, InvoiceStatus.OPEN),
        ({"paid_on": TODAY, "due_on": date(2020, 1, 1)}, InvoiceStatus.PAID),
        ({"paid_on": TODAY, "is_voided": True}, InvoiceStatus.VOIDED),
    ],
)
def test_voided_comes_before_paid_and_paid_before_overdue_and_today_is_not_late(changes, status):
    assert an_invoice(**changes).status(TODAY) is status


def a_card(invoice, sums):
    return InvoiceCard(invoice, (), 0, sums, Identifier.NUMBER, "USD", TODAY)


@pytest.mark.parametrize(
    ("total", "lines", "words"),
    [
        ("107.00", "100.00", "the invoice's total."),
        ("106.99", "100.00", "-$0.01 apart."),
        ("-93.00", "-100.00", "the invoice's total."),
        ("0.00", "-7.00", "the invoice's total."),
    ],
)
def test_a_difference_is_told_to_the_cent(total, lines, words):
    sums = LineSums(2, Decimal(lines), Decimal("7.00"))
    assert invoices.difference(a_card(an_invoice(total=Decimal(total)), sums)).endswith(words)


def test_without_lines_and_without_a_total_it_is_said_so():
    assert "No lines" in invoices.difference(a_card(an_invoice(), LineSums(0, Decimal(0), Decimal(0))))
    sums = LineSums(1, Decimal(5), Decimal(0))
    assert "shows no total" in invoices.difference(a_card(an_invoice(total=None, tax=None), sums))


def test_a_blank_number_is_the_id_whatever_was_chosen():
    assert called(7, "", Identifier.NUMBER) == called(7, "INV-7", Identifier.AUTOTASK_ID) == "7"
    assert called(7, "INV-7", Identifier.NUMBER) == "INV-7"


@pytest.mark.parametrize(
    ("fetch", "minutes_ago", "words"),
    [
        (Fetch.NEW, 23, "37 min"),
        (Fetch.NEW, 59.99, "1 min"),
        (Fetch.UNPAID, 0, "12 h"),
        (Fetch.UNPAID, 55, "11 h 5 min"),
    ],
)
def test_how_long_a_fetch_rests_is_told_in_hours_and_minutes(fetch, minutes_ago, words):
    turn = Turn(fetch, "key", "U1", NOW - timedelta(minutes=minutes_ago))
    assert turn.holds(NOW)
    assert fetches.wait(turn, NOW) == words


def test_a_turn_ends_with_its_time_or_with_its_failure():
    turn = Turn(Fetch.NEW, "key", "U1", NOW - timedelta(hours=1))
    assert not turn.holds(NOW)
    assert not Turn(Fetch.NEW, "key", "U1", NOW, is_free=True).holds(NOW)


@pytest.mark.parametrize(
    "chosen",
    [
        InvoiceFilter(),
        InvoiceFilter(InvoiceStatus.PAID, 12, "a|b"),
        InvoiceFilter(words="50 %"),
    ],
)
def test_a_place_in_the_list_of_invoices_comes_back_from_its_button(chosen):
    assert invoices.read_spot(invoices.spot(3, chosen)) == (3, chosen)


@pytest.mark.parametrize(
    "chosen",
    [OpportunityFilter(), OpportunityFilter(None), OpportunityFilter(1, 2, 3, 30, 4, "a|b")],
)
def test_a_place_in_the_list_of_opportunities_comes_back_from_its_button(chosen):
    assert opportunities.read_spot(opportunities.spot(2, chosen)) == (2, chosen)


@pytest.mark.parametrize("value", ["", "x", "|||", "1|nonsense|x|"])
def test_a_button_of_another_make_shows_the_first_page_of_everything(value):
    assert invoices.read_spot(value)[1] == InvoiceFilter()


def test_what_is_shown_is_everything_until_something_narrows_it():
    assert Sight() == Sight(mapped_only=False, companies=None)
