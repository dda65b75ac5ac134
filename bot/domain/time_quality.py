"""How well time is used and told: hours to bill beside hours worked, and notes that say too little. Pure rules."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

MONTH_DAYS: Final = 30
WEEK_DAYS: Final = 7
ENOUGH_WORDS: Final = 4
"""A note of fewer words does not tell a client what they pay for: "fixed", "called back", "worked on printer"."""
TENTH: Final = Decimal("0.1")


@dataclass(frozen=True)
class Days:
    """Whole days that are over, all included; the last is the day before today, which is not complete yet."""

    first: date
    week: date
    last: date


@dataclass(frozen=True)
class Hours:
    """``to_bill`` are Autotask's hours to bill of the entries that are not marked as not billable."""

    worked: Decimal = Decimal(0)
    to_bill: Decimal = Decimal(0)

    @property
    def utilisation(self) -> Decimal | None:
        """Hours to bill for each hundred hours worked, to one decimal; None where nothing was worked."""
        if not self.worked:
            return None
        return (100 * self.to_bill / self.worked).quantize(TENTH, ROUND_HALF_UP)

    def __add__(self, other: "Hours") -> "Hours":
        return Hours(self.worked + other.worked, self.to_bill + other.to_bill)


@dataclass(frozen=True)
class Notes:
    """Entries to bill, how many of them have no note, and how many one that is too short."""

    entries: int = 0
    missing: int = 0
    short: int = 0

    @property
    def poor(self) -> int:
        return self.missing + self.short

    def __add__(self, other: "Notes") -> "Notes":
        return Notes(self.entries + other.entries, self.missing + other.missing, self.short + other.short)


@dataclass(frozen=True)
class Worker:
    """One Autotask resource in the days of a card; ``month`` holds all of them, ``week`` the last seven."""

    name: str
    month: Hours = Hours()
    week: Hours = Hours()
    notes: Notes = Notes()


@dataclass(frozen=True)
class QualityCard:
    """A page of ``workers``, and everybody together; ``people`` is how many there are on all pages.

    ``is_part``: only the time of the clients that the reader sees is in it.
    """

    days: Days
    workers: tuple[Worker, ...]
    people: int
    together: Worker
    as_of: datetime | None = None
    is_part: bool = False


@dataclass(frozen=True)
class PoorNote:
    """An entry to bill whose note says too little. ``url`` opens it in Autotask, "" where nothing is connected."""

    id: int
    worked_on: date
    hours: Decimal
    resource: str = ""
    company: str = ""
    note: str = ""
    url: str = ""


@dataclass(frozen=True)
class PoorNotes:
    """One page of them, the newest day first."""

    days: Days
    notes: tuple[PoorNote, ...]
    total: int
    as_of: datetime | None = None


def days_before(today: date, synced: int) -> Days:
    """The 30 days before ``today``, or as many as are synced by themselves, and the last seven of them."""
    first = today - timedelta(days=min(MONTH_DAYS, synced))
    return Days(first, today - timedelta(days=WEEK_DAYS), today - timedelta(days=1))


def together(workers: Iterable[Worker]) -> Worker:
    """All of them as if they were one."""
    found = Worker("")
    for each in workers:
        found = Worker("", found.month + each.month, found.week + each.week, found.notes + each.notes)
    return found


def percent_text(share: Decimal | None) -> str:
    """``76.7 %``; a dash where there is nothing to divide by."""
    return "\N{EN DASH}" if share is None else f"{share:,} %"
