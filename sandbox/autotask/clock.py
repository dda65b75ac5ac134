"""The sandbox's own time: real UTC unless a test sets, moves, freezes or speeds it up."""

import asyncio
import time
from datetime import UTC, datetime, timedelta


class SandboxClock:
    """A clock that runs `scale` times as fast as the real one from a settable origin.

    With `scale` 60 an hour passes in a minute, and a simulated delay of 1 s takes 1/60 s; with
    scale 0 the clock stands still and simulated delays take no time at all.
    """

    def __init__(self) -> None:
        self._origin = datetime.now(UTC)
        self._started = time.monotonic()
        self.scale = 1.0

    def now(self) -> datetime:
        """The simulated moment, UTC, with milliseconds as Autotask stores them."""
        moment = self._origin + timedelta(seconds=(time.monotonic() - self._started) * self.scale)
        return moment.replace(microsecond=moment.microsecond // 1000 * 1000)

    def set(self, moment: datetime, *, scale: float | None = None) -> None:
        """Make it `moment` now; optionally change the speed."""
        self._origin = moment.astimezone(UTC)
        self._started = time.monotonic()
        self.scale = self.scale if scale is None else scale

    def advance(self, step: timedelta) -> None:
        """Let `step` pass at once."""
        self.set(self.now() + step)

    def reset(self) -> None:
        """Back to real time."""
        self.set(datetime.now(UTC), scale=1.0)

    async def sleep(self, seconds: float) -> None:
        """Wait for simulated seconds."""
        await asyncio.sleep(seconds / self.scale if self.scale else 0)
