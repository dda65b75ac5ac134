"""A run of the sync engine: what is asked for is fetched side by side, then concluded from, in order."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from bot import syncs
from bot.autotask.client import AutotaskClient
from bot.autotask.pool import ClientFor
from bot.clock import Clock
from bot.db.session import Database
from bot.domain.context import Tenant
from bot.domain.syncs import Scope, SyncCounts, SyncState
from bot.errors import BotError
from bot.jobs import Attempt, Job, RunSync
from bot.slack.notifier import Notifier
from bot.syncs.engine import Work
from bot.syncs.groups import SyncGroup, Tally, fetch, filled, without_repeats
from bot.workflows.alarms import Alarms
from bot.workflows.engine import After, TenantOf, go_on
from bot.workflows.sync_failures import Fallen, SyncFailures, fingerprint, next_attempt
from bot.workflows.sync_messages import SyncMessages

OFF = "switched off or paused meanwhile"
STEPS = ("started", "announced", "fetched", "concluded", "noted")


@dataclass(frozen=True)
class _Run:
    """A job on its way. ``parts`` are the counts of every group as they grow."""

    tenant: Tenant
    job: RunSync
    attempt: Attempt
    began: float = field(default_factory=time.perf_counter)
    parts: dict[str, SyncCounts] = field(default_factory=dict)

    def fallen(self, group: SyncGroup, run_id: int, error: BaseException) -> Fallen:
        took = round((time.perf_counter() - self.began) * 1000)
        return Fallen(group, run_id, error, next_attempt(error, self.attempt), self.attempt.number, took)


class RunSyncWorkflow:
    job_type: type[Job] = RunSync

    def __init__(
        self,
        database: Database,
        client_for: ClientFor,
        notifier: Notifier,
        *,
        alarms: Alarms,
        tenant_of: TenantOf,
        clock: Clock,
        groups: Sequence[SyncGroup] = syncs.GROUPS,
        after: After = go_on,
    ) -> None:
        self._database = database
        self._client_for = client_for
        self._messages = SyncMessages(database, notifier, clock)
        self._alarms = alarms
        self._failures = SyncFailures(database, alarms, clock)
        self._tenant_of = tenant_of
        self._clock = clock
        self._groups = groups
        self._after = after

    async def run(self, job: Job, attempt: Attempt) -> None:
        """Groups that an earlier attempt has finished are left alone; who asked sees one message, edited in place.

        Each group fails for itself. The error that is raised is one after which another attempt helps, if any is.
        """
        assert isinstance(job, RunSync)
        run = _Run(await self._tenant_of(job.tenant_id), job, attempt)
        started = await self._start(run)
        try:
            fallen, lines = await self._carry_out(run, started)
        except asyncio.CancelledError:
            await self._failures.interrupted(run.tenant.id, [run_id for _, run_id in started])
            raise
        again = [each for each in fallen if each.again_in is not None]
        if again:
            await self._messages.waits(run.tenant, job, again[0].error, again[0].again_in)
        else:
            await self._messages.tell(run.tenant, job, [each.error for each in fallen], lines)
        await self._after("noted")
        if fallen:
            raise (again or fallen)[0].error

    async def _start(self, run: _Run) -> list[tuple[SyncGroup, int]]:
        """The groups that are still to be done, each with the run that shows it."""
        job, now = run.job, self._clock.now()
        trigger = "manual" if job.requested_by else "schedule"
        wanted = await self._wanted(run)
        async with self._database.unit(run.tenant.id) as uow:
            started = [
                (
                    each,
                    await uow.syncs.start(each.name.value, trigger, job.requested_by, now, key=job.run_key),
                )
                for each in wanted
            ]
        await self._after("started")
        return started

    async def _wanted(self, run: _Run) -> list[SyncGroup]:
        """Without what is switched off or paused, and what an earlier attempt ended: well, or for good."""
        job, chosen = run.job, [each for each in self._groups if each.name.value in run.job.groups]
        ended = {SyncState.SUCCEEDED, SyncState.FAILED}
        wanted = []
        async with self._database.unit(run.tenant.id) as uow:
            switches = await uow.switches.all()
            paused = frozenset() if job.requested_by else await uow.sync_pauses.paused()
            for group in chosen:
                done = await uow.syncs.of_key(group.name.value, job.run_key)
                on = group.capability is None or switches.may_read(group.capability)
                on = on and group.name.value not in paused
                if on and (done is None or done.state not in ended):
                    wanted.append(group)
                elif done is not None and done.state not in ended:
                    await uow.syncs.finish(done.id, SyncState.FAILED, None, error=OFF, at=self._clock.now())
        return wanted

    async def _carry_out(
        self, run: _Run, started: Sequence[tuple[SyncGroup, int]]
    ) -> tuple[list[Fallen], list[str]]:
        await self._messages.announce(run.tenant, run.job)
        await self._after("announced")
        try:
            client = await self._client_for(run.tenant.id)
        except BotError as error:
            return [await self._fell(run, group, run_id, error) for group, run_id in started], []
        works = [self._work(run, run_id, client) for _, run_id in started]
        fetched = await self._fetch([group for group, _ in started], works)
        await self._after("fetched")
        await self._database.take_stock(filled([group for group, _ in started], fetched))
        fallen: list[Fallen] = []
        lines: list[str] = []
        for (group, run_id), work, ended in zip(started, works, fetched, strict=True):
            failure = (
                ended if isinstance(ended, BaseException) else await self._end(group, work, ended, lines)
            )
            if failure is not None:
                fallen.append(await self._fell(run, group, run_id, failure))
            await self._after("concluded")
        return fallen, lines

    def _work(self, run: _Run, run_id: int, client: AutotaskClient) -> Work:
        job, now = run.job, self._clock.now()
        window = (job.first_day, job.last_day) if job.first_day and job.last_day else None
        return Work(
            client=client,
            database=self._database,
            clock=self._clock,
            tenant_id=run.tenant.id,
            run_id=run_id,
            scope=Scope(
                now=now,
                today=now.astimezone(ZoneInfo(run.tenant.timezone)).date(),
                window=window,
                full=job.full,
                organization_id=job.organization_id,
                options=frozenset(job.options),
            ),
            progress=self._messages.progress(run.tenant, job, run_id, run.parts),
        )

    async def _fetch(self, groups: Sequence[SyncGroup], works: Sequence[Work]) -> list[Tally | BaseException]:
        """What each group's syncs did. A group whose sync another one ran for both fails with that one."""
        lent = without_repeats(groups)
        ended = await asyncio.gather(
            *(fetch(group, work) for group, work in zip(lent, works, strict=True)), return_exceptions=True
        )
        broken: dict[str, BaseException] = {}
        for group, each in zip(lent, ended, strict=True):
            if isinstance(each, BaseException):
                broken |= {sync.name: each for sync in group.syncs}
        return [
            next((broken[sync.name] for sync in group.syncs if sync.name in broken), each)
            for group, each in zip(groups, ended, strict=True)
        ]

    async def _end(self, group: SyncGroup, work: Work, tally: Tally, lines: list[str]) -> Exception | None:
        """What was fetched is looked at, and the run is through; or why it is not."""
        try:
            lines += await self._conclude(group, work, tally)
        except Exception as error:  # noqa: BLE001 - the run says what failed, and is tried again
            return error
        return None

    async def _conclude(self, group: SyncGroup, work: Work, tally: Tally) -> tuple[str, ...]:
        async with self._database.unit(work.tenant_id) as uow:
            await uow.syncs.progress(work.run_id, tally.total, tally.parts)
        found = await group.conclude(work)
        problems = (*tally.problems, *found.problems)
        await self._alarms.report_all(work.tenant_id, group.name.value, problems)
        for each in (*tally.over, *found.over):
            await self._alarms.over(work.tenant_id, each)
        await self._alarms.succeeded(work.tenant_id, group.name.value, fingerprint(group))
        async with self._database.unit(work.tenant_id) as uow:
            sizes = await uow.mirror.sizes(group.tables)
            await uow.syncs.measure(work.run_id, group.name.value, sizes)
            await uow.syncs.finish(work.run_id, SyncState.SUCCEEDED, None, at=self._clock.now())
            await self._alarms.found(uow, work.run_id)
        return (*(f"{each.title}." for each in tally.problems), *found.lines)

    async def _fell(self, run: _Run, group: SyncGroup, run_id: int, error: BaseException) -> Fallen:
        fallen = run.fallen(group, run_id, error)
        await self._failures.note(run.tenant.id, fallen)
        return fallen
