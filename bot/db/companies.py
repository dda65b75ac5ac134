"""The local mirror of Autotask's companies."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, Select, and_, case, func, or_, select

from bot.db.mirror import Mirror
from bot.db.repository import Repository, one_of
from bot.db.tables import companies
from bot.domain.organizations import Company, fold, foldings
from bot.domain.syncs import SyncCounts


class Companies(Repository):
    async def upsert(self, rows: Sequence[Company], at: datetime) -> SyncCounts:
        """Saves a page; rows whose content is the same only get a new ``synced_at``."""
        mirrored = [{"autotask_id": row.autotask_id, **columns_of(row)} for row in rows]
        return (await Mirror(self.connection, self.tenant_id).upsert(companies, mirrored, at)).counts

    async def search(self, text: str, limit: int = 100) -> list[Company]:
        """Companies whose name or city contains the text, or whose number it is, whatever its case and accents.

        Active before inactive; names that start with it, then words that do, then the rest, then by city.
        ``soehne`` finds ``Söhne``, as ``sohne`` does.
        """
        name, wanted = companies.c.search_name, [escaped_like(each) for each in foldings(text)]
        rank = case(
            (companies.c.company_number == text.strip(), 0),
            (or_(*(name.like(f"{each}%") for each in wanted)), 0),
            (or_(*(name.like(f"% {each}%") for each in wanted)), 1),
            (or_(*(name.like(f"%{each}%") for each in wanted)), 2),
            else_=3,
        )
        found = [name.like(f"%{each}%") for each in wanted]
        found += [companies.c.search_city.like(f"{each}%") for each in wanted]
        chosen = (
            self._present()
            .where(or_(*found, companies.c.company_number == text.strip()))
            .order_by(companies.c.is_active.desc(), rank, name, companies.c.autotask_id)
            .limit(limit)
        )
        return [company_of(row) for row in await self._all(chosen)]

    async def all(self) -> list[Company]:
        """Every company that Autotask still has, inactive ones too."""
        return [company_of(row) for row in await self._all(self._present())]

    async def known(self, ids: Sequence[int]) -> dict[int, Company]:
        """Those of the companies that Autotask still has, by id."""
        rows = await self._all(self._present().where(one_of(companies.c.autotask_id, ids)))
        return {row["autotask_id"]: company_of(row) for row in rows}

    async def names(self, ids: Sequence[int]) -> dict[int, str]:
        """Names by id, also of companies that are gone."""
        chosen = select(companies.c.autotask_id, companies.c.name).where(self._among(ids))
        return {row["autotask_id"]: row["name"] for row in await self._all(chosen)}

    async def stamp(self) -> str:
        """Changes whenever what ``all`` gives does."""
        chosen = select(func.count(), func.max(companies.c.changed_at)).where(
            companies.c.tenant_id == self.tenant_id
        )
        row = await self._first(chosen)
        return str(tuple(row.values())) if row else ""

    async def get(self, autotask_id: int) -> Company | None:
        row = await self._first(self._present().where(companies.c.autotask_id == autotask_id))
        return company_of(row) if row else None

    async def count(self) -> int:
        """Companies that Autotask still has."""
        chosen = select(func.count()).select_from(companies)
        return int(
            await self._scalar(
                chosen.where(companies.c.tenant_id == self.tenant_id, companies.c.gone_at.is_(None))
            )
        )

    async def mark_gone(self, seen_before: datetime) -> int:
        """Marks what a full pass that began at ``seen_before`` did not see; how many."""
        return len(await Mirror(self.connection, self.tenant_id).mark_gone(companies, seen_before))

    def _present(self) -> Select[Any]:
        return select(companies).where(companies.c.tenant_id == self.tenant_id, companies.c.gone_at.is_(None))

    def _among(self, ids: Sequence[int]) -> ColumnElement[bool]:
        return and_(companies.c.tenant_id == self.tenant_id, one_of(companies.c.autotask_id, ids))


def columns_of(row: Company) -> dict[str, object]:
    """A company as its row in the mirror, without its id."""
    return {
        "name": row.name,
        "is_active": row.is_active,
        "company_type": row.company_type,
        "classification": row.classification,
        "company_number": row.company_number,
        "city": row.city,
        "search_name": fold(row.name),
        "search_city": fold(row.city),
    }


def company_of(row: RowMapping, prefix: str = "") -> Company:
    """A row, or the part of a joined row whose columns carry ``prefix``."""
    return Company(
        row[f"{prefix}autotask_id"],
        row[f"{prefix}name"],
        row[f"{prefix}is_active"],
        row[f"{prefix}company_type"],
        row[f"{prefix}company_number"],
        row[f"{prefix}city"],
        is_gone=row[f"{prefix}gone_at"] is not None,
        classification=row[f"{prefix}classification"],
    )


def escaped_like(text: str) -> str:
    """Text to be taken literally inside a LIKE pattern."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
