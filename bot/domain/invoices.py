"""Invoices: what they are, how they stand, and what a sync of them covers (product IP1 to IP3, IP9 to IP13, CV17)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final

from bot.domain.billing_items import BillingItem, LineSums

NEW: Final = "new"
"""Option of a run: what is new since the last one, and nothing that is due daily."""
UNPAID: Final = "unpaid"
"""Option of a run: every unpaid invoice is held against Autotask's, whatever is due."""
IDENTIFIER: Final = "invoice_identifier"
"""The setting that says how invoices are named."""
PAGE_SIZE: Final = 10
CURRENCY: Final = "currency"
"""The setting that names the currency where Autotask does not."""


class Identifier(StrEnum):
    """How invoices are named (product CV17)."""

    NUMBER = "number"
    AUTOTASK_ID = "id"

    @property
    def label(self) -> str:
        return "Invoice Number" if self is Identifier.NUMBER else "Autotask ID"


class InvoiceStatus(StrEnum):
    """Derived: Autotask keeps a paid date and a voided mark, no status that can be relied on."""

    OPEN = "open"
    OVERDUE = "overdue"
    PAID = "paid"
    VOIDED = "voided"

    @property
    def label(self) -> str:
        return self.value.capitalize()


@dataclass(frozen=True)
class Invoice:
    """One mirrored invoice. ``total`` includes ``tax``; both are None where Autotask does not show money.

    ``due_on`` is Autotask's due date, or the invoice date plus the payment term where it gives none.
    ``organization_id`` is None where no organization is mapped to the company.
    """

    autotask_id: int
    number: str
    company_id: int | None
    company_name: str
    organization_id: int | None
    invoiced_at: datetime | None
    due_on: date | None
    total: Decimal | None
    tax: Decimal | None
    paid_on: date | None = None
    is_voided: bool = False
    voided_at: datetime | None = None
    from_on: date | None = None
    to_on: date | None = None
    payment_term: str = ""
    order_number: str = ""
    comments: str = ""
    synced_at: datetime | None = None
    stamp: str = ""
    """Differs when anything of the invoice does."""
    is_gone: bool = False

    def status(self, today: date) -> InvoiceStatus:
        if self.is_voided:
            return InvoiceStatus.VOIDED
        if self.paid_on is not None:
            return InvoiceStatus.PAID
        late = self.due_on is not None and self.due_on < today
        return InvoiceStatus.OVERDUE if late else InvoiceStatus.OPEN

    def shown(self, identifier: Identifier) -> str:
        """What people call it; a blank number shows as the id, as Autotask does."""
        return called(self.autotask_id, self.number, identifier)


def called(autotask_id: int, number: str, identifier: Identifier) -> str:
    return number if number and identifier is Identifier.NUMBER else str(autotask_id)


@dataclass(frozen=True)
class InvoiceFilter:
    """Which invoices a list shows; ``words`` are looked for in numbers and company names."""

    status: InvoiceStatus | None = None
    organization_id: int | None = None
    words: str = ""


@dataclass(frozen=True)
class Sight:
    """What of the mirror is shown. ``mapped_only``: to people who see some organizations, those alone.

    ``companies`` are those that the workspace's data filters let in (product MP10), None where all are.
    """

    mapped_only: bool = False
    companies: tuple[int, ...] | None = None


EVERYTHING: Final = Sight()


@dataclass(frozen=True)
class StatusSum:
    """How many invoices of a status, and what they come to."""

    count: int
    total: Decimal


Totals = Mapping[InvoiceStatus, StatusSum]


@dataclass(frozen=True)
class InvoicePage:
    """One page of a list, and what the whole of it comes to by status."""

    invoices: tuple[Invoice, ...]
    filter: InvoiceFilter
    number: int
    total: int
    totals: Totals
    identifier: Identifier
    currency: str
    today: date
    as_of: datetime | None
    organization: str = ""
    is_filtered: bool = False
    """Whether data filters leave companies out."""


@dataclass(frozen=True)
class InvoiceCard:
    """One invoice with a page of its lines, and what all of them come to."""

    invoice: Invoice
    lines: tuple[BillingItem, ...]
    number: int
    sums: LineSums
    identifier: Identifier
    currency: str
    today: date
    company_url: str = ""
    """The company's page in Autotask; invoices have none."""


@dataclass(frozen=True)
class Naming:
    """How invoices are called: the newest one that has a number, how many have none, how many there are."""

    example: Invoice | None
    blank: int
    total: int


@dataclass(frozen=True)
class Frequency:
    """One row of what is synced how often (product IP1). ``option`` is that of the run that does it."""

    what: str
    direction: str
    new: str
    updates: str
    supported: bool = True
    group: str = ""
    option: str = ""


FREQUENCIES: Final[tuple[Frequency, ...]] = (
    Frequency("Invoice details", "Autotask → Deskhand", "hourly", "daily", group="invoices"),
    Frequency("Invoice line items", "Autotask → Deskhand", "hourly", "daily", group="invoices"),
    Frequency("Customers", "Autotask → Deskhand", "hourly", "hourly", group="companies"),
    Frequency("Invoice PDFs", "Autotask → Deskhand", "on demand", "on demand"),
    Frequency("Payments (paid date)", "Autotask → Deskhand", "hourly", "daily", group="invoices"),
    Frequency("Payments", "Deskhand → Autotask", "never", "never", supported=False),
    Frequency("Deleting payments", "Deskhand → Autotask", "never", "never", supported=False),
    Frequency("Deposits", "Autotask → Deskhand", "never", "never", supported=False),
    Frequency("Archiving invoices", "Autotask → Deskhand", "never", "never", supported=False),
    Frequency("Archiving customers", "Autotask → Deskhand", "never", "never", supported=False),
)
"""What is synced between Autotask and us; rows that no version or this one does not support stay visible."""
