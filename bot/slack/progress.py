"""Messages that report long work: one redraw per message and 3 seconds, the newest words win."""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass, field
from typing import Final, Protocol

import structlog

from blocks.kit import Message
from bot.background import ended
from bot.domain.context import Tenant

EVERY: Final = 3.0
"""Seconds between two redraws of one message."""

log = structlog.get_logger(__name__)


class Redraw(Protocol):
    def __call__(
        self, tenant: Tenant, key: str, message: Message, *, person_waits: bool
    ) -> Awaitable[bool]: ...


@dataclass
class Progress:
    redraw: Redraw
    every: float = EVERY
    _waiting: dict[tuple[int, str], Message] = field(default_factory=dict)
    _tasks: dict[tuple[int, str], asyncio.Task[None]] = field(default_factory=dict)
    _redrawing: dict[tuple[int, str], asyncio.Lock] = field(default_factory=dict)

    def show(self, tenant: Tenant, key: str, message: Message) -> None:
        """Shows the message at the next redraw, unless a newer one comes first."""
        name = (tenant.id, key)
        self._waiting[name] = message
        if name not in self._tasks:
            task = asyncio.create_task(self._run(tenant, key))
            self._tasks[name] = task
            task.add_done_callback(lambda _: self._tasks.pop(name, None))

    async def finish(self, tenant: Tenant, key: str) -> None:
        """Final words come: drops what waits and lets a redraw under way end, so that it cannot land after."""
        self._waiting.pop((tenant.id, key), None)
        async with self._redrawing.setdefault((tenant.id, key), asyncio.Lock()):
            self._redrawing.pop((tenant.id, key), None)

    async def close(self) -> None:
        await ended(*self._tasks.values())

    async def _run(self, tenant: Tenant, key: str) -> None:
        """Redraws at once, then every so often while there is something new."""
        while (tenant.id, key) in self._waiting:
            async with self._redrawing.setdefault((tenant.id, key), asyncio.Lock()):
                message = self._waiting.pop((tenant.id, key), None)
                if message is not None:
                    await self._quietly(tenant, key, message)
            await asyncio.sleep(self.every)

    async def _quietly(self, tenant: Tenant, key: str, message: Message) -> None:
        try:
            await self.redraw(tenant, key, message, person_waits=False)
        except Exception as problem:  # noqa: BLE001 - progress is a courtesy; the final message tells the result
            log.warning("progress not shown", problem=str(problem))
