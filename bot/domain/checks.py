"""Verify: which Autotask rights Deskhand needs, what each is for, where to tick it, and what changed overnight."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from bot.domain.connections import ZoneFacts

ADMIN = "Admin ▸ Organization Settings & Users"
SECURITY_LEVELS = f"{ADMIN} ▸ Resources/Users (HR) ▸ Security Levels ▸ the API user's level"
RIGHTS = ("query", "create", "update")


@dataclass(frozen=True)
class Need:
    """One right that a feature needs: ``right`` is query, create or update."""

    feature: str
    entity: str
    right: str
    section: str
    """The section of the security level's page."""
    tick: str
    """What to tick there, in Autotask's words."""

    @property
    def id(self) -> str:
        return f"{self.entity}:{self.right}"

    @property
    def path(self) -> str:
        return f"{SECURITY_LEVELS} ▸ {self.section} ▸ tick “{self.tick}”"


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


class Answer(StrEnum):
    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"
    """Autotask's API does not tell, or did not this time: a person has to look."""


@dataclass(frozen=True)
class Finding:
    """A known silent failure (product CV25), and what could be learned of it; ``place`` is where to look."""

    about: str
    answer: Answer
    says: str
    place: str = ""


@dataclass(frozen=True)
class Verified:
    """One pass over everything. ``level`` is the security level's name, "" where Autotask does not show it."""

    zone: ZoneFacts
    checks: tuple[Check, ...]
    findings: tuple[Finding, ...]
    took: timedelta
    level: str = ""

    @property
    def missing(self) -> tuple[str, ...]:
        """The ids of the needs that are not met, and of findings that say no."""
        needs = (check.need.id for check in self.checks if not check.ok)
        refused = (found.about for found in self.findings if found.answer is Answer.NO)
        return tuple(dict.fromkeys((*needs, *refused)))


@dataclass(frozen=True)
class Night:
    """A nightly verification: what is missing, what the Admins were told of and still is, and tonight's news."""

    slot: str
    missing: tuple[str, ...] = ()
    told: tuple[str, ...] = ()
    worse: tuple[str, ...] = ()
    recovered: tuple[str, ...] = ()

    @property
    def is_news(self) -> bool:
        return bool(self.worse or self.recovered)


def next_night(before: Night | None, slot: str, missing: Sequence[str]) -> Night:
    """Tonight's news against the last night. The first night is what later ones are held against: no news."""
    if before is None:
        return Night(slot, tuple(missing))
    worse = tuple(each for each in missing if each not in before.missing)
    told = tuple(each for each in missing if each in (*before.told, *worse))
    recovered = tuple(each for each in before.told if each not in missing)
    return Night(slot, tuple(missing), told, worse, recovered)


NEEDS: tuple[Need, ...] = (
    Need("Organizations", "Companies", "query", "CRM", "Companies: View All"),
    Need("Organizations", "Contacts", "query", "CRM", "Contacts: View All"),
    Need("Tickets", "Tickets", "query", "Service Desk", "Tickets: View All"),
    Need("Tickets", "Tickets", "create", "Service Desk", "Tickets: Add"),
    Need("Tickets", "Tickets", "update", "Service Desk", "Tickets: Edit All"),
    Need("Tickets", "TicketNotes", "query", "Service Desk", "Ticket Notes: View"),
    Need("Tickets", "TicketNotes", "create", "Service Desk", "Ticket Notes: Add"),
    Need("People", "Resources", "query", "Admin", "Resources/Users: View"),
    Need("Opportunities", "Opportunities", "query", "CRM", "Opportunities: View All"),
    Need("Contracts", "Contracts", "query", "Contracts", "Contracts: View"),
    Need("Contracts", "ContractServices", "query", "Contracts", "Recurring Service: View"),
    Need("Contracts", "Services", "query", "Contracts", "Services: View"),
    Need("Billing", "Contracts", "update", "Contracts", "Contracts: Edit"),
    Need("Billing", "ContractServiceUnits", "query", "Contracts", "Recurring Service: View"),
    Need("Billing", "ContractServiceAdjustments", "create", "Contracts", "Recurring Service: Edit"),
    Need("Invoices", "Invoices", "query", "Contracts & Billing", "Invoices: View"),
    Need("Invoices", "BillingItems", "query", "Contracts & Billing", "Billing Items: View"),
    Need("Time", "TimeEntries", "query", "Timesheets", "Time Entries: View All"),
    Need("Projects", "Projects", "query", "Projects", "Projects: View All"),
    Need("Projects", "Tasks", "query", "Projects", "Tasks: View All"),
)
"""The smallest security level with which everything works (product CV12)."""


def judge(access: Mapping[str, EntityAccess], needs: Iterable[Need] = NEEDS) -> tuple[Check, ...]:
    """Holds what Autotask reports against what Deskhand needs; an unlisted entity counts as refused."""
    nothing = EntityAccess(can_query=False, can_create=False, can_update=False)
    return tuple(Check(need, access.get(need.entity, nothing).allows(need.right)) for need in needs)


def ticks() -> dict[str, list[str]]:
    """What a minimal security level allows, by section of its page."""
    found: dict[str, list[str]] = {}
    for need in NEEDS:
        section = found.setdefault(need.section, [])
        if need.tick not in section:
            section.append(need.tick)
    return found


def named(need_id: str) -> str:
    """What people call a missing right: Autotask's words for it."""
    return next((f"{need.feature}: {need.tick}" for need in NEEDS if need.id == need_id), need_id)


def path_of(need_id: str) -> str:
    """Where to tick it; "" for what is no entity's right."""
    return next((need.path for need in NEEDS if need.id == need_id), "")
