"""Starting syncs by hand: once per group at a time, with a word on what keeps one from starting."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeAlias

from bot.clock import Clock
from bot.db.session import Database, UnitOfWork
from bot.domain.connections import ConnectionState
from bot.domain.context import Ctx, Right
from bot.domain.sync_orders import CAPABILITY_OF, SyncOrder
from bot.domain.syncs import Group
from bot.errors import CredentialsRejected, NotConnected, SwitchedOff
from bot.jobs import Jobs, RunSync

UnderWay: TypeAlias = Mapping[Group, str]
"""Groups that are queued or running, with the key of their run."""


@dataclass(frozen=True)
class Started:
    """``order`` is what will run, ``busy`` what was queued or running before and is not started again."""

    order: SyncOrder
    busy: UnderWay


class SyncsService:
    def __init__(self, database: Database, jobs: Jobs, clock: Clock) -> None:
        self._database = database
        self._jobs = jobs
        self._clock = clock

    async def check(self, ctx: Ctx, order: SyncOrder) -> Started:
        """What of the order can start now; groups that an Admin has switched off are left out of several.

        Raises ``SwitchedOff`` where nothing is left, ``NotConnected``, ``CredentialsRejected`` while paused.
        """
        ctx.require(Right.SYNC)
        async with self._database.unit(ctx.tenant.id) as uow:
            allowed = await _allowed(uow, order)
        return await self._free(ctx, allowed)

    async def start(self, ctx: Ctx, order: SyncOrder, *, run_key: str, channel_id: str) -> Started:
        """Queues what can start; ``run_key`` names the message that shows its progress. Raises as ``check``."""
        ctx.require(Right.SYNC)
        now = self._clock.now()
        async with self._database.unit(ctx.tenant.id) as uow:
            await uow.syncs.lock()
            started = await self._free(ctx, await _allowed(uow, order))
            if not started.order.groups:
                return started
            job = RunSync(
                tenant_id=ctx.tenant.id,
                groups=tuple(each.value for each in started.order.groups),
                run_key=run_key,
                requested_by=ctx.person.user_id,
                channel_id=channel_id,
                first_day=order.window[0] if order.window else None,
                last_day=order.window[1] if order.window else None,
                options=order.options,
            )
            await self._jobs.enqueue(uow, job)
            await uow.audit.record(
                at=now,
                by=ctx.person.user_id,
                action="start sync",
                subject=", ".join(job.groups),
                after={"options": ", ".join(order.options)} if order.options else None,
            )
        return started

    async def under_way(self, ctx: Ctx) -> UnderWay:
        """What is queued, running, or waiting for its next attempt."""
        ctx.require(Right.READ)
        return _by_group(await self._jobs.under_way(RunSync, ctx.tenant.id))

    async def _free(self, ctx: Ctx, order: SyncOrder) -> Started:
        busy = _by_group(await self._jobs.under_way(RunSync, ctx.tenant.id))
        free = tuple(each for each in order.groups if each not in busy)
        return Started(
            replace(order, groups=free), {each: busy[each] for each in order.groups if each in busy}
        )


async def _allowed(uow: UnitOfWork, order: SyncOrder) -> SyncOrder:
    connection = await uow.connections.get()
    if connection is None or connection.state is ConnectionState.REMOVING:
        raise NotConnected
    if connection.state is ConnectionState.PAUSED:
        raise CredentialsRejected("", connection.paused_reason or "the connection is paused")
    switches = await uow.switches.all()
    on = tuple(
        each for each in order.groups if each not in CAPABILITY_OF or switches.may_read(CAPABILITY_OF[each])
    )
    if order.groups and not on:
        capability = CAPABILITY_OF[order.groups[0]]
        raise SwitchedOff(capability.value, switches.mode(capability).value)
    return replace(order, groups=on)


def _by_group(jobs: Sequence[tuple[RunSync, datetime | None]]) -> dict[Group, str]:
    """Earlier jobs first: the one that runs is the one to look at."""
    found: dict[Group, str] = {}
    for job, _ in jobs:
        for name in job.groups:
            if name in set(Group):
                found.setdefault(Group(name), job.run_key)
    return found
