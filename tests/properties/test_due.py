"""Whatever the zone and however the bell rings, every local day is served once."""

from datetime import UTC, datetime, time, timedelta
from itertools import accumulate
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.schedules import Schedule, due, moment_of, newest_run, next_run

ZONES = (
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "America/Santiago",  # sets its clocks at midnight
    "America/Havana",
    "Australia/Lord_Howe",  # by half an hour
    "Africa/Cairo",
    "Pacific/Apia",
    "Asia/Kathmandu",
)
FIRST, LAST = datetime(2026, 1, 1), datetime(2027, 12, 31)  # noqa: DTZ001 - hypothesis adds the zone
STARTS = st.datetimes(FIRST, LAST, timezones=st.just(UTC))
LOCAL_TIMES = st.times().map(lambda at: time(at.hour, at.minute))
PAUSES = st.lists(st.timedeltas(timedelta(seconds=1), timedelta(days=4)), min_size=1, max_size=60)
SHORT_PAUSES = st.lists(st.timedeltas(timedelta(minutes=10), timedelta(hours=1)), min_size=24, max_size=120)


def served_slots(schedule, moments):
    slots, last = [], {}
    for moment in moments:
        for each in due([schedule], moment, last):
            slots.append(each.slot)
            last[schedule.name] = each.slot
    return slots


@given(st.sampled_from(ZONES), LOCAL_TIMES, STARTS, PAUSES)
@settings(max_examples=150, deadline=None)
def test_no_local_day_is_served_twice_however_the_bell_rings(zone, at, start, pauses):
    slots = served_slots(Schedule(1, "s", at, zone, since=start), accumulate(pauses, initial=start))
    days = [slot[:10] for slot in slots]
    assert days == sorted(set(days))


@given(st.sampled_from(ZONES), LOCAL_TIMES, STARTS, SHORT_PAUSES)
@settings(max_examples=150, deadline=None)
def test_each_day_is_served_when_the_bell_rings_at_least_hourly(zone, at, start, pauses):
    moments = list(accumulate(pauses, initial=start))
    slots = served_slots(Schedule(1, "s", at, zone, since=start), moments)
    first, last = (moment.astimezone(ZoneInfo(zone)).date() for moment in (moments[0], moments[-1]))
    between = [first + timedelta(days=n) for n in range(1, (last - first).days)]
    assert [slot[:10] for slot in slots if first < datetime.fromisoformat(slot).date() < last] == [
        day.isoformat() for day in between
    ]


@given(st.sampled_from(ZONES), LOCAL_TIMES, STARTS, st.timedeltas(timedelta(0), timedelta(days=3)))
@settings(max_examples=150, deadline=None)
def test_the_newest_slot_never_goes_back(zone, at, start, pause):
    schedule = Schedule(1, "s", at, zone)
    assert newest_run(schedule, start).slot <= newest_run(schedule, start + pause).slot


@given(st.sampled_from(ZONES), st.integers(0, 59), STARTS, SHORT_PAUSES)
@settings(max_examples=100, deadline=None)
def test_every_real_hour_is_served_once_when_the_bell_rings_at_least_hourly(zone, minute, start, pauses):
    moments = list(accumulate(pauses, initial=start))
    hourly = Schedule(1, "s", time(0, minute), zone, since=start, hourly=True)
    slots = served_slots(hourly, moments)
    first = start.replace(minute=minute, second=0, microsecond=0)
    first = first if first >= start else first + timedelta(hours=1)
    hours = int((moments[-1] - first) // timedelta(hours=1)) + 1
    assert slots == [f"{first + timedelta(hours=n):%Y-%m-%dT%H:%MZ}" for n in range(hours)]


@given(st.sampled_from(ZONES), LOCAL_TIMES, STARTS, st.booleans())
@settings(max_examples=150, deadline=None)
def test_the_next_run_rings_then_and_not_a_minute_before(zone, at, start, hourly):
    schedule = Schedule(1, "s", at, zone, hourly=hourly)
    served = {"s": newest_run(schedule, start).slot}
    coming = next_run(schedule, start)
    assert coming > start
    assert due([schedule], coming, served)
    assert not due([schedule], max(start, coming - timedelta(minutes=1)), served)


@given(st.sampled_from(ZONES), LOCAL_TIMES, STARTS)
@settings(max_examples=100, deadline=None)
def test_a_slots_name_leads_back_to_its_moment(zone, at, start):
    for hourly in (True, False):
        schedule = Schedule(1, "s", at, zone, hourly=hourly)
        newest = newest_run(schedule, start)
        assert moment_of(schedule, newest.slot) == newest.moment
