"""What a database demands, and the words of lists."""

import pytest

from bot.domain.connections import PicklistOption
from bot.domain.ticket_forms import Demand, demanded_by, extra_values, shown_value, usual_values
from bot.domain.ticket_lists import TicketFilter, filter_text, read_filter
from bot.errors import InvalidInput
from tests.factories import NOON

ISSUE = Demand("issueType", "integer", options=(PicklistOption("7", "Hardware"),))
DUE = Demand("dueDateTime", "datetime")
PO = Demand("purchaseOrderNumber", "string", max_length=5)
HOURS = Demand("estimatedHours", "decimal")


def test_a_refusal_names_the_fields_that_a_form_has_not():
    reasons = ("Missing Required Field: issueType", "Missing Required Field: title", "Something else")
    assert demanded_by(reasons) == ("issueType",)


def test_a_day_is_over_at_five_in_the_persons_own_zone():
    assert extra_values([DUE], {"dueDateTime": "2026-11-24"}, "Europe/Berlin") == {
        "dueDateTime": "2026-11-24T16:00:00Z"
    }
    assert shown_value(DUE, "2026-11-24T16:00:00Z", "Europe/Berlin") == "2026-11-24"


def test_a_demanded_due_date_is_suggested_three_days_ahead():
    assert usual_values([DUE, ISSUE], NOON, "Europe/Berlin") == {"dueDateTime": "2026-11-24"}


def test_values_are_sent_as_autotask_wants_them():
    given = {"issueType": "7", "purchaseOrderNumber": "PO-1", "estimatedHours": "2,5"}
    assert extra_values([ISSUE, PO, HOURS, DUE], given, "UTC") == {
        "issueType": 7,
        "purchaseOrderNumber": "PO-1",
        "estimatedHours": "2.5",
    }


@pytest.mark.parametrize(
    ("demand", "value"),
    [(PO, "too long"), (DUE, "soon"), (HOURS, "many"), (Demand("contactID", "integer"), "x")],
)
def test_a_value_that_does_not_fit_is_told_under_its_field(demand, value):
    with pytest.raises(InvalidInput) as refused:
        extra_values([demand], {demand.name: value}, "UTC")
    assert refused.value.field == demand.field


def test_autotasks_names_are_read_as_words():
    names = [DUE, ISSUE, PO, Demand("contactID"), Demand("serviceLevelAgreementID")]
    assert [each.label for each in names] == [
        "Due date",
        "Issue type",
        "Purchase order number",
        "Contact",
        "Service level agreement",
    ]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("", TicketFilter("mine", "")),
        ("all", TicketFilter("all", "")),
        ("Archived", TicketFilter("archived", "")),
        ("mine printer", TicketFilter("mine", "printer")),
        ("printer acme", TicketFilter("all", "printer acme")),
    ],
)
def test_a_filter_is_read_from_words(text, wanted):
    assert read_filter(text) == wanted


def test_a_filter_survives_the_way_through_a_button():
    wanted = TicketFilter("archived", "printer acme")
    assert read_filter(filter_text(wanted)) == wanted
