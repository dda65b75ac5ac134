"""The local mirror of Autotask's companies."""

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import RowMapping, case, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from bot.db.repository import Repository
from bot.db.tables import companies
from bot.domain.organizations import Company, fold
from bot.domain.syncs import SyncCounts


class Companies(Repository):
    async def upsert(self, rows: Sequence[Company], at: datetime) -> SyncCounts:
        """Saves a page; rows whose content is the same only get a new ``synced_at``."""
        if not rows:
            return SyncCounts()
        known = await self._hashes([row.autotask_id for row in rows])
        values = [self._values(row, at) for row in rows]
        made = insert(companies)
        kept = {name: made.excluded[name] for name in values[0] if name not in {"tenant_id", "autotask_id"}}
        statement = made.on_conflict_do_update(
            index_elements=["tenant_id", "autotask_id"], set_={**kept, "gone_at": None}
        )
        await self._run(statement, values)
        updated = sum(known.get(value["autotask_id"]) not in {None, value["hash"]} for value in values)
        inserted = len(rows) - sum(row.autotask_id in known for row in rows)
        return SyncCounts(inserted, updated, len(rows) - inserted - updated)

    async def search(self, text: str, limit: int = 100) -> list[Company]:
        """Companies whose name contains the text, whatever its case and accents.

        Active before inactive; names that start with it, then words that do, then the rest.
        """
        wanted = _like(fold(text))
        name = companies.c.search_name
        rank = case((name.like(f"{wanted}%"), 0), (name.like(f"% {wanted}%"), 1), else_=2)
        chosen = (
            select(companies)
            .where(companies.c.tenant_id == self.tenant_id, companies.c.gone_at.is_(None))
            .where(or_(name.like(f"%{wanted}%"), companies.c.company_number == text.strip()))
            .order_by(companies.c.is_active.desc(), rank, name, companies.c.autotask_id)
            .limit(limit)
        )
        return [company_of(row) for row in await self._all(chosen)]

    async def get(self, autotask_id: int) -> Company | None:
        row = await self._first(
            select(companies).where(
                companies.c.tenant_id == self.tenant_id,
                companies.c.autotask_id == autotask_id,
                companies.c.gone_at.is_(None),
            )
        )
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
        return await self._run(
            update(companies)
            .where(
                companies.c.tenant_id == self.tenant_id,
                companies.c.synced_at < seen_before,
                companies.c.gone_at.is_(None),
            )
            .values(gone_at=seen_before)
        )

    async def _hashes(self, ids: Sequence[int]) -> dict[int, str]:
        chosen = select(companies.c.autotask_id, companies.c.hash)
        rows = await self._all(
            chosen.where(companies.c.tenant_id == self.tenant_id, companies.c.autotask_id.in_(ids))
        )
        return {row["autotask_id"]: row["hash"] for row in rows}

    def _values(self, row: Company, at: datetime) -> dict[str, Any]:
        content = {
            "name": row.name,
            "is_active": row.is_active,
            "company_type": row.company_type,
            "company_number": row.company_number,
            "city": row.city,
        }
        digest = sha256(repr(sorted(content.items())).encode()).hexdigest()[:16]
        return {
            "tenant_id": self.tenant_id,
            "autotask_id": row.autotask_id,
            **content,
            "search_name": fold(row.name),
            "hash": digest,
            "synced_at": at,
        }


def company_of(row: RowMapping, prefix: str = "") -> Company:
    """A row, or the part of a joined row whose columns carry ``prefix``."""
    names = ("autotask_id", "name", "is_active", "company_type", "company_number", "city")
    return Company(**{name: row[f"{prefix}{name}"] for name in names})


def _like(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
