"""Tickets: draft one from a review question, save it, and see to it that Autotask has it exactly once."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from secrets import token_hex

from bot.autotask import entities
from bot.autotask.client import AutotaskClient
from bot.autotask.links import ticket_url
from bot.autotask.pool import ClientFor
from bot.autotask.query import field
from bot.clock import Clock
from bot.db.session import Database, UnitOfWork
from bot.domain.connections import PicklistOption, TicketDefaults
from bot.domain.context import Ctx, Right
from bot.domain.organizations import Organization
from bot.domain.reviews import Question, Review
from bot.domain.tickets import (
    SUMMARY_LIMIT,
    Ticket,
    TicketForm,
    TicketState,
    TicketText,
    draft_from_question,
    fit_title,
    reference,
)
from bot.errors import (
    AlreadyDone,
    AutotaskBusy,
    AutotaskUnavailable,
    BotError,
    InvalidInput,
    MappingMissing,
    NotConnected,
    NotFound,
)
from bot.jobs import Jobs, PushTicket

SEND_WITHIN = 30.0
"""Seconds after which a create counts as one whose reply was lost."""
LEASE = timedelta(seconds=45)
"""Longer than the send, so that another job never overtakes a live one; the same job takes its own lease over,
because its earlier run lost its worker, and the new token stops that run at its last check."""
INVISIBLE = timedelta(seconds=20)
"""How long a fresh record may stay invisible to a query (autotask-api: replication lag)."""
SURFACES_WITHIN = timedelta(seconds=SEND_WITHIN) + INVISIBLE
"""How long after its send a create of another run may still come to light."""
LOOK_AGAIN_AFTER = (0.5, 1.0, 2.0, 4.0)
"""Seconds between look-ups after a reply was lost."""
TITLE_LENGTH = 255
"""Length of Tickets.title unless field information says otherwise."""

Probe = Callable[[str], Awaitable[None]]
"""Called after each effect with its name; the crash tests die there."""


async def no_probe(_effect: str) -> None:
    return None


@dataclass(frozen=True)
class Draft:
    """What the ticket form opens with."""

    organization: Organization
    text: TicketText
    title_length: int
    defaults: TicketDefaults
    queues: tuple[PicklistOption, ...]
    priorities: tuple[PicklistOption, ...]
    review: Review | None = None
    question: Question | None = None
    n: int = 1
    """The next ticket's number for this question: two people who open the form now mean the same one."""


@dataclass(frozen=True)
class Ensured:
    """Autotask has the ticket: its id, and the number people know (empty while it is not readable yet)."""

    autotask_id: int
    number: str
    status: int | None
    queue_id: int | None


class TicketsService:
    def __init__(
        self,
        database: Database,
        client_for: ClientFor,
        *,
        jobs: Jobs,
        clock: Clock,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
        probe: Probe = no_probe,
    ) -> None:
        self._database = database
        self._client_for = client_for
        self._jobs = jobs
        self._clock = clock
        self._pause = pause
        self._probe = probe

    async def draft(self, ctx: Ctx, review_id: int, question_id: int | None) -> Draft:
        """The form for a ticket from a question (or the whole review), from the database alone.

        Raises ``MappingMissing`` when the organization has no company, ``NotConnected``, ``NotFound``.
        """
        ctx.require(Right.CREATE_TICKETS)
        async with self._database.unit(ctx.tenant.id) as uow:
            review = await uow.reviews.get(review_id)
            if review is None:
                raise NotFound("review", str(review_id))
            organization = await self._mapped(uow, review.organization_id)
            question = review.question(question_id) if question_id is not None else None
            if question_id is not None and question is None:
                raise NotFound("question", str(question_id))
            saved = review.answers.get(question.id) if question else None
            raised = [
                ticket
                for ticket in await uow.tickets.list_for(review_id)
                if ticket.question_id == question_id
            ]
            return Draft(
                organization,
                _draft_text(review, question, saved.note if saved else ""),
                await _title_length(uow),
                await _defaults(uow),
                await _options(uow, "queueID"),
                await _options(uow, "priority"),
                review,
                question,
                n=max((ticket.n for ticket in raised), default=0) + 1,
            )

    async def submit(self, ctx: Ctx, form: TicketForm) -> Ticket:
        """Saves the ticket and queues its push in one transaction; the same ``request_key`` again is the same ticket.

        Raises ``InvalidInput`` with the form's field, ``MappingMissing`` or ``NotConnected``.
        """
        ctx.require(Right.CREATE_TICKETS)
        checked = _check(form)
        now = self._clock.now()
        async with self._database.unit(ctx.tenant.id) as uow:
            await _defaults(uow)
            organization = await self._mapped(uow, checked.organization_id)
            assert organization.company is not None
            ticket, is_new = await uow.tickets.add(
                checked,
                reference(ctx.tenant.team_id, token_hex(10)),
                organization.company.autotask_id,
                by=ctx.person.user_id,
                by_name=ctx.person.name,
                at=now,
            )
            if is_new:
                await self._jobs.enqueue(uow, PushTicket(tenant_id=ctx.tenant.id, ticket_id=ticket.id))
        return ticket

    async def get(self, tenant_id: int, ticket_id: int) -> Ticket:
        async with self._database.unit(tenant_id) as uow:
            ticket = await uow.tickets.get(ticket_id)
        if ticket is None:
            raise NotFound("ticket", str(ticket_id))
        return ticket

    async def recent(self, ctx: Ctx, *, mine: bool, limit: int = 10) -> list[Ticket]:
        ctx.require(Right.READ)
        async with self._database.unit(ctx.tenant.id) as uow:
            return await uow.tickets.recent(limit, created_by=ctx.person.user_id if mine else None)

    async def url(self, tenant_id: int, ticket: Ticket) -> str:
        """The address that opens the ticket in Autotask, or "" while there is none."""
        async with self._database.unit(tenant_id) as uow:
            connection = await uow.connections.get()
        if connection is None or ticket.autotask_id is None:
            return ""
        return ticket_url(connection.zone.web_url, ticket.autotask_id)

    async def ensure(self, tenant_id: int, ticket_id: int, *, holder: str) -> Ensured:
        """Autotask has the ticket when this returns: found by our reference, else created under a lease.

        Raises ``AutotaskBusy`` while another worker holds the lease or a lost reply may still surface,
        ``AutotaskRejected`` with Autotask's reasons, or an ``UpstreamError``.
        """
        ticket = await self.get(tenant_id, ticket_id)
        client = await self._client_for(tenant_id)
        if ticket.autotask_id is not None:
            return await self._read_back(client, ticket.autotask_id)
        token = await self._lease(tenant_id, ticket, holder)
        try:
            return await self._find_or_create(client, tenant_id, ticket, token)
        finally:
            async with self._database.unit(tenant_id) as uow:
                await uow.leases.release(ticket.reference, token)

    async def record(self, tenant_id: int, ticket_id: int, ensured: Ensured) -> Ticket:
        """Keeps the link to Autotask's record, once, with its audit row."""
        now = self._clock.now()
        async with self._database.unit(tenant_id) as uow:
            ticket = await uow.tickets.get(ticket_id)
            if ticket is None:
                raise NotFound("ticket", str(ticket_id))
            recorded = await uow.tickets.created(
                ticket_id,
                autotask_id=ensured.autotask_id,
                number=ensured.number,
                status_label=await _label(uow, "status", ensured.status),
                queue_label=await _label(uow, "queueID", ensured.queue_id or ticket.queue_id),
                at=now,
            )
            if ticket.state is not TicketState.CREATED:
                await uow.audit.record(
                    at=now,
                    by=ticket.requested_by,
                    action="create ticket",
                    subject=ticket.summary,
                    after={"number": ensured.number, "organization": ticket.organization_name},
                    autotask_id=ensured.autotask_id,
                )
        return recorded

    async def fail(self, tenant_id: int, ticket_id: int, reason: str) -> Ticket:
        """Marks the ticket as not created, with the reason people read; a retry is possible.

        One that another worker has created meanwhile stays created.
        """
        async with self._database.unit(tenant_id) as uow:
            ticket = await uow.tickets.get(ticket_id)
            if ticket is not None and ticket.state is TicketState.CREATED:
                return ticket
            return await uow.tickets.failed(ticket_id, reason)

    async def retry(self, ctx: Ctx, ticket_id: int) -> Ticket:
        """Queues the push once more; raises ``AlreadyDone`` when Autotask has the ticket."""
        ctx.require(Right.CREATE_TICKETS)
        async with self._database.unit(ctx.tenant.id) as uow:
            ticket = await uow.tickets.get(ticket_id)
            if ticket is None:
                raise NotFound("ticket", str(ticket_id))
            if ticket.state is TicketState.CREATED:
                raise AlreadyDone(f"Ticket {ticket.number} is in Autotask already.")
            retried = await uow.tickets.retry(ticket_id)
            await self._jobs.enqueue(uow, PushTicket(tenant_id=ctx.tenant.id, ticket_id=ticket_id))
        return retried

    async def refresh(self, ctx: Ctx, ticket_id: int) -> Ticket:
        """Reads the ticket's present state from Autotask (product TK11)."""
        ctx.require(Right.READ)
        ticket = await self.get(ctx.tenant.id, ticket_id)
        if ticket.autotask_id is None:
            raise NotFound("ticket in Autotask", ticket.summary)
        client = await self._client_for(ctx.tenant.id)
        found = await client.get(entities.Ticket, ticket.autotask_id)
        if found is None:
            raise NotFound("ticket in Autotask", ticket.number or str(ticket.autotask_id))
        async with self._database.unit(ctx.tenant.id) as uow:
            return await uow.tickets.refreshed(
                ticket_id,
                number=found.ticket_number or ticket.number,
                status_label=await _label(uow, "status", found.status),
                queue_label=await _label(uow, "queueID", found.queue_id),
                at=self._clock.now(),
            )

    async def _lease(self, tenant_id: int, ticket: Ticket, holder: str) -> int:
        async with self._database.unit(tenant_id) as uow:
            token = await uow.leases.take(ticket.reference, holder, LEASE, self._clock.now())
        if token is None:
            raise AutotaskBusy(timedelta(seconds=5))
        await self._probe("lease")
        return token

    async def _find_or_create(
        self, client: AutotaskClient, tenant_id: int, ticket: Ticket, token: int
    ) -> Ensured:
        found = await self._find(client, ticket) or await self._find_earlier_send(client, tenant_id, ticket)
        if found is not None:
            return found
        fields = await self._fields(tenant_id, ticket)
        await self._mark_sending(tenant_id, ticket, token)
        autotask_id = await self._send(client, tenant_id, ticket, fields)
        if autotask_id is None:
            return await self._look_again(client, ticket)
        await self._probe("send")
        return await self._read_back(client, autotask_id)

    async def _find(self, client: AutotaskClient, ticket: Ticket) -> Ensured | None:
        found = await client.first(entities.Ticket, field("externalID").eq(ticket.reference))
        return _ensured(found) if found else None

    async def _find_earlier_send(
        self, client: AutotaskClient, tenant_id: int, ticket: Ticket
    ) -> Ensured | None:
        """What an earlier run sent whose reply nobody kept: waited for, then looked for more than once."""
        async with self._database.unit(tenant_id) as uow:
            sent_at = await uow.tickets.sent_at(ticket.id)
        if sent_at is None:
            return None
        age = self._clock.now() - sent_at
        if age < SURFACES_WITHIN:
            raise AutotaskBusy(SURFACES_WITHIN - age)
        return await self._find_in_a_while(client, ticket)

    async def _mark_sending(self, tenant_id: int, ticket: Ticket, token: int) -> None:
        """The last check before the send, and the note that it happens, in one transaction."""
        now = self._clock.now()
        async with self._database.unit(tenant_id) as uow:
            if not await uow.leases.holds(ticket.reference, token, now):
                raise AutotaskBusy(timedelta(seconds=5))
            await uow.tickets.sending(ticket.id, now)
        await self._probe("mark")

    async def _send(
        self, client: AutotaskClient, tenant_id: int, ticket: Ticket, fields: Mapping[str, str | int]
    ) -> int | None:
        """Autotask's id of the new record; None when the reply was lost. A refusal leaves nothing to look for."""
        try:
            async with asyncio.timeout(SEND_WITHIN):
                return await client.create(entities.Ticket, fields)
        except TimeoutError:
            return None
        except BotError as error:
            if isinstance(error, AutotaskUnavailable) and error.ambiguous:
                return None
            async with self._database.unit(tenant_id) as uow:
                await uow.tickets.not_sent(ticket.id)
            raise

    async def _look_again(self, client: AutotaskClient, ticket: Ticket) -> Ensured:
        found = await self._find_in_a_while(client, ticket)
        if found is None:
            raise AutotaskUnavailable("the reply to the create was lost and the record is not visible yet")
        return found

    async def _find_in_a_while(self, client: AutotaskClient, ticket: Ticket) -> Ensured | None:
        for seconds in LOOK_AGAIN_AFTER:
            await self._pause(seconds)
            found = await self._find(client, ticket)
            if found is not None:
                return found
        return None

    async def _read_back(self, client: AutotaskClient, autotask_id: int) -> Ensured:
        for seconds in (0.0, *LOOK_AGAIN_AFTER):
            if seconds:
                await self._pause(seconds)
            found = await client.get(entities.Ticket, autotask_id)
            if found is not None:
                return _ensured(found)
        return Ensured(autotask_id, "", None, None)

    async def _fields(self, tenant_id: int, ticket: Ticket) -> dict[str, str | int]:
        async with self._database.unit(tenant_id) as uow:
            defaults = await _defaults(uow)
            text = fit_title(ticket.summary, ticket.description, max_length=await _title_length(uow))
            requester = await uow.tickets.requester(ticket.id)
        signed = f"{text.description}\n\nRaised from Slack by {requester}.".strip()
        return {
            "companyID": ticket.company_id,
            "title": text.title,
            "description": signed,
            "queueID": ticket.queue_id,
            "priority": ticket.priority,
            "status": defaults.status_new.value,
            "externalID": ticket.reference,
        }

    async def _mapped(self, uow: UnitOfWork, organization_id: int) -> Organization:
        organization = await uow.organizations.get(organization_id)
        if organization is None:
            raise InvalidInput("", "This organization is gone. Please choose another.")
        if organization.company is None:
            raise MappingMissing(f"the Autotask company of {organization.name}")
        return organization


def _ensured(found: entities.Ticket) -> Ensured:
    return Ensured(found.id, found.ticket_number or "", found.status, found.queue_id)


def _check(form: TicketForm) -> TicketForm:
    if not form.summary.strip():
        raise InvalidInput("summary", "Give the ticket a summary.")
    if len(form.summary) > SUMMARY_LIMIT:
        raise InvalidInput(
            "summary", f"Summaries have at most {SUMMARY_LIMIT} characters; this one has {len(form.summary)}."
        )
    return form


def _draft_text(review: Review, question: Question | None, note: str) -> TicketText:
    if question is not None:
        return draft_from_question(question.text, question.guidance, note)
    categories = ", ".join(review.template.categories)
    return TicketText(
        f"New Review ['{review.title}'] created",
        f"New Review ['{review.title}'] created by {review.created_by}. Included categories: {categories}",
    )


async def _defaults(uow: UnitOfWork) -> TicketDefaults:
    connection = await uow.connections.get()
    if connection is None:
        raise NotConnected
    if connection.defaults is None:
        raise MappingMissing("the queue for new tickets")
    return connection.defaults


async def _options(uow: UnitOfWork, name: str) -> tuple[PicklistOption, ...]:
    facts = await uow.fields.get("Tickets", name)
    return tuple(option for option in facts.options if option.is_active) if facts else ()


async def _label(uow: UnitOfWork, name: str, value: int | None) -> str:
    facts = await uow.fields.get("Tickets", name)
    options = facts.options if facts else ()
    return next((option.label for option in options if option.value == str(value)), "")


async def _title_length(uow: UnitOfWork) -> int:
    facts = await uow.fields.get("Tickets", "title")
    return facts.max_length if facts and facts.max_length else TITLE_LENGTH
