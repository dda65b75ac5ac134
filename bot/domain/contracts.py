"""Contracts: what they are worth a month, which of them are taken in, and how each stands with us."""

from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Final

from bot.domain.money import CENT

RECURRING: Final = 7
TYPES: Final[Mapping[int, str]] = {
    1: "Time & Materials",
    3: "Fixed Price",
    4: "Block Hours",
    6: "Retainer",
    7: "Recurring Service",
    8: "Per Ticket",
    9: "Umbrella",
}
"""Autotask's own numbers; they are no tenant's to change."""
SOON: Final = timedelta(days=90)
"""How long before its end a contract is said to expire."""
IDENTIFIER_LENGTH: Final = 100
"""Characters of a service's internal description (product CR31)."""
SHORTEST_IDENTIFIER: Final = 4
_MONTHS = {"monthly": 1, "quarterly": 3, "semi-annual": 6, "semi-annually": 6, "yearly": 12, "annually": 12}
_LETTERS = {"m": 1, "q": 3, "s": 6, "y": 12}
_PERIODS = {1: "monthly", 3: "quarterly", 6: "every six months", 12: "yearly"}


class Place(StrEnum):
    """Whether a contract is taken in, and if not, what keeps it out."""

    IN = "in"
    PREFIX = "prefix"
    FILTER = "filter"
    UNMAPPED = "unmapped"
    """Its company belongs to no organization."""
    GONE = "gone"
    """Autotask has it no more."""

    @property
    def why(self) -> str:
        """The exact words of lists and log lines (product MP12)."""
        return _WHY[self]


_WHY = {
    Place.IN: "",
    Place.PREFIX: "wrong SKU prefix",
    Place.FILTER: "left out by the data filters",
    Place.UNMAPPED: "its company is not mapped",
    Place.GONE: "no longer in Autotask",
}


@dataclass(frozen=True)
class Terms:
    """What is told when it changes. ``label`` names the contract in sentences."""

    name: str
    number: str = ""
    company_id: int | None = None
    contract_type: int | None = None
    status: int | None = None
    start_date: date | None = None
    end_date: date | None = None


@dataclass(frozen=True)
class Standing:
    """How a contract stands with us.

    ``monthly`` is what it is worth a month; None where nothing recurs. ``cut_short``: Autotask moved its end nearer.
    ``ended_on`` is its last day, set when it was ended here; ``ended_by`` a person's id, or "" for the sync.
    """

    place: Place
    monthly: Decimal | None
    terms: Terms
    cut_short: bool = False
    ended_on: date | None = None
    ended_by: str = ""


@dataclass(frozen=True)
class Found:
    """A mirrored contract with what decides about it. ``organization_id`` is that of its company, if it has one."""

    id: int
    terms: Terms
    organization_id: int | None = None
    organization: str = ""
    company: str = ""
    company_type: int | None = None
    classification: int | None = None
    category: int | None = None
    line_of_business: int | None = None
    is_gone: bool = False
    products: tuple[str, ...] = ()
    """Names or SKUs of its services, whichever the prefixes are matched against."""


@dataclass(frozen=True)
class UnitRow:
    """One row of units covering the day in question; ``price`` is the row's own, of all units and its days."""

    units: int
    price: Decimal
    start: date
    end: date
    unit_price: Decimal | None = None
    months: int = 1
    """Of the billing period that the row belongs to."""


# --- worth ---


def months_of(period: str, label: str = "") -> int:
    """Months of a billing period, by the picklist's label, else by the letter of older days; 1 where unknown."""
    return _MONTHS.get(label.strip().lower()) or _LETTERS.get(period.strip().lower(), 1)


def period_words(months: int) -> str:
    return _PERIODS.get(months, f"every {months} months")


def later(day: date, months: int) -> date:
    """The same day so many months later, or the last day of that month; no further than there are days."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not MINYEAR <= year <= MAXYEAR:
        return date.max if months > 0 else date.min
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def per_unit(row: UnitRow) -> Decimal | None:
    """The price of one unit a period: the row's own where it covers a whole one, else what was agreed."""
    own = row.price / row.units if row.units else None
    is_whole = later(row.start, row.months) - row.end <= timedelta(days=1)
    return own if row.unit_price is None or (is_whole and own is not None) else row.unit_price


def monthly(rows: Iterable[UnitRow]) -> Decimal:
    """What the rows of one day are worth a month. Never give it rows of several periods."""
    each = ((per_unit(row) or Decimal(0)) * row.units / row.months for row in rows)
    return sum(each, Decimal(0)).quantize(CENT, ROUND_HALF_UP)


def looked_at(terms: Terms, today: date) -> date:
    """The day whose units tell what a contract is worth: today, or its first day before it begins."""
    return max(today, terms.start_date) if terms.start_date else today


# --- time ---


class Phase(StrEnum):
    UPCOMING = "upcoming"
    ACTIVE = "active"
    EXPIRING = "expiring"
    EXPIRED = "expired"
    """Its last day is over, and nobody has ended it here."""
    ENDED = "ended"


def phase(standing: Standing, today: date) -> Phase:
    terms = standing.terms
    if standing.ended_on is not None or standing.place is Place.GONE:
        return Phase.ENDED
    if terms.start_date is not None and terms.start_date > today:
        return Phase.UPCOMING
    if terms.end_date is None or terms.end_date - today > SOON:
        return Phase.ACTIVE
    return Phase.EXPIRED if terms.end_date < today else Phase.EXPIRING


def identifier_of(text: str) -> str:
    """A service identifier as it is compared: letters and digits only, in one case."""
    return "".join(char for char in text.casefold() if char.isalnum())


def as_json(terms: Terms) -> dict[str, str | int | None]:
    """Terms as they are stored."""
    return {name: said(value) for name, value in vars(terms).items()}


def said(value: object) -> str | int | None:
    """A term as a JSON value; days as ``YYYY-MM-DD``."""
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, str | int) else None


def terms_of(stored: Mapping[str, object]) -> Terms:
    """Terms as ``as_json`` wrote them."""
    days = {
        name: date.fromisoformat(str(stored[name])) for name in ("start_date", "end_date") if stored.get(name)
    }
    known = {name: stored[name] for name in Terms.__dataclass_fields__ if name in stored}
    return Terms(**{**known, "start_date": None, "end_date": None, **days})  # type: ignore[arg-type]


def changed_terms(before: Terms, after: Terms) -> Sequence[str]:
    """Names of what differs."""
    return [name for name in vars(after) if getattr(before, name) != getattr(after, name)]
