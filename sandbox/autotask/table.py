"""Rows of one entity, with indexes that appear on first use.

Rows are immutable by convention: a change replaces the row. That makes a snapshot a shallow copy.
"""

import heapq
from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal

from sandbox.autotask.schema import Entity
from sandbox.autotask.values import Renderer, Row, Value

_TEXT_CACHE = 60_000
_INDEX_FROM = 200
"""Below so many rows a scan is faster than keeping an index."""


def comparable(value: Value) -> Value:
    """The form in which values are compared: the database's collation ignores letter case."""
    return value.casefold() if isinstance(value, str) else value


class Table:
    """All rows of an entity, ordered by id. Not thread-safe: everything runs on one event loop."""

    def __init__(self, entity: Entity) -> None:
        self.entity = entity
        self.rows: dict[int, Row] = {}
        self.ids: list[int] = []
        self._equal: dict[str, dict[Value, list[int]]] = {}
        self._ordered: dict[str, list[tuple[datetime, int]]] = {}
        self._texts: dict[int, str] = {}
        self._renderer = Renderer(entity)

    def put(self, record_id: int, row: Row) -> None:
        """Insert or replace a row."""
        before = self.rows.get(record_id)
        if before is None:
            insort(self.ids, record_id)
        self.rows[record_id] = row
        self._texts.pop(record_id, None)
        self._reindex(record_id, before, row)

    def put_many(self, rows: Iterable[tuple[int, Row]]) -> None:
        """Insert many new rows; indexes are dropped and rebuilt when next needed."""
        self.rows.update(rows)
        self.replace_all(self.rows)

    def remove(self, record_id: int) -> None:
        """Delete a row."""
        before = self.rows.pop(record_id)
        del self.ids[bisect_left(self.ids, record_id)]
        self._texts.pop(record_id, None)
        self._reindex(record_id, before, {})

    def replace_all(self, rows: dict[int, Row]) -> None:
        """Make `rows` the whole content."""
        self.rows = rows
        self.ids = sorted(rows)
        self._equal.clear()
        self._ordered.clear()
        self._texts.clear()

    def text(self, record_id: int) -> str:
        """The whole record as JSON, kept until it changes."""
        text = self._texts.get(record_id)
        if text is None:
            if len(self._texts) >= _TEXT_CACHE:
                self._texts.clear()
            text = self._texts[record_id] = self._renderer.text(self.rows[record_id])
        return text

    def having(self, name: str, value: Value) -> list[int]:
        """The ids of the rows in which field `name` equals `value`, ascending."""
        if name == "id":
            return [value] if isinstance(value, int) and value in self.rows else []
        return self._equality(name).get(comparable(value), [])

    def having_any(self, name: str, values: Iterable[Value]) -> list[list[int]]:
        """One ascending list of ids per value that occurs."""
        return [ids for value in values if (ids := self.having(name, value))]

    def between(
        self, name: str, low: datetime | None, high: datetime | None
    ) -> Sequence[tuple[datetime, int]]:
        """The (moment, id) pairs of a date-time field within inclusive limits, by moment."""
        pairs = self._order(name)
        first = 0 if low is None else bisect_left(pairs, low, key=_moment)
        last = len(pairs) if high is None else bisect_right(pairs, high, key=_moment)
        return pairs[first:last]

    def worth_indexing(self) -> bool:
        """Whether the table is large enough for indexes to pay."""
        return len(self.ids) >= _INDEX_FROM

    def _equality(self, name: str) -> dict[Value, list[int]]:
        index = self._equal.get(name)
        if index is None:
            index = self._equal[name] = {}
            for record_id in self.ids:
                value = comparable(self.rows[record_id].get(name))
                if value is not None:
                    index.setdefault(value, []).append(record_id)
        return index

    def _order(self, name: str) -> list[tuple[datetime, int]]:
        pairs = self._ordered.get(name)
        if pairs is None:
            found = ((row.get(name), record_id) for record_id, row in self.rows.items())
            pairs = sorted((value, record_id) for value, record_id in found if isinstance(value, datetime))
            self._ordered[name] = pairs
        return pairs

    def _reindex(self, record_id: int, before: Row | None, after: Row) -> None:
        for name, index in self._equal.items():
            old, new = comparable((before or {}).get(name)), comparable(after.get(name))
            if old != new:
                _drop(index, old, record_id)
                if new is not None:
                    insort(index.setdefault(new, []), record_id)
        for name, pairs in self._ordered.items():
            old_moment, new_moment = (before or {}).get(name), after.get(name)
            if isinstance(old_moment, datetime) and old_moment != new_moment:
                del pairs[bisect_left(pairs, (old_moment, record_id))]
            if isinstance(new_moment, datetime) and old_moment != new_moment:
                insort(pairs, (new_moment, record_id))


def _drop(index: dict[Value, list[int]], value: Value, record_id: int) -> None:
    ids = index.get(value)
    if ids is not None:
        del ids[bisect_left(ids, record_id)]
        if not ids:
            del index[value]


def _moment(pair: tuple[datetime, int]) -> datetime:
    return pair[0]


def merged(lists: Sequence[Sequence[int]], *, after: int | None) -> Iterator[int]:
    """Ascending distinct ids of several ascending lists, beyond `after`, without building them all."""
    tails = [_tail(ids, after) for ids in lists]
    if len(tails) == 1:
        return iter(tails[0])
    return _distinct(heapq.merge(*tails))


def _tail(ids: Sequence[int], after: int | None) -> Iterator[int]:
    start = 0 if after is None else bisect_right(ids, after)
    return (ids[position] for position in range(start, len(ids)))


def _distinct(ids: Iterable[int]) -> Iterator[int]:
    last: int | None = None
    for each in ids:
        if each != last:
            yield each
            last = each


def number(row: Row, name: str) -> int | None:
    """A whole number of a row, or None."""
    value = row.get(name)
    return value if isinstance(value, int) else None


def amount(row: Row, name: str) -> Decimal | None:
    """A decimal of a row, or None."""
    value = row.get(name)
    return value if isinstance(value, Decimal) else None


def moment(row: Row, name: str) -> datetime | None:
    """A date-time of a row, or None."""
    value = row.get(name)
    return value if isinstance(value, datetime) else None


def text(row: Row, name: str) -> str | None:
    """A string of a row, or None."""
    value = row.get(name)
    return value if isinstance(value, str) else None


def having_role(resource_roles: Table, resource_id: int, role_id: int) -> bool:
    """Whether an active ResourceRoles row gives the resource the role."""
    held = resource_roles.having("resourceID", resource_id)
    rows = (resource_roles.rows[record_id] for record_id in held)
    return any(row.get("roleID") == role_id and row.get("isActive") is not False for row in rows)
