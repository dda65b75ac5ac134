"""What is asked of the audit trail: words and a span of days, as people type them (product PA5)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from bot.domain.numbers import MOST_DIGITS

MOST_WORDS = 8
MOST_DAYS = 3660
HIDDEN = "•••"
_SECRET = re.compile(r"secret|token|password|credential|tracking|api_?key|authorization", re.IGNORECASE)
_MENTION = re.compile(r"^<@([UW][A-Z0-9]+)(?:\|[^>]*)?>$")
_DAY = re.compile(r"^\d{4}-\d{2}-\d{2}$")
_MONTH = re.compile(r"^\d{4}-\d{2}$")
_LAST_MONTH = date.max.replace(day=1)
_FILLERS = frozenset({"in", "the", "by", "of", "for", "from", "on"})


@dataclass(frozen=True)
class Act:
    """Who did what, when; ``before`` and ``after`` hold labels, never secrets."""

    id: int
    at: datetime
    by: str
    action: str
    subject: str
    before: Mapping[str, object] | None
    after: Mapping[str, object] | None
    autotask_id: int | None
    by_name: str = ""
    """The person's name as we know it; "" for Deskhand itself and for people never seen."""
    subject_name: str = ""
    """The same of who it was done to, where the subject is a person."""


@dataclass(frozen=True)
class AuditQuery:
    """Acts that have every one of the words, from ``since`` (inclusive) to ``until`` (exclusive)."""

    words: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None


def read_query(text: str, now: datetime, zone: tzinfo) -> AuditQuery:
    """The words and days of "kim last week", "tickets 2026-11-01", "since monday". The days are those of ``zone``."""
    rest, days = days_in(text.lower().split(), now.astimezone(zone).date())
    since, until = days or (None, None)
    words = [_word(each) for each in rest if each not in _FILLERS]
    return AuditQuery(tuple(words[:MOST_WORDS]), _midnight(since, zone), _midnight(until, zone))


def redacted(value: object) -> object:
    """The same with whatever a secret's name stands before hidden: audit rows hold none, this makes sure."""
    if isinstance(value, Mapping):
        return {
            str(name): HIDDEN if _SECRET.search(str(name)) and each is not None else redacted(each)
            for name, each in value.items()
        }
    if isinstance(value, list | tuple):
        return [redacted(each) for each in value]
    return value


def changes(act: Act) -> tuple[tuple[str, str, str], ...]:
    """What changed: name, old and new value as words; what stayed the same is left out."""
    before, after = dict(act.before or {}), dict(act.after or {})
    names = dict.fromkeys((*before, *after))
    pairs = ((name, _said(name, before.get(name)), _said(name, after.get(name))) for name in names)
    return tuple(each for each in pairs if each[1] != each[2])


def _said(name: str, value: object) -> str:
    if value is None or value == "":
        return ""
    if _SECRET.search(name):
        return HIDDEN
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {_said(str(key), each)}" for key, each in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(_said("", each) for each in value)
    return str(value)


def _word(typed: str) -> str:
    """A mention counts as the person's id; @ before a handle is left out."""
    found = _MENTION.match(typed.upper()) if typed.startswith("<@") else None
    return found[1] if found else typed.lstrip("@")


_Span = tuple[date | None, date | None]


def days_in(words: Sequence[str], today: date) -> tuple[list[str], _Span | None]:
    """The words without those that say when, and the days they mean (from, and up to but without)."""
    for start in range(len(words)):
        for length in (3, 2, 1):
            said = words[start : start + length]
            span = _span(said, today) if len(said) == length else None
            if span is not None:
                return [*words[:start], *words[start + length :]], span
    return list(words), None


def _span(said: Sequence[str], today: date) -> _Span | None:
    match said:
        case ["last" | "past", number, "day" | "days"] if number.isascii() and number.isdigit():
            return today - timedelta(days=min(int(number[:MOST_DIGITS]), MOST_DAYS)), None
        case ["since" | "after", word] if (day := _day(word, today)) is not None:
            return day, None
        case ["until" | "before", word] if (day := _day(word, today)) is not None:
            return None, day
        case [first, second]:
            return _named(f"{first} {second}", today)
        case [word]:
            return _alone(word, today)
    return None


def _alone(word: str, today: date) -> _Span | None:
    """A day or a month; a weekday alone may be somebody's name."""
    if _MONTH.match(word):
        return _month(word)
    day = None if word in _WEEKDAYS else _day(word, today)
    return (day, day + timedelta(days=1) if day < date.max else None) if day else None


_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def _named(words: str, today: date) -> _Span | None:
    monday, first = today - timedelta(days=today.weekday()), today.replace(day=1)
    week, month_before = timedelta(days=7), (first - timedelta(days=1)).replace(day=1)
    return {
        "this week": (monday, None),
        "last week": (monday - week, monday),
        "this month": (first, None),
        "last month": (month_before, first),
    }.get(words)


def _day(word: str, today: date) -> date | None:
    """A day by its date or its name; a weekday is the latest of that name, today included."""
    if word in _WEEKDAYS:
        return today - timedelta(days=(today.weekday() - _WEEKDAYS.index(word)) % 7)
    if word in {"today", "yesterday"}:
        return today - timedelta(days=int(word == "yesterday"))
    try:
        return date.fromisoformat(word) if _DAY.match(word) else None
    except ValueError:
        return None


def _month(word: str) -> _Span | None:
    try:
        first = date.fromisoformat(f"{word}-01")
    except ValueError:
        return None
    return first, (first + timedelta(days=31)).replace(day=1) if first < _LAST_MONTH else None


def _midnight(day: date | None, zone: tzinfo) -> datetime | None:
    return datetime.combine(day, time(), zone) if day else None
