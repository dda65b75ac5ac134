"""What is asked of the sync log: types, statuses, days and words, as people type or choose them (product SY10)."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from difflib import get_close_matches
from typing import Final
from urllib.parse import parse_qs, urlencode

from bot.domain.audit import days_in
from bot.domain.numbers import whole
from bot.domain.switches import Capability, Switches
from bot.domain.sync_logs import LogLine, LogStatus
from bot.domain.syncs import SyncType

SLOW_MS: Final = 500
"""Most operations take less (product SY12)."""
PAGE_SIZES: Final = (10, 25, 50)
USUAL_PAGE: Final = 25
MOST_WORDS: Final = 8
LONGEST_WORDS: Final = 100
CAPABILITY_OF: Final = {
    SyncType.CONTRACT: Capability.CONTRACTS,
    SyncType.TIME_ENTRY: Capability.TIME,
    SyncType.TICKET: Capability.TICKETS,
    SyncType.INVOICE: Capability.INVOICES,
    SyncType.PAYMENT: Capability.INVOICES,
    SyncType.PROJECT: Capability.PROJECTS,
    SyncType.BILLING: Capability.BILLING,
}
"""Lines of these types are hidden while the capability is off."""


RETENTION: Final = "log_retention_days"
"""The workspace's setting: how many days the log is kept."""
KEPT_DAYS: Final = range(7, 401)
USUALLY_KEPT: Final = 90


def is_retention(value: str) -> bool:
    return value.isascii() and value.isdigit() and len(value) < 4 and int(value) in KEPT_DAYS


@dataclass(frozen=True)
class LogFilter:
    """Which lines; everything is optional, what is given must all hold. Days include both ends, in the asker's zone."""

    types: tuple[SyncType, ...] = ()
    statuses: tuple[LogStatus, ...] = ()
    first_day: date | None = None
    last_day: date | None = None
    words: str = ""
    organization_id: int | None = None
    run_id: int | None = None
    is_slow: bool = False
    per_page: int = USUAL_PAGE

    @property
    def code(self) -> str:
        """The same as a short text, for buttons and forms; ``read_code`` reads it."""
        parts = {
            "t": ",".join(self.types),
            "s": ",".join(self.statuses),
            "f": self.first_day.isoformat() if self.first_day else "",
            "u": self.last_day.isoformat() if self.last_day else "",
            "w": self.words,
            "o": str(self.organization_id or ""),
            "r": str(self.run_id or ""),
            "l": "1" if self.is_slow else "",
            "n": "" if self.per_page == USUAL_PAGE else str(self.per_page),
        }
        return urlencode({name: value for name, value in parts.items() if value})

    @property
    def is_empty(self) -> bool:
        return replace(self, per_page=USUAL_PAGE) == LogFilter()


def read_code(code: str) -> LogFilter:
    """The filter of a button or form. What cannot be read is left out."""
    given = {name: values[0] for name, values in parse_qs(code).items()}
    size = whole(given.get("n", ""))
    return LogFilter(
        types=tuple(each for each in SyncType if each.value in given.get("t", "").split(",")),
        statuses=tuple(each for each in LogStatus if each.value in given.get("s", "").split(",")),
        first_day=read_day(given.get("f", "")),
        last_day=read_day(given.get("u", "")),
        words=given.get("w", "")[:LONGEST_WORDS],
        organization_id=whole(given.get("o", "")),
        run_id=whole(given.get("r", "")),
        is_slow=given.get("l") == "1",
        per_page=size if size in PAGE_SIZES else USUAL_PAGE,
    )


@dataclass(frozen=True)
class Span:
    """The days as moments: from ``since`` (inclusive) to ``until`` (exclusive)."""

    since: datetime | None
    until: datetime | None


def span_of(wanted: LogFilter, zone: tzinfo) -> Span:
    after = wanted.last_day + timedelta(days=1) if wanted.last_day and wanted.last_day < date.max else None
    return Span(_midnight(wanted.first_day, zone), _midnight(after, zone))


@dataclass(frozen=True)
class Spot:
    """Where in the list one is: the page's number from 0 up, and the line next to it (``is_back``: the one after it).

    ``total`` is what was counted when the list was opened. Without an anchor it is the first page, or the last.
    """

    number: int = 0
    total: int | None = None
    anchor: tuple[datetime, int] | None = None
    is_back: bool = False
    is_last: bool = False

    @property
    def code(self) -> str:
        way = "l" if self.is_last else "b" if self.is_back else "f"
        at = f"{_micros(self.anchor[0])}.{self.anchor[1]}" if self.anchor else ""
        return f"{self.number}~{'' if self.total is None else self.total}~{way}~{at}"


def read_spot(code: str) -> Spot:
    """Anything that is no spot is the first page."""
    found = _SPOT.match(code)
    if not found:
        return Spot()
    number, total, way, micros, line = found.groups()
    anchor = (_EPOCH + timedelta(microseconds=int(micros)), int(line)) if micros else None
    return Spot(int(number), int(total) if total else None, anchor, is_back=way == "b", is_last=way == "l")


_SPOT = re.compile(r"^(\d{1,9})~(\d{0,9})~([fbl])~(?:(\d{1,17})\.(\d{1,18}))?$")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class LogPage:
    """One page, the newest line first; ``spot`` has its number and the total."""

    lines: tuple[LogLine, ...]
    filter: LogFilter
    spot: Spot
    as_of: datetime

    @property
    def total(self) -> int:
        return self.spot.total or 0

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.filter.per_page))

    @property
    def steps(self) -> Mapping[str, Spot]:
        """Where one can go from here: first, back, next, last."""
        number, total = self.spot.number, self.total
        found: dict[str, Spot] = {}
        if number > 0 and self.lines:
            newest = (self.lines[0].at, self.lines[0].id)
            found |= {"first": Spot(), "back": Spot(number - 1, total, newest, is_back=True)}
        if number + 1 < self.pages and self.lines:
            oldest = (self.lines[-1].at, self.lines[-1].id)
            found |= {
                "next": Spot(number + 1, total, oldest),
                "last": Spot(self.pages - 1, total, is_last=True),
            }
        return found


@dataclass(frozen=True)
class Asked:
    """What was understood of the words: the filter, an organization's name, and what a word may have meant."""

    filter: LogFilter
    organization: str = ""
    guesses: tuple[tuple[str, str], ...] = ()
    """An unknown word, and the known one that is nearest to it."""


def read_words(text: str, today: date) -> Asked:
    """The filter of "errors contracts 7d", "warnings yesterday acme", "time organization acme last week".

    Words that are none of ours are looked for in the messages; nothing is an error.
    """
    rest, days = days_in(list(_spelled(text.lower().split())), today)
    head, organization = _organization(rest)
    wanted, left = LogFilter(), list[str]()
    for word in head:
        better = _with(wanted, word)
        wanted = better or wanted
        if better is None and word not in _FILLERS:
            left.append(word)
    since, until = days or (None, None)
    wanted = replace(
        wanted,
        first_day=since,
        last_day=until - timedelta(days=1) if until and until > date.min else None,
        words=" ".join(left[:MOST_WORDS])[:LONGEST_WORDS],
    )
    return Asked(wanted, organization, tuple(_guesses(left)))


def hidden_types(switches: Switches) -> frozenset[SyncType]:
    """The types whose capability is switched off: nothing of them is shown (product CV18)."""
    return frozenset(kind for kind, of in CAPABILITY_OF.items() if not switches.may_read(of))


def read_day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if _DAY.match(text) else None
    except ValueError:
        return None


def _with(wanted: LogFilter, word: str) -> LogFilter | None:
    """The filter with what the word says; None where it says nothing."""
    if word in _TYPES:
        return replace(wanted, types=tuple(dict.fromkeys((*wanted.types, _TYPES[word]))))
    if word in _STATUSES:
        return replace(wanted, statuses=tuple(dict.fromkeys((*wanted.statuses, _STATUSES[word]))))
    return replace(wanted, is_slow=True) if word == "slow" else None


def _spelled(words: Iterable[str]) -> Iterable[str]:
    """``7d``, ``2w`` and ``24h`` as ``last 7 days`` and so on."""
    for word in words:
        found = _SHORT.match(word)
        if found:
            number, unit = int(found[1]), found[2][0]
            yield from (
                "last",
                str(-(-number // 24) if unit == "h" else number * (7 if unit == "w" else 1)),
                "days",
            )
        else:
            yield word


def _organization(words: Sequence[str]) -> tuple[Sequence[str], str]:
    """What stands before ``organization`` or ``org``, and the name that follows it."""
    for number, word in enumerate(words):
        if word in {"organization", "organisation", "org", "client"}:
            return words[:number], " ".join(words[number + 1 :])[:LONGEST_WORDS]
    return words, ""


def _guesses(words: Sequence[str]) -> Iterable[tuple[str, str]]:
    for word in words:
        near = get_close_matches(word, _KNOWN, n=1, cutoff=0.75) if len(word) > 3 else []
        if near:
            yield word, near[0]


def _named(kind: SyncType) -> Iterable[str]:
    plain = kind.value
    many = f"{plain[:-1]}ies" if plain.endswith("y") else f"{plain}s"
    return plain, many, *_ALSO.get(kind, ())


_ALSO = {
    SyncType.TIME_ENTRY: ("time", "times", "time-entries", "timesheets"),
    SyncType.OPPORTUNITY: ("opp", "opps"),
    SyncType.RESOURCE: ("people", "users"),
}
_TYPES = {name: kind for kind in SyncType for name in _named(kind)}
_STATUSES = {
    "success": LogStatus.SUCCESS, "successes": LogStatus.SUCCESS, "ok": LogStatus.SUCCESS,
    "successful": LogStatus.SUCCESS,
    "warning": LogStatus.WARNING, "warnings": LogStatus.WARNING, "warn": LogStatus.WARNING,
    "error": LogStatus.ERROR, "errors": LogStatus.ERROR, "failed": LogStatus.ERROR, "failures": LogStatus.ERROR,
    "skip": LogStatus.SKIP, "skips": LogStatus.SKIP, "skipped": LogStatus.SKIP,
}  # fmt: skip
_KNOWN = (*_TYPES, *_STATUSES, "slow", "yesterday", "today")
_FILLERS = frozenset({"in", "the", "of", "for", "from", "with", "all", "and", "entries", "logs", "only"})
_SHORT = re.compile(r"^(\d{1,3})(d|days?|w|weeks?|h|hours?)$")
_DAY = re.compile(r"^\d{4}-\d{2}-\d{2}$")


def _midnight(day: date | None, zone: tzinfo) -> datetime | None:
    return datetime.combine(day, time(), zone) if day else None


def _micros(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(microseconds=1)
