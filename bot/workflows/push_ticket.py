"""A saved ticket becomes one ticket in Autotask and one message in Slack."""

from blocks import errors as words
from blocks import tickets as blocks
from bot.domain.context import Tenant
from bot.domain.tickets import Ticket
from bot.errors import BotError
from bot.jobs import Attempt, Job, PushTicket
from bot.services.tickets import TicketsService
from bot.slack.notifier import Notifier
from bot.workflows.engine import After, TenantOf, go_on, post_somewhere

STEPS = ("announce", "ensure", "record", "tell")
OUR_SIDE = "Something broke on our side. The log knows the rest."


class PushTicketWorkflow:
    job_type: type[Job] = PushTicket

    def __init__(
        self, tickets: TicketsService, notifier: Notifier, tenant_of: TenantOf, *, after: After = go_on
    ) -> None:
        self._tickets = tickets
        self._notifier = notifier
        self._tenant_of = tenant_of
        self._after = after

    async def run(self, job: Job, attempt: Attempt) -> None:
        """Announces, ensures the ticket in Autotask, records the link, tells."""
        assert isinstance(job, PushTicket)
        tenant = await self._tenant_of(job.tenant_id)
        ticket = await self._tickets.get(job.tenant_id, job.ticket_id)
        await self._announce(tenant, ticket)
        await self._after("announce")
        try:
            ensured = await self._tickets.ensure(job.tenant_id, job.ticket_id, holder=attempt.holder)
        except Exception as error:
            await self._not_yet(tenant, ticket, error, attempt)
            raise
        await self._after("ensure")
        recorded = await self._tickets.record(job.tenant_id, job.ticket_id, ensured)
        await self._after("record")
        await self._tell(tenant, recorded)
        await self._after("tell")

    async def _announce(self, tenant: Tenant, ticket: Ticket) -> None:
        """In the channel the ticket came from where we are a member, else to the person directly."""
        places = [place for place in (ticket.channel_id, ticket.requested_by) if place]
        await post_somewhere(self._notifier, tenant, message_key(ticket), places, blocks.creating(ticket))

    async def _not_yet(self, tenant: Tenant, ticket: Ticket, error: Exception, attempt: Attempt) -> None:
        """Says what keeps the ticket from Autotask: while attempts are left, that it is safe; then, why not."""
        reason = words.field_text(error) if isinstance(error, BotError) else OUR_SIDE
        if self.job_type.retry.after(error, attempt.number) is not None:
            await self._notifier.update(tenant, message_key(ticket), blocks.delayed(ticket, reason))
            return
        failed = await self._tickets.fail(tenant.id, ticket.id, reason)
        await self._notifier.update(tenant, message_key(ticket), blocks.failed(failed))

    async def _tell(self, tenant: Tenant, ticket: Ticket) -> None:
        url = await self._tickets.url(tenant.id, ticket)
        await self._notifier.update(tenant, message_key(ticket), blocks.card(ticket, url))


def message_key(ticket: Ticket) -> str:
    """The one message of a ticket, whoever writes to it."""
    return f"ticket:{ticket.id}"
