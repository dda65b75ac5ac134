"""The mirror: rows of Autotask by Autotask's id, written only where they differ."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy import ColumnElement, Table, case, func, select, true, update

from bot.db.repository import Repository, one_of
from bot.domain.syncs import Change, SyncCounts

OWN = frozenset({"tenant_id", "autotask_id", "hash", "synced_at", "changed_at", "gone_at"})
"""What every mirrored table has beside the columns of its entity."""


@dataclass(frozen=True)
class Stored:
    """What a page did to the mirror: counts, and each record that is new or differs."""

    counts: SyncCounts
    changes: tuple[Change, ...]


class Mirror(Repository):
    async def upsert(self, table: Table, rows: Sequence[Mapping[str, object]], at: datetime) -> Stored:
        """Saves a page; rows whose content is the same only get a new ``synced_at``.

        Every row has ``autotask_id`` and the same columns; no id comes twice. A row that was gone comes back.
        """
        if not rows:
            return Stored(SyncCounts(), ())
        ids = [_id(row) for row in rows]
        known = await self._hashes(table, ids)
        fresh = [{**row, "hash": content_hash(row)} for row in rows]
        differing = [each for each in fresh if known.get(_id(each)) != each["hash"]]
        before = await self._before(table, [_id(each) for each in differing if _id(each) in known])
        stamps = {"synced_at": at, "changed_at": at, "gone_at": None}
        await self._upsert_rows(table, [{**each, **stamps} for each in differing], key="autotask_id")
        same = known.keys() - {_id(each) for each in differing}
        await self._seen(table, sorted(same), at)
        inserted = sum(_id(each) not in known for each in differing)
        changes = tuple(Change(_id(each), before.get(_id(each)), _content(each)) for each in differing)
        return Stored(SyncCounts(inserted, len(differing) - inserted, len(same)), changes)

    async def count(self, table: Table, *, within: ColumnElement[bool] | None = None) -> int:
        """How many rows are not gone."""
        return int(await self._scalar(select(func.count()).where(*self._alive(table, within))))

    async def ids_at(
        self, table: Table, places: Sequence[int], *, within: ColumnElement[bool] | None = None
    ) -> list[int]:
        """The ids at these places (counted from 1) of all rows that are not gone, in ascending order."""
        if not places:
            return []
        place = func.row_number().over(order_by=table.c.autotask_id).label("place")
        ranked = select(table.c.autotask_id, place).where(*self._alive(table, within)).subquery()
        chosen = select(ranked.c.autotask_id).where(ranked.c.place.in_(list(places)))
        return sorted(row["autotask_id"] for row in await self._all(chosen))

    async def missing(
        self, table: Table, seen_before: datetime, *, within: ColumnElement[bool] | None = None
    ) -> tuple[int, int]:
        """How many rows are not gone, and how many of them a pass that began at ``seen_before`` did not see."""
        alive = select(
            func.count().label("alive"), func.count().filter(table.c.synced_at < seen_before).label("unseen")
        )
        [row] = await self._all(alive.where(*self._alive(table, within)))
        return int(row["alive"]), int(row["unseen"])

    async def mark_gone(
        self, table: Table, seen_before: datetime, *, within: ColumnElement[bool] | None = None
    ) -> list[int]:
        """Marks what a full pass that began at ``seen_before`` did not see; the ids. Nothing is deleted.

        ``within`` is what the pass covered, for passes over a part.
        """
        marked = (
            update(table)
            .where(table.c.synced_at < seen_before, *self._alive(table, within))
            .values(gone_at=seen_before, changed_at=seen_before)
            .returning(table.c.autotask_id)
        )
        return sorted(row["autotask_id"] for row in await self._all(marked))

    async def _hashes(self, table: Table, ids: Sequence[int]) -> dict[int, str]:
        """What is known of these records; one that was gone matches nothing, so that it comes back."""
        content = case((table.c.gone_at.is_(None), table.c.hash), else_="").label("hash")
        rows = await self._all(select(table.c.autotask_id, content).where(*self._among(table, ids)))
        return {row["autotask_id"]: row["hash"] for row in rows}

    async def _before(self, table: Table, ids: Sequence[int]) -> dict[int, dict[str, object]]:
        if not ids:
            return {}
        rows = await self._all(select(table).where(*self._among(table, ids)))
        return {row["autotask_id"]: _content(dict(row)) for row in rows}

    async def _seen(self, table: Table, ids: Sequence[int], at: datetime) -> None:
        if ids:
            await self._run(update(table).where(*self._among(table, ids)).values(synced_at=at))

    def _alive(self, table: Table, within: ColumnElement[bool] | None) -> tuple[ColumnElement[bool], ...]:
        covered = true() if within is None else within
        return (table.c.tenant_id == self.tenant_id, table.c.gone_at.is_(None), covered)

    def _among(self, table: Table, ids: Sequence[int]) -> tuple[ColumnElement[bool], ...]:
        return (table.c.tenant_id == self.tenant_id, one_of(table.c.autotask_id, ids))


def content_hash(row: Mapping[str, object]) -> str:
    """The same for the same content, in every process and release that has the same columns."""
    content = [(name, row[name]) for name in sorted(row) if name not in OWN]
    return sha256(repr(content).encode()).hexdigest()[:16]


def _content(row: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in row.items() if name not in OWN}


def _id(row: Mapping[str, object]) -> int:
    found = row["autotask_id"]
    assert isinstance(found, int)
    return found
