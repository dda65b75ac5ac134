"""The mirror: rows of Autotask by Autotask's id, written only where they differ."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy import ColumnElement, Table, case, func, select, true, update

from bot.db.repository import Repository, as_json, one_of
from bot.domain.syncs import Change, SyncCounts

OWN = frozenset({"tenant_id", "autotask_id", "hash", "synced_at", "changed_at", "gone_at"})
"""What every mirrored table has beside the columns of its entity."""


@dataclass(frozen=True, slots=True)
class Fresh:
    """A record as it came: its content by the mirror's columns, and the row that is written of it, as JSON.

    ``hash`` is the same for the same content, in every process and release that names the same columns in the same order.
    """

    record_id: int
    content: Mapping[str, object]
    hash: str
    written: str


@dataclass(frozen=True)
class Stored:
    """What a page did to the mirror: counts, and each record that is new or differs."""

    counts: SyncCounts
    changes: tuple[Change, ...]


class Mirror(Repository):
    async def upsert(self, table: Table, rows: Sequence[Mapping[str, object]], at: datetime) -> Stored:
        """``store`` of rows that each have ``autotask_id`` beside their content."""
        return await self.store(table, [fresh(_id(row), _content(row)) for row in rows], at)

    async def store(self, table: Table, rows: Sequence[Fresh], at: datetime) -> Stored:
        """Saves a page; rows whose content is the same only get a new ``synced_at``.

        All have the same columns; no id comes twice. A row that was gone comes back.
        """
        if not rows:
            return Stored(SyncCounts(), ())
        known = await self._hashes(table, [row.record_id for row in rows])
        differing = [row for row in rows if known.get(row.record_id) != row.hash]
        before = await self._before(table, [row.record_id for row in differing if row.record_id in known])
        await self._write(table, differing, at)
        await self.seen(table, sorted(known.keys() - {row.record_id for row in differing}), at)
        changes = tuple(
            Change(row.record_id, before.get(row.record_id), row.content)
            for row in differing
            if not (known.get(row.record_id) and _says_the_same(before[row.record_id], row.content))
        )
        inserted = sum(each.record_id not in known for each in changes)
        return Stored(SyncCounts(inserted, len(changes) - inserted, len(rows) - len(changes)), changes)

    async def _write(self, table: Table, rows: Sequence[Fresh], at: datetime) -> None:
        if rows:
            names = ["autotask_id", "hash", *sorted(rows[0].content)]
            stamps = {"synced_at": at, "changed_at": at, "gone_at": None}
            written = [row.written for row in rows]
            await self._upsert_written(table, written, names, key="autotask_id", alike=stamps)

    async def count(self, table: Table, *, within: ColumnElement[bool] | None = None) -> int:
        """How many rows are not gone."""
        return int(await self._scalar(select(func.count()).where(*self._alive(table, within))))

    async def sizes(self, tables: Iterable[Table]) -> dict[str, int]:
        """How many rows of each are not gone, by the table's name; one that is named twice counts once."""
        return {name: await self.count(table) for name, table in {each.name: each for each in tables}.items()}

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
        chosen = select(table.c.autotask_id, content).where(*self._among(table, ids))
        found = (await self.connection.execute(chosen)).all()
        return dict(map(tuple, found))

    async def _before(self, table: Table, ids: Sequence[int]) -> dict[int, dict[str, object]]:
        if not ids:
            return {}
        rows = await self._all(select(table).where(*self._among(table, ids)))
        return {row["autotask_id"]: _content(dict(row)) for row in rows}

    async def seen(self, table: Table, ids: Sequence[int], at: datetime) -> None:
        """These were there at that moment; their rows, if there are any, stay as they are."""
        if ids:
            await self._run(update(table).where(*self._among(table, ids)).values(synced_at=at))

    def _alive(self, table: Table, within: ColumnElement[bool] | None) -> tuple[ColumnElement[bool], ...]:
        covered = true() if within is None else within
        return (table.c.tenant_id == self.tenant_id, table.c.gone_at.is_(None), covered)

    def _among(self, table: Table, ids: Sequence[int]) -> tuple[ColumnElement[bool], ...]:
        return (table.c.tenant_id == self.tenant_id, one_of(table.c.autotask_id, ids))


def fresh(record_id: int, content: Mapping[str, object]) -> Fresh:
    """What its hash is taken from is what is sent: content is written once."""
    text = as_json(content)
    known_by = sha256(text.encode()).hexdigest()[:16]
    rest = "" if text == "{}" else f",{text[1:-1]}"
    return Fresh(record_id, content, known_by, f'{{"autotask_id":{record_id},"hash":"{known_by}"{rest}}}')


def _says_the_same(before: Mapping[str, object], content: Mapping[str, object]) -> bool:
    """Whether only the hash differs, as where another release has made it."""
    return all(before[name] == value for name, value in content.items())


def _content(row: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in row.items() if name not in OWN}


def _id(row: Mapping[str, object]) -> int:
    found = row["autotask_id"]
    assert isinstance(found, int)
    return found
