"""Companies: every one of them, active or not, by name and what tells two of the same name apart."""

from collections.abc import Sequence
from datetime import datetime

from bot.autotask import entities
from bot.autotask.query import everything
from bot.db.session import UnitOfWork
from bot.domain.organizations import Company
from bot.domain.syncs import SyncCounts
from bot.syncs.engine import Sync


def to_company(row: entities.Company) -> Company:
    return Company(
        autotask_id=row.id,
        name=row.company_name,
        is_active=row.is_active,
        company_type=row.company_type,
        company_number=row.company_number or "",
        city=row.city or "",
    )


async def _store(uow: UnitOfWork, rows: Sequence[entities.Company], at: datetime) -> SyncCounts:
    return await uow.companies.upsert([to_company(row) for row in rows], at)


async def _sweep(uow: UnitOfWork, seen_before: datetime) -> int:
    return await uow.companies.mark_gone(seen_before)


SYNC = Sync(
    name="companies",
    entity=entities.Company,
    condition=everything(),
    fields=("id", "companyName", "companyNumber", "companyType", "city", "isActive"),
    store=_store,
    sweep=_sweep,
)
