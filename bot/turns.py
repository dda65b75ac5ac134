"""Work on the event loop that nobody waits for, a little at a time: in between everybody else has a turn."""

import asyncio
import time
from collections.abc import Callable, Sequence
from typing import Final, TypeVar

from bot.places import Places

Item = TypeVar("Item")
Done = TypeVar("Done")

PORTION_S: Final = 0.002
"""Seconds of such work in one round of the loop. An ack takes some ten rounds."""


class Turns:
    """One portion in a round of the loop, however many tasks share this: each waits for its turn.

    Not a thread: what is done here holds the interpreter's lock, and two who fight over it wait longer.
    """

    def __init__(self) -> None:
        self._turn = Places(1)

    async def each(
        self, work: Callable[[Item], Done], items: Sequence[Item], *, first: bool = False
    ) -> list[Done]:
        """``work`` of each item, in order. Raises what ``work`` raises.

        ``first``: a request to Autotask waits for all of it, so it goes before what only has to be done some time,
        and keeps its turn from round to round.
        """
        done: list[Done] = []
        while len(done) < len(items):
            async with self._turn.one(first=first):
                await _one_round(work, items, done)
                while first and len(done) < len(items):
                    await _one_round(work, items, done)
        return done


async def _one_round(work: Callable[[Item], Done], items: Sequence[Item], done: list[Done]) -> None:
    _portion(work, items, done)
    await asyncio.sleep(0)


def _portion(work: Callable[[Item], Done], items: Sequence[Item], done: list[Done]) -> None:
    """One item at least, then on until the time is up."""
    until = time.perf_counter() + PORTION_S
    for place in range(len(done), len(items)):
        done.append(work(items[place]))
        if time.perf_counter() >= until:
            return
