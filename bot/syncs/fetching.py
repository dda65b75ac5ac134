"""Several walkers fetch the ranges of a pass side by side; what they bring is handed on in a few pages at a time.

Each walker holds one page at most that nobody has taken yet, so memory is flat however much there is to fetch.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from bot.autotask.answers import Odd
from bot.autotask.entities import Entity
from bot.autotask.paging import Batch
from bot.background import ended
from bot.errors import AutotaskUnavailable
from bot.syncs.frontier import Frontier, Walk

Row = TypeVar("Row", bound=Entity)
GATHERED = 4
"""Pages that are saved together, if so many are there."""


class Numbered(Protocol):
    @property
    def id(self) -> int: ...


Record = TypeVar("Record", bound=Numbered)


class Source(Protocol[Row]):
    """Where a pass is fetched from, one query a call."""

    async def page(self, part: int, after: int | None, until: int | None) -> Batch[Row]:
        """The lowest ids of a part above ``after`` and up to ``until``."""
        ...

    async def count(self, part: int, after: int | None) -> int: ...


@dataclass(frozen=True, slots=True)
class Fetched(Generic[Row]):
    """One page of one range; ``is_last``: there is no more of it."""

    walk: Walk
    rows: Sequence[Row]
    last: int | None
    is_last: bool
    odd: Sequence[Odd] = ()


async def fetch_pages(source: Source[Row], frontier: Frontier) -> AsyncGenerator[list[Fetched[Row]], None]:
    """Everything of the ranges, a few pages at a time; who takes them tells ``frontier`` when they are saved.

    What goes wrong in one walker ends all, after the pages that came before it are handed on.
    """
    walkers = _Walkers(source, frontier)
    async with walkers.under_way():
        while pages := await walkers.gathered():
            yield pages


class _Walkers(Generic[Row]):
    def __init__(self, source: Source[Row], frontier: Frontier) -> None:
        self._source = source
        self._frontier = frontier
        self._found: asyncio.Queue[Fetched[Row] | Exception | None] = asyncio.Queue(frontier.at_once)
        self._moved = asyncio.Condition()
        self._error: Exception | None = None
        self._running = 0

    @asynccontextmanager
    async def under_way(self) -> AsyncIterator[None]:
        tasks = [asyncio.create_task(self._walker()) for _ in range(self._frontier.at_once)]
        self._running = len(tasks)
        try:
            yield
        finally:
            await ended(*tasks)

    async def gathered(self) -> list[Fetched[Row]]:
        """The pages that are there, at least one; empty at the end."""
        pages: list[Fetched[Row]] = []
        while self._error is None and self._running and len(pages) < GATHERED:
            if pages and self._found.empty():
                break
            self._note(await self._found.get(), pages)
        if self._error is not None and not pages:
            raise self._error
        return pages

    def _note(self, found: Fetched[Row] | Exception | None, pages: list[Fetched[Row]]) -> None:
        if found is None:
            self._running -= 1
        elif isinstance(found, Exception):
            self._error = found
        else:
            pages.append(found)

    async def _walker(self) -> None:
        try:
            while (walk := await self._work()) is not None:
                await self._walk(walk)
        except Exception as error:  # noqa: BLE001 - carried to the taker, who is in another task
            await self._found.put(error)
        else:
            await self._found.put(None)

    async def _work(self) -> Walk | None:
        """A range to walk through, once there is one; None when nothing is left for anybody."""
        async with self._moved:
            while not self._frontier.is_over:
                found = self._frontier.take()
                if found is not None:
                    return found
                if (counting := self._frontier.to_count) is not None:
                    self._frontier.is_counted = True
                    self._moved.release()
                    try:
                        await self._count(counting)
                    finally:
                        await self._moved.acquire()
                else:
                    await self._moved.wait()
        return None

    async def _count(self, walk: Walk) -> None:
        behind = walk.asked
        left = await self._source.count(walk.part, behind)
        self._frontier.counted(walk, left, behind=behind)
        await self._tell()

    async def _walk(self, walk: Walk) -> None:
        while not walk.is_fetched:
            asked, until = walk.asked, walk.until
            batch = await self._source.page(walk.part, asked, until)
            rows, odd = _fresh(batch.items, asked, walk.until), _fresh(batch.odd, asked, walk.until)
            ids = sorted([row.id for row in rows] + [each.id for each in odd])
            came = len(batch.items) + len(batch.odd)
            if came and not ids and until == walk.until:
                raise AutotaskUnavailable("paging does not move on")
            beyond = len(ids) < came and until != walk.until
            self._frontier.came(walk, ids, more=batch.more and not beyond)
            await self._found.put(Fetched(walk, rows, ids[-1] if ids else None, walk.is_fetched, odd))
            await self._tell()

    async def _tell(self) -> None:
        async with self._moved:
            self._moved.notify_all()


def _fresh(rows: Sequence[Record], after: int | None, until: int | None) -> list[Record]:
    """In ascending id, each once, and only those of the range as it is now: it may have been cut meanwhile."""
    by_id = {
        row.id: row
        for row in rows
        if (after is None or row.id > after) and (until is None or row.id <= until)
    }
    return [by_id[key] for key in sorted(by_id)]
