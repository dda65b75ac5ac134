"""What should have run at its time and did not, in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.codes import Code
from bot.domain.problems import EventKind, ProblemReport, Severity
from bot.domain.schedules import BY_NAME, DIGEST, zone_of

SILENCE = timedelta(minutes=5)
"""No sign of life of any process for that long is a gap worth a look."""
GRACE = timedelta(minutes=10)
"""How late a schedule may be."""
UNSTARTED = timedelta(minutes=30)
"""How long work may wait that could start."""
OURS = "schedule:"
"""What fingerprints of these problems begin with."""
NOBODY_WORKS = "schedule:work"
_MOST_NAMED = 8
MOST_TOLD = 5
"""Schedules that did not ring, with a message each; more are one."""


@dataclass(frozen=True)
class Gap:
    """No process gave a sign of life in between."""

    since: datetime
    until: datetime

    def holds(self, moment: datetime) -> bool:
        return self.since < moment < self.until


@dataclass(frozen=True)
class Late:
    """One ring of a schedule that came late, or not yet."""

    name: str
    moment: datetime


def was_down(gap: Gap, missed: Sequence[Late], zone: str) -> ProblemReport:
    """A gap that is over: told once, as recovered."""
    there = zone_of(zone)
    since, until = (each.astimezone(there) for each in (gap.since, gap.until))
    clock = "%H:%M" if since.date() == until.date() else "%d %b %H:%M"
    named = [f"{title(each.name)} ({each.moment.astimezone(there):%H:%M})" for each in _in_order(missed)]
    more = f" and {len(named) - _MOST_NAMED} more" if len(named) > _MOST_NAMED else ""
    first = _in_order(missed)[0].moment.astimezone(there)
    what = f"The {first:%H:%M} run did" if len(missed) == 1 else f"{len(missed)} schedules did"
    return ProblemReport(
        f"schedule:down:{gap.since:%Y-%m-%dT%H:%M}",
        EventKind.SCHEDULE,
        Severity.WARNING,
        f"{what} not run in time",
        f"Deskhand was down from {since:{clock}} to {until:{clock}} ({zone}). Missed: {', '.join(named[:_MOST_NAMED])}{more}. "
        f"Caught up at {until:%H:%M}, each once.",
        code=Code.SCHEDULE_MISSED,
    )


def did_not_ring(late: Late, zone: str) -> ProblemReport:
    there = late.moment.astimezone(zone_of(zone))
    return ProblemReport(
        f"schedule:{late.name}",
        EventKind.SCHEDULE,
        Severity.ERROR,
        f"{title(late.name)} did not start at {there:%H:%M}",
        "Deskhand runs, but this schedule has not rung. It is caught up once as soon as it does.",
        code=Code.SCHEDULE_MISSED,
    )


def none_rang(late: Sequence[Late]) -> ProblemReport:
    """Many at once have one cause."""
    named = [title(each.name) for each in _in_order(late)[:_MOST_NAMED]]
    return ProblemReport(
        "schedule:many",
        EventKind.SCHEDULE,
        Severity.ERROR,
        "Many schedules did not start",
        f"Deskhand runs, but they have not rung, among them {', '.join(dict.fromkeys(named))}. Each is caught up once as "
        "soon as they do; its log says what keeps them.",
        code=Code.SCHEDULE_MISSED,
    )


def nobody_works() -> ProblemReport:
    return ProblemReport(
        NOBODY_WORKS,
        EventKind.SCHEDULE,
        Severity.ERROR,
        "Work is waiting and nobody starts it",
        "For half an hour no worker has taken what is queued: syncs, digests and tickets wait. Start a worker "
        "(bot run --role worker), or look at its log.",
        code=Code.SCHEDULE_MISSED,
    )


def title(name: str) -> str:
    """What people call the schedule."""
    if name in BY_NAME:
        return BY_NAME[name].title
    return "A digest" if name.startswith(DIGEST) else name.replace("-", " ").capitalize()


def _in_order(missed: Sequence[Late]) -> list[Late]:
    return sorted(missed, key=lambda each: (each.moment, each.name))
