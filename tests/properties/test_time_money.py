"""Hours times rates, added up: exact to the last digit, whatever the order, with no day shifted by a zone."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from bot.autotask.entities import TimeEntry
from bot.domain.time_entries import Money, totals, window

HOURS = st.decimals(min_value=0, max_value=24, places=4)
RATES = st.decimals(min_value=0, max_value=1000, places=4)
DAYS = st.dates(date(2025, 1, 1), date(2027, 12, 31))
ZONES = st.sampled_from(
    ["UTC", "Europe/Berlin", "America/New_York", "Pacific/Auckland", "Pacific/Honolulu", "Asia/Kolkata"]
)


@given(st.lists(HOURS, max_size=60), RATES)
def test_the_sum_of_the_lines_is_the_hours_times_the_rate(hours: list[Decimal], rate: Decimal):
    lines = [Money(each * rate, "USD") for each in hours]
    whole = totals(lines)
    assert sum((each.amount for each in whole), Decimal(0)) == sum(hours, Decimal(0)) * rate


@given(
    st.lists(st.tuples(HOURS, RATES, st.sampled_from(["USD", "EUR"])), min_size=1, max_size=40), st.randoms()
)
def test_the_order_of_lines_changes_no_sum_and_currencies_are_never_added_up(lines, shuffled):
    each = [Money(hours * rate, currency) for hours, rate, currency in lines]
    mixed = list(each)
    shuffled.shuffle(mixed)
    assert totals(each) == totals(mixed)
    for money in totals(each):
        assert money.amount == sum(line.amount for line in each if line.currency == money.currency)


@given(st.integers(0, 10**9).map(lambda cents: Decimal(cents) / 1000))
def test_a_half_cent_is_rounded_up_and_nothing_else_is_lost(amount: Decimal):
    cents = Money(amount, "USD").cents
    assert abs(cents - amount) <= Decimal("0.005")
    if amount * 1000 % 10 == 5:
        assert cents > amount


@given(DAYS, ZONES, st.integers(0, 86_399))
def test_a_day_that_was_worked_is_the_same_in_every_zone_also_when_clocks_change(day, zone, second):
    """Autotask gives the date with some time of day; only the date counts."""
    worn = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(seconds=second)
    row = TimeEntry.model_validate({"id": 1, "dateWorked": worn.strftime("%Y-%m-%dT%H:%M:%S.000Z")})
    assert row.date_worked == day
    today = datetime.combine(day, datetime.min.time(), ZoneInfo(zone)).date()
    assert window(today, 90) == (day - timedelta(days=90), None)
