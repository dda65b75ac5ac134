"""Opportunities: what a sale in the making is worth, and when it should close (product OP9)."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from bot.domain.connections import PicklistOption

PAGE_SIZE: Final = 10
ACTIVE: Final = 1
LOST: Final = 2
CLOSED: Final = 3
"""Autotask's own statuses; their values are the same in every database. Closed ones were won."""


@dataclass(frozen=True)
class Opportunity:
    """One mirrored opportunity; the labels are Autotask's, "" where it does not tell them."""

    autotask_id: int
    title: str
    company_id: int | None
    company_name: str
    organization_id: int | None
    stage: str
    status: str
    status_value: int | None
    amount: Decimal | None
    probability: int | None
    close_on: date | None
    owner: str
    synced_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        return self.status_value == ACTIVE

    def is_late(self, today: date) -> bool:
        """It should have closed by now."""
        return self.is_open and self.close_on is not None and self.close_on < today


@dataclass(frozen=True)
class OpportunityFilter:
    """Which opportunities a list shows. None: any; ``closing_within`` is in days from today, late ones included."""

    status: int | None = ACTIVE
    stage: int | None = None
    owner_id: int | None = None
    closing_within: int | None = None
    organization_id: int | None = None
    words: str = ""


@dataclass(frozen=True)
class OpportunitySum:
    """What a list comes to; ``weighted`` counts each with its probability."""

    count: int
    amount: Decimal
    weighted: Decimal


@dataclass(frozen=True)
class OpportunityPage:
    """One page of a list, and what all of it comes to."""

    opportunities: tuple[Opportunity, ...]
    filter: OpportunityFilter
    number: int
    sums: OpportunitySum
    currency: str
    today: date
    as_of: datetime | None
    organization: str = ""
    stage: str = ""
    status: str = ""


@dataclass(frozen=True)
class Choices:
    """What the filter offers."""

    stages: tuple[PicklistOption, ...]
    statuses: tuple[PicklistOption, ...]
    owners: tuple[tuple[int, str], ...]
