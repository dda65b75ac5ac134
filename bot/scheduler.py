"""The alarm clock: APScheduler rings, a pure function decides, a unique row serves each slot once."""

from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.clock import Clock
from bot.db.session import Database
from bot.domain.schedules import Schedule
from bot.jobs import Job, Jobs, PostDigest

log = structlog.get_logger(__name__)

SLOT_FORMAT = "%Y-%m-%dT%H:%M"
CATCH_UP = timedelta(days=8)
"""How far back a missed slot is looked for: a weekly one is found after a week's downtime."""


@dataclass(frozen=True)
class Due:
    """A slot that should be served now, named by its local wall-clock time without offset."""

    schedule: Schedule
    slot: str


def due(schedules: Iterable[Schedule], now: datetime, last_slots: Mapping[str, str]) -> list[Due]:
    """The newest slot of each schedule that has come and was not served.

    Wall-clock slots make a night with two 02:00s ring once, and one without 02:00 ring at the next minute
    that exists. Downtime is caught up once: older missed slots are left out. A schedule that never rang
    starts with its next slot, not with yesterday's.
    """
    found = []
    for schedule in schedules:
        slot = newest_slot(schedule, now) if schedule.enabled else None
        last = last_slots.get(schedule.name, "")
        if slot is not None and slot > last and (last or slot >= _first(schedule)):
            found.append(Due(schedule, slot))
    return found


def newest_slot(schedule: Schedule, now: datetime) -> str | None:
    """The latest local wall-clock slot at or before ``now``."""
    local = now.astimezone(ZoneInfo(schedule.timezone))
    day = local.date()
    for _ in range(CATCH_UP.days + 1):
        wall = datetime.combine(day, schedule.local_time)
        fits = schedule.weekday is None or day.weekday() == schedule.weekday
        if fits and _moment(wall, schedule.timezone) <= now:
            return wall.strftime(SLOT_FORMAT)
        day -= timedelta(days=1)
    return None


def _moment(wall: datetime, zone: str) -> datetime:
    """When the wall clock first shows this time; where the clocks skip it, the next minute they show."""
    there = ZoneInfo(zone)
    while True:
        moment = wall.replace(tzinfo=there, fold=0).astimezone(UTC)
        if moment.astimezone(there).replace(tzinfo=None) == wall:
            return moment
        wall += timedelta(minutes=1)


def _first(schedule: Schedule) -> str:
    """The first slot a schedule may serve: the one after it was made or last changed."""
    if schedule.since is None:
        return ""
    return schedule.since.astimezone(ZoneInfo(schedule.timezone)).strftime(SLOT_FORMAT)


def job_for(due_now: Due) -> Job:
    """What a schedule's slot sets going."""
    return PostDigest(tenant_id=due_now.schedule.tenant_id, schedule=due_now.schedule.name, slot=due_now.slot)


class Scheduler:
    """Rings every ``tick`` seconds, on every replica, and serves the slots that are due."""

    def __init__(self, database: Database, jobs: Jobs, clock: Clock, *, tick: float) -> None:
        self._database = database
        self._jobs = jobs
        self._clock = clock
        self._tick = tick

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
        )
        metronome.start()
        try:
            yield
        finally:
            metronome.shutdown(wait=False)

    async def ring(self) -> int:
        """Serves what is due now; how many slots this replica won."""
        async with self._database.directory() as directory:
            tenants = await directory.tenants()
        return sum([await self._serve(tenant.id) for tenant in tenants])

    async def _serve(self, tenant_id: int) -> int:
        now = self._clock.now()
        async with self._database.unit(tenant_id) as uow:
            schedules, last = await uow.schedules.all(), await uow.schedules.last_slots()
        won = [await self._claim(each, now) for each in due(schedules, now, last)]
        return sum(won)

    async def _claim(self, slot: Due, now: datetime) -> bool:
        async with self._database.unit(slot.schedule.tenant_id) as uow:
            if not await uow.schedules.claim_slot(slot.schedule.name, slot.slot, now):
                return False
            await self._jobs.enqueue(uow, job_for(slot))
        return True

    async def _ring_safely(self) -> None:
        """A bell that fails once rings again; nothing may stop the clock."""
        try:
            await self.ring()
        except Exception:
            log.exception("the scheduler's ring failed; it rings again")
