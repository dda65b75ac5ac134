"""How fast we may talk to one workspace: people first, background after them.

Slack allows about one message per second and channel and several hundred per minute and workspace.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast is allowed."""

    per_second: float = 5.0
    """Messages a second and workspace, all channels together."""
    channel_pause: float = 1.0
    """Seconds between two messages in one channel."""


REGULAR: Final = Pace()


def _loop_time() -> float:
    return asyncio.get_running_loop().time()


@dataclass
class Budget:
    """The turns of one workspace. ``now`` is a monotonic clock in seconds."""

    now: Callable[[], float] = _loop_time
    pace: Pace = REGULAR
    _next_turn: float = 0.0
    _next_in_channel: dict[str, float] = field(default_factory=dict)
    _people: deque[asyncio.Future[None]] = field(default_factory=deque)
    _background: deque[asyncio.Future[None]] = field(default_factory=deque)
    _giving: bool = False

    async def turn(self, channel: str = "", *, person_waits: bool) -> None:
        """Returns when it is this message's turn."""
        mine: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        (self._people if person_waits else self._background).append(mine)
        self._give()
        await mine
        await self._channel_turn(channel)

    def _give(self) -> None:
        """Gives the next turn now, or asks to be called when there is one."""
        if self._giving or not (self._people or self._background):
            return
        wait = self._next_turn - self.now()
        if wait > 0:
            self._giving = True
            asyncio.get_running_loop().call_later(wait, self._ring)
            return
        self._next_turn = self.now() + 1 / self.pace.per_second
        self._hand_out()
        self._give()

    def _ring(self) -> None:
        self._giving = False
        self._give()

    def _hand_out(self) -> None:
        for waiting in (self._people, self._background):
            while waiting:
                turn = waiting.popleft()
                if not turn.done():
                    turn.set_result(None)
                    return

    async def _channel_turn(self, channel: str) -> None:
        if not channel:
            return
        now = self.now()
        start = max(now, self._next_in_channel.get(channel, 0.0))
        self._next_in_channel = {name: at for name, at in self._next_in_channel.items() if at > now}
        self._next_in_channel[channel] = start + self.pace.channel_pause
        if start > now:
            await asyncio.sleep(start - now)
