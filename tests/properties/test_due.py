"""Whatever the zone and however the bell rings, every local day is served once."""

from datetime import UTC, datetime, time, timedelta
from itertools import accumulate
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.schedules import Schedule, due, newest_slot

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
    assert newest_slot(schedule, start) <= newest_slot(schedule, start + pause)
