"""Problems and notices: what channels subscribe to. One problem is one message, however often it shows (product SY19)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from pydantic import JsonValue


class EventKind(StrEnum):
    """What channels subscribe to, for all or some organizations."""

    SYNC = "sync"
    """A sync failed for good, or was paused."""
    SCHEDULE = "schedule"
    """A schedule did not ring."""
    CONNECTION = "connection"
    """Autotask refused the login, or a right is missing."""
    API_BUDGET = "api_budget"
    """Somebody uses up the hourly requests."""
    CONTRACTS = "contracts"
    """Contracts: changes worth money, duplicate identifiers, expired ones."""
    TIME = "time"
    """Time entries without contract, unapproved, after the end."""
    INVOICES = "invoices"
    """Invoices: new and changed ones."""
    TICKETS = "tickets"
    """Tickets that could not be created."""


class Severity(StrEnum):
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True)
class ProblemReport:
    """Something is wrong now. ``fingerprint`` names the problem, not the occurrence: reporting it again counts it.

    ``title`` and ``detail`` are plain text for people (escaped when drawn). ``code`` is of the error catalogue.
    ``retry`` names what *Retry* does: the JSON of a job's payload with its name under ``job``, or empty.
    """

    fingerprint: str
    kind: EventKind
    severity: Severity
    title: str
    detail: str = ""
    code: str = ""
    organization_id: int | None = None
    retry: Mapping[str, JsonValue] = field(default_factory=dict)


@dataclass(frozen=True)
class News:
    """Something people may want to hear of, and nothing is wrong: a contract that ended, an invoice that changed.

    ``text`` is one plain sentence (escaped when drawn). ``amount`` is what it is worth a month or in all, in the
    database's currency, where it is worth something. ``organization_id`` hides it from who does not see that one.
    """

    kind: EventKind
    text: str
    organization_id: int | None = None
    amount: Decimal | None = None
    record_id: int | None = None
