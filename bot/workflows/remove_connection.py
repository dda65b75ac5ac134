"""A confirmed removal: everything has stopped already, the rest is done step by step, each harmless to repeat."""

import structlog

from blocks import errors as words
from blocks import removal as blocks
from blocks.kit import Message
from bot.domain.context import Tenant
from bot.domain.removal import Closed, Removal, Settled
from bot.errors import BotError, NotFound, UpstreamError
from bot.jobs import Attempt, Job, RemoveConnection
from bot.services.closing import ClosingService
from bot.services.removal import RemovalService
from bot.slack.notifier import Notifier
from bot.slack.problems import SlackRefused
from bot.workflows.admins import Admins
from bot.workflows.engine import After, TenantOf, go_on

STEPS = ("announce", "stop", "settle", "close", "forget", "tell")

log = structlog.get_logger(__name__)


class RemoveConnectionWorkflow:
    job_type: type[Job] = RemoveConnection

    def __init__(
        self,
        removals: RemovalService,
        closing: ClosingService,
        notifier: Notifier,
        tenant_of: TenantOf,
        *,
        admins: Admins,
        after: After = go_on,
    ) -> None:
        self._removals = removals
        self._closing = closing
        self._notifier = notifier
        self._tenant_of = tenant_of
        self._admins = admins
        self._after = after

    async def run(self, job: Job, attempt: Attempt) -> None:
        """Announces, stops what is under way, settles what was being sent, closes, forgets, tells."""
        assert isinstance(job, RemoveConnection)
        tenant = await self._tenant_of(job.tenant_id)
        removal = await self._removals.get(tenant.id, job.removal_id)
        if removal.finished_at is None:
            await self._show(tenant, removal, blocks.under_way(removal), is_new=True)
            await self._after("announce")
            await self._carry_through(tenant, removal, attempt)
        await self._tell(tenant, removal)
        await self._after("tell")

    async def _carry_through(self, tenant: Tenant, removal: Removal, attempt: Attempt) -> None:
        await self._removals.stop(tenant.id)
        await self._after("stop")
        await self._settle(tenant, removal, attempt)
        await self._after("settle")
        if removal.close_tickets:
            await self._close(tenant, removal, attempt)
        await self._after("close")
        await self._show(tenant, removal, blocks.under_way(removal, "forget"))
        await self._removals.forget(tenant.id, removal)
        await self._after("forget")

    async def _settle(self, tenant: Tenant, removal: Removal, attempt: Attempt) -> None:
        await self._show(tenant, removal, blocks.under_way(removal, "settle"))
        try:
            settled = await self._removals.settle(tenant.id, removal, is_last=attempt.is_last)
        except UpstreamError as error:
            await self._show(tenant, removal, blocks.waiting(removal, "settle", words.field_text(error)))
            raise
        for each in settled:
            await self._say_not_sent(tenant, each)

    async def _close(self, tenant: Tenant, removal: Removal, attempt: Attempt) -> None:
        async def progress(closed: Closed) -> None:
            self._notifier.progress(tenant, _key(removal), blocks.under_way(removal, "close", closed))

        try:
            await self._closing.close(
                tenant, removal, holder=attempt.holder, progress=progress, is_last=attempt.is_last
            )
        except UpstreamError as error:
            await self._show(tenant, removal, blocks.waiting(removal, "close", words.field_text(error)))
            raise

    async def _tell(self, tenant: Tenant, removal: Removal) -> None:
        closed = await self._closing.outcome(tenant.id, removal)
        message = blocks.done(removal, closed)
        if not await self._notifier.update(tenant, _key(removal), message):
            await self._post(tenant, removal, message)
        await self._admins.tell(tenant, _key(removal), blocks.told(removal), but=removal.requested_by)

    async def _say_not_sent(self, tenant: Tenant, settled: Settled) -> None:
        """Its card is redrawn, because its record goes; Slack's troubles keep no removal waiting."""
        try:
            await self._notifier.update(tenant, f"ticket:{settled.ticket.id}", blocks.not_sent(settled))
        except (BotError, SlackRefused) as problem:
            log.warning("unsent ticket not told", ticket=settled.ticket.id, reason=str(problem))

    async def _show(
        self, tenant: Tenant, removal: Removal, message: Message, *, is_new: bool = False
    ) -> None:
        """How far it is; Slack's troubles keep no removal waiting."""
        try:
            if is_new:
                await self._notifier.dm(tenant, removal.requested_by, _key(removal), message)
            else:
                await self._notifier.update(tenant, _key(removal), message)
        except (BotError, SlackRefused) as problem:
            log.warning("progress of a removal not told", removal=removal.id, reason=str(problem))

    async def _post(self, tenant: Tenant, removal: Removal, message: Message) -> None:
        try:
            await self._notifier.dm(tenant, removal.requested_by, _key(removal), message)
        except (NotFound, SlackRefused) as problem:
            log.warning("removal not told", user=removal.requested_by, reason=str(problem))


def _key(removal: Removal) -> str:
    """The one message of a removal."""
    return f"removal:{removal.id}"
