"""The workspace's time: real time plus whatever a test has added to it."""

import asyncio
import time


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
