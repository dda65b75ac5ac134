"""Syncs in words and numbers: what is mirrored, how far a pass covers, and what a run did."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from functools import reduce
from operator import add
from typing import Final

ODD_FROM: Final = 20
"""Records that a mirror must differ by: a handful more or less is no event, whatever its share."""
ODD_SHARE: Final = 25
"""Percent by which it must differ from the last run that succeeded."""
TENTH: Final = Decimal("0.1")


class SyncType(StrEnum):
    """What a log line is about (product SY6); the value is Autotask's singular, as it stands in the CSV."""

    COMPANY = "company"
    CONTRACT = "contract"
    TIME_ENTRY = "time_entry"
    TICKET = "ticket"
    INVOICE = "invoice"
    OPPORTUNITY = "opportunity"
    RESOURCE = "resource"
    PAYMENT = "payment"
    PROJECT = "project"
    BILLING = "billing"

    @property
    def label(self) -> str:
        return self.value.replace("_", " ").capitalize()


class Group(StrEnum):
    """What a person or a schedule asks for as a whole: some syncs, and what is concluded from them."""

    COMPANIES = "companies"
    CONTRACTS = "contracts"
    TIME = "time"
    INVOICES = "invoices"
    OPPORTUNITIES = "opportunities"
    TICKETS = "tickets"
    RESOURCES = "resources"

    @property
    def label(self) -> str:
        """In the middle of a sentence: "the sync of time entries"."""
        return "time entries" if self is Group.TIME else self.value


def called(group: str) -> str:
    """A group's name in prose; what is none stays as it is."""
    return Group(group).label if group in set(Group) else group


FIRST = "first"
"""The option of a run that follows a new connection: people are told when the next ones are."""


class SyncState(StrEnum):
    """``RETRYING``: an attempt failed and another will follow by itself."""

    RUNNING = "running"
    RETRYING = "retrying"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


@dataclass(frozen=True)
class Scope:
    """What one run covers. ``today`` is the day in the workspace's zone; ``now`` is UTC.

    ``window`` is the first and the last day (both included) that somebody asked for, None for the usual one.
    ``full``: every record is looked at, whatever the last-modified fields say.
    """

    now: datetime
    today: date
    window: tuple[date, date] | None = None
    full: bool = False
    organization_id: int | None = None
    options: frozenset[str] = frozenset()
    """Further wishes of who asked, such as ``end-expired``."""


@dataclass(frozen=True)
class Change:
    """One mirrored record that is new (``before`` is None) or differs, by the mirror's column names."""

    record_id: int
    before: Mapping[str, object] | None
    after: Mapping[str, object]

    @property
    def changed(self) -> tuple[str, ...]:
        """The columns whose value differs; every column of a new record."""
        if self.before is None:
            return tuple(self.after)
        return tuple(name for name, value in self.after.items() if self.before.get(name) != value)


@dataclass(frozen=True)
class SyncCounts:
    """Rows by what became of them; ``gone`` are those no longer found upstream."""

    inserted: int = 0
    updated: int = 0
    unchanged: int = 0
    gone: int = 0

    @property
    def seen(self) -> int:
        return self.inserted + self.updated + self.unchanged

    def __add__(self, other: "SyncCounts") -> "SyncCounts":
        return SyncCounts(
            self.inserted + other.inserted,
            self.updated + other.updated,
            self.unchanged + other.unchanged,
            self.gone + other.gone,
        )

    def with_gone(self, gone: int) -> "SyncCounts":
        return replace(self, gone=gone)


@dataclass(frozen=True)
class Size:
    """How many records a mirror holds after a run, and ``before``: after the last run that succeeded, None at first."""

    now: int
    before: int | None = None

    @property
    def share(self) -> Decimal | None:
        """By how many percent it differs, to one decimal; None where there is nothing to compare with."""
        if not self.before:
            return None
        return (Decimal(100 * (self.now - self.before)) / self.before).quantize(TENTH, ROUND_HALF_UP)

    @property
    def is_odd(self) -> bool:
        """Whether it differs so much from last time that somebody should look (product SY24)."""
        if not self.before:
            return False
        difference = abs(self.now - self.before)
        return difference >= ODD_FROM and 100 * difference > ODD_SHARE * self.before

    def __add__(self, other: "Size") -> "Size":
        known = self.before is not None and other.before is not None
        return Size(self.now + other.now, (self.before or 0) + (other.before or 0) if known else None)


@dataclass(frozen=True)
class SyncRun:
    """One run of one group. ``key`` is the request's or the slot's: an attempt that follows takes up the same run.

    ``parts`` are the counts by sync. ``requested_by`` is "" for a schedule. ``retry_at`` is when the next attempt
    of one that is retrying begins.
    """

    id: int
    name: str
    state: SyncState
    counts: SyncCounts
    error: str
    started_at: datetime
    finished_at: datetime | None
    key: str = ""
    trigger: str = "schedule"
    requested_by: str = ""
    attempts: int = 1
    parts: Mapping[str, SyncCounts] = field(default_factory=dict)
    sizes: Mapping[str, Size] = field(default_factory=dict)
    """By mirror, once the run has succeeded."""
    retry_at: datetime | None = None

    @property
    def size(self) -> Size | None:
        """All mirrors of the run together; None before it has succeeded."""
        return reduce(add, self.sizes.values()) if self.sizes else None

    @property
    def odd(self) -> dict[str, Size]:
        """The mirrors that hold far more or far fewer records than last time."""
        return {name: size for name, size in self.sizes.items() if size.is_odd}
