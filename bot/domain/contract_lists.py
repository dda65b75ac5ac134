"""Contracts as lists and cards show them."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from bot.domain.contracts import Phase, Place, Standing, phase


@dataclass(frozen=True)
class Listed:
    """A contract of an organization. ``months`` is its billing period; ``category`` and ``status`` are Autotask's."""

    id: int
    organization_id: int
    organization: str
    standing: Standing
    months: int = 1
    currency: str = "USD"
    is_judged: bool = True
    """False until the first sync after it appeared has looked at it."""

    def phase(self, today: date) -> Phase:
        return phase(self.standing, today)

    @property
    def is_in(self) -> bool:
        return self.standing.place is Place.IN


@dataclass(frozen=True)
class Line:
    """A service or bundle on a contract. ``key`` names it among both; ``fee`` is one unit's, a period."""

    key: str
    contract_id: int
    contract: str
    organization_id: int
    organization: str
    service: str
    invoice_description: str
    identifier: str
    """The internal description, as it was typed in Autotask."""
    start_date: date | None
    end_date: date | None
    months: int
    units: int = 0
    fee: Decimal | None = None
    total: Decimal = Decimal(0)
    """Of all units, a month."""
    currency: str = "USD"


@dataclass(frozen=True)
class Milestone:
    """A payment of a fixed-price contract. ``status`` is Autotask's own word for it; "" where it is unknown."""

    title: str
    amount: Decimal
    due_date: date | None
    status: str


@dataclass(frozen=True)
class Totals:
    """What an organization has: contracts taken in, services on them, and what they are worth a month."""

    contracts: int = 0
    services: int = 0
    monthly: Decimal = Decimal(0)
    currency: str = "USD"


@dataclass(frozen=True)
class Expired:
    """A contract whose last day is over and that is not ended here."""

    id: int
    name: str
    organization: str
    organization_id: int
    end_date: date


@dataclass(frozen=True)
class CustomerRequest:
    """A company with one of the contracts that made us ask."""

    company_id: int
    company: str
    contract_id: int
    contract: str
