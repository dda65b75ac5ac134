"""The alarm clock: APScheduler rings, a pure function decides, a unique row serves each slot once."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.clock import Clock
from bot.db.session import Database, UnitOfWork
from bot.domain.connections import Connection, ConnectionState
from bot.domain.context import Tenant
from bot.domain.schedules import (
    BY_NAME,
    NIGHTLY_CHOICES,
    NIGHTLY_TICKETS,
    NIGHTLY_VERIFY,
    STANDING,
    Due,
    due,
)
from bot.domain.time_nudges import APPROVALS, MISSING, NudgeKind
from bot.jobs import (
    Job,
    Jobs,
    NudgeTime,
    PostDigest,
    ReconcileTickets,
    RefreshChoices,
    RunSync,
    VerifyNightly,
)
from bot.workflows.heartbeat import Heartbeat

log = structlog.get_logger(__name__)

TIDY_EVERY = timedelta(hours=1)


def job_for(due_now: Due) -> Job:
    """What a schedule's slot sets going."""
    schedule, slot = due_now.schedule, due_now.slot
    tenant_id, standing = schedule.tenant_id, BY_NAME.get(schedule.name)
    if standing is not None and standing.groups:
        key = f"{schedule.name}:{slot}"
        return RunSync(tenant_id=tenant_id, groups=standing.groups, run_key=key, options=standing.options)
    if schedule.name.startswith((MISSING, APPROVALS)):
        kind = NudgeKind.MISSING if schedule.name.startswith(MISSING) else NudgeKind.APPROVALS
        return NudgeTime(tenant_id=tenant_id, kind=kind, user_id=schedule.channel_id, slot=slot)
    if schedule.name == NIGHTLY_VERIFY:
        return VerifyNightly(tenant_id=tenant_id, slot=slot)
    if schedule.name == NIGHTLY_CHOICES:
        return RefreshChoices(tenant_id=tenant_id, slot=slot)
    if schedule.name == NIGHTLY_TICKETS:
        return ReconcileTickets(tenant_id=tenant_id, slot=slot)
    return PostDigest(tenant_id=tenant_id, schedule=schedule.name, slot=slot)


def waits(job: Job, connection: Connection | None) -> bool:
    """A sync waits while the connection is paused: when it goes on, the newest missed slot is caught up, and no other."""
    is_active = connection is not None and connection.state is ConnectionState.ACTIVE
    return isinstance(job, RunSync) and not is_active


class Scheduler:
    """Rings every ``tick`` seconds, on every replica, and serves the slots that are due."""

    def __init__(
        self,
        database: Database,
        jobs: Jobs,
        clock: Clock,
        *,
        tick: float,
        tidies: Sequence[Callable[[], Awaitable[object]]] = (),
        heartbeat: Heartbeat | None = None,
    ) -> None:
        """``tidies`` are done once an hour, beside forgetting what is past its retention."""
        self._heartbeat = heartbeat
        self._database = database
        self._jobs = jobs
        self._clock = clock
        self._tick = tick
        self._tidies = tidies
        self._ringing = asyncio.Lock()
        self._tidied: datetime | None = None
        self._completed: set[int] = set()

    @asynccontextmanager
    async def ringing(self) -> AsyncIterator[None]:
        """The clock runs while the block does."""
        metronome = AsyncIOScheduler(timezone=UTC)
        metronome.add_job(
            self._ring_safely,
            "interval",
            seconds=self._tick,
            next_run_time=datetime.now(UTC),
            max_instances=1,
            coalesce=True,
            misfire_grace_time=None,
        )
        metronome.start()
        try:
            yield
        finally:
            metronome.shutdown(wait=False)
            async with self._ringing:
                pass  # a ring that was interrupted has given its connection back

    async def ring(self) -> int:
        """Serves what is due now; how many slots this replica won."""
        return sum([await self._for_tenant(self._serve, each) for each in await self._tenants()])

    async def ring_and_look(self) -> int:
        """The same, with a sign of life before, and a look afterwards at what did not ring in time."""
        if self._heartbeat is None:
            return await self.ring()
        await self._heartbeat.beat()
        won = await self.ring()
        await self._heartbeat.look()
        return won

    async def tidy(self) -> None:
        """Forgets what is past its retention; what cannot be tidied now does not keep the rest from it."""
        for tidy in (self._jobs.prune, *self._tidies):
            await _safely(tidy)
        for tenant in await self._tenants():
            await self._for_tenant(self._prune, tenant)

    async def _tenants(self) -> list[Tenant]:
        async with self._database.directory() as directory:
            return await directory.installed()

    async def _for_tenant(self, act: Callable[[Tenant], Awaitable[int]], tenant: Tenant) -> int:
        """One workspace's trouble, an unknown zone say, does not keep the others waiting."""
        try:
            return await act(tenant)
        except Exception:
            log.exception("a workspace's schedules were passed over", tenant=tenant.id)
            return 0

    async def _serve(self, tenant: Tenant) -> int:
        now = self._clock.now()
        async with self._database.unit(tenant.id) as uow:
            connection = await uow.connections.get()
            await self._complete(uow, tenant, connection)
            schedules, last = await uow.schedules.all(), await uow.schedules.last_slots()
        ready = [each for each in due(schedules, now, last) if not waits(job_for(each), connection)]
        won = [await self._claim(each, now) for each in ready]
        return sum(won)

    async def _complete(self, uow: UnitOfWork, tenant: Tenant, connection: Connection | None) -> None:
        """A workspace that an older release connected gets the schedules that came since, once per start."""
        if connection is None or connection.state is ConnectionState.REMOVING or tenant.id in self._completed:
            return
        for each in STANDING:
            await uow.schedules.add_if_missing(each.made(tenant.id, tenant.timezone, self._clock.now()))
        self._completed.add(tenant.id)

    async def _prune(self, tenant: Tenant) -> int:
        now = self._clock.now()
        async with self._database.unit(tenant.id) as uow:
            kept = (
                uow.deliveries,
                uow.connections,
                uow.proofs,
                uow.credential_links,
                uow.syncs,
                uow.schedules,
                uow.problems,
                uow.news,
            )
            return sum([await each.prune(now) for each in kept])

    async def _claim(self, slot: Due, now: datetime) -> bool:
        async with self._database.unit(slot.schedule.tenant_id) as uow:
            if not await uow.schedules.claim_slot(slot.schedule.name, slot.slot, now):
                return False
            await self._jobs.enqueue(uow, job_for(slot))
        return True

    async def _ring_safely(self) -> None:
        """A bell that fails once rings again; nothing may stop the clock."""
        async with self._ringing:
            try:
                await self.ring_and_look()
                await self._tidy_sometimes()
            except Exception:
                log.exception("the scheduler's ring failed; it rings again")

    async def _tidy_sometimes(self) -> None:
        now = self._clock.now()
        if self._tidied is None or now - self._tidied >= TIDY_EVERY:
            self._tidied = now
            await self.tidy()


async def _safely(tidy: Callable[[], Awaitable[object]]) -> None:
    try:
        await tidy()
    except Exception:
        log.exception("something was not tidied; it is tried again in an hour")
