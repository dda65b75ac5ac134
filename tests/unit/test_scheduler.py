"""Which slot is due: through the nights when clocks change, after downtime, after a change of the schedule."""

import dataclasses
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.domain.connections import Connection, ConnectionState, ZoneFacts
from bot.domain.schedules import NIGHTLY_SYNC, Schedule, due, newest_run, next_run, utc_minute, words_of
from bot.jobs import PostDigest, RunSync
from bot.scheduler import job_for, waits
from tests.factories import NOON

BERLIN, NEW_YORK, APIA = "Europe/Berlin", "America/New_York", "Pacific/Apia"


def schedule(at, zone=BERLIN, **more):
    return Schedule(1, "daily-digest", at, zone, "C1", **more)


def rings(the_schedule, first, last, *, every=timedelta(minutes=1), replicas=1):
    """The slots served, with the moments of their service, when the bell rings from first to last."""
    served, now, slots = [], first, {}
    while now <= last:
        for _ in range(replicas):
            for each in due([the_schedule], now, slots):
                served.append((each.slot, now))
                slots[each.schedule.name] = each.slot
        now += every
    return served


def around(night, zone):
    """From the noon before a night to the noon after it."""
    noon = datetime.combine(night, time(12), ZoneInfo(zone)).astimezone(UTC)
    return noon - timedelta(days=1), noon


@pytest.mark.parametrize(
    ("zone", "night", "at", "served_at"),
    [
        # Berlin sets its clocks back: 02:00 to 03:00 comes twice, and the first counts
        (BERLIN, date(2026, 10, 25), time(1, 30), "2026-10-24T23:30"),
        (BERLIN, date(2026, 10, 25), time(2, 0), "2026-10-25T00:00"),
        (BERLIN, date(2026, 10, 25), time(2, 30), "2026-10-25T00:30"),
        (BERLIN, date(2026, 10, 25), time(3, 0), "2026-10-25T02:00"),
        # and forward: 02:00 to 03:00 does not come, and the next minute that does is 03:00
        (BERLIN, date(2027, 3, 28), time(1, 30), "2027-03-28T00:30"),
        (BERLIN, date(2027, 3, 28), time(2, 0), "2027-03-28T01:00"),
        (BERLIN, date(2027, 3, 28), time(2, 30), "2027-03-28T01:00"),
        (BERLIN, date(2027, 3, 28), time(3, 0), "2027-03-28T01:00"),
        # New York: 01:00 to 02:00 comes twice, 02:00 to 03:00 not at all
        (NEW_YORK, date(2026, 11, 1), time(1, 30), "2026-11-01T05:30"),
        (NEW_YORK, date(2026, 11, 1), time(2, 0), "2026-11-01T07:00"),
        (NEW_YORK, date(2026, 11, 1), time(2, 30), "2026-11-01T07:30"),
        (NEW_YORK, date(2027, 3, 14), time(1, 30), "2027-03-14T06:30"),
        (NEW_YORK, date(2027, 3, 14), time(2, 0), "2027-03-14T07:00"),
        (NEW_YORK, date(2027, 3, 14), time(2, 30), "2027-03-14T07:00"),
    ],
)
def test_a_night_when_clocks_change_rings_once_at_the_right_moment(zone, night, at, served_at):
    first, last = around(night, zone)
    served = rings(schedule(at, zone, since=first), first, last, replicas=2)
    assert served == [
        (f"{night}T{at:%H:%M}", datetime.fromisoformat(served_at).replace(tzinfo=UTC)),
    ]


def test_a_day_that_a_zone_skips_is_served_when_the_next_begins():
    # Samoa went from the 29th to the 31st of December 2011
    skipped = newest_run(schedule(time(9), APIA), datetime(2011, 12, 30, 10, 30, tzinfo=UTC))
    assert skipped.slot == "2011-12-30T09:00"


def test_downtime_of_several_days_is_caught_up_once():
    daily = schedule(time(8), since=datetime(2026, 11, 1, tzinfo=UTC))
    back = datetime(2026, 11, 20, 15, tzinfo=UTC)
    served = rings(daily, back, back + timedelta(hours=20), every=timedelta(minutes=30))
    assert [slot for slot, _ in served] == ["2026-11-20T08:00", "2026-11-21T08:00"]


def test_what_was_served_before_the_downtime_is_not_served_again():
    daily = schedule(time(8))
    morning = datetime(2026, 11, 20, 7, 5, tzinfo=UTC)
    assert due([daily], morning, {"daily-digest": "2026-11-20T08:00"}) == []


def test_a_missed_week_is_caught_up_to_eight_days_later():
    weekly = schedule(time(8), weekday=0, since=datetime(2026, 11, 1, tzinfo=UTC))
    sunday = datetime(2026, 11, 22, 22, tzinfo=UTC)
    assert [each.slot for each in due([weekly], sunday, {"daily-digest": "2026-11-09T08:00"})] == [
        "2026-11-16T08:00"
    ]


def test_a_weekly_schedule_rings_on_its_weekday_only():
    weekly = schedule(time(8), weekday=4, since=datetime(2026, 10, 1, tzinfo=UTC))
    served = rings(
        weekly,
        datetime(2026, 10, 19, tzinfo=UTC),
        datetime(2026, 11, 9, tzinfo=UTC),
        every=timedelta(minutes=20),
    )
    assert [slot[:10] for slot, _ in served] == ["2026-10-16", "2026-10-23", "2026-10-30", "2026-11-06"]


@pytest.mark.parametrize(
    ("made_at", "expected"),
    [("06:59", ["2026-11-20T08:00"]), ("07:00", ["2026-11-20T08:00"]), ("07:00:20", []), ("12:00", [])],
)
def test_a_new_schedule_begins_with_its_next_slot(made_at, expected):
    made = datetime.fromisoformat(f"2026-11-20T{made_at}+00:00")
    served = rings(schedule(time(8), since=made), made, datetime(2026, 11, 21, 6, tzinfo=UTC))
    assert [slot for slot, _ in served] == expected


def test_a_schedule_moved_to_an_earlier_hour_waits_for_tomorrow():
    changed = datetime(2026, 11, 20, 12, tzinfo=UTC)
    assert due([schedule(time(8), since=changed)], changed, {}) == []


def test_a_schedule_moved_to_a_later_hour_rings_today():
    changed = datetime(2026, 11, 20, 12, tzinfo=UTC)
    served = rings(schedule(time(17), since=changed), changed, changed + timedelta(hours=8))
    assert served == [("2026-11-20T17:00", datetime(2026, 11, 20, 16, tzinfo=UTC))]


def test_a_schedule_made_in_the_second_of_two_equal_hours_does_not_ring_for_the_first():
    made = datetime(2026, 10, 25, 1, 10, tzinfo=UTC)  # the second 02:10 of Berlin's night
    assert due([schedule(time(2, 30), since=made)], made + timedelta(minutes=30), {}) == []


def test_a_disabled_schedule_never_rings():
    assert due([schedule(time(8), enabled=False)], datetime(2026, 11, 20, 12, tzinfo=UTC), {}) == []


def test_a_slot_becomes_the_digest_job_of_its_tenant():
    (slot,) = due([schedule(time(8))], datetime(2026, 11, 20, 12, tzinfo=UTC), {})
    assert job_for(slot) == PostDigest(tenant_id=1, schedule="daily-digest", slot="2026-11-20T08:00")


# --- every hour ---


@pytest.mark.parametrize(
    ("zone", "night", "hours"),
    [
        (BERLIN, date(2026, 10, 25), 25),
        (BERLIN, date(2027, 3, 28), 23),
        (NEW_YORK, date(2026, 11, 1), 25),
        (NEW_YORK, date(2027, 3, 14), 23),
    ],
)
def test_an_hourly_schedule_rings_once_in_every_real_hour_of_a_day_whose_clocks_change(zone, night, hours):
    first = datetime.combine(night, time(), ZoneInfo(zone)).astimezone(UTC)
    last = datetime.combine(night + timedelta(days=1), time(), ZoneInfo(zone)).astimezone(UTC)
    hourly = schedule(time(0, 20), zone, hourly=True, since=first)
    served = rings(hourly, first, last - timedelta(minutes=1), replicas=3)
    assert len(served) == hours
    assert len({slot for slot, _ in served}) == hours
    assert all(at.minute == 20 for _, at in served)


def test_hours_of_downtime_are_caught_up_by_one_hourly_run():
    hourly = schedule(time(0, 20), hourly=True, since=datetime(2026, 11, 1, tzinfo=UTC))
    back = datetime(2026, 11, 20, 15, 5, tzinfo=UTC)
    served = rings(hourly, back, back + timedelta(minutes=30))
    assert [slot for slot, _ in served] == ["2026-11-20T14:20Z", "2026-11-20T15:20Z"]


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-10-24T23:00", "2026-10-25T00:00"),  # the first 02:00 of Berlin's night
        ("2026-10-25T00:00", "2026-10-26T01:00"),  # the second one does not count
        ("2027-03-28T00:59", "2027-03-28T01:00"),  # there is no 02:00: the next minute that is
    ],
)
def test_the_next_run_is_the_one_that_will_ring(now, expected):
    moment = datetime.fromisoformat(now).replace(tzinfo=UTC)
    assert next_run(schedule(time(2)), moment) == datetime.fromisoformat(expected).replace(tzinfo=UTC)


def test_a_switched_off_schedule_has_no_next_run():
    assert next_run(schedule(time(2), enabled=False), datetime(2026, 11, 20, tzinfo=UTC)) is None


def test_an_hourly_minute_is_shown_and_chosen_by_the_local_clock():
    now = datetime(2026, 11, 20, 12, tzinfo=UTC)
    minute = utc_minute(20, "Asia/Kathmandu", now)
    hourly = schedule(time(0, minute), "Asia/Kathmandu", hourly=True)
    assert words_of(hourly, now) == "every hour at :20"


def test_a_nightly_slot_becomes_one_sync_of_contracts_and_then_time_entries():
    nightly = dataclasses.replace(schedule(time(2)), name=NIGHTLY_SYNC)
    (slot,) = due([nightly], datetime(2026, 11, 20, 12, tzinfo=UTC), {})
    job = job_for(slot)
    assert isinstance(job, RunSync)
    assert (job.groups, job.run_key) == (("contracts", "time"), "nightly-sync:2026-11-20T02:00")


def test_a_sync_waits_while_the_connection_is_paused_and_a_digest_does_not():
    zone = ZoneFacts("3", "https://a/", "https://a/", 42)
    paused = Connection(zone, "api", ConnectionState.PAUSED, None, "U1", NOON, NOON)
    sync = RunSync(tenant_id=1, groups=("contracts",), run_key="k")
    digest = PostDigest(tenant_id=1, schedule="s", slot="2026-11-20T02:00")
    assert [waits(sync, paused), waits(digest, paused), waits(sync, None)] == [True, False, True]
