"""Somebody is reminded of time: what is missing of a day, or what waits for approval."""

from blocks import time_nudges as blocks
from blocks.kit import Message
from bot.domain.context import Ctx, Right
from bot.domain.time_nudges import NudgeKind, day_of, told_once_as
from bot.errors import CredentialsRejected, NotConnected
from bot.jobs import Attempt, Job, NudgeTime
from bot.services.authors import EmailOf
from bot.services.time_nudges import TimeNudgesService
from bot.slack.notifier import Notifier
from bot.workflows.engine import After, PersonOf, TenantOf, go_on


class NudgeTimeWorkflow:
    job_type: type[Job] = NudgeTime

    def __init__(
        self,
        nudges: TimeNudgesService,
        notifier: Notifier,
        *,
        tenant_of: TenantOf,
        person_of: PersonOf,
        email_of: EmailOf,
        after: After = go_on,
    ) -> None:
        self._nudges = nudges
        self._notifier = notifier
        self._tenant_of = tenant_of
        self._person_of = person_of
        self._email_of = email_of
        self._after = after

    async def run(self, job: Job, attempt: Attempt) -> None:  # noqa: ARG002 - all workflows are called alike
        """One message per person and slot, however often the job runs; none for who may see nothing any more."""
        assert isinstance(job, NudgeTime)
        tenant = await self._tenant_of(job.tenant_id)
        person = await self._person_of(tenant, job.user_id)
        if not person.may(Right.READ):
            return
        try:
            message = await self._message(Ctx(tenant, person), job)
        except (NotConnected, CredentialsRejected):
            return  # told by itself
        await self._after("looked")
        if message is not None:
            slot = told_once_as(job.slot) if job.kind is NudgeKind.MISSING else job.slot
            await self._notifier.dm(tenant, job.user_id, f"time-{job.kind}:{job.user_id}:{slot}", message)
            await self._after("told")

    async def _message(self, ctx: Ctx, job: NudgeTime) -> Message | None:
        if job.kind is NudgeKind.APPROVALS:
            waiting = await self._nudges.waiting(ctx)
            return blocks.waiting(waiting) if waiting else None
        email = await self._email_of(ctx.tenant, job.user_id)
        missing = await self._nudges.missing(ctx, day_of(job.slot), email)
        return blocks.missing(missing) if missing else None
