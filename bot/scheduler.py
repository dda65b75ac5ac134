"""The alarm clock: APScheduler rings, a pure function decides, a unique row serves each slot once."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.clock import Clock
from bot.db.session import Database
from bot.domain.schedules import NIGHTLY_CHOICES, NIGHTLY_TICKETS, NIGHTLY_VERIFY, Schedule
from bot.jobs import Job, Jobs, PostDigest, ReconcileTickets, RefreshChoices, VerifyNightly

log = structlog.get_logger(__name__)

SLOT_FORMAT = "%Y-%m-%dT%H:%M"
TIDY_EVERY = timedelta(hours=1)
CATCH_UP = timedelta(days=8)
"""How far back a missed slot is looked for: a weekly one is found after a week's downtime."""


@dataclass(frozen=True)
class Due:
    """A slot that should be served now, named by its local wall-clock time without offset."""

    schedule: Schedule
    slot: str


def due(schedules: Iterable[Schedule], now: datetime, last_slots: Mapping[str, str]) -> list[Due]:
    """The newest slot of each schedule that has come and was not served.

    ``last_slots`` holds, by schedule, the newest slot served since the schedule was last changed. Wall-clock
    slots make a night with two 02:00s ring once, and one without 02:00 ring at the next minute that exists.
    Downtime is caught up once: older missed slots are left out. Nothing is caught up from before a schedule was
    made or changed.
    """
    found = []
    for schedule in schedules:
        newest = _newest(schedule, now) if schedule.enabled else None
        if newest is None or newest.slot <= last_slots.get(schedule.name, ""):
            continue
        if schedule.since is None or newest.moment >= schedule.since:
            found.append(Due(schedule, newest.slot))
    return found


def newest_slot(schedule: Schedule, now: datetime) -> str | None:
    """The latest local wall-clock slot at or before ``now``."""
    newest = _newest(schedule, now)
    return newest.slot if newest else None


@dataclass(frozen=True)
class _Slot:
    slot: str
    moment: datetime


def _newest(schedule: Schedule, now: datetime) -> _Slot | None:
    day = now.astimezone(ZoneInfo(schedule.timezone)).date()
    for back in range(CATCH_UP.days + 1):
        wall = datetime.combine(day - timedelta(days=back), schedule.local_time)
        fits = schedule.weekday is None or wall.weekday() == schedule.weekday
        if fits and (moment := _moment(wall, schedule.timezone)) <= now:
            return _Slot(wall.strftime(SLOT_FORMAT), moment)
    return None


def _moment(wall: datetime, zone: str) -> datetime:
    """When the wall clock first shows this time; where the clocks skip it, the next minute they show."""
    there = ZoneInfo(zone)
    while True:
        moment = wall.replace(tzinfo=there, fold=0).astimezone(UTC)
        if moment.astimezone(there).replace(tzinfo=None) == wall:
            return moment
        wall += timedelta(minutes=1)


def job_for(due_now: Due) -> Job:
    """What a schedule's slot sets going."""
    schedule = due_now.schedule
    if schedule.name == NIGHTLY_VERIFY:
        return VerifyNightly(tenant_id=schedule.tenant_id, slot=due_now.slot)
    if schedule.name == NIGHTLY_CHOICES:
        return RefreshChoices(tenant_id=schedule.tenant_id, slot=due_now.slot)
    if schedule.name == NIGHTLY_TICKETS:
        return ReconcileTickets(tenant_id=schedule.tenant_id, slot=due_now.slot)
    return PostDigest(tenant_id=schedule.tenant_id, schedule=schedule.name, slot=due_now.slot)


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
    ) -> None:
        """``tidies`` are done once an hour, beside forgetting what is past its retention."""
        self._database = database
        self._jobs = jobs
        self._clock = clock
        self._tick = tick
        self._tidies = tidies
        self._ringing = asyncio.Lock()
        self._tidied: datetime | None = None

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
        return sum([await self._for_tenant(self._serve, tenant) for tenant in await self._tenants()])

    async def tidy(self) -> None:
        """Forgets what is past its retention."""
        await self._jobs.prune()
        for tidy in self._tidies:
            await tidy()
        for tenant in await self._tenants():
            await self._for_tenant(self._prune, tenant)

    async def _tenants(self) -> list[int]:
        async with self._database.directory() as directory:
            return [tenant.id for tenant in await directory.installed()]

    async def _for_tenant(self, act: Callable[[int], Awaitable[int]], tenant_id: int) -> int:
        """One workspace's trouble, an unknown zone say, does not keep the others waiting."""
        try:
            return await act(tenant_id)
        except Exception:
            log.exception("a workspace's schedules were passed over", tenant=tenant_id)
            return 0

    async def _serve(self, tenant_id: int) -> int:
        now = self._clock.now()
        async with self._database.unit(tenant_id) as uow:
            schedules, last = await uow.schedules.all(), await uow.schedules.last_slots()
        won = [await self._claim(each, now) for each in due(schedules, now, last)]
        return sum(won)

    async def _prune(self, tenant_id: int) -> int:
        now = self._clock.now()
        async with self._database.unit(tenant_id) as uow:
            kept = (
                uow.deliveries,
                uow.connections,
                uow.proofs,
                uow.credential_links,
                uow.syncs,
                uow.schedules,
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
                await self.ring()
                await self._tidy_sometimes()
            except Exception:
                log.exception("the scheduler's ring failed; it rings again")

    async def _tidy_sometimes(self) -> None:
        now = self._clock.now()
        if self._tidied is None or now - self._tidied >= TIDY_EVERY:
            self._tidied = now
            await self.tidy()
