"""Whether schedules ring: each process gives signs of life, and the living tell what did not happen (product SY1)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

import structlog

from bot.clock import Clock
from bot.db.session import Database
from bot.domain import misses
from bot.domain.connections import ConnectionState
from bot.domain.context import Tenant
from bot.domain.misses import Gap, Late
from bot.domain.problems import EventKind, ProblemReport
from bot.domain.schedules import Schedule, due, moment_of
from bot.jobs import Jobs
from bot.workflows.alarms import Alarms

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class _Facts:
    """What one workspace's schedules were found to be like."""

    schedules: Sequence[Schedule]
    last: Mapping[str, str]
    there: frozenset[str]
    is_connected: bool


class Heartbeat:
    """``beat`` before each ring of the scheduler, ``look`` after it."""

    def __init__(
        self, database: Database, jobs: Jobs, alarms: Alarms, *, clock: Clock, process: str, tick: float
    ) -> None:
        """``process`` names this one; ``tick`` is how often the scheduler rings, in seconds."""
        self._database = database
        self._jobs = jobs
        self._alarms = alarms
        self._clock = clock
        self._process = process
        self._longest = max(misses.SILENCE, timedelta(seconds=10 * tick))
        self._gap: Gap | None = None

    async def beat(self) -> None:
        """This process lives. When none did for a while, that gap is looked into once the ring has caught up."""
        now = self._clock.now()
        async with self._database.directory() as directory:
            last = await directory.heartbeats.beat(self._process, now)
        if last is not None and now - last > self._longest:
            self._gap = Gap(last, now)

    async def look(self) -> None:
        """What rang late, what has not rung at all, and work that nobody starts."""
        async with self._database.directory() as directory:
            tenants = await directory.installed()
        gap, self._gap = self._gap, None
        for tenant in tenants:
            try:
                await self._look_at(tenant, gap)
            except Exception:
                log.exception("a workspace's schedules were not looked at", tenant=tenant.id)

    async def _look_at(self, tenant: Tenant, gap: Gap | None) -> None:
        facts = await self._facts(tenant)
        if gap is not None:
            await self._tell_gap(tenant, facts, gap)
        wrong = {each.fingerprint: each for each in await self._wrong(tenant, facts)}
        for fingerprint, found in wrong.items():
            if fingerprint not in facts.there:
                await self._alarms.report(tenant.id, found)
        for fingerprint in facts.there - set(wrong):
            await self._alarms.over(tenant.id, fingerprint)

    async def _facts(self, tenant: Tenant) -> _Facts:
        async with self._database.unit(tenant.id) as uow:
            connection = await uow.connections.get()
            known = await uow.problems.open_names(EventKind.SCHEDULE)
            return _Facts(
                await uow.schedules.all(),
                await uow.schedules.last_slots(),
                frozenset(each for each in known if each.startswith(misses.OURS)),
                connection is not None and connection.state is ConnectionState.ACTIVE,
            )

    async def _tell_gap(self, tenant: Tenant, facts: _Facts, gap: Gap) -> None:
        """Once, by the replica that found the gap: what was missed in it and is caught up now."""
        rung = [_rung(each, facts.last[each.name]) for each in facts.schedules if each.name in facts.last]
        missed = [late for late in rung if gap.holds(late.moment)]
        if missed:
            await self._alarms.was_over(
                tenant.id, misses.was_down(gap, missed, tenant.timezone), gap.since, gap.until
            )

    async def _wrong(self, tenant: Tenant, facts: _Facts) -> list[ProblemReport]:
        """While the connection is paused, syncs rest on purpose, and that is told by itself."""
        now = self._clock.now()
        waiting = due(facts.schedules, now, facts.last) if facts.is_connected else []
        rings = [Late(each.schedule.name, moment_of(each.schedule, each.slot)) for each in waiting]
        late = [each for each in rings if now - each.moment > misses.GRACE]
        found = [misses.did_not_ring(each, tenant.timezone) for each in late]
        if len(late) > misses.MOST_TOLD:
            found = [misses.none_rang(late)]
        since = await self._jobs.waits_since(tenant.id)
        if since is not None and self._clock.now() - since > misses.UNSTARTED:
            found.append(misses.nobody_works())
        return found


def _rung(schedule: Schedule, slot: str) -> Late:
    return Late(schedule.name, moment_of(schedule, slot))
