"""Reminders about time: who logged too little today, and who may approve what waits. Pure rules."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum

from bot.errors import InvalidInput

HOURS_SETTING = "time_nudge_hours"
AT_SETTING = "time_nudge_at"
HOLIDAYS_SETTING = "time_holidays"
USUAL_HOURS, USUAL_AT = Decimal(6), time(16, 30)
SNOOZED_FOR = timedelta(hours=1)
LONGEST_PAUSE = timedelta(days=366)
MOST_PEOPLE = 100
MOST_HOLIDAYS = 60
FRIDAY = 4
_DAY, _AGAIN = len("2026-11-21"), "/"
MISSING, APPROVALS = "time-missing:", "time-approvals:"
"""Schedules are named by these and the person."""


class NudgeKind(StrEnum):
    MISSING = "missing"
    APPROVALS = "approvals"


@dataclass(frozen=True)
class NudgeSettings:
    """``people`` are Slack ids; each is reminded at ``at`` by their own clock, if they logged less than ``hours``."""

    people: tuple[str, ...] = ()
    hours: Decimal = USUAL_HOURS
    at: time = USUAL_AT
    holidays: tuple[date, ...] = ()


@dataclass(frozen=True)
class OwnReminders:
    """How somebody is reminded themselves: not at all, not any more, not before a day, or as the settings say."""

    settings: NudgeSettings
    is_reminded: bool = False
    stopped: bool = False
    paused_until: date | None = None


@dataclass(frozen=True)
class Missing:
    """What somebody logged on a day, in Autotask as of now, and what was expected."""

    day: date
    logged: Decimal
    expected: Decimal


@dataclass(frozen=True)
class Waiting:
    """Entries that nobody has approved, as of the last sync; ``people`` are names with their number of entries."""

    entries: int
    oldest: date | None
    people: tuple[tuple[str, int], ...]
    as_of: datetime | None


def is_workday(day: date, holidays: Collection[date]) -> bool:
    return day.weekday() <= FRIDAY and day not in holidays


def snoozed(day: date, until: datetime) -> str:
    """The slot of a reminder that comes again: of that day still, and another one for every minute."""
    return f"{day.isoformat()}{_AGAIN}{until:%Y-%m-%dT%H:%M}"


def day_of(slot: str) -> date:
    """The day that a slot is about."""
    return date.fromisoformat(slot[:_DAY])


def told_once_as(slot: str) -> str:
    """One message for each of these: one a day, and one whenever somebody has put it off."""
    return slot if _AGAIN in slot else slot[:_DAY]


def read_day(text: str) -> date:
    """A day as a button or a calendar has it. Raises ``InvalidInput``."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidInput("day", "Choose a day.") from None


def read_pause(text: str, today: date) -> date:
    """The day until which somebody wants to be left alone, as it was picked. Raises ``InvalidInput``."""
    until = read_day(text)
    if not today < until <= today + LONGEST_PAUSE:
        raise InvalidInput(
            "day", "A day from tomorrow on, and within a year. To end the reminders, press Stop."
        )
    return until


def read_holidays(text: str) -> tuple[date, ...]:
    """Days as they were typed, one a line or with commas between them. Raises ``InvalidInput`` naming the one in doubt."""
    found = []
    for word in text.replace(",", " ").replace(";", " ").split():
        try:
            found.append(date.fromisoformat(word))
        except ValueError:
            raise InvalidInput("holidays", f"“{word[:40]}” is no day like 2026-12-25.") from None
    if len(found) > MOST_HOLIDAYS:
        raise InvalidInput("holidays", f"At most {MOST_HOLIDAYS} days.")
    return tuple(sorted(set(found)))


def read_hours(text: str) -> Decimal:
    """Hours a day as they were typed, ``7.5`` say. Raises ``InvalidInput``."""
    whole, _, part = text.strip().partition(".")
    if not (whole.isascii() and whole.isdecimal()) or (part and not (part.isascii() and part.isdecimal())):
        raise InvalidInput("hours", "A number of hours, such as 7.5.")
    found = Decimal(text.strip().rstrip("."))
    if not 0 < found <= 24:
        raise InvalidInput("hours", "More than 0, and at most 24 hours.")
    return found


def read_at(text: str) -> time:
    """A time of day, ``16:30``. Raises ``InvalidInput``."""
    try:
        return datetime.strptime(text.strip(), "%H:%M").time()  # noqa: DTZ007 - a wall clock has no zone
    except ValueError:
        raise InvalidInput("at", "A time of day, such as 16:30.") from None
