"""Paging against a table that changes between pages, stops anywhere, and resumes anywhere."""

import asyncio
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from hypothesis import given
from hypothesis import strategies as st

from bot.autotask.entities import Company
from bot.autotask.paging import Batch, Page, between, side_by_side, walk
from bot.autotask.query import Clause, Condition, Group, everything

T = TypeVar("T")
Change = tuple[bool, int]
"""Insert (True) or delete (False) an id."""

ids = st.integers(0, 60)
tables = st.sets(ids)
changes = st.lists(st.lists(st.tuples(st.booleans(), ids), max_size=4), max_size=12)
page_sizes = st.integers(1, 7)


@dataclass
class Table:
    """A pure page source: rows by ascending id, changed by one step before each page but the first."""

    rows: set[int]
    page_size: int
    steps: list[list[Change]] = field(default_factory=list)
    always: set[int] = field(init=False)
    ever: set[int] = field(init=False)
    asked: int = 0

    def __post_init__(self) -> None:
        self.always, self.ever = set(self.rows), set(self.rows)

    async def fetch(self, condition: Condition) -> Batch[Company]:
        if self.asked and self.steps:
            self._change(self.steps.pop(0))
        self.asked += 1
        found = sorted(row for row in self.rows if meets(condition, row))
        page = [Company(id=row) for row in found[: self.page_size]]
        return Batch(page, more=len(page) == self.page_size)

    def _change(self, step: list[Change]) -> None:
        for insert, row in step:
            (self.rows.add if insert else self.rows.discard)(row)
            self.always &= self.rows
            self.ever |= self.rows


def meets(condition: Condition, row: int) -> bool:
    """What Autotask does with the few operators that paging uses."""
    if isinstance(condition, Group):
        return all(meets(item, row) for item in condition.items)
    return compare(condition, row)


def compare(clause: Clause, row: int) -> bool:
    assert clause.field == "id"
    assert isinstance(clause.value, int)
    return {"gte": row >= clause.value, "gt": row > clause.value, "lte": row <= clause.value}[clause.op]


def run(work: Coroutine[object, object, T]) -> T:
    return asyncio.run(work)


async def collect(table: Table, after: int | None = None, pages: int = 10_000) -> list[Page[Company]]:
    found: list[Page[Company]] = []
    async for page in walk(table.fetch, everything(), after):
        found.append(page)
        if len(found) == pages:
            break
    return found


def seen(pages: Sequence[Page[Company]]) -> list[int]:
    return [row.id for page in pages for row in page.items]


@given(tables, page_sizes, changes)
def test_no_row_that_was_always_there_is_missed_and_none_comes_twice(
    rows: set[int], size: int, steps: list[list[Change]]
) -> None:
    table = Table(set(rows), size, steps)
    found = seen(run(collect(table)))
    assert found == sorted(set(found))
    assert table.always <= set(found) <= table.ever


@given(tables, page_sizes, changes, st.integers(1, 5))
def test_a_walk_that_stopped_resumes_without_loss_or_repetition(
    rows: set[int], size: int, steps: list[list[Change]], stop: int
) -> None:
    table = Table(set(rows), size, steps)
    first = run(collect(table, pages=stop))
    rest = run(collect(table, after=first[-1].last_id)) if first else []
    found = seen(first) + seen(rest)
    assert found == sorted(set(found))
    assert table.always <= set(found) <= table.ever


@given(tables, page_sizes)
def test_no_page_is_asked_for_in_vain(rows: set[int], size: int) -> None:
    table = Table(set(rows), size)
    run(collect(table))
    assert table.asked == len(rows) // size + 1


@given(tables, page_sizes)
def test_last_id_is_the_highest_of_its_page(rows: set[int], size: int) -> None:
    for page in run(collect(Table(set(rows), size))):
        assert page.last_id == max(row.id for row in page.items)
        assert 0 < len(page.items) <= size


@given(tables, page_sizes, st.sets(ids), st.integers(1, 3))
def test_ranges_side_by_side_find_every_row_once(
    rows: set[int], size: int, bounds: set[int], at_once: int
) -> None:
    async def work() -> list[int]:
        walks = (walk(Table(set(rows), size).fetch, span) for span in between(sorted(bounds)))
        return [row.id async for page in side_by_side(walks, at_once) for row in page.items]

    assert sorted(run(work())) == sorted(rows)
