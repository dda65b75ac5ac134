"""Verify: which Autotask rights Deskhand needs, what each is for, and where to tick it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

SECURITY_LEVELS = (
    "Admin ▸ Organization Settings & Users ▸ Resources/Users (HR) ▸ Security Levels ▸ the API user's level"
)


@dataclass(frozen=True)
class Need:
    """One right that a feature needs: ``right`` is query, create or update."""

    feature: str
    entity: str
    right: str
    tick: str
    """The exact place in Autotask, below the security level."""

    @property
    def path(self) -> str:
        return f"{SECURITY_LEVELS} ▸ {self.tick}"


@dataclass(frozen=True)
class EntityAccess:
    can_query: bool
    can_create: bool
    can_update: bool

    def allows(self, right: str) -> bool:
        return {"query": self.can_query, "create": self.can_create, "update": self.can_update}[right]


@dataclass(frozen=True)
class Check:
    need: Need
    ok: bool


NEEDS: tuple[Need, ...] = (
    Need("Organizations", "Companies", "query", "CRM ▸ Company access: View All"),
    Need("Organizations", "Contacts", "query", "CRM ▸ Contact access: View All"),
    Need("Tickets", "Tickets", "query", "Service Desk ▸ Tickets: View All"),
    Need("Tickets", "Tickets", "create", "Service Desk ▸ Tickets: Add"),
    Need("Tickets", "Tickets", "update", "Service Desk ▸ Tickets: Edit All"),
    Need("Tickets", "TicketNotes", "create", "Service Desk ▸ Ticket notes: Add"),
    Need("People", "Resources", "query", "Admin ▸ Resources/Users: View"),
    Need("Opportunities", "Opportunities", "query", "CRM ▸ Opportunity access: View All"),
    Need("Contracts", "Contracts", "query", "Contracts ▸ Contracts: View"),
    Need("Billing", "ContractServiceUnits", "query", "Contracts ▸ Recurring Service: View"),
    Need("Billing", "ContractServiceAdjustments", "create", "Contracts ▸ Recurring Service: Edit"),
    Need("Invoices", "Invoices", "query", "Contracts & Billing ▸ Invoices: View"),
    Need("Time", "TimeEntries", "query", "Timesheets ▸ Can view all time entries"),
    Need("Projects", "Projects", "query", "Projects ▸ Projects: View All"),
)


def judge(access: Mapping[str, EntityAccess], needs: Iterable[Need] = NEEDS) -> tuple[Check, ...]:
    """Holds what Autotask reports against what Deskhand needs; an unlisted entity counts as refused."""
    nothing = EntityAccess(can_query=False, can_create=False, can_update=False)
    return tuple(Check(need, access.get(need.entity, nothing).allows(need.right)) for need in needs)
