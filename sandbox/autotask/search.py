"""Running a compiled query: the cheapest index first, then the closures, ascending by id."""

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterator
from datetime import datetime

from sandbox.autotask.query import Condition, Query
from sandbox.autotask.table import Table, merged


def find(
    table: Table, query: Query, *, after: int | None = None, hidden: Collection[int] = ()
) -> Iterator[int]:
    """The ids of the matching rows beyond `after`, ascending, lazily."""
    rows = table.rows
    tests = query.tests
    for record_id in _candidates(table, query, after):
        if record_id not in hidden and all(test(rows[record_id]) for test in tests):
            yield record_id


def find_before(table: Table, query: Query, *, before: int, hidden: Collection[int] = ()) -> list[int]:
    """The page of matching rows just before id `before`."""
    matching = list(find(table, query, hidden=hidden))
    end = bisect_left(matching, before)
    return matching[max(0, end - query.page) : end]


def count(table: Table, query: Query, *, hidden: Collection[int] = ()) -> int:
    """How many rows match."""
    return sum(1 for _ in find(table, query, hidden=hidden))


def _candidates(table: Table, query: Query, after: int | None) -> Iterator[int]:
    low, high = _id_limits(query, after)
    lists = _narrowest(table, query) if table.worth_indexing() else None
    if lists is None:
        start = bisect_left(table.ids, low) if low is not None else 0
        end = bisect_right(table.ids, high) if high is not None else len(table.ids)
        return (table.ids[position] for position in range(start, end))
    return (
        each for each in merged(lists, after=None if low is None else low - 1) if high is None or each <= high
    )


def _id_limits(query: Query, after: int | None) -> tuple[int | None, int | None]:
    low = None if after is None else after + 1
    high: int | None = None
    for condition in query.required:
        value = condition.values[0] if condition.values else None
        if condition.field.name != "id" or not isinstance(value, int):
            continue
        if condition.op in ("gt", "gte"):
            bound = value + (condition.op == "gt")
            low = bound if low is None else max(low, bound)
        elif condition.op in ("lt", "lte"):
            bound = value - (condition.op == "lt")
            high = bound if high is None else min(high, bound)
    return low, high


def _narrowest(table: Table, query: Query) -> list[list[int]] | None:
    """The ids from the index that leaves the fewest candidates, or None when a scan is as good."""
    best: list[list[int]] | None = None
    smallest = len(table.ids) // 2
    for condition in query.required:
        found = _indexed(table, condition, smallest)
        if found is not None and (size := sum(map(len, found))) < smallest:
            best, smallest = found, size
    return best


def _indexed(table: Table, condition: Condition, smallest: int) -> list[list[int]] | None:
    field = condition.field
    if table.entity.find(field.name) is not field:
        return None  # a user-defined field
    if condition.op in ("eq", "in") and field.type not in ("boolean", "datetime"):
        return table.having_any(field.name, set(condition.values))
    if field.type == "datetime" and condition.op in ("gt", "gte", "lt", "lte"):
        return _dated(table, condition, smallest)
    return None


def _dated(table: Table, condition: Condition, smallest: int) -> list[list[int]] | None:
    value = condition.values[0]
    if not isinstance(value, datetime):
        return None
    low, high = (value, None) if condition.op in ("gt", "gte") else (None, value)
    pairs = table.between(condition.field.name, low, high)
    return [sorted(record_id for _, record_id in pairs)] if len(pairs) < smallest else None
