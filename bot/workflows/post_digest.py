"""A digest's slot has come: gather the day and post it once."""

from datetime import timedelta

from blocks import digests as blocks
from bot.clock import Clock
from bot.db.session import Database
from bot.jobs import Attempt, Job, PostDigest
from bot.services.digests import DigestsService
from bot.slack.notifier import Notifier
from bot.workflows.engine import TenantOf

COVERS = timedelta(days=1)


class PostDigestWorkflow:
    job_type: type[Job] = PostDigest

    def __init__(
        self,
        database: Database,
        digests: DigestsService,
        notifier: Notifier,
        *,
        tenant_of: TenantOf,
        clock: Clock,
    ) -> None:
        self._database = database
        self._digests = digests
        self._notifier = notifier
        self._tenant_of = tenant_of
        self._clock = clock

    async def run(self, job: Job, attempt: Attempt) -> None:  # noqa: ARG002 - all workflows are called alike
        """Posts the slot's digest under the slot's own key, so that no slot is ever told twice."""
        assert isinstance(job, PostDigest)
        tenant = await self._tenant_of(job.tenant_id)
        where = await self._destination(job)
        if not where:
            return
        until = self._clock.now()
        digest = await self._digests.gather_for(tenant.id, until - COVERS, until)
        await self._notifier.post(tenant, f"{job.schedule}:{job.slot}", where, blocks.message(digest))

    async def _destination(self, job: PostDigest) -> str:
        async with self._database.unit(job.tenant_id) as uow:
            schedules = await uow.schedules.all()
        return next((each.channel_id for each in schedules if each.name == job.schedule), "")
