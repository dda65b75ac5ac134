"""Digests as values: what they cover, when a person is left in peace, and that they stay one screen."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from blocks import digest_forms, digests, kit
from bot.domain.digests import (
    Digest,
    Line,
    Part,
    Period,
    Section,
    Subscription,
    is_big,
    named,
    part,
    quiet_until,
    schedule_name,
)
from bot.errors import InvalidInput
from sandbox.slack.blockkit.validate import validate
from tests.factories import NOON

BERLIN = ZoneInfo("Europe/Berlin")


def at(text, zone=BERLIN, *, fold=0):
    return datetime.fromisoformat(text).replace(tzinfo=zone, fold=fold).astimezone(UTC)


NIGHT = Subscription("U1", quiet_from=time(22), quiet_until=time(7))
LUNCH = Subscription("U1", quiet_from=time(12), quiet_until=time(13, 30))


@pytest.mark.parametrize(
    ("digest", "now", "ends"),
    [
        (NIGHT, "2026-11-20T21:59", None),
        (NIGHT, "2026-11-20T22:00", "2026-11-21T07:00"),
        (NIGHT, "2026-11-21T00:30", "2026-11-21T07:00"),
        (NIGHT, "2026-11-21T07:00", None),
        (LUNCH, "2026-11-20T12:15", "2026-11-20T13:30"),
        (LUNCH, "2026-11-20T13:30", None),
        (Subscription("U1"), "2026-11-20T03:00", None),
        (Subscription("U1", quiet_from=time(8), quiet_until=time(8)), "2026-11-20T08:00", None),
    ],
)
def test_quiet_hours_end_when_the_persons_own_clock_says_so(digest, now, ends):
    assert quiet_until(digest, at(now), BERLIN) == (at(ends) if ends else None)


@pytest.mark.parametrize(
    ("now", "hours"), [("2026-10-24T22:00", 10), ("2027-03-27T22:00", 8), ("2026-11-20T22:00", 9)]
)
def test_quiet_hours_over_a_night_whose_clocks_change_end_at_seven_all_the_same(now, hours):
    assert quiet_until(NIGHT, at(now), BERLIN) - at(now) == timedelta(hours=hours)


def test_quiet_hours_that_end_in_a_doubled_hour_never_end_in_the_past():
    quiet = Subscription("U1", quiet_from=time(22), quiet_until=time(2, 30))
    again = at("2026-10-25T02:10", fold=1)
    assert quiet_until(quiet, again, BERLIN) > again


@pytest.mark.parametrize(
    ("told", "since"),
    [
        (None, NOON - timedelta(days=1)),
        (NOON - timedelta(hours=30), NOON - timedelta(hours=30)),
        (NOON - timedelta(days=9), NOON - timedelta(days=2)),
        (NOON, NOON - timedelta(days=1)),
    ],
)
def test_a_digest_covers_what_the_last_one_did_not_but_never_more_than_two_days(told, since):
    digest = Subscription("U1", told={Period.DAILY: told} if told else {})
    assert digest.since(Period.DAILY, NOON) == since


def test_a_digests_schedule_names_its_period_and_its_reader():
    assert named(schedule_name(Period.WEEKLY, "C1")) == (Period.WEEKLY, "C1")
    assert named("daily-digest") == (Period.DAILY, "")


def test_a_person_is_told_by_their_own_clock_and_a_channel_by_the_workspaces():
    mine, ours = Subscription("U1"), Subscription("C1", weekly=False, weekday=4)
    assert all(each.own_zone for each in mine.schedules(1, "Australia/Sydney", NOON))
    daily, weekly = ours.schedules(1, "Europe/Berlin", NOON)
    assert (daily.own_zone, daily.enabled, daily.weekday) == (False, True, None)
    assert (weekly.enabled, weekly.weekday) == (False, 4)


@pytest.mark.parametrize(("parts", "more"), [(1, 190), (40, 195)])
def test_two_hundred_problems_are_one_screen_with_a_number_and_a_button(parts, more):
    lines = [Line("x" * 200, "y" * 200, NOON) for _ in range(200)]
    one = part(Section.PROBLEMS, lines, more="alerts")
    digest = Digest(Period.WEEKLY, NOON - timedelta(days=7), NOON, (one,) * parts, ("z" * 300,))
    message = digests.message(digest).with_blocks(kit.context("x"), kit.actions(kit.button("x", "x")))
    assert validate({"text": message.text, "blocks": list(message.blocks)}, "message") == []
    assert len(message.blocks) <= 50
    assert f"and {more} more" in str(message.blocks)
    assert "run:alerts" in str(message.blocks)


def test_a_digest_with_nothing_but_figures_is_one_line():
    figures = Part(Section.SLOW, "How long", (Line("p50"),), 1, is_news=False)
    message = digests.message(Digest(Period.WEEKLY, NOON, NOON, (figures,), ("All is well.",)))
    assert len(message.blocks) == 1
    assert "nothing new. All is well." in str(message.blocks)


@pytest.mark.parametrize(
    ("changes", "before", "big"), [(49, 0, False), (50, 0, True), (300, 100, False), (301, 100, True)]
)
def test_only_a_week_with_three_times_the_changes_is_pointed_out(changes, before, big):
    assert is_big(changes, before) is big


def chosen(value):
    return {"value": {"selected_option": {"value": value}}}


BASE = {"at": chosen("06:30"), "weekday": chosen("0"), "empty": chosen("nothing")}


def test_what_was_chosen_in_the_form_is_the_digest():
    state = {
        **BASE,
        "periods": {"value": {"selected_options": [{"value": "weekly"}]}},
        "sections": {"value": {"selected_options": [{"value": "problems"}]}},
        "quiet_from": chosen("22:00"),
        "quiet_until": chosen("07:00"),
    }
    read = digest_forms.read(state, Subscription("U1"), owner="U1")
    assert (read.daily, read.weekly, read.at, read.says_nothing) == (False, True, time(6, 30), True)
    assert (read.sections, read.quiet_from, read.quiet_until) == ({Section.PROBLEMS}, time(22), time(7))


def test_half_of_the_quiet_hours_is_refused():
    state = {**BASE, "quiet_from": chosen("22:00"), "quiet_until": chosen("none")}
    with pytest.raises(InvalidInput):
        digest_forms.read(state, Subscription("U1"), owner="U1")


@pytest.mark.parametrize("target", ["U1", "C1", ""])
def test_the_form_is_within_slacks_limits(target):
    view = digest_forms.form(
        Subscription(target, organizations=frozenset({1})),
        zone="Europe/Berlin",
        names={1: "*Acme*"},
        is_new=not target,
    )
    assert validate(view, "modal") == []
