"""Tickets: draft one from a review question, save it, show how it stands in Autotask."""

from dataclasses import dataclass
from secrets import token_hex

from bot.autotask import entities
from bot.autotask.links import ticket_url
from bot.autotask.pool import ClientFor
from bot.clock import Clock
from bot.db.session import Database, UnitOfWork
from bot.domain.connections import PicklistOption, TicketDefaults
from bot.domain.context import Ctx, Right
from bot.domain.organizations import Organization
from bot.domain.reviews import Question, Review
from bot.domain.switches import Capability
from bot.domain.tickets import (
    SUMMARY_LIMIT,
    TITLE_LENGTH,
    Ticket,
    TicketForm,
    TicketState,
    TicketText,
    draft_from_question,
    reference,
)
from bot.errors import (
    AlreadyDone,
    InvalidInput,
    MappingMissing,
    NotFound,
)
from bot.jobs import Jobs, PushTicket


@dataclass(frozen=True)
class Draft:
    """What the ticket form opens with."""

    organization: Organization
    text: TicketText
    title_length: int
    defaults: TicketDefaults
    priorities: tuple[PicklistOption, ...]
    review: Review | None = None
    question: Question | None = None
    n: int = 1
    """The next ticket's number for this question: two people who open the form now mean the same one."""


class TicketsService:
    def __init__(
        self,
        database: Database,
        client_for: ClientFor,
        *,
        jobs: Jobs,
        clock: Clock,
    ) -> None:
        self._database = database
        self._client_for = client_for
        self._jobs = jobs
        self._clock = clock

    async def draft(self, ctx: Ctx, review_id: int, question_id: int | None) -> Draft:
        """The form for a ticket from a question (or the whole review), from the database alone.

        Raises ``MappingMissing`` when the organization has no company, ``NotConnected``, ``NotFound``.
        """
        ctx.require(Right.CREATE_TICKETS)
        async with self._database.unit_for(ctx) as uow:
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
                await uow.fields.max_length("Tickets", "title", TITLE_LENGTH),
                await uow.connections.ticket_defaults(),
                await uow.fields.active("Tickets", "priority"),
                review,
                question,
                n=max((ticket.n for ticket in raised), default=0) + 1,
            )

    async def submit(self, ctx: Ctx, form: TicketForm) -> Ticket:
        """Saves the ticket and queues its push in one transaction; the same ``request_key`` again is the same ticket.

        Raises ``InvalidInput`` with the form's field, ``SwitchedOff``, ``MappingMissing`` or ``NotConnected``.
        """
        async with self._database.unit_for(ctx) as uow:
            return await self.add_in(uow, ctx, form)

    async def add_in(self, uow: UnitOfWork, ctx: Ctx, form: TicketForm) -> Ticket:
        """The same within the caller's transaction: the ticket and its job live or die with it."""
        ctx.require(Right.CREATE_TICKETS)
        checked = _check(form)
        await uow.switches.require(Capability.TICKETS)
        await uow.connections.ticket_defaults()
        organization = await self._mapped(uow, checked.organization_id)
        assert organization.company is not None
        ticket, is_new = await uow.tickets.add(
            checked,
            reference(ctx.tenant.team_id, token_hex(10)),
            organization.company.autotask_id,
            by=ctx.person.user_id,
            by_name=ctx.person.name,
            at=self._clock.now(),
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
        async with self._database.unit_for(ctx) as uow:
            return await uow.tickets.recent(limit, created_by=ctx.person.user_id if mine else None)

    async def url(self, tenant_id: int, ticket: Ticket) -> str:
        """The address that opens the ticket in Autotask, or "" while there is none."""
        async with self._database.unit(tenant_id) as uow:
            connection = await uow.connections.get()
        if connection is None or ticket.autotask_id is None:
            return ""
        return ticket_url(connection.zone.web_url, ticket.autotask_id)

    async def retry(self, ctx: Ctx, ticket_id: int) -> Ticket:
        """Queues the push once more; raises ``AlreadyDone`` when Autotask has the ticket."""
        ctx.require(Right.CREATE_TICKETS)
        async with self._database.unit_for(ctx) as uow:
            ticket = await uow.tickets.get(ticket_id)
            if ticket is None:
                raise NotFound("ticket", str(ticket_id))
            if ticket.state is TicketState.CREATED:
                raise AlreadyDone(f"Ticket {ticket.number} is in Autotask already.")
            retried = await uow.tickets.retry(ticket_id)
            await self._jobs.enqueue(uow, PushTicket(tenant_id=ctx.tenant.id, ticket_id=ticket_id))
        return retried

    async def refresh(self, ctx: Ctx, ticket_id: int) -> Ticket:
        """The ticket with its present state in Autotask (product TK11); one that is still under way as it is."""
        ctx.require(Right.READ)
        ticket = await self.get(ctx.tenant.id, ticket_id)
        if ticket.autotask_id is None:
            return ticket
        client = await self._client_for(ctx.tenant.id)
        found = await client.get(entities.Ticket, ticket.autotask_id)
        if found is None:
            raise NotFound("ticket in Autotask", ticket.number or str(ticket.autotask_id))
        async with self._database.unit_for(ctx) as uow:
            return await uow.tickets.refreshed(
                ticket_id,
                number=found.ticket_number or ticket.number,
                status_label=await uow.fields.label("Tickets", "status", found.status),
                queue_label=await uow.fields.label("Tickets", "queueID", found.queue_id),
                at=self._clock.now(),
            )

    async def _mapped(self, uow: UnitOfWork, organization_id: int) -> Organization:
        organization = await uow.organizations.get(organization_id)
        if organization is None:
            raise InvalidInput("", "This organization is gone. Please choose another.")
        if organization.company is None:
            raise MappingMissing(f"the Autotask company of {organization.name}")
        return organization


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
