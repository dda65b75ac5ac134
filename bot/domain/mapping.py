"""Mapping organizations to companies: suggestions, what may be accepted unseen, and what can be undone."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from bot.domain.contract_lists import Totals
from bot.domain.matching import Companies, Likeness
from bot.domain.organizations import Organization, fold

SURE: Final = 95
"""Per cent from which a suggestion may be accepted together with others, unseen."""
NEAR: Final = 3
"""Points within which the second best is as good as the best."""
UNDO: Final = timedelta(minutes=10)


@dataclass(frozen=True)
class Advice:
    """What we think an organization is in Autotask. ``doubts`` say why a person has to look."""

    organization: Organization
    found: tuple[Likeness, ...] = ()
    doubts: tuple[str, ...] = ()

    @property
    def best(self) -> Likeness | None:
        return self.found[0] if self.found else None

    @property
    def is_sure(self) -> bool:
        """May be accepted without being looked at one by one."""
        return self.best is not None and self.best.score >= SURE and not self.doubts

    @property
    def needs_an_eye(self) -> bool:
        """So alike that a person should decide, and not so clear that we may."""
        return self.best is not None and self.best.score >= SURE and bool(self.doubts)


def advise(
    organizations: Iterable[Organization], companies: Companies, taken: Mapping[int, str]
) -> list[Advice]:
    """Advice for each organization, in the order given.

    ``taken`` names, by company, an organization that has it already ("" when the person may not see it).
    Never sure: inactive or gone companies, companies taken or wanted by two, and near-ties.
    """
    advice = [_advice(each, companies, taken) for each in organizations]
    wanted = Counter(
        each.best.company.autotask_id for each in advice if each.best and each.best.score >= SURE
    )
    return [_contested(each, wanted) for each in advice]


def _advice(organization: Organization, companies: Companies, taken: Mapping[int, str]) -> Advice:
    found = tuple(companies.like(organization.name))
    return Advice(organization, found, tuple(_doubts(found, taken)))


def _doubts(found: Sequence[Likeness], taken: Mapping[int, str]) -> Iterable[str]:
    if not found:
        return
    best, *others = found
    if best.company.trouble:
        yield f"{best.company.name} is {best.company.trouble} in Autotask"
    if best.company.autotask_id in taken:
        holder = taken[best.company.autotask_id] or "another organization"
        yield f"{best.company.name} is mapped to {holder} already"
    rivals = [each for each in others if _rivals(best, each)]
    if rivals:
        yield f"{rivals[0].company.name}{_facts(rivals[0])} fits as well as {best.company.name}{_facts(best)}"


def _rivals(best: Likeness, other: Likeness) -> bool:
    return best.score - other.score <= NEAR or fold(best.company.name) == fold(other.company.name)


def _facts(found: Likeness) -> str:
    """What tells two of the same name apart."""
    company = found.company
    parts = [part for part in (company.city, company.company_number, company.trouble) if part]
    return f" ({', '.join(parts)})" if parts else ""


def _contested(advice: Advice, wanted: Mapping[int, int]) -> Advice:
    if advice.best is None or wanted.get(advice.best.company.autotask_id, 0) < 2:
        return advice
    doubt = f"another organization fits {advice.best.company.name}, too"
    return replace(advice, doubts=(*advice.doubts, doubt))


class Act(StrEnum):
    """What was done to organizations; the audit trail's words."""

    MAP = "map organization"
    UNMAP = "unmap organization"
    CREATE = "create organization"
    RENAME = "rename organization"
    ARCHIVE = "archive organization"
    RESTORE = "un-archive organization"
    ACCEPT = "accept suggestions"
    IMPORT = "import organizations"
    UNDO = "undo mapping"


@dataclass(frozen=True)
class Standing:
    """What a person can change of an organization, and so take back."""

    name: str
    company_id: int | None = None
    archived: bool = False


@dataclass(frozen=True)
class Change:
    """One organization before (None: it did not exist) and after."""

    organization_id: int
    before: Standing | None
    after: Standing

    @property
    def gains_company(self) -> bool:
        had = self.before.company_id if self.before else None
        return self.after.company_id is not None and self.after.company_id != had

    @property
    def act(self) -> Act:
        """What this one change is, whatever it was part of."""
        was = self.before or Standing(self.after.name)
        if was.company_id != self.after.company_id:
            return Act.UNMAP if self.after.company_id is None else Act.MAP
        if self.before is None:
            return Act.CREATE
        if was.archived != self.after.archived:
            return Act.ARCHIVE if self.after.archived else Act.RESTORE
        return Act.RENAME


@dataclass(frozen=True)
class Batch:
    """Changes made by one press, taken back by one press."""

    id: int
    kind: Act
    by: str
    at: datetime
    changes: tuple[Change, ...] = ()
    undone_by: str = ""
    undone_at: datetime | None = None

    def can_be_undone(self, now: datetime) -> bool:
        return self.undone_at is None and now - self.at <= UNDO


@dataclass(frozen=True)
class Saved:
    """The organization as it is now, and the id of the batch by which the change can be undone."""

    organization: Organization
    batch_id: int
    contracts: Totals | None = None
    """What the mirror has of its contracts, where it got a company and contracts are switched on (product MP5)."""
