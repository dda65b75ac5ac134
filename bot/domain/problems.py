"""Problems and notices: what channels subscribe to. One problem is one message, however often it shows (product SY19).

A problem lives: reported (open, and counted again with each report), acknowledged, snoozed, assigned, recovered; the
same one within a day is the same problem, opened again. Each step is a pure function from problem to problem.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta, tzinfo
from decimal import Decimal
from enum import StrEnum

from pydantic import JsonValue

SAME_PROBLEM = timedelta(hours=24)
"""Recovered and back within that time, it is the same problem and the same message."""
QUIET_EDITS = timedelta(minutes=15)
"""While somebody is at it, the count in the message is brought up to date that often at most."""
RETRY_LASTS = timedelta(hours=1)
"""How long a retry counts as under way while nothing is heard of it: a sync's own attempts take that long."""
EARLY = timedelta(seconds=5)
"""A snooze may end that much before its time: clocks differ."""
RECENT = timedelta(days=7)
"""How long recovered problems are listed."""


class EventKind(StrEnum):
    """What channels subscribe to, for all or some organizations."""

    SYNC = "sync"
    """A sync failed for good, or was paused."""
    SCHEDULE = "schedule"
    """A schedule did not ring."""
    CONNECTION = "connection"
    """Autotask refused the login, or a right is missing."""
    API_BUDGET = "api_budget"
    """Somebody uses up the hourly requests."""
    CONTRACTS = "contracts"
    """Contracts: changes worth money, duplicate identifiers, expired ones."""
    TIME = "time"
    """Time entries without contract, unapproved, after the end."""
    INVOICES = "invoices"
    """Invoices: new and changed ones."""
    OPPORTUNITIES = "opportunities"
    """Opportunities: new ones, won and lost ones."""
    TICKETS = "tickets"
    """Tickets that could not be created."""

    @property
    def label(self) -> str:
        return _KIND_LABELS.get(self) or self.value.replace("_", " ").capitalize()


_KIND_LABELS = {
    EventKind.SYNC: "Syncs",
    EventKind.SCHEDULE: "Schedules",
    EventKind.CONNECTION: "Connection",
    EventKind.API_BUDGET: "Autotask's hourly requests",
    EventKind.CONTRACTS: "Contracts",
    EventKind.TIME: "Time entries",
    EventKind.INVOICES: "Invoices",
    EventKind.TICKETS: "Tickets",
}


class Severity(StrEnum):
    WARNING = "warning"
    ERROR = "error"

    @property
    def rank(self) -> int:
        return list(Severity).index(self)


class ProblemState(StrEnum):
    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    SNOOZED = "snoozed"
    RECOVERED = "recovered"


class Snooze(StrEnum):
    """How long a problem is kept quiet (product SY20)."""

    HOUR = "hour"
    TOMORROW = "tomorrow"
    CHANGE = "change"

    @property
    def label(self) -> str:
        return {"hour": "1 hour", "tomorrow": "Tomorrow 9:00", "change": "Until it changes"}[self.value]


@dataclass(frozen=True)
class ProblemReport:
    """Something is wrong now. ``fingerprint`` names the problem, not the occurrence: reporting it again counts it.

    ``title`` and ``detail`` are plain text for people (escaped when drawn). ``code`` is of the error catalogue.
    ``retry`` names what *Retry* does: the JSON of a job's payload with its name under ``job``, or empty.
    ``detail`` without moments and running numbers, please: whoever snoozed it "until it changes" is told when it differs.
    """

    fingerprint: str
    kind: EventKind
    severity: Severity
    title: str
    detail: str = ""
    code: str = ""
    organization_id: int | None = None
    retry: Mapping[str, JsonValue] = field(default_factory=dict)


@dataclass(frozen=True)
class News:
    """Something people may want to hear of, and nothing is wrong: a contract that ended, an invoice that changed.

    ``text`` is one plain sentence (escaped when drawn). ``amount`` is what it is worth a month or in all, in the
    database's currency, where it is worth something. ``organization_id`` hides it from who does not see that one.
    """

    kind: EventKind
    text: str
    organization_id: int | None = None
    amount: Decimal | None = None
    record_id: int | None = None


@dataclass(frozen=True)
class Problem:
    """One problem's life so far. Slack ids of people are "" where nobody did it.

    ``changed_at`` is when something last happened that people see at once, a mere repetition aside; ``shown_at`` when
    its messages were last brought up to date; ``woken_at`` when a snooze
    last ended with the problem still there (``acted_by`` had snoozed it).
    """

    fingerprint: str
    kind: EventKind
    severity: Severity
    title: str
    first_seen: datetime
    last_seen: datetime
    changed_at: datetime
    id: int = 0
    state: ProblemState = ProblemState.OPEN
    detail: str = ""
    code: str = ""
    organization_id: int | None = None
    retry: Mapping[str, JsonValue] = field(default_factory=dict)
    count: int = 1
    reopened: int = 0
    recovered_at: datetime | None = None
    shown_at: datetime | None = None
    acted_by: str = ""
    acted_at: datetime | None = None
    snoozed_until: datetime | None = None
    woken_at: datetime | None = None
    assigned_to: str = ""
    assigned_by: str = ""
    assigned_at: datetime | None = None
    retried_by: str = ""
    retried_at: datetime | None = None
    muted_by: str = ""

    @property
    def is_over(self) -> bool:
        return self.recovered_at is not None

    def retry_under_way(self, now: datetime) -> bool:
        """Somebody pressed *Retry* and nothing came of it yet."""
        if self.retried_at is None or self.is_over:
            return False
        return self.retried_at >= self.last_seen and now - self.retried_at < RETRY_LASTS


def reported(before: Problem | None, found: ProblemReport, at: datetime, *, worse: bool = False) -> Problem:
    """The problem after one more report; ``before`` is the latest of that name, over or not.

    Who acknowledged it is not told again unless it got worse; who snoozed it "until it changes" when it differs.
    """
    if before is None or _is_history(before, at):
        return _fresh(found, at, muted_by=before.muted_by if before else "")
    facts = {name: getattr(found, name) for name in ("kind", "severity", "title", "detail", "code", "retry")}
    after = replace(
        before, **facts, organization_id=found.organization_id, last_seen=at, count=before.count + 1
    )
    if before.is_over:
        return _awake(replace(after, recovered_at=None, reopened=before.reopened + 1), at)
    if _wakes(before, found, at) or worse:
        return _awake(after, at)
    return replace(after, changed_at=at) if _differs(before, found) else after


def recovered(problem: Problem, at: datetime) -> Problem:
    return replace(
        problem,
        state=ProblemState.RECOVERED,
        recovered_at=at,
        last_seen=max(problem.last_seen, at),
        changed_at=at,
        snoozed_until=None,
    )


def acknowledged(problem: Problem, by: str, at: datetime) -> Problem:
    return _acted(problem, ProblemState.ACKNOWLEDGED, by, at, until=None)


def snoozed(problem: Problem, by: str, at: datetime, until: datetime | None) -> Problem:
    """``until`` None: until its severity or its details differ."""
    return _acted(problem, ProblemState.SNOOZED, by, at, until=until)


def assigned(problem: Problem, to: str, by: str, at: datetime) -> Problem:
    return replace(problem, assigned_to=to, assigned_by=by, assigned_at=at, changed_at=at)


def retried(problem: Problem, by: str, at: datetime) -> Problem:
    return replace(problem, retried_by=by, retried_at=at, changed_at=at)


def muted(problem: Problem, by: str, at: datetime) -> Problem:
    """``by`` "": heard of again."""
    return replace(problem, muted_by=by, changed_at=at)


def awake(problem: Problem, at: datetime) -> Problem:
    """A snooze whose time is over ends; anything else stays as it is."""
    until = problem.snoozed_until
    if problem.state is not ProblemState.SNOOZED or until is None or until - EARLY > at:
        return problem
    return replace(_awake(problem, at), woken_at=until, acted_by=problem.acted_by)


def snooze_end(wanted: Snooze, now: datetime, zone: tzinfo) -> datetime | None:
    """When a snooze ends; tomorrow is that person's, at nine on their wall clock."""
    if wanted is Snooze.CHANGE:
        return None
    if wanted is Snooze.HOUR:
        return now + timedelta(hours=1)
    day = now.astimezone(zone).date() + timedelta(days=1)
    return datetime.combine(day, time(9), zone).astimezone(now.tzinfo)


def worth_showing(problem: Problem, now: datetime) -> bool:
    """Whether its messages are to be brought up to date: at once unless it is only one more of what is known."""
    if problem.shown_at is None or problem.changed_at >= problem.shown_at:
        return True
    quiet = problem.state in {ProblemState.ACKNOWLEDGED, ProblemState.SNOOZED} or bool(problem.muted_by)
    return not quiet or now - problem.shown_at >= QUIET_EDITS


def _fresh(found: ProblemReport, at: datetime, *, muted_by: str) -> Problem:
    return Problem(
        found.fingerprint,
        found.kind,
        found.severity,
        found.title,
        first_seen=at,
        last_seen=at,
        changed_at=at,
        detail=found.detail,
        code=found.code,
        organization_id=found.organization_id,
        retry=found.retry,
        muted_by=muted_by,
    )


def _is_history(before: Problem, at: datetime) -> bool:
    return before.recovered_at is not None and at - before.recovered_at > SAME_PROBLEM


def _wakes(before: Problem, found: ProblemReport, at: datetime) -> bool:
    if found.severity.rank > before.severity.rank:
        return True
    if before.state is not ProblemState.SNOOZED:
        return False
    if before.snoozed_until is None:
        return _differs(before, found)
    return before.snoozed_until <= at


def _differs(before: Problem, found: ProblemReport) -> bool:
    return (before.severity, before.title, before.detail) != (found.severity, found.title, found.detail)


def _awake(problem: Problem, at: datetime) -> Problem:
    return _acted(problem, ProblemState.OPEN, "", at, until=None)


def _acted(
    problem: Problem, state: ProblemState, by: str, at: datetime, *, until: datetime | None
) -> Problem:
    return replace(
        problem,
        state=state,
        acted_by=by,
        acted_at=at if by else None,
        snoozed_until=until,
        changed_at=at,
    )
