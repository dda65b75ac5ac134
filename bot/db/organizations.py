"""Organizations, each with the company it maps to."""

from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, Select, and_, case, func, select, update
from sqlalchemy.dialects.postgresql import insert

from bot.db.companies import _like, company_of
from bot.db.repository import Repository
from bot.db.tables import companies, organizations
from bot.domain.organizations import Organization, fold
from bot.errors import AlreadyDone


class Organizations(Repository):
    async def add(self, name: str, by: str, at: datetime) -> Organization:
        """Raises ``AlreadyDone`` when one of that name (case and accents aside) exists."""
        made = insert(organizations).values(
            tenant_id=self.tenant_id, name=name, search_name=fold(name), created_by=by, created_at=at
        )
        added = await self._scalar(made.on_conflict_do_nothing().returning(organizations.c.id))
        if added is None:
            raise AlreadyDone(f"There is an organization called {name} already.")
        return Organization(int(added), name)

    async def get(self, organization_id: int) -> Organization | None:
        row = await self._first(self._chosen().where(organizations.c.id == organization_id))
        return _organization(row) if row else None

    async def page(self, offset: int, limit: int, text: str = "") -> tuple[list[Organization], int]:
        """A page, the unmapped first, then by name; and how many there are in all."""
        chosen = self._matching(text)
        total = await self._scalar(select(func.count()).select_from(chosen.subquery()))
        mapped_last = case((organizations.c.company_id.is_(None), 0), else_=1)
        page = chosen.order_by(mapped_last, organizations.c.search_name).offset(offset).limit(limit)
        return [_organization(row) for row in await self._all(page)], int(total)

    async def search(self, text: str, limit: int = 100) -> list[Organization]:
        """Names that contain the text, those that start with it first."""
        starts = case((organizations.c.search_name.like(f"{_like(fold(text))}%"), 0), else_=1)
        chosen = self._matching(text).order_by(starts, organizations.c.search_name).limit(limit)
        return [_organization(row) for row in await self._all(chosen)]

    async def set_company(self, organization_id: int, company_id: int | None, by: str, at: datetime) -> None:
        await self._run(
            update(organizations)
            .where(organizations.c.tenant_id == self.tenant_id, organizations.c.id == organization_id)
            .values(company_id=company_id, mapped_by=by, mapped_at=at)
        )

    async def unmapped_count(self) -> int:
        chosen = self._matching("").where(organizations.c.company_id.is_(None))
        return int(await self._scalar(select(func.count()).select_from(chosen.subquery())))

    def _matching(self, text: str) -> Select[Any]:
        chosen = self._chosen().where(organizations.c.archived_at.is_(None))
        wanted = fold(text)
        return chosen.where(organizations.c.search_name.like(f"%{_like(wanted)}%")) if wanted else chosen

    def _chosen(self) -> Select[Any]:
        company = [column.label(f"company_{column.name}") for column in companies.c]
        own = [column for column in organizations.c if column.name != "company_id"]
        joined = and_(
            companies.c.tenant_id == organizations.c.tenant_id,
            companies.c.autotask_id == organizations.c.company_id,
        )
        return (
            select(*own, *company)
            .select_from(organizations.outerjoin(companies, joined))
            .where(organizations.c.tenant_id == self.tenant_id)
        )


def _organization(row: RowMapping) -> Organization:
    company = company_of(row, "company_") if row["company_autotask_id"] is not None else None
    return Organization(row["id"], row["name"], company, row["mapped_by"], row["mapped_at"])
