"""Places for a few at once, with two queues: who goes first overtakes the rest."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Places:
    """At most ``limit`` inside, of which ``kept`` places only for those who go first."""

    def __init__(self, limit: int, *, kept: int = 0) -> None:
        self._limits = {True: limit, False: limit - kept}
        self._queues: dict[bool, deque[asyncio.Future[None]]] = {True: deque(), False: deque()}
        self._taken = 0

    @property
    def taken(self) -> int:
        """How many are inside."""
        return self._taken

    @asynccontextmanager
    async def one(self, *, first: bool = False) -> AsyncIterator[None]:
        """A place, once there is one."""
        await self._enter(first=first)
        try:
            yield
        finally:
            self._taken -= 1
            self._admit()

    async def _enter(self, *, first: bool) -> None:
        place = asyncio.get_running_loop().create_future()
        self._queues[first].append(place)
        self._admit()
        try:
            await place
        except asyncio.CancelledError:
            self._leave_queue(place, first=first)
            raise

    def _leave_queue(self, place: asyncio.Future[None], *, first: bool) -> None:
        if place in self._queues[first]:
            self._queues[first].remove(place)
        elif not place.cancelled():  # admitted and cancelled in the same turn of the loop
            self._taken -= 1
            self._admit()

    def _admit(self) -> None:
        for first in (True, False):
            while self._queues[first] and self._taken < self._limits[first]:
                place = self._queues[first].popleft()
                if not place.done():
                    place.set_result(None)
                    self._taken += 1
