"""A run of the sync engine: what is asked for is fetched side by side, then concluded from, in order."""

import asyncio
from collections.abc import Sequence
from zoneinfo import ZoneInfo

from blocks import errors as words
from bot import syncs
from bot.autotask.pool import ClientFor
from bot.clock import Clock
from bot.db.session import Database
from bot.domain.context import Tenant
from bot.domain.problems import EventKind, ProblemReport, Severity
from bot.domain.syncs import Scope, SyncCounts, SyncState
from bot.errors import BotError
from bot.jobs import Attempt, Job, RunSync
from bot.slack.notifier import Notifier
from bot.syncs.engine import Work
from bot.syncs.groups import SyncGroup, fetch, without_repeats
from bot.workflows.alarms import Alarms
from bot.workflows.engine import TenantOf
from bot.workflows.sync_messages import SyncMessages


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
    ) -> None:
        self._database = database
        self._client_for = client_for
        self._messages = SyncMessages(database, notifier)
        self._alarms = alarms
        self._tenant_of = tenant_of
        self._clock = clock

    async def run(self, job: Job, attempt: Attempt) -> None:
        """Groups that an earlier attempt has finished are left alone; who asked sees one message, edited in place."""
        assert isinstance(job, RunSync)
        tenant = await self._tenant_of(job.tenant_id)
        groups = await self._wanted(tenant, job)
        parts: dict[str, SyncCounts] = {}
        works = [(group, await self._work(tenant, job, group, parts)) for group in groups]
        await self._messages.announce(tenant, job)
        ended = await asyncio.gather(
            *(self._fetch(group, work) for group, work in works), return_exceptions=True
        )
        failed = [error for error in ended if isinstance(error, BaseException)]
        lines: list[str] = []
        for (group, work), error in zip(works, ended, strict=True):
            if error is None:
                lines += await self._conclude(tenant, group, work)
            else:
                await self._fell(tenant, group, work, error=error, attempt=attempt)
        if not failed or self._is_last(failed, attempt):
            await self._messages.tell(tenant, job, failed, lines)
        if failed:
            raise failed[0]

    async def _wanted(self, tenant: Tenant, job: RunSync) -> list[SyncGroup]:
        chosen = [group for group in syncs.GROUPS if group.name.value in job.groups]
        wanted = []
        async with self._database.unit(tenant.id) as uow:
            switches = await uow.switches.all()
            paused = frozenset() if job.requested_by else await uow.sync_pauses.paused()
            for group in chosen:
                done = await uow.syncs.of_key(group.name.value, job.run_key)
                on = group.capability is None or switches.may_read(group.capability)
                on = on and group.name.value not in paused
                if on and (done is None or done.state is not SyncState.SUCCEEDED):
                    wanted.append(group)
        return without_repeats(wanted)

    async def _work(
        self, tenant: Tenant, job: RunSync, group: SyncGroup, parts: dict[str, SyncCounts]
    ) -> Work:
        """``parts`` is where every group of the job counts as it goes."""
        now = self._clock.now()
        trigger = "manual" if job.requested_by else "schedule"
        async with self._database.unit(tenant.id) as uow:
            run_id = await uow.syncs.start(group.name.value, trigger, job.requested_by, now, key=job.run_key)
        asked_for = job.first_day is not None and job.last_day is not None
        return Work(
            client=await self._client_for(tenant.id),
            database=self._database,
            clock=self._clock,
            tenant_id=tenant.id,
            run_id=run_id,
            scope=Scope(
                now=now,
                today=now.astimezone(ZoneInfo(tenant.timezone)).date(),
                window=(job.first_day, job.last_day) if asked_for else None,  # type: ignore[arg-type]
                full=job.full,
                organization_id=job.organization_id,
                options=frozenset(job.options),
            ),
            progress=self._messages.progress(tenant, job, run_id, parts),
        )

    async def _fetch(self, group: SyncGroup, work: Work) -> None:
        tally = await fetch(group, work)
        async with self._database.unit(work.tenant_id) as uow:
            await uow.syncs.progress(work.run_id, tally.total, tally.parts)

    async def _conclude(self, tenant: Tenant, group: SyncGroup, work: Work) -> tuple[str, ...]:
        """What was fetched is looked at; further sentences for the summary."""
        found = await group.conclude(work)
        async with self._database.unit(tenant.id) as uow:
            await uow.syncs.finish(work.run_id, SyncState.SUCCEEDED, None, at=self._clock.now())
            await self._alarms.found(uow, work.run_id)
        for problem in found.problems:
            await self._alarms.report(tenant.id, problem)
        for fingerprint in found.over:
            await self._alarms.over(tenant.id, fingerprint)
        await self._alarms.succeeded(tenant.id, group.name.value, _fingerprint(group))
        return found.lines

    async def _fell(
        self, tenant: Tenant, group: SyncGroup, work: Work, *, error: BaseException, attempt: Attempt
    ) -> None:
        """The attempt failed; people hear of it after the last one."""
        is_last = self._is_last([error], attempt)
        reason = str(error) if isinstance(error, BotError) else type(error).__name__
        state = SyncState.FAILED if is_last else SyncState.RETRYING
        async with self._database.unit(tenant.id) as uow:
            await uow.syncs.finish(work.run_id, state, None, error=reason, at=self._clock.now())
        if is_last:
            problem = _problem(group, error)
            await self._alarms.failed(tenant.id, group.name.value, str(work.run_id), problem)

    def _is_last(self, failed: Sequence[BaseException], attempt: Attempt) -> bool:
        return any(self.job_type.retry.after(error, attempt.number) is None for error in failed)


def _fingerprint(group: SyncGroup) -> str:
    return f"sync:{group.name.value}"


def _problem(group: SyncGroup, error: BaseException) -> ProblemReport:
    return ProblemReport(
        fingerprint=_fingerprint(group),
        kind=EventKind.SYNC,
        severity=Severity.ERROR,
        title=f"The sync of {group.name.value} failed",
        detail=words.field_text(error) if isinstance(error, BotError) else type(error).__name__,
        code=error.code if isinstance(error, BotError) else "AT-500",
        retry={"job": RunSync.name, "groups": [group.name.value]},
    )
