"""A sync fetches the next page while it stores one: in order, one ahead, and what is fetched is not lost."""

import asyncio

import pytest

from bot.syncs.engine import one_ahead


class Source:
    """Three pages; ``asked`` counts those begun, and the page named ``broken`` cannot be had."""

    def __init__(self, *, broken=0):
        self.asked = 0
        self.closed = False
        self._broken = broken

    async def pages(self):
        try:
            for number in (1, 2, 3):
                self.asked = number
                await asyncio.sleep(0)
                if number == self._broken:
                    raise ConnectionError(number)
                yield number
        finally:
            self.closed = True


async def turns():
    for _ in range(20):
        await asyncio.sleep(0)


async def test_pages_come_in_order_and_once():
    assert [page async for page in one_ahead(Source().pages())] == [1, 2, 3]


async def test_the_next_page_is_fetched_while_one_is_worked_on_and_no_further():
    source = Source()
    seen = []
    async for page in one_ahead(source.pages()):
        await turns()
        seen.append((page, source.asked))
    assert seen == [(1, 2), (2, 3), (3, 3)]


async def test_a_failure_on_the_way_is_raised_after_the_page_before_it():
    pages = one_ahead(Source(broken=3).pages())
    assert [await anext(pages), await anext(pages)] == [1, 2]
    await turns()
    with pytest.raises(ConnectionError):
        await anext(pages)


async def test_who_stops_early_leaves_no_request_under_way():
    source = Source()
    pages = one_ahead(source.pages())
    assert await anext(pages) == 1
    await asyncio.sleep(0)
    assert source.asked == 2
    await pages.aclose()
    await turns()
    assert (source.asked, source.closed) == (2, True)
