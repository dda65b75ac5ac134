"""Companies: every one of them, active or not, by name and what tells two of the same name apart."""

from collections.abc import Mapping

from bot.autotask import entities
from bot.db.companies import columns_of
from bot.db.tables import companies
from bot.domain.organizations import Company
from bot.domain.syncs import Group, SyncType
from bot.syncs.engine import Sync
from bot.syncs.groups import SyncGroup


def to_company(row: entities.Company) -> Company:
    return Company(
        autotask_id=row.id,
        name=row.company_name,
        is_active=row.is_active,
        company_type=row.company_type,
        company_number=row.company_number or "",
        city=row.city or "",
        classification=row.classification,
    )


def _columns(row: entities.Company) -> Mapping[str, object]:
    return columns_of(to_company(row))


SYNC = Sync(
    name="companies",
    kind=SyncType.COMPANY,
    entity=entities.Company,
    fields=("id", "companyName", "companyNumber", "companyType", "classification", "city", "isActive"),
    table=companies,
    columns=_columns,
)
GROUP = SyncGroup(Group.COMPANIES, (SYNC,))
