"""The local mirror of Autotask's companies."""

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, Select, and_, case, func, or_, select, update

from bot.db.repository import Repository, one_of
from bot.db.tables import companies
from bot.domain.organizations import Company, fold, foldings
from bot.domain.syncs import SyncCounts


class Companies(Repository):
    async def upsert(self, rows: Sequence[Company], at: datetime) -> SyncCounts:
        """Saves a page; rows whose content is the same only get a new ``synced_at``."""
        if not rows:
            return SyncCounts()
        known = await self._hashes([row.autotask_id for row in rows])
        values = [_values(row, at) for row in rows]
        changed = [each for each in values if known.get(each["autotask_id"]) != each["hash"]]
        same = known.keys() - {each["autotask_id"] for each in changed}
        await self._upsert_rows(companies, changed, key="autotask_id")
        await self._seen(sorted(same), at)
        updated = len(known) - len(same)
        return SyncCounts(len(changed) - updated, updated, len(same))

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
        return await self._run(
            update(companies)
            .where(
                companies.c.tenant_id == self.tenant_id,
                companies.c.synced_at < seen_before,
                companies.c.gone_at.is_(None),
            )
            .values(gone_at=seen_before, changed_at=func.now())
        )

    def _present(self) -> Select[Any]:
        return select(companies).where(companies.c.tenant_id == self.tenant_id, companies.c.gone_at.is_(None))

    async def _hashes(self, ids: Sequence[int]) -> dict[int, str]:
        """What is known of these companies; one that was gone matches nothing, so that it comes back."""
        content = case((companies.c.gone_at.is_(None), companies.c.hash), else_="")
        rows = await self._all(select(companies.c.autotask_id, content.label("hash")).where(self._among(ids)))
        return {row["autotask_id"]: row["hash"] for row in rows}

    async def _seen(self, ids: Sequence[int], at: datetime) -> None:
        if ids:
            await self._run(update(companies).where(self._among(ids)).values(synced_at=at))

    def _among(self, ids: Sequence[int]) -> ColumnElement[bool]:
        return and_(companies.c.tenant_id == self.tenant_id, one_of(companies.c.autotask_id, ids))


def _values(row: Company, at: datetime) -> dict[str, Any]:
    content = {
        "name": row.name,
        "is_active": row.is_active,
        "company_type": row.company_type,
        "company_number": row.company_number,
        "city": row.city,
    }
    digest = sha256(repr(sorted(content.items())).encode()).hexdigest()[:16]
    return {
        "autotask_id": row.autotask_id,
        **content,
        "search_name": fold(row.name),
        "search_city": fold(row.city),
        "hash": digest,
        "synced_at": at,
        "changed_at": at,
        "gone_at": None,
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
    )


def escaped_like(text: str) -> str:
    """Text to be taken literally inside a LIKE pattern."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
