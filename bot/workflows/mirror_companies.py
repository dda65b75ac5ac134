"""The company mirror: filled after connecting, kept fresh by schedule or by request."""

from zoneinfo import ZoneInfo

from blocks import catalogue
from blocks import errors as words
from blocks import syncs as blocks
from bot.autotask.pool import ClientFor
from bot.clock import Clock
from bot.db.session import Database
from bot.domain.context import Tenant
from bot.domain.syncs import Scope, SyncCounts, SyncState
from bot.errors import BotError
from bot.jobs import Attempt, Job, MirrorCompanies
from bot.slack.notifier import Notifier
from bot.syncs import companies
from bot.syncs.engine import Outcome, Progress, Work, run_pass
from bot.workflows.alarms import Alarms
from bot.workflows.engine import TenantOf, post_somewhere
from bot.workflows.sync_failures import BROKE


class MirrorCompaniesWorkflow:
    job_type: type[Job] = MirrorCompanies

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
        self._notifier = notifier
        self._alarms = alarms
        self._tenant_of = tenant_of
        self._clock = clock

    async def run(self, job: Job, attempt: Attempt) -> None:
        """Mirrors every company; who asked sees one message, edited in place."""
        assert isinstance(job, MirrorCompanies)
        tenant = await self._tenant_of(job.tenant_id)
        key = f"mirror:{job.run_key}"
        if job.requested_by:
            places = [place for place in (job.channel_id, job.requested_by) if place]
            await post_somewhere(self._notifier, tenant, key, places, blocks.companies_arriving(SyncCounts()))

        async def progress(_sync: str, counts: SyncCounts) -> None:
            if job.requested_by:
                self._notifier.progress(tenant, key, blocks.companies_arriving(counts))

        try:
            counts = await self._mirror(tenant, job, progress=progress)
        except BotError as error:
            if job.requested_by and self.job_type.retry.after(error, attempt.number) is None:
                await self._notifier.update(tenant, key, blocks.companies_missing(words.field_text(error)))
            raise
        if job.requested_by:
            await self._notifier.update(
                tenant, key, blocks.companies_here(counts, await self._trouble(tenant))
            )

    async def _trouble(self, tenant: Tenant) -> int:
        async with self._database.unit(tenant.id) as uow:
            return await uow.organizations.trouble_count()

    async def _mirror(self, tenant: Tenant, job: MirrorCompanies, *, progress: Progress) -> SyncCounts:
        now = self._clock.now()
        async with self._database.unit(tenant.id) as uow:
            trigger = "manual" if job.requested_by else "schedule"
            key = f"mirror:{job.run_key}" if job.run_key else None
            run_id = await uow.syncs.start(companies.SYNC.name, trigger, job.requested_by, now, key=key)
        scope = Scope(now, now.astimezone(ZoneInfo(tenant.timezone)).date(), full=True)
        client = await self._client_for(tenant.id)
        work = Work(client, self._database, self._clock, tenant.id, run_id, scope, progress)
        try:
            outcome = await run_pass(companies.SYNC, work)
            await self._tell(tenant.id, outcome)
        except Exception as error:
            reason = catalogue.short(error.code if isinstance(error, BotError) else BROKE)
            await self._finish(work, SyncState.FAILED, None, error=reason)
            raise
        await self._finish(work, SyncState.SUCCEEDED, outcome.counts)
        return outcome.counts

    async def _tell(self, tenant_id: int, outcome: Outcome) -> None:
        """Much that is gone at once is a problem here as in any other sync."""
        for problem in outcome.problems:
            await self._alarms.report(tenant_id, problem)
        for each in outcome.over:
            await self._alarms.over(tenant_id, each)

    async def _finish(
        self, work: Work, state: SyncState, counts: SyncCounts | None, *, error: str = ""
    ) -> None:
        async with self._database.unit(work.tenant_id) as uow:
            if state is SyncState.SUCCEEDED:
                sizes = await uow.mirror.sizes([companies.SYNC.table])
                await uow.syncs.measure(work.run_id, companies.SYNC.name, sizes)
            await uow.syncs.finish(work.run_id, state, counts, error=error, at=self._clock.now())
