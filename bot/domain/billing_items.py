"""Billing items: what was approved and posted, and is or will be a line of an invoice."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True)
class BillingItem:
    """One posted item. ``invoice_id`` is None until it is invoiced; ``total`` is without tax."""

    autotask_id: int
    name: str
    description: str
    quantity: Decimal | None
    rate: Decimal | None
    total: Decimal | None
    tax: Decimal | None
    item_date: date | None
    posted_date: date | None
    invoice_id: int | None
    non_billable: bool


@dataclass(frozen=True)
class LineSums:
    """What the lines of an invoice come to: how many, their totals without tax, their tax."""

    count: int
    total: Decimal
    tax: Decimal
