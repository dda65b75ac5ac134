"""A saved ticket becomes one ticket in Autotask and one message in Slack."""

from collections.abc import Awaitable, Callable

import structlog

from blocks import errors as words
from blocks import tickets as blocks
from blocks.kit import Message
from bot.clock import Clock
from bot.domain.context import Tenant
from bot.domain.tickets import Ticket, TicketState
from bot.errors import BotError, NotFound
from bot.jobs import Attempt, Job, PushTicket
from bot.services.ticket_push import TicketPush
from bot.slack.notifier import Notifier
from bot.slack.problems import SlackRefused
from bot.workflows.engine import OUR_SIDE, After, AuthorOf, TenantOf, as_ourselves, go_on, post_somewhere

STEPS = ("announce", "ensure", "record", "tell")

UrlOf = Callable[[int, Ticket], Awaitable[str]]
"""The address that opens the tenant's ticket in Autotask."""

log = structlog.get_logger(__name__)


class PushTicketWorkflow:
    job_type: type[Job] = PushTicket

    def __init__(
        self,
        tickets: TicketPush,
        notifier: Notifier,
        tenant_of: TenantOf,
        *,
        url_of: UrlOf,
        clock: Clock,
        author_of: AuthorOf = as_ourselves,
        after: After = go_on,
    ) -> None:
        self._tickets = tickets
        self._url_of = url_of
        self._clock = clock
        self._author_of = author_of
        self._notifier = notifier
        self._tenant_of = tenant_of
        self._after = after

    async def run(self, job: Job, attempt: Attempt) -> None:
        """Announces, ensures the ticket in Autotask, records the link, tells."""
        assert isinstance(job, PushTicket)
        tenant = await self._tenant_of(job.tenant_id)
        ticket = await self._tickets.get(job.tenant_id, job.ticket_id)
        if ticket.state is not TicketState.CREATED:
            await self._announce(tenant, ticket)
            await self._after("announce")
            ticket = await self._created(tenant, ticket, attempt)
        await self._tell(tenant, ticket)
        await self._after("tell")

    async def _created(self, tenant: Tenant, ticket: Ticket, attempt: Attempt) -> Ticket:
        try:
            author = await self._author_of(tenant, ticket.requested_by, "Ticket")
            ensured = await self._tickets.ensure(tenant.id, ticket.id, holder=attempt.holder, author=author)
        except Exception as error:
            await self._not_yet(tenant, ticket, error, attempt)
            raise
        await self._after("ensure")
        recorded = await self._tickets.record(tenant.id, ticket.id, ensured)
        await self._after("record")
        return recorded

    async def _announce(self, tenant: Tenant, ticket: Ticket) -> None:
        """Slack's troubles do not keep a ticket from Autotask: then its card is the first message."""
        try:
            await self._post(tenant, ticket, blocks.creating(ticket))
        except (BotError, SlackRefused) as problem:
            log.warning("ticket not announced", ticket=ticket.id, reason=str(problem))

    async def _not_yet(self, tenant: Tenant, ticket: Ticket, error: Exception, attempt: Attempt) -> None:
        """Says what keeps the ticket from Autotask: while attempts are left, that it is safe; then, why not."""
        reason = words.field_text(error) if isinstance(error, BotError) else OUR_SIDE
        wait = self.job_type.retry.after(error, attempt.number)
        if wait is None:
            code = error.code if isinstance(error, BotError) else ""
            await self._tell(tenant, await self._tickets.fail(tenant.id, ticket.id, reason, code=code))
            return
        again_at = self._clock.now() + wait
        try:
            await self._notifier.update(tenant, message_key(ticket), blocks.delayed(ticket, reason, again_at))
        except (BotError, SlackRefused) as problem:
            log.warning("delay of a ticket not told", ticket=ticket.id, reason=str(problem))
        latest = await self._tickets.get(tenant.id, ticket.id)
        if latest.state is TicketState.CREATED:  # by another worker, whose card we have just drawn over
            await self._tell(tenant, latest)

    async def _tell(self, tenant: Tenant, ticket: Ticket) -> None:
        """Where no place takes the message, the Home tab and the next command show the ticket all the same."""
        card = blocks.card(ticket, await self._url_of(tenant.id, ticket))
        try:
            if not await self._notifier.update(tenant, message_key(ticket), card):
                await self._post(tenant, ticket, card)
        except (NotFound, SlackRefused) as problem:
            log.warning("ticket not told", ticket=ticket.id, reason=str(problem))

    async def _post(self, tenant: Tenant, ticket: Ticket, message: Message) -> None:
        """Once: in the channel the ticket came from where we are a member, else to the person directly."""
        places = [place for place in (ticket.channel_id, ticket.requested_by) if place]
        await post_somewhere(self._notifier, tenant, message_key(ticket), places, message)


def message_key(ticket: Ticket) -> str:
    """The one message of a ticket, whoever writes to it."""
    return f"ticket:{ticket.id}"
