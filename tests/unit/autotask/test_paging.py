import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.autotask.entities import Company
from bot.autotask.paging import Batch, between, side_by_side, walk
from bot.autotask.query import Condition, everything
from bot.errors import AutotaskUnavailable


async def test_a_page_that_repeats_ends_the_walk_with_an_error() -> None:
    async def stuck(_condition: Condition) -> Batch[Company]:
        return Batch([Company(id=1)], more=True)

    with pytest.raises(AutotaskUnavailable):
        [page async for page in walk(stuck, everything())]


def test_ranges_cover_every_id_once() -> None:
    assert len(between([10, 20])) == 3
    assert between([]) == [everything()]


class Walks:
    """Walks that count how many of them are under way."""

    def __init__(self) -> None:
        self.under_way = 0
        self.most = 0

    async def of(self, *values: int) -> AsyncIterator[int]:
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        try:
            for value in values:
                await asyncio.sleep(0)
                yield value
        finally:
            self.under_way -= 1


async def failing() -> AsyncIterator[int]:
    yield 1
    raise LookupError


async def test_side_by_side_yields_all_and_never_walks_more_than_asked() -> None:
    walks = Walks()
    found = [each async for each in side_by_side((walks.of(n, n + 100) for n in range(9)), 3)]
    assert sorted(found) == sorted([*range(9), *range(100, 109)])
    assert walks.most == 3


async def test_the_first_error_ends_all_walks() -> None:
    walks = Walks()
    with pytest.raises(LookupError):
        [each async for each in side_by_side([walks.of(*range(10_000)), failing()], 2)]


async def test_no_walks_yield_nothing() -> None:
    assert [each async for each in side_by_side([], 2)] == []


async def test_who_stops_listening_leaves_no_task_behind() -> None:
    before = len(asyncio.all_tasks())
    walks = Walks()
    merged = side_by_side([walks.of(*range(1_000)), walks.of(*range(1_000))], 2)
    await anext(merged)
    await merged.aclose()  # type: ignore[attr-defined]
    assert len(asyncio.all_tasks()) == before
