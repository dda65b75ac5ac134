"""Paging by key, and several such walks side by side.

``id > last`` needs no state in Autotask (which remembers 50 pages and has one kind of next-page address per
verb), so a walk can stop anywhere and resume in another process. Source: help page "Advanced Query Features".
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Generic, TypeVar

from bot.autotask.answers import Odd
from bot.autotask.entities.record import Entity
from bot.autotask.query import Condition, all_of, field
from bot.background import ended
from bot.errors import AutotaskUnavailable

E = TypeVar("E", bound=Entity)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[E]):
    """Records in ascending id; ``after_id=last_id`` continues behind them."""

    items: Sequence[E]
    last_id: int


@dataclass(frozen=True, slots=True)
class Batch(Generic[E]):
    """What one query returned, and whether Autotask has more."""

    items: Sequence[E]
    more: bool
    odd: Sequence[Odd] = ()
    """Those that cannot be read, where who asks puts up with them."""


async def walk(
    fetch: Callable[[Condition], Awaitable[Batch[E]]], condition: Condition, after_id: int | None = None
) -> AsyncIterator[Page[E]]:
    """Every record that meets ``condition`` behind ``after_id``, page by page, no id twice.

    Raises:
        AutotaskUnavailable: Autotask repeats a page, which would go on for ever.
    """
    last, more = after_id, True
    while more:
        batch = await fetch(condition if last is None else all_of(condition, field("id").gt(last)))
        more = batch.more
        fresh = _ascending(batch.items, last)
        if fresh:
            last = fresh[-1].id
            yield Page(fresh, last)
        elif batch.items:
            raise AutotaskUnavailable("paging does not move on")


def _ascending(rows: Iterable[E], after: int | None) -> list[E]:
    by_id = {row.id: row for row in rows if after is None or row.id > after}
    return [by_id[key] for key in sorted(by_id)]


def between(bounds: Sequence[int]) -> list[Condition]:
    """Conditions that cut all ids into ranges ending at ``bounds`` (ascending, last of each range included)."""
    edges = [None, *bounds, None]
    return [_range(low, high) for low, high in pairwise(edges)]


def _range(low: int | None, high: int | None) -> Condition:
    above = field("id").gte(0) if low is None else field("id").gt(low)
    return above if high is None else all_of(above, field("id").lte(high))


async def side_by_side(walks: Iterable[AsyncIterator[T]], at_once: int) -> AsyncIterator[T]:
    """What the walks yield, as it comes, never more than ``at_once`` walks under way; the first error ends all."""
    waiting = iter(walks)
    found: asyncio.Queue[T | Ended] = asyncio.Queue(maxsize=at_once)
    walkers = [asyncio.create_task(_walk_on(waiting, found)) for _ in range(at_once)]
    running = at_once
    try:
        while running:
            got = await found.get()
            if not isinstance(got, Ended):
                yield got
            elif got.error is not None:
                raise got.error
            else:
                running -= 1
    finally:
        await ended(*walkers)


@dataclass(frozen=True, slots=True)
class Ended:
    """A walker's last word."""

    error: Exception | None = None


async def _walk_on(waiting: Iterable[AsyncIterator[T]], found: "asyncio.Queue[T | Ended]") -> None:
    try:
        for each in waiting:
            async for page in each:
                await found.put(page)
    except Exception as error:  # noqa: BLE001 - carried to the caller, who is in another task
        await found.put(Ended(error))
    else:
        await found.put(Ended())
