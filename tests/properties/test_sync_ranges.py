"""Ranges fetched side by side: whatever the ids, page sizes, walkers and deaths, nothing is missed and little wasted."""

import asyncio
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from math import ceil

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.autotask.entities import Company
from bot.autotask.paging import Batch
from bot.db.syncs import Span
from bot.syncs.fetching import GATHERED, fetch_pages
from bot.syncs.frontier import PAGES_PER_CUT, Frontier, cut_at, even_bounds

lumps = st.lists(
    st.tuples(st.integers(0, 4_000), st.integers(1, 60), st.integers(1, 9)), min_size=0, max_size=6
)
"""Runs of ids: where each begins, how many it has, how far apart they are."""
pages = st.integers(1, 7)
walkers = st.integers(1, 4)
EVERYTHING = -3
"""The part that holds every id; the parts 0 to 2 have a third each."""


@dataclass
class Table:
    """Autotask's side: rows by ascending id, a page at a time, each answer after some turns of the loop."""

    ids: Sequence[int]
    page_size: int
    delays: Sequence[int] = (0,)
    dies_after: int | None = None
    asked: int = 0
    counted: int = 0
    under_way: int = 0
    most: int = 0

    async def page(self, part: int, after: int | None, until: int | None) -> Batch[Company]:
        self.asked += 1
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        for _ in range(self.delays[self.asked % len(self.delays)]):
            await asyncio.sleep(0)
        self.under_way -= 1
        if self.dies_after is not None and self.asked > self.dies_after:
            raise ConnectionError
        found = [row for row in self._of(part, after) if until is None or row <= until]
        page = [Company(id=row) for row in found[: self.page_size]]
        return Batch(page, more=len(found) > self.page_size)

    async def count(self, part: int, after: int | None) -> int:
        self.counted += 1
        await asyncio.sleep(0)
        return len(self._of(part, after))

    def _of(self, part: int, after: int | None) -> list[int]:
        mine = self.ids if part == EVERYTHING else [row for row in self.ids if row % 3 == part]
        return [row for row in mine if after is None or row > after]


@dataclass
class Pass:
    """One pass over a table, through as many lives as it takes."""

    table: Table
    at_once: int
    spans: tuple[Span, ...]
    rows: int | None = None
    saved: list[int] = field(default_factory=list)
    lives: int = 0

    async def live(self) -> bool:
        """Fetches and saves until it dies or is through."""
        self.lives += 1
        frontier = Frontier.of(self.spans, at_once=self.at_once, rows=self.rows, page=self.table.page_size)
        try:
            async with aclosing(fetch_pages(self.table, frontier)) as found:
                async for some in found:
                    for each in some:
                        self.saved += [row.id for row in each.rows]
                        frontier.saved(each.walk, each.last, is_last=each.is_last)
                    self.spans = frontier.spans
        except ConnectionError:
            return False
        assert frontier.spans == ()
        return True


def ids_of(found: Sequence[tuple[int, int, int]]) -> list[int]:
    return sorted({start + step * n for start, many, step in found for n in range(many)})


def allowed(ids: Sequence[int], page: int, at_once: int) -> int:
    """Requests: the pages that there are, one count, and a page for each cut."""
    least = max(1, ceil(len(ids) / page))
    return least + 1 + at_once - 1 + ceil(least / PAGES_PER_CUT) + 1


@settings(max_examples=300, deadline=None)
@given(lumps, pages, walkers, st.lists(st.integers(0, 5), min_size=1, max_size=7))
def test_every_id_comes_once_with_few_more_requests_than_there_are_pages(lumps, page, at_once, delays):
    ids = ids_of(lumps)
    table = Table(ids, page, delays)
    walk = Pass(table, at_once, (Span(part=EVERYTHING),))
    assert asyncio.run(walk.live())
    assert sorted(walk.saved) == ids
    assert table.asked + table.counted <= allowed(ids, page, at_once)
    assert table.most <= at_once
    if len(ids) <= 3 * page or at_once == 1:
        assert table.counted == 0
        assert table.asked == max(1, ceil(len(ids) / page))


@settings(max_examples=200, deadline=None)
@given(
    lumps, pages, walkers, st.lists(st.integers(0, 40), max_size=5), st.lists(st.integers(0, 5), min_size=1)
)
def test_a_pass_that_dies_goes_on_in_every_range_after_what_was_saved(lumps, page, at_once, deaths, delays):
    ids = ids_of(lumps)
    table = Table(ids, page, delays)
    walk = Pass(table, at_once, (Span(part=EVERYTHING),))

    async def all_lives() -> None:
        for each in deaths:
            table.dies_after = table.asked + each
            if await walk.live():
                return
        table.dies_after = None
        assert await walk.live()

    asyncio.run(all_lives())
    assert sorted(walk.saved) == ids
    lost = (walk.lives - 1) * (3 * at_once + GATHERED)
    again = walk.lives * (allowed(ids, page, at_once) - max(1, ceil(len(ids) / page)))
    assert table.asked + table.counted <= max(1, ceil(len(ids) / page)) + lost + again


@settings(max_examples=100, deadline=None)
@given(lumps, pages, walkers, st.sets(st.integers(0, 4_500), max_size=30))
def test_cut_where_the_mirror_says_a_pass_costs_no_page_more_unless_rows_came_between(
    lumps, page, at_once, new
):
    ids = ids_of(lumps)
    spans = cut_at([ids[at - 1] for at in even_bounds(len(ids), at_once, page) if at <= len(ids)])
    now = Table(ids, page)
    walk = Pass(now, at_once, tuple(Span(each.after, each.until, EVERYTHING) for each in spans), len(ids))
    assert asyncio.run(walk.live())
    assert sorted(walk.saved) == ids
    assert now.asked <= allowed(ids, page, at_once) - 1
    assert now.counted == 0
    grown = Table(sorted({*ids, *new}), page)
    later = Pass(grown, at_once, tuple(Span(each.after, each.until, EVERYTHING) for each in spans), len(ids))
    assert asyncio.run(later.live())
    assert sorted(later.saved) == sorted({*ids, *new})


@settings(max_examples=100, deadline=None)
@given(lumps, pages, walkers)
def test_lists_of_parents_are_parts_that_are_walked_side_by_side(lumps, page, at_once):
    ids = ids_of(lumps)
    table = Table(ids, page, (1, 0, 3))
    walk = Pass(table, at_once, tuple(Span(part=part) for part in range(3)))
    assert asyncio.run(walk.live())
    assert sorted(walk.saved) == ids
    assert table.most <= at_once
