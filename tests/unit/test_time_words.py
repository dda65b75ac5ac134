"""What people type about time, and what they read."""

import json
from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest

from blocks import time_entries as blocks
from blocks import time_nudges, time_rates
from blocks.kit import page
from bot.domain.context import Person, Role
from bot.domain.sync_logs import LogStatus, Operation
from bot.domain.time_entries import (
    Decision,
    Money,
    Rate,
    Repricing,
    TimeFilter,
    TimeLine,
    TimePage,
    TimeState,
    TimeSummary,
    TimeTotal,
    day_text,
    hours_text,
    read_days,
    read_filter,
    read_rate,
    sums_text,
)
from bot.domain.time_logs import MOST_TOLD, lines
from bot.domain.time_nudges import (
    NudgeSettings,
    day_of,
    is_workday,
    read_at,
    read_holidays,
    read_hours,
    read_pause,
    snoozed,
    told_once_as,
)
from bot.errors import InvalidInput

TODAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("typed", "rate"),
    [("150", "150"), ("150.00", "150.00"), ("$1,250.50", "1250.50"), (" € 95.5 ", "95.5"), ("0", "0")],
)
def test_a_rate_is_read_as_people_type_it(typed, rate):
    assert read_rate(typed) == Decimal(rate)


@pytest.mark.parametrize(
    "typed",
    ["", "-5", "abc", "1.2.3", "1e5", "NaN", "\N{ARABIC-INDIC DIGIT ONE}50", "100001", "1.00001", "."],
)
def test_what_is_no_rate_is_refused(typed):
    with pytest.raises(InvalidInput):
        read_rate(typed)


@pytest.mark.parametrize("typed", ["6", "366", "", "ten", "-30", "90.5"])
def test_days_outside_a_week_to_a_year_are_refused(typed):
    with pytest.raises(InvalidInput):
        read_days(typed)
    assert read_days("7") == 7


def test_holidays_are_read_from_lines_and_commas_and_the_wrong_one_is_named():
    found = read_holidays("2026-12-26, 2026-12-25\n2027-01-01")
    assert found == (date(2026, 12, 25), date(2026, 12, 26), date(2027, 1, 1))
    with pytest.raises(InvalidInput, match="AT-101") as refused:
        read_holidays("2026-12-25 25.12.")
    assert "25.12." in refused.value.reason
    assert not is_workday(found[0], found)
    assert not is_workday(date(2026, 11, 21), ())
    assert is_workday(date(2026, 11, 20), found)


def test_hours_and_times_that_cannot_be_are_refused():
    assert (read_hours("7.5"), read_at("16:30")) == (Decimal("7.5"), time(16, 30))
    for typed in ("0", "25", "-1", "x", ""):
        with pytest.raises(InvalidInput):
            read_hours(typed)
    for typed in ("25:00", "4pm", ""):
        with pytest.raises(InvalidInput):
            read_at(typed)


def test_reminders_come_at_half_past_four_unless_an_admin_chose_otherwise():
    assert NudgeSettings().at == time(16, 30)


def test_a_reminder_is_told_once_a_day_and_once_more_whenever_it_was_put_off():
    again = [snoozed(TODAY, datetime(2026, 11, 21, hour, 30, tzinfo=UTC)) for hour in (17, 18)]
    assert told_once_as("2026-11-21T16:30") == told_once_as("2026-11-21T17:00") == "2026-11-21"
    assert len({"2026-11-21", *map(told_once_as, again)}) == 3
    assert {day_of(each) for each in ("2026-11-21T16:30", *again)} == {TODAY}


def test_who_wants_to_be_left_alone_names_a_day_to_come():
    assert read_pause("2026-11-22", TODAY) == date(2026, 11, 22)
    for typed in ("2026-11-21", "2026-11-20", "2027-11-23", "", "tomorrow"):
        with pytest.raises(InvalidInput):
            read_pause(typed, TODAY)


def test_a_filter_survives_its_way_through_a_button_and_nonsense_shows_what_is_imported():
    for wanted in (
        TimeFilter(TimeState.UNLINKED, 7, "acme | printer"),
        TimeFilter(month=date(2026, 11, 1), ready=True),
        TimeFilter(),
    ):
        assert read_filter(wanted.code) == wanted
    assert read_filter("") == read_filter("nonsense|x|y") == TimeFilter()


def test_hours_and_sums_have_separators_and_no_empty_decimals():
    assert [hours_text(Decimal(each)) for each in ("5", "380.50", "1204.255", "0")] == [
        "5 h",
        "380.5 h",
        "1,204.26 h",
        "0 h",
    ]
    both = (Money(Decimal(57075), "USD"), Money(Decimal("10.005"), "EUR"))
    assert sums_text(both) == "$57,075.00 + €10.01"


@pytest.mark.parametrize(
    ("person", "sees"),
    [
        (Person("U1", "A", Role.ADMIN), True),
        (Person("U1", "A", Role.FULL_MEMBER), True),
        (Person("U1", "A", Role.VIEWER), False),
        (Person("U1", "A", Role.VIEWER, billing_approver=True), True),
        (Person("U1", "A", Role.NONE), False),
    ],
)
def test_sums_are_for_who_bills_sells_or_decides(person, sees):
    assert person.sees_money is sees


def test_the_card_says_what_was_imported_and_what_waits():
    found = TimeSummary(
        {
            TimeState.IMPORTED: TimeTotal(1204, Decimal("380.5"), (Money(Decimal(57075), "USD"),)),
            TimeState.NOT_APPROVED: TimeTotal(41, Decimal(60)),
            TimeState.UNLINKED: TimeTotal(7, Decimal(9)),
            TimeState.UNMAPPED: TimeTotal(1700, Decimal(2000)),
            TimeState.AFTER_END: TimeTotal(3, Decimal(4)),
            TimeState.NOT_BILLABLE: TimeTotal(212, Decimal(99)),
        },
        ready=TimeTotal(12, Decimal(20), (Money(Decimal(3000), "USD"),)),
        months=((date(2026, 11, 1), TimeTotal(4, Decimal(5))),),
        oldest_unapproved=date(2026, 11, 9),
        as_of=datetime(2026, 11, 21, 2, tzinfo=UTC),
        has_rate=True,
    )
    said = repr(blocks.summary(found, blocks.Shown(organization="<Acme> *&* Co"), TODAY))
    for words in (
        "1,204 entries, 380.5 h, $57,075.00",
        "12 entries, 20 h, $3,000.00",
        "41 not approved yet (oldest 12 days)",
        "7 without contract",
        ":white_circle: 1,700 of companies that are not mapped",
        "3 after the contract",
        "212 not billable",
        "November 2026",
    ):
        assert words in said


def test_an_entry_that_is_billed_names_its_invoice():
    shown = blocks.Shown(may_link=True, may_sync=True)
    billed = TimeLine(2, TODAY, Decimal(5), TimeState.IMPORTED, 1, invoice_id=7, invoice="INV-77")
    assert "On invoice INV-77." in str(
        blocks.listing(TimePage((billed,), ("",), 1), page(1, 0), TimeFilter(), shown)
    )


def test_a_full_page_of_the_longest_names_fits_into_a_message():
    name = "<Ünit> *& Söhne* `x` " * 20
    line = TimeLine(1, TODAY, Decimal(5), TimeState.UNLINKED, 1, name, name, 1, 1, name, 1, name, late=name)
    shown = blocks.Shown(may_link=True, may_sync=True)
    found = TimePage((line,) * 10, ("https://example.com",) * 10, 40)
    message = blocks.listing(found, page(40, 1), TimeFilter(TimeState.UNLINKED), shown)
    assert len(message.blocks) <= 50


def test_a_rate_that_changes_the_past_says_so_before_it_is_saved_and_comes_back_as_it_was():
    rate = Rate(Decimal("160.50"), "EUR", date(2026, 1, 1), 7)
    change = Repricing(3, (Money(Decimal(750), "EUR"),), (Money(Decimal("802.50"), "EUR"),))
    view = time_rates.sure_form(rate, change)
    assert "3 entries: €750.00 → €802.50" in str(view)
    assert time_rates.read_sure(json.loads(str(view["private_metadata"]))) == rate


@pytest.mark.parametrize("state", list(TimeState))
def test_a_button_on_an_alert_leads_to_the_list_of_its_state(state):
    assert blocks.listed_by(blocks.list_id(state)) == TimeFilter(state)


def test_nobody_waits_for_a_reminder_that_is_off():
    assert "no reminders" in time_nudges.paused(None).text


def decision(state: TimeState, before: TimeState | None = None, *, alike: int = 1, n: int = 1) -> Decision:
    return Decision(
        n, state, before, TODAY, Decimal(5), Decimal(5) if before else None, TODAY, 1, 1, "Managed",
        date(2026, 11, 1), "Petra", None, "", alike, Decimal(5) * alike, n == 1,
    )  # fmt: skip


def test_lines_about_companies_that_nobody_mapped_name_no_contract():
    [line] = lines([decision(TimeState.IMPORTED)])
    assert (line.operation, line.status) == (Operation.CREATE, LogStatus.SUCCESS)
    assert "Managed" not in line.message


def test_what_is_too_much_to_be_told_one_by_one_is_told_in_one_line():
    many = [decision(TimeState.UNLINKED, alike=1000, n=number + 1) for number in range(MOST_TOLD)]
    told = lines(many)
    assert len(told) == MOST_TOLD + 1
    assert told[-1].message == "And 800 more: without contract, 5,000 h in all"


def test_what_became_unapproved_again_is_a_warning_and_an_unchanged_state_is_silent():
    [line] = lines([decision(TimeState.NOT_APPROVED, TimeState.IMPORTED)])
    assert (line.operation, line.status) == (Operation.UPDATE, LogStatus.WARNING)
    assert lines([decision(TimeState.UNLINKED, TimeState.UNLINKED)]) == []


def test_a_day_reads_the_same_everywhere_and_none_is_said_in_words():
    assert day_text(date(2026, 8, 3)) == "3 Aug 2026"
    assert day_text(date.min) == "a day that is not told"
