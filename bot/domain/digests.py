"""Digests: what happened and what waits, a day or a week at a time, for a channel or a person. Pure rules."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum

from bot.domain.schedules import DIGEST, Schedule

TOO_OLD = timedelta(hours=12)
"""A digest that could not be posted for so long is not posted any more; that it was left out is noted."""
MOST_LINES = 10
"""Lines that one part of a digest shows; the rest is a number and a button."""
STALE_AFTER = timedelta(days=7)
"""A ticket that Autotask has had for so long, and that is not put away, is said to age."""
BIG_CHANGE = 3
"""A week with this many times the changes of the week before is pointed out."""
BIG_CHANGE_FROM = 50
"""Fewer changes than this are never pointed out."""


class Period(StrEnum):
    DAILY = "daily"
    WEEKLY = "weekly"

    @property
    def length(self) -> timedelta:
        return timedelta(days=1 if self is Period.DAILY else 7)


class Section(StrEnum):
    """A part of a digest, in the order in which they are shown."""

    SYNC = "sync"
    PROBLEMS = "problems"
    APPROVALS = "approvals"
    TICKETS = "tickets"
    CONTRACTS = "contracts"
    INVOICES = "invoices"
    OPPORTUNITIES = "opportunities"
    TIME = "time"
    MAPPING = "mapping"
    REVIEWS = "reviews"
    ENDING = "ending"
    ERRORS = "errors"
    SLOW = "slow"
    CHANGES = "changes"

    @property
    def label(self) -> str:
        return _LABELS[self]

    @property
    def is_weekly(self) -> bool:
        """Whether only the weekly digest has it."""
        return self in {Section.ENDING, Section.ERRORS, Section.SLOW, Section.CHANGES}


_LABELS = {
    Section.SYNC: "Syncs that failed or warned",
    Section.PROBLEMS: "Open problems",
    Section.APPROVALS: "Waiting for an answer",
    Section.TICKETS: "Tickets",
    Section.CONTRACTS: "Contracts",
    Section.INVOICES: "Invoices",
    Section.OPPORTUNITIES: "Opportunities",
    Section.TIME: "Time entries",
    Section.MAPPING: "Mapping",
    Section.REVIEWS: "Reviews",
    Section.ENDING: "Contracts that end soon",
    Section.ERRORS: "Errors of the week",
    Section.SLOW: "How long operations took",
    Section.CHANGES: "What changed in Autotask",
}


@dataclass(frozen=True)
class Line:
    """One line, in plain text: ``lead`` is shown in bold, ``at`` as a date in the reader's own zone."""

    text: str
    lead: str = ""
    at: datetime | None = None


@dataclass(frozen=True)
class Part:
    """One section of one digest; ``total`` counts the lines there would be, shown or not.

    ``is_news``: it makes the digest worth a message. ``more`` names the command that shows the rest.
    """

    section: Section
    title: str
    lines: tuple[Line, ...]
    total: int
    more: str = ""
    is_news: bool = True


@dataclass(frozen=True)
class Digest:
    """What one reader is told of one stretch of time (UTC); ``standing`` are plain sentences on how things are."""

    period: Period
    since: datetime
    until: datetime
    parts: tuple[Part, ...] = ()
    standing: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Nothing happened and nothing waits: the digest is one line, or none."""
        return not any(part.is_news for part in self.parts)


@dataclass(frozen=True)
class Subscription:
    """What a channel or a person is sent, and when; ``target`` is its Slack id, ``owner`` who set it up.

    ``sections`` are those wanted (none named: all); ``organizations`` those that a channel hears of (None: all);
    a person hears of those they see. ``money``: a channel is told amounts, too; a person is by what they may see.
    ``says_nothing``: an empty digest is not posted. Quiet hours are by the person's own clock.
    """

    target: str
    owner: str = ""
    daily: bool = True
    weekly: bool = True
    at: time = time(8)
    weekday: int = 0
    sections: frozenset[Section] = frozenset()
    organizations: frozenset[int] | None = None
    money: bool = False
    says_nothing: bool = False
    quiet_from: time | None = None
    quiet_until: time | None = None
    told: dict[Period, datetime] = field(default_factory=dict)
    """The end of what the last posted digest of each period covered."""

    @property
    def is_person(self) -> bool:
        return is_person(self.target)

    def wants(self, section: Section) -> bool:
        return not self.sections or section in self.sections

    def since(self, period: Period, until: datetime) -> datetime:
        """What the last one did not cover; a digest that was missed does not make the next one endless."""
        usual, told = until - period.length, self.told.get(period)
        return usual if told is None or told >= until else max(told, until - 2 * period.length)

    def schedules(self, tenant_id: int, timezone: str, since: datetime) -> tuple[Schedule, ...]:
        """What makes it ring: a person's by their own clock, a channel's by the workspace's."""
        return tuple(
            Schedule(
                tenant_id,
                schedule_name(period, self.target),
                self.at,
                timezone,
                self.target,
                weekday=self.weekday if period is Period.WEEKLY else None,
                enabled=self.weekly if period is Period.WEEKLY else self.daily,
                since=since,
                own_zone=self.is_person,
            )
            for period in Period
        )


@dataclass(frozen=True)
class Ask:
    """One digest to be gathered. ``today`` is the day in the workspace's zone; ``decides``: the reader lets people in."""

    period: Period
    since: datetime
    until: datetime
    today: date
    wants: Callable[[Section], bool]
    money: bool = True
    decides: bool = False


def is_person(target: str) -> bool:
    return target.startswith(("U", "W"))


def schedule_name(period: Period, target: str) -> str:
    return f"{DIGEST}{period.value}:{target}"


def named(schedule: str) -> tuple[Period, str]:
    """Period and target of a digest's schedule; ``daily-digest`` of older releases names no target."""
    if not schedule.startswith(DIGEST):
        return Period.DAILY, ""
    period, _, target = schedule.removeprefix(DIGEST).partition(":")
    return Period(period), target


def quiet_until(subscription: Subscription, now: datetime, zone: tzinfo) -> datetime | None:
    """When the quiet hours that ``now`` lies in end; None outside of them. They may reach over midnight.

    Where the clocks change meanwhile the end is the first moment at which the wall clock shows it.
    """
    begins, ends = subscription.quiet_from, subscription.quiet_until
    if begins is None or ends is None or begins == ends:
        return None
    here = now.astimezone(zone)
    clock = here.time()
    if begins < ends:
        is_quiet, days = begins <= clock < ends, 0
    else:
        is_quiet, days = clock >= begins or clock < ends, int(clock >= begins)
    if not is_quiet:
        return None
    end = datetime.combine(here.date() + timedelta(days=days), ends, tzinfo=zone).astimezone(UTC)
    return max(end, now + timedelta(minutes=1))


def part(section: Section, lines: Sequence[Line], *, total: int | None = None, more: str = "") -> Part | None:
    """The section's part, cut to one screen; None where there is nothing to say."""
    if not lines:
        return None
    return Part(
        section, section.label, tuple(lines[:MOST_LINES]), len(lines) if total is None else total, more
    )


def is_big(changes: int, before: int) -> bool:
    """Whether so many changes in a week are worth a look (product SY24)."""
    return changes >= BIG_CHANGE_FROM and changes > BIG_CHANGE * before
