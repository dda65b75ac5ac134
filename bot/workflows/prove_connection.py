"""A slow Autotask is waited for: up to two minutes, then the answer finds the person (product CV9)."""

from blocks import connections as blocks
from blocks import errors as words
from bot.domain.context import Ctx
from bot.errors import BotError, UpstreamError
from bot.jobs import Attempt, Job, ProveConnection
from bot.services.connections import ConnectionsService, Proven
from bot.slack.notifier import Notifier
from bot.slack.views import Views
from bot.workflows.engine import PersonOf, TenantOf


class ProveConnectionWorkflow:
    job_type: type[Job] = ProveConnection

    def __init__(
        self,
        connections: ConnectionsService,
        notifier: Notifier,
        views: Views,
        *,
        tenant_of: TenantOf,
        person_of: PersonOf,
    ) -> None:
        self._connections = connections
        self._notifier = notifier
        self._views = views
        self._tenant_of = tenant_of
        self._person_of = person_of

    async def run(self, job: Job, attempt: Attempt) -> None:
        """Proves the saved draft and redraws the modal; who closed it gets a direct message."""
        assert isinstance(job, ProveConnection)
        tenant = await self._tenant_of(job.tenant_id)
        ctx = Ctx(tenant, await self._person_of(tenant, job.user_id))
        if await self._connections.is_answered(ctx, job.draft_id):
            return
        try:
            proven = await self._connections.prove(ctx, job.draft_id)
        except BotError as error:
            if isinstance(error, UpstreamError) and not attempt.is_last:
                raise
            if await self._connections.answer(ctx, job.draft_id):
                await self._refused(ctx, job, words.field_text(error))
            return
        if await self._connections.answer(ctx, job.draft_id):
            await self._accepted(ctx, job, proven)

    async def _accepted(self, ctx: Ctx, job: ProveConnection, proven: Proven) -> None:
        view = blocks.choices_form(
            proven.zone,
            draft_id=proven.draft_id,
            queues=proven.queues,
            statuses=proven.statuses,
            priorities=proven.priorities,
            channel_id=job.channel_id,
        )
        if not await self._views.update(ctx.tenant, job.view_id, view):
            message = blocks.answered(proven.zone, proven.draft_id)
            await self._notifier.post(ctx.tenant, f"proof:{job.draft_id}", job.user_id, message)

    async def _refused(self, ctx: Ctx, job: ProveConnection, problem: str) -> None:
        await self._connections.drop_draft(ctx, job.draft_id)
        view = blocks.credentials_form(problem=problem, channel_id=job.channel_id)
        if not await self._views.update(ctx.tenant, job.view_id, view):
            message = blocks.not_answered(problem)
            await self._notifier.post(ctx.tenant, f"proof:{job.draft_id}", job.user_id, message)
