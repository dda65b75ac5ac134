"""Organizations, each with the company it maps to."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    RowMapping,
    Select,
    and_,
    case,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert as upsert

from bot.db.companies import company_of, escaped_like
from bot.db.repository import Repository, one_of
from bot.db.tables import companies, organizations, reviews, tickets
from bot.domain.mapping import Change, Standing
from bot.domain.organizations import Organization, Show, Uses, fold, foldings
from bot.errors import AlreadyDone


class Organizations(Repository):
    async def add(self, name: str, by: str, at: datetime) -> Organization:
        """Raises ``AlreadyDone`` when one of that name (case and accents aside) exists."""
        made = upsert(organizations).values(
            tenant_id=self.tenant_id, name=name, search_name=fold(name), created_by=by, created_at=at
        )
        added = await self._scalar(made.on_conflict_do_nothing().returning(organizations.c.id))
        if added is None:
            raise AlreadyDone(f"There is an organization called {name} already.")
        return Organization(int(added), name)

    async def add_all(self, names: Sequence[str], by: str, at: datetime) -> dict[str, int]:
        """Ids by name. Names in use are left out, and so is the second of two that differ by case or accents."""
        rows = [
            {
                "tenant_id": self.tenant_id,
                "name": name,
                "search_name": fold(name),
                "created_by": by,
                "created_at": at,
            }
            for name in names
        ]
        if not rows:
            return {}
        made = (
            upsert(organizations).on_conflict_do_nothing().returning(organizations.c.id, organizations.c.name)
        )
        added = await self.connection.execute(made, rows)
        return {row.name: int(row.id) for row in added}

    async def get(self, organization_id: int) -> Organization | None:
        """The organization, archived or not."""
        row = await self._first(self._chosen().where(organizations.c.id == organization_id))
        return organization_of(row) if row else None

    async def locked(self, ids: Collection[int]) -> dict[int, Standing]:
        """How they stand now, and until this unit of work ends: nobody else changes them meanwhile."""
        chosen = (
            select(organizations)
            .where(organizations.c.tenant_id == self.tenant_id, one_of(organizations.c.id, sorted(ids)))
            .order_by(organizations.c.id)
            .with_for_update()
        )
        return {row["id"]: _standing(row) for row in await self._all(chosen)}

    async def page(
        self, offset: int, limit: int, text: str = "", show: Show = Show.ALL
    ) -> tuple[list[Organization], int]:
        """A page, first the unmapped, then those in trouble, then by name; and how many there are in all."""
        chosen = self._matching(text, show)
        total = await self._scalar(select(func.count()).select_from(chosen.subquery()))
        urgency = case((organizations.c.company_id.is_(None), 0), (_in_trouble(), 1), else_=2)
        page = chosen.order_by(urgency, organizations.c.search_name, organizations.c.id)
        return [organization_of(row) for row in await self._all(page.offset(offset).limit(limit))], int(total)

    async def unmapped(self) -> list[Organization]:
        chosen = self._matching("", Show.UNMAPPED).order_by(organizations.c.search_name)
        return [organization_of(row) for row in await self._all(chosen)]

    async def search(self, text: str, limit: int = 100) -> list[Organization]:
        """Names that contain the text, those that start with it first."""
        begins = [organizations.c.search_name.like(f"{escaped_like(each)}%") for each in foldings(text)]
        chosen = self._matching(text).order_by(case((or_(*begins), 0), else_=1), organizations.c.search_name)
        return [organization_of(row) for row in await self._all(chosen.limit(limit))]

    async def named(self, names: Collection[str]) -> dict[str, Organization]:
        """By folded name: those of the names that are taken, as far as they may be seen."""
        wanted = {fold(name) for name in names}
        chosen = self._matching("").where(organizations.c.search_name.in_(wanted))
        return {fold(row["name"]): organization_of(row) for row in await self._all(chosen)}

    async def holders(self, company_ids: Collection[int] | None = None) -> dict[int, str]:
        """Which organization has a company, by company: of those given, or of all that are mapped."""
        chosen = (
            select(organizations.c.company_id, organizations.c.name)
            .where(organizations.c.tenant_id == self.tenant_id, organizations.c.archived_at.is_(None))
            .where(organizations.c.company_id.is_not(None))
            .order_by(organizations.c.search_name.desc())
        )
        if company_ids is not None:
            chosen = chosen.where(one_of(organizations.c.company_id, sorted(company_ids)))
        return {row["company_id"]: row["name"] for row in await self._all(chosen)}

    async def sharing(self, company_id: int, but: int | None = None) -> list[str]:
        """Names of the organizations that have the company, besides the one given."""
        chosen = select(organizations.c.name).where(
            organizations.c.tenant_id == self.tenant_id,
            organizations.c.archived_at.is_(None),
            organizations.c.company_id == company_id,
            organizations.c.id != (but or 0),
        )
        return [row["name"] for row in await self._all(chosen.order_by(organizations.c.search_name))]

    async def set_company(self, organization_id: int, company_id: int | None, by: str, at: datetime) -> None:
        await self._run(
            update(organizations)
            .where(organizations.c.tenant_id == self.tenant_id, organizations.c.id == organization_id)
            .values(company_id=company_id, mapped_by=by, mapped_at=at)
        )

    async def carry_out(self, changes: Sequence[Change], by: str, at: datetime) -> None:
        """Makes the organizations stand as the changes say. Raises ``AlreadyDone`` for a name in use."""
        for change in changes:
            await self._become(change, by, at)

    async def uses(self, organization_id: int) -> Uses:
        """How many reviews and tickets hang on it."""
        mine = [
            (reviews.c.tenant_id == self.tenant_id) & (reviews.c.organization_id == organization_id),
            (tickets.c.tenant_id == self.tenant_id) & (tickets.c.organization_id == organization_id),
        ]
        all_reviews = await self._scalar(select(func.count()).select_from(reviews).where(mine[0]))
        open_reviews = await self._scalar(
            select(func.count()).select_from(reviews).where(mine[0], reviews.c.completed_at.is_(None))
        )
        raised = await self._scalar(select(func.count()).select_from(tickets).where(mine[1]))
        return Uses(int(all_reviews), int(open_reviews), int(raised))

    async def used(self, ids: Collection[int]) -> set[int]:
        """Those of the organizations that a review or ticket belongs to."""
        found: set[int] = set()
        for table in (reviews, tickets):
            belongs = (table.c.tenant_id == self.tenant_id) & one_of(table.c.organization_id, sorted(ids))
            rows = await self._all(select(table.c.organization_id).where(belongs).distinct())
            found |= {row["organization_id"] for row in rows}
        return found

    async def unmapped_count(self) -> int:
        return await self._count(Show.UNMAPPED)

    async def trouble_count(self) -> int:
        """Organizations whose company is inactive or gone."""
        return await self._count(Show.TROUBLE)

    async def _count(self, show: Show) -> int:
        chosen = self._matching("", show)
        return int(await self._scalar(select(func.count()).select_from(chosen.subquery())))

    async def _become(self, change: Change, by: str, at: datetime) -> None:
        """Who mapped it stays known when only its name changes."""
        now, was = change.after, change.before or Standing(change.after.name)
        values: dict[str, Any] = {"name": now.name, "search_name": fold(now.name)}
        values["archived_at"] = at if now.archived else None
        if now.company_id != was.company_id:
            values |= {"company_id": now.company_id, "mapped_by": by, "mapped_at": at}
        if not now.archived and (now.name, now.archived) != (was.name, was.archived):
            await self._refuse_taken(change)
        await self._run(
            update(organizations)
            .where(organizations.c.tenant_id == self.tenant_id, organizations.c.id == change.organization_id)
            .values(**values)
        )

    async def _refuse_taken(self, change: Change) -> None:
        taken = select(organizations.c.name).where(
            organizations.c.tenant_id == self.tenant_id,
            organizations.c.archived_at.is_(None),
            organizations.c.search_name == fold(change.after.name),
            organizations.c.id != change.organization_id,
        )
        if await self._scalar(taken):
            raise AlreadyDone(f"There is an organization called {change.after.name} already.")

    def _matching(self, text: str, show: Show = Show.ALL) -> Select[Any]:
        is_archived = organizations.c.archived_at.is_not(None)
        chosen = self._chosen().where(is_archived if show is Show.ARCHIVED else ~is_archived)
        if show is Show.UNMAPPED:
            chosen = chosen.where(organizations.c.company_id.is_(None))
        if show is Show.TROUBLE:
            chosen = chosen.where(_in_trouble())
        if not fold(text):
            return chosen
        wanted = [escaped_like(each) for each in foldings(text)]
        names = (organizations.c.search_name, companies.c.search_name)
        return chosen.where(or_(*(name.like(f"%{each}%") for name in names for each in wanted)))

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


def _in_trouble() -> ColumnElement[bool]:
    return or_(companies.c.is_active.is_(False), companies.c.gone_at.is_not(None))


def organization_of(row: RowMapping) -> Organization:
    company = company_of(row, "company_") if row["company_autotask_id"] is not None else None
    return Organization(
        row["id"], row["name"], company, row["mapped_by"], row["mapped_at"], row["archived_at"]
    )


def _standing(row: RowMapping) -> Standing:
    return Standing(row["name"], row["company_id"], row["archived_at"] is not None)
