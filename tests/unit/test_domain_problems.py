"""A problem's life as pure steps: what counts it, what opens it again, who is told, and when it is quiet."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from blocks import alerts
from bot.domain import misses, neighbours
from bot.domain import problems as life
from bot.domain.alerts import CONNECTION_PAUSED, Shown, Subscription, Threads, for_admins, places_for
from bot.domain.context import Ctx, Person, Role, Tenant
from bot.domain.pauses import SyncPause, Thresholds, thresholds_of
from bot.domain.problems import EventKind, Problem, ProblemReport, ProblemState, Severity, Snooze
from bot.jobs import PushTicket, RunSync
from bot.services.alerts import jobs_for
from bot.workflows.tell_problem import follow_ups
from tests.factories import NOON

REPORT = ProblemReport("sync:time", EventKind.SYNC, Severity.WARNING, "The sync of time failed", "no answer")
WORSE = replace(REPORT, severity=Severity.ERROR)
OTHER = replace(REPORT, detail="another reason")


def at(**after: float) -> datetime:
    return NOON + timedelta(**after)


@pytest.fixture
def problem() -> Problem:
    return replace(life.reported(None, REPORT, NOON), id=1)


def test_a_first_report_opens_it_and_more_count_it(problem: Problem) -> None:
    again = life.reported(problem, REPORT, at(minutes=5))
    assert (problem.state, problem.count) == (ProblemState.OPEN, 1)
    assert (again.count, again.first_seen, again.last_seen) == (2, NOON, at(minutes=5))
    assert again.changed_at == NOON


@pytest.mark.parametrize(("hours", "reopened", "count"), [(23, 1, 2), (25, 0, 1)])
def test_within_a_day_it_is_the_same_problem_and_later_a_new_one(
    problem: Problem, hours: float, reopened: int, count: int
) -> None:
    over = life.recovered(life.acknowledged(problem, "U1", NOON), at(minutes=42))
    back = life.reported(over, REPORT, at(minutes=42, hours=hours))
    assert (back.reopened, back.count, back.recovered_at) == (reopened, count, None)
    assert back.state is ProblemState.OPEN
    assert back.id == (1 if reopened else 0)


def test_a_mute_outlives_the_problem(problem: Problem) -> None:
    over = life.recovered(life.muted(problem, "U1", NOON), NOON)
    assert life.reported(over, REPORT, at(days=3)).muted_by == "U1"


@pytest.mark.parametrize(
    ("found", "wakes"), [(REPORT, False), (OTHER, False), (WORSE, True)], ids=["same", "other words", "worse"]
)
def test_who_acknowledged_it_is_told_again_only_when_it_got_worse(
    problem: Problem, found: ProblemReport, *, wakes: bool
) -> None:
    after = life.reported(life.acknowledged(problem, "U1", NOON), found, at(minutes=1))
    assert (after.state is ProblemState.OPEN) is wakes


@pytest.mark.parametrize(
    ("found", "wakes"), [(REPORT, False), (OTHER, True), (WORSE, True)], ids=["same", "other words", "worse"]
)
def test_until_it_changes_means_its_words_or_its_severity(
    problem: Problem, found: ProblemReport, *, wakes: bool
) -> None:
    after = life.reported(life.snoozed(problem, "U1", NOON, None), found, at(days=2))
    assert (after.state is ProblemState.OPEN) is wakes


def test_a_snooze_ends_at_its_time_and_not_before(problem: Problem) -> None:
    quiet = life.snoozed(problem, "U1", NOON, at(hours=1))
    assert life.awake(quiet, at(minutes=59)) == quiet
    woken = life.awake(quiet, at(hours=1))
    assert (woken.state, woken.woken_at, woken.acted_by) == (ProblemState.OPEN, at(hours=1), "U1")
    assert life.awake(woken, at(hours=2)) == woken
    assert life.awake(life.snoozed(problem, "U1", NOON, None), at(days=9)).state is ProblemState.SNOOZED


@pytest.mark.parametrize(
    ("zone", "utc"),
    [
        ("Europe/Berlin", datetime(2026, 11, 22, 8, tzinfo=UTC)),
        ("America/New_York", datetime(2026, 11, 22, 14, tzinfo=UTC)),
        ("Pacific/Auckland", datetime(2026, 11, 22, 20, tzinfo=UTC)),
    ],
)
def test_tomorrow_at_nine_is_the_persons_own(zone: str, utc: datetime) -> None:
    assert life.snooze_end(Snooze.TOMORROW, NOON, ZoneInfo(zone)) == utc


def test_while_somebody_is_at_it_the_count_is_brought_up_to_date_now_and_then(problem: Problem) -> None:
    quiet = replace(life.acknowledged(problem, "U1", NOON), shown_at=at(seconds=1))
    counted = life.reported(quiet, REPORT, at(minutes=1))
    assert not life.worth_showing(counted, at(minutes=1))
    assert life.worth_showing(counted, at(minutes=16))
    assert life.worth_showing(life.recovered(counted, at(minutes=2)), at(minutes=2))
    assert life.worth_showing(replace(problem, shown_at=at(seconds=1)), at(seconds=2))


def test_a_retry_is_under_way_until_something_is_heard_of_it(problem: Problem) -> None:
    tried = life.retried(problem, "U1", at(minutes=1))
    assert tried.retry_under_way(at(minutes=2))
    assert not tried.retry_under_way(at(hours=2))
    assert not life.reported(tried, REPORT, at(minutes=3)).retry_under_way(at(minutes=4))


def test_a_channel_hears_of_its_kinds_and_organizations_and_of_what_is_about_none(problem: Problem) -> None:
    ours = replace(problem, organization_id=5)
    wanted = [
        Subscription("C1", frozenset({EventKind.SYNC}), frozenset({5}), Threads.NEVER),
        Subscription("C1", frozenset({EventKind.SYNC}), None, Threads.ALWAYS, Severity.ERROR),
        Subscription("C2", frozenset({EventKind.SYNC}), frozenset({6})),
        Subscription("C3", frozenset({EventKind.TICKETS})),
    ]
    assert places_for(ours, wanted) == {"C1": Threads.NEVER}
    assert places_for(replace(ours, severity=Severity.ERROR), wanted) == {"C1": Threads.ALWAYS}
    assert set(places_for(problem, wanted)) == {"C1", "C2"}


def test_admins_hear_of_what_must_not_go_unheard_until_a_channel_does(problem: Problem) -> None:
    elsewhere = Subscription("C1", frozenset({EventKind.INVOICES}))
    assert for_admins(problem, [])
    assert for_admins(problem, [elsewhere])
    assert not for_admins(problem, [replace(elsewhere, kinds=frozenset({EventKind.SYNC}))])
    assert not for_admins(replace(problem, kind=EventKind.INVOICES), [])
    assert not for_admins(replace(problem, kind=EventKind.CONNECTION, fingerprint=CONNECTION_PAUSED), [])


def test_what_follows_is_said_as_the_channel_wants_it(problem: Problem) -> None:
    shown = replace(problem, shown_at=NOON)
    over = life.recovered(shown, at(minutes=1))
    back = life.reported(over, REPORT, at(minutes=2))
    said = {each: [what for what, _ in follow_ups(over, each)] for each in Threads}
    assert said == {Threads.NEVER: [], Threads.RECOVERY: ["recovered"], Threads.ALWAYS: ["recovered"]}
    assert [what for what, _ in follow_ups(back, Threads.ALWAYS)] == ["reopened"]
    assert (
        follow_ups(back, Threads.RECOVERY) == follow_ups(replace(over, shown_at=None), Threads.ALWAYS) == []
    )


def test_retrying_many_starts_one_run_of_their_syncs(problem: Problem) -> None:
    ctx = Ctx(Tenant(3, "T1", "Home"), Person("U1", "Kim", Role.FULL_MEMBER))
    wanted = [
        {"job": "run_sync", "groups": ["time"]},
        {"job": "run_sync", "groups": ["contracts", "time"]},
        {"job": "push_ticket", "ticket_id": 7},
        {"job": "something_else"},
    ]
    ticket, run = jobs_for(ctx, [replace(problem, retry=each) for each in wanted], key="k")
    assert isinstance(run, RunSync)
    assert (run.groups, run.requested_by) == (("time", "contracts"), "U1")
    assert ticket == PushTicket(tenant_id=3, ticket_id=7)


@pytest.mark.parametrize(
    ("used", "known", "severity"),
    [
        (7_400, None, None),
        (7_500, None, Severity.WARNING),
        (9_200, None, Severity.ERROR),
        (7_200, Severity.WARNING, Severity.WARNING),
        (8_000, Severity.ERROR, Severity.ERROR),
        (6_999, Severity.ERROR, None),
    ],
)
def test_a_crowd_at_autotask_is_told_once_and_is_over_well_below_where_it_began(
    used: int, known: Severity | None, severity: Severity | None
) -> None:
    found = neighbours.crowded(used=used, limit=10_000, own=310, known=known)
    assert (found.severity if found else None) is severity


def test_who_uses_it_up_is_named() -> None:
    theirs = neighbours.crowded(used=9_200, limit=10_000, own=310, known=None)
    ours = neighbours.crowded(used=9_200, limit=10_000, own=8_000, known=None)
    assert theirs is not None
    assert ours is not None
    assert "Other integrations used 8,890 of 10,000" in theirs.detail
    assert ours.title.startswith("Deskhand itself")


def test_a_gap_is_told_in_the_workspaces_own_time() -> None:
    gap = misses.Gap(datetime(2026, 11, 21, 0, 50, tzinfo=UTC), datetime(2026, 11, 21, 2, 10, tzinfo=UTC))
    late = misses.Late("nightly-sync", datetime(2026, 11, 21, 1, tzinfo=UTC))
    assert gap.holds(late.moment)
    found = misses.was_down(gap, [late], "Europe/Berlin")
    assert found.title == "The 02:00 run did not run in time"
    assert "down from 01:50 to 03:10" in found.detail


def test_a_failing_sync_is_warned_of_before_it_is_paused(problem: Problem) -> None:
    limits = thresholds_of({"sync_warn_after": "2", "sync_pause_after": "4"})
    assert limits == Thresholds(2, 4)
    pause = SyncPause("time", 3, NOON)
    warned = alerts.card(Shown(problem, pause=pause, limits=limits))
    assert "after 1 more failure it is paused" in str(warned.blocks)
    paused = alerts.card(Shown(problem, pause=replace(pause, paused_at=NOON), limits=limits))
    assert "Resume" in str(paused.blocks)
    assert "Resume" not in str(warned.blocks)


@pytest.mark.parametrize(
    ("minutes", "words"), [(0, "1 min"), (42, "42 min"), (60, "1 h"), (80, "1 h 20 min"), (1500, "1 day 1 h")]
)
def test_how_long_it_lasted(minutes: int, words: str) -> None:
    assert alerts.lasted(timedelta(minutes=minutes)) == words
