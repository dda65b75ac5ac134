"""Forgetting old entries of the sync log, and old runs, as each workspace has chosen."""

from datetime import timedelta
from typing import Final

from bot.clock import Clock
from bot.db.session import Database
from bot.domain.logs import RETENTION, USUALLY_KEPT, is_retention

BATCH: Final = 5_000
"""Lines of one transaction: nobody waits behind a long one."""
MOST_BATCHES: Final = 60
"""Of one workspace in an hour; what is left goes in the next."""


class LogRetention:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def tidy(self) -> int:
        """In every workspace; how many lines are gone."""
        async with self._database.directory() as directory:
            tenants = [tenant.id for tenant in await directory.installed()]
        return sum([await self.tidy_one(tenant) for tenant in tenants])

    async def tidy_one(self, tenant_id: int) -> int:
        """Lines and runs of one workspace that are older than it keeps them; how many lines."""
        kept_for, gone = await self._kept_for(tenant_id), 0
        for _ in range(MOST_BATCHES):
            async with self._database.unit(tenant_id) as uow:
                some = await uow.sync_logs.prune(self._clock.now() - kept_for, BATCH)
            gone += some
            if some < BATCH:
                break
        async with self._database.unit(tenant_id) as uow:
            await uow.syncs.prune(self._clock.now(), kept_for)
        return gone

    async def _kept_for(self, tenant_id: int) -> timedelta:
        async with self._database.unit(tenant_id) as uow:
            chosen = (await uow.settings.preferences()).get(RETENTION)
        days = int(chosen.value) if chosen and is_retention(chosen.value) else USUALLY_KEPT
        return timedelta(days=days)
