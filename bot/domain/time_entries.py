"""Worked time as it is imported: which entries count, of which days, and what an hour is worth."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from bot.domain.money import CENT, money
from bot.domain.numbers import whole
from bot.errors import InvalidInput

WINDOW_SETTING = "time_window_days"
"""How many days back entries are imported by themselves (product TE4)."""
WINDOW_DAYS, LEAST_DAYS, MOST_DAYS = 90, 7, 365
LONGEST_RATE = Decimal(100_000)
CURRENCIES = ("USD", "EUR", "GBP", "CAD", "AUD", "NZD", "CHF")


class TimeState(StrEnum):
    """What became of an entry; every one has its list."""

    IMPORTED = "imported"
    NOT_APPROVED = "not_approved"
    UNLINKED = "unlinked"
    """Of a mapped company, but on no contract that is taken in."""
    UNMAPPED = "unmapped"
    """Approved, of a company that no organization has: nothing to link before it is mapped."""
    AFTER_END = "after_end"
    OUTSIDE = "outside"
    NOT_BILLABLE = "not_billable"
    GONE = "gone"
    """Deleted in Autotask: shown in no list."""

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {
    TimeState.IMPORTED: "imported",
    TimeState.NOT_APPROVED: "not approved yet",
    TimeState.UNLINKED: "without contract",
    TimeState.UNMAPPED: "of companies that are not mapped",
    TimeState.AFTER_END: "after the contract's end",
    TimeState.OUTSIDE: "outside the days that are imported",
    TimeState.NOT_BILLABLE: "not billable",
    TimeState.GONE: "deleted in Autotask",
}


@dataclass(frozen=True)
class Money:
    """``amount`` is exact; it is rounded to cents where it is shown, and nowhere else."""

    amount: Decimal
    currency: str

    @property
    def cents(self) -> Decimal:
        return self.amount.quantize(CENT, ROUND_HALF_UP)


@dataclass(frozen=True)
class Rate:
    """What an hour is worth from a day on: everywhere, for one organization, or for one contract."""

    rate: Decimal
    currency: str
    valid_from: date
    organization_id: int | None = None
    contract_id: int | None = None
    id: int = 0
    set_by: str = ""
    about: str = ""
    """The organization's or the contract's name."""


@dataclass(frozen=True)
class Repricing:
    """What a new rate changes of what is imported already: how many entries, and their sum before and after."""

    entries: int
    before: tuple[Money, ...]
    after: tuple[Money, ...]


@dataclass(frozen=True)
class TimeLine:
    """One entry in a list. ``hours`` and ``amount`` are what was imported."""

    id: int
    worked_on: date
    hours: Decimal
    state: TimeState
    resource_id: int | None
    resource: str = ""
    summary: str = ""
    ticket_id: int | None = None
    company_id: int | None = None
    company: str = ""
    contract_id: int | None = None
    contract: str = ""
    contract_end: date | None = None
    invoice_id: int | None = None
    invoice: str = ""
    """Its number, or its Autotask id where there is none or the workspace chose that."""
    amount: Money | None = None
    late: str = ""
    """What was changed in Autotask after the entry had left the days that are imported; not taken over."""
    picked_by: str = ""


@dataclass(frozen=True)
class Decision:
    """What changed of one entry; ``before`` is None for one that was not known.

    ``alike`` counts all that changed in the same way, of which only some are told one by one.
    """

    entry_id: int
    state: TimeState
    before: TimeState | None
    worked_on: date
    hours: Decimal
    old_hours: Decimal | None
    old_day: date | None
    contract_id: int | None
    old_contract: int | None
    contract: str
    contract_end: date | None
    resource: str
    organization_id: int | None
    late: str
    alike: int
    alike_hours: Decimal
    is_first_alike: bool


@dataclass(frozen=True)
class TimeTotal:
    """Some entries together."""

    entries: int = 0
    hours: Decimal = Decimal(0)
    sums: tuple[Money, ...] = ()
    unpriced: int = 0
    """Entries without a rate: they are in the hours and in no sum."""


@dataclass(frozen=True)
class TimeSummary:
    """How a workspace's (or an organization's) time stands. ``window_days`` is the setting."""

    by_state: Mapping[TimeState, TimeTotal] = field(default_factory=dict)
    ready: TimeTotal = TimeTotal()
    """Imported and on no invoice yet (product TE7)."""
    months: tuple[tuple[date, TimeTotal], ...] = ()
    """The first day of a month, and what was imported of it; the newest first."""
    oldest_unapproved: date | None = None
    as_of: datetime | None = None
    window_days: int = WINDOW_DAYS
    has_rate: bool = False

    def of(self, state: TimeState) -> TimeTotal:
        return self.by_state.get(state, TimeTotal())


@dataclass(frozen=True)
class TimeFilter:
    """Which entries a list shows; ``month`` is its first day."""

    state: TimeState = TimeState.IMPORTED
    organization_id: int | None = None
    words: str = ""
    month: date | None = None
    ready: bool = False

    @property
    def code(self) -> str:
        """As a button carries it."""
        month = self.month.isoformat() if self.month else ""
        ready = "ready" if self.ready else ""
        return "|".join((self.state.value, str(self.organization_id or ""), month, ready, self.words))


@dataclass(frozen=True)
class TimePage:
    """One page of a list, with what it is about. ``urls`` open the entries in Autotask."""

    lines: tuple[TimeLine, ...]
    urls: tuple[str, ...]
    total: int
    organization: str = ""
    as_of: datetime | None = None


def read_filter(code: str) -> TimeFilter:
    """The filter of a button; one that was made up shows what is imported."""
    state, organization, month, ready, words = [*code.split("|", 4), "", "", "", "", ""][:5]
    return TimeFilter(
        TimeState(state) if state in set(TimeState) else TimeState.IMPORTED,
        whole(organization),
        words[:60],
        _day_or_none(month),
        ready == "ready",
    )


def window(today: date, days: int, asked_for: tuple[date, date] | None = None) -> tuple[date, date | None]:
    """The first and the last day that a run imports, both included; without a last one up to whatever there is.

    Days are calendar days of ``dateWorked``, which has no time of day: no zone shifts them.
    """
    return asked_for or (today - timedelta(days=days), None)


def read_days(text: str) -> int:
    """The window as it was typed. Raises ``InvalidInput``."""
    days = whole(text)
    if days is None or not LEAST_DAYS <= days <= MOST_DAYS:
        raise InvalidInput(WINDOW_SETTING, f"A number of days between {LEAST_DAYS} and {MOST_DAYS}.")
    return days


def read_rate(text: str) -> Decimal:
    """An hourly rate as people type it: ``150``, ``150.00``, ``$1,250.50``. Raises ``InvalidInput``."""
    digits = text.strip().lstrip("$€£").replace(",", "").strip()
    units, _, cents = digits.partition(".")
    if whole(units) is None or (cents and not (cents.isdecimal() and cents.isascii())):
        raise InvalidInput("rate", "An amount for an hour, such as 150.00.")
    found = Decimal(digits.rstrip("."))
    if found > LONGEST_RATE or len(cents) > 4:
        raise InvalidInput("rate", "At most 100,000, with four decimals.")
    return found


def totals(amounts: Iterable[Money]) -> tuple[Money, ...]:
    """One sum per currency, the largest first."""
    found: dict[str, Decimal] = {}
    for each in amounts:
        found[each.currency] = found.get(each.currency, Decimal(0)) + each.amount
    ordered = sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))
    return tuple(Money(amount, currency) for currency, amount in ordered)


def sums_text(sums: Sequence[Money]) -> str:
    """``$57,075.00``; several currencies are never added up."""
    return " + ".join(money(each.amount, each.currency) for each in sums)


def hours_text(hours: Decimal) -> str:
    """``380.5 h``: up to two decimals, without empty ones."""
    shown = f"{hours.quantize(CENT, ROUND_HALF_UP):,.2f}".rstrip("0").rstrip(".")
    return f"{shown} h"


def day_text(day: date) -> str:
    """``3 Aug 2026``: a calendar day, the same for readers in every zone; an entry without any has ``date.min``."""
    return "a day that is not told" if day == date.min else f"{day.day} {day:%b %Y}"


def _day_or_none(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
