"""Organizations made because a contract needs one, mapped at once, and undone like every other mapping."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.db.changes import carry_out
from bot.db.session import UnitOfWork
from bot.domain.context import Ctx, Person, Role, Tenant
from bot.domain.mapping import Act, Change, Standing
from bot.domain.organizations import Company, Organization, fold
from bot.domain.sync_logs import LogEntry, LogStatus, Operation
from bot.domain.syncs import SyncType

OWN_COMPANY = 0
"""Autotask's id of the MSP itself: never a customer."""


@dataclass(frozen=True)
class Customer:
    """An organization that was made, and the contract it was made for."""

    organization_id: int
    name: str
    company_id: int
    contract: str


async def create_customers(
    uow: UnitOfWork, wanted: Mapping[int, str], at: datetime, *, by: str = ""
) -> list[Customer]:
    """One organization per active company of the mirror, by the name of a contract; those mapped already are left.

    One of the same name that is not mapped gets the company; where the name is taken, the number tells them apart.
    """
    ids = sorted(wanted.keys() - {OWN_COMPANY})
    held = await uow.organizations.holders(ids)
    found = await uow.companies.known([each for each in ids if each not in held])
    companies = [each for each in found.values() if each.is_active]
    taken = await uow.organizations.named([each.name for each in companies])
    changes = [_mapped(taken[fold(each.name)], each) for each in companies if _is_free(taken, each)]
    settled = {each.after.company_id for each in changes}
    new = _names([each for each in companies if each.autotask_id not in settled], taken)
    made = await uow.organizations.add_all(list(new), by, at)
    changes += [Change(made[name], None, Standing(name, new[name])) for name in new if name in made]
    if changes:
        author = Ctx(Tenant(uow.tenant_id, "", ""), Person(by, "Deskhand", Role.NONE))
        await carry_out(uow, author, changes, kind=Act.CREATE, at=at)
    return [
        Customer(each.organization_id, each.after.name, company, wanted[company])
        for each in changes
        if (company := each.after.company_id) is not None
    ]


def customer_lines(made: Sequence[Customer]) -> list[LogEntry]:
    """The log says why each of them is there (product MP11)."""
    return [
        LogEntry(
            SyncType.COMPANY,
            Operation.CREATE,
            LogStatus.SUCCESS,
            f"Created company {each.name} because of contract {each.contract}",
            details={"contract": each.contract, "company_id": each.company_id},
            record_id=each.company_id,
            organization_id=each.organization_id,
        )
        for each in made
    ]


def _is_free(taken: Mapping[str, Organization], company: Company) -> bool:
    same = taken.get(fold(company.name))
    return same is not None and same.company is None


def _mapped(organization: Organization, company: Company) -> Change:
    before = Standing(organization.name)
    return Change(organization.id, before, Standing(organization.name, company.autotask_id))


def _names(companies: Sequence[Company], taken: Mapping[str, Organization]) -> dict[str, int]:
    used, names = set(taken), dict[str, int]()
    for company in companies:
        name = company.name
        if fold(name) in used:
            name = f"{company.name} ({company.company_number or company.autotask_id})"
        used.add(fold(name))
        names[name] = company.autotask_id
    return names
