"""Who uses up Autotask's hourly requests is told once, also while nothing of ours runs, and that it is over, too."""

import asyncio

import structlog

from bot.autotask.budget import Standing
from bot.autotask.pool import ClientFor
from bot.db.session import Database
from bot.domain import neighbours
from bot.domain.connections import ConnectionState
from bot.domain.context import Tenant
from bot.domain.problems import EventKind, Severity
from bot.errors import BotError
from bot.workflows.alarms import Alarms

PATIENCE = 30.0
"""Seconds that one workspace's look may take."""

log = structlog.get_logger(__name__)


class BudgetWatch:
    def __init__(self, database: Database, client_for: ClientFor, alarms: Alarms) -> None:
        self._database = database
        self._client_for = client_for
        self._alarms = alarms

    async def keep_looking(self, every: float) -> None:
        """Looks for as long as it is let; ``every`` is in seconds. Readings are less often: see the budget."""
        while True:
            try:
                await self.look()
            except Exception:
                log.exception("looking at the API budget failed; it is looked at again")
            await asyncio.sleep(every)

    async def look(self) -> None:
        """One workspace after the other; the trouble of one is not the others'."""
        async with self._database.directory() as directory:
            tenants = await directory.installed()
        for tenant in tenants:
            try:
                async with asyncio.timeout(PATIENCE):
                    await self._look_at(tenant)
            except (BotError, TimeoutError) as problem:
                log.info("API budget not looked at", tenant=tenant.id, reason=str(problem))

    async def _look_at(self, tenant: Tenant) -> None:
        async with self._database.unit(tenant.id) as uow:
            connection = await uow.connections.get()
            if connection is None or connection.state is not ConnectionState.ACTIVE:
                return
            there = await uow.problems.open_names(EventKind.API_BUDGET)
        standing = await (await self._client_for(tenant.id)).standing()
        await self._refusals(tenant, standing, told=neighbours.REFUSED in there)
        await self._crowd(tenant, standing, told=neighbours.CROWDED in there)

    async def _refusals(self, tenant: Tenant, standing: Standing, *, told: bool) -> None:
        if standing.closed_until is not None and not told:
            await self._alarms.report(tenant.id, neighbours.refused(standing.closed_until))
        elif standing.closed_until is None and told:
            await self._alarms.over(tenant.id, neighbours.REFUSED)

    async def _crowd(self, tenant: Tenant, standing: Standing, *, told: bool) -> None:
        if standing.used is None or standing.limit is None:
            return
        if told and neighbours.is_over(used=standing.used, limit=standing.limit):
            await self._alarms.over(tenant.id, neighbours.CROWDED)
            return
        known = await self._known(tenant) if told else None
        found = neighbours.crowded(used=standing.used, limit=standing.limit, own=standing.own, known=known)
        if found is not None and found.severity is not known:
            await self._alarms.report(tenant.id, found)

    async def _known(self, tenant: Tenant) -> Severity | None:
        async with self._database.unit(tenant.id) as uow:
            problem = await uow.problems.latest(neighbours.CROWDED)
        return problem.severity if problem else None
