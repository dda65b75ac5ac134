"""Notes what this process knows of the API budget, so that every process can show it."""

import asyncio
from typing import Final

import structlog

from bot.autotask.pool import AutotaskPool
from bot.clock import Clock
from bot.db.session import Database
from bot.domain.status import ApiUsage

EVERY: Final = 15.0
"""Seconds between two notes."""

log = structlog.get_logger(__name__)


class UsageNotes:
    """``process`` names this process among all on the database."""

    def __init__(self, database: Database, autotask: AutotaskPool, clock: Clock, process: str) -> None:
        self._database = database
        self._autotask = autotask
        self._clock = clock
        self._process = process
        self._noted: dict[int, tuple[int | None, int | None, int]] = {}

    async def keep_noting(self) -> None:
        """Until it is cancelled; a database that is away is tried again."""
        while True:
            await asyncio.sleep(EVERY)
            try:
                await self.note()
            except Exception:
                log.exception("the API usage was not noted; it is tried again")

    async def note(self) -> None:
        """What changed since the last time, for every workspace that has asked Autotask for something."""
        for tenant_id, usage in (await self._autotask.usages()).items():
            facts = (usage.used, usage.limit, usage.own)
            if not isinstance(tenant_id, int) or self._noted.get(tenant_id) == facts:
                continue
            async with self._database.unit(tenant_id) as uow:
                if await uow.connections.get() is not None:
                    await uow.api_usage.note(self._process, ApiUsage(*facts, self._clock.now()))
            self._noted[tenant_id] = facts
