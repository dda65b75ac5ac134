"""How syncs stand, from our own database alone: nothing is asked of Autotask to show it (product SY2 to SY9, AO1)."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TypeAlias

from bot.clock import Clock
from bot.db.session import Database, UnitOfWork
from bot.domain.context import Ctx, Right
from bot.domain.logs import hidden_types
from bot.domain.schedules import BY_NAME, Schedule, next_run
from bot.domain.status import RECENT, GroupStatus, Period, Ring, Status
from bot.domain.sync_orders import CAPABILITY_OF
from bot.domain.syncs import Group, SyncRun, SyncState
from bot.jobs import Jobs, RunSync

_Waiting: TypeAlias = Mapping[Group, datetime | None]


class StatusService:
    def __init__(self, database: Database, jobs: Jobs, clock: Clock) -> None:
        self._database = database
        self._jobs = jobs
        self._clock = clock

    async def cards(self, ctx: Ctx) -> Status:
        """What the Home tab shows: totals, the last operations, what is next, the API budget."""
        ctx.require(Right.READ)
        async with self._database.unit_for(ctx) as uow:
            return await self._cards(uow)

    async def page(self, ctx: Ctx, period: Period = Period.WEEK) -> Status:
        """All of it: also each group, and lines by type and status since the period began."""
        ctx.require(Right.READ)
        waiting = _waiting(await self._jobs.under_way(RunSync, ctx.tenant.id))
        async with self._database.unit_for(ctx) as uow:
            cards = await self._cards(uow)
            switches = await uow.switches.all()
            since = period.since(cards.as_of, ctx.person.zone)
            breakdown = await uow.sync_logs.counts(since, hidden_types(switches))
            runs, paused = await uow.syncs.last_of_each(), await uow.sync_pauses.paused()
        groups = [
            GroupStatus(
                group=each,
                run=runs.get(each.value),
                is_queued=each in waiting and not _is_running(runs.get(each.value)),
                again_at=waiting.get(each),
                is_paused=each.value in paused,
                is_off=each in CAPABILITY_OF and not switches.may_read(CAPABILITY_OF[each]),
                next_at=_next_of(each, cards.rings),
            )
            for each in Group
        ]
        return Status(
            cards.as_of, cards.tally, cards.lines, cards.rings, cards.usage, groups, breakdown, period
        )

    async def _cards(self, uow: UnitOfWork) -> Status:
        now = self._clock.now()
        hidden = hidden_types(await uow.switches.all())
        return Status(
            as_of=now,
            tally=await uow.syncs.tally(),
            lines=await uow.sync_logs.newest(RECENT, hidden),
            rings=_rings(await uow.schedules.all(), now),
            usage=await uow.api_usage.latest(now),
        )


def _is_running(run: SyncRun | None) -> bool:
    return run is not None and run.state in {SyncState.RUNNING, SyncState.RETRYING}


def _waiting(jobs: Iterable[tuple[RunSync, datetime | None]]) -> _Waiting:
    """Groups of jobs under way, with when a failed one is tried again."""
    found: dict[Group, datetime | None] = {}
    for job, again_at in jobs:
        for name in job.groups:
            if name in set(Group):
                found.setdefault(Group(name), again_at)
    return found


def _rings(schedules: Iterable[Schedule], now: datetime) -> list[Ring]:
    """The schedules that run syncs, the next one first."""
    found = []
    for schedule in schedules:
        standing = BY_NAME.get(schedule.name)
        moment = next_run(schedule, now)
        if standing is not None and standing.groups and moment is not None:
            found.append(Ring(standing.title, standing.groups, moment))
    return sorted(found, key=lambda ring: ring.next_at)


def _next_of(group: Group, rings: Iterable[Ring]) -> datetime | None:
    return next((ring.next_at for ring in rings if group.value in ring.groups), None)
