"""The workspace's time: real time plus whatever a test has added to it."""

import asyncio
import time
from collections.abc import Coroutine
from typing import TypeVar

T = TypeVar("T")


class Clock:
    """Wall time that a test may push forward; sleepers wake when it does."""

    def __init__(self) -> None:
        self._ahead = 0.0
        self._moved = asyncio.Event()

    def now(self) -> float:
        """Unix seconds (UTC)."""
        return time.time() + self._ahead

    def advance(self, seconds: float) -> None:
        """Move time forward; triggers, response URLs and scheduled messages age by it."""
        self._ahead += seconds
        self._moved.set()
        self._moved = asyncio.Event()

    async def sleep(self, seconds: float) -> None:
        """Return once `seconds` have passed on this clock."""
        deadline = self.now() + seconds
        while (left := deadline - self.now()) > 0:
            try:
                await asyncio.wait_for(self._moved.wait(), left)
            except TimeoutError:
                return

    async def within(self, seconds: float, work: Coroutine[object, object, T]) -> T:
        """The result of `work`; raises TimeoutError once `seconds` have passed on this clock."""
        task = asyncio.ensure_future(work)
        limit = asyncio.ensure_future(self._cancel_after(seconds, task))
        try:
            return await task
        except asyncio.CancelledError:
            if limit.done():
                raise TimeoutError from None
            raise
        finally:
            limit.cancel()

    async def _cancel_after(self, seconds: float, task: "asyncio.Future[T]") -> None:
        await self.sleep(seconds)
        task.cancel()
