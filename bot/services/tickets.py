"""Tickets: draft one from a review question or from nothing, save it, try it again."""

from collections.abc import Mapping
from dataclasses import replace
from secrets import token_hex

from bot.clock import Clock
from bot.db.session import Database, UnitOfWork
from bot.domain.connections import Choice
from bot.domain.context import Ctx, Person, Right
from bot.domain.organizations import Organization
from bot.domain.reviews import Question, Review
from bot.domain.switches import Capability
from bot.domain.ticket_forms import (
    Draft,
    Typed,
    check_description,
    check_summary,
    extra_values,
    shown_value,
    text_parts,
    usual_values,
)
from bot.domain.tickets import (
    DESCRIPTION_LENGTH,
    SUMMARY_LIMIT,
    TITLE_LENGTH,
    Ticket,
    TicketForm,
    TicketState,
    TicketText,
    draft_from_question,
    draft_from_review,
    fit_title,
    outgoing,
    reference,
)
from bot.errors import AlreadyDone, InvalidInput, MappingMissing, NotFound
from bot.jobs import Jobs, PushTicket

PART = 3_000
"""Characters that one input of a Slack form holds; a longer description gets several."""


class TicketsService:
    def __init__(self, database: Database, *, jobs: Jobs, clock: Clock) -> None:
        self._database = database
        self._jobs = jobs
        self._clock = clock

    async def draft(self, ctx: Ctx, review_id: int, question_id: int | None) -> Draft:
        """The form for a ticket from a question (or the whole review), from the database alone.

        Raises ``SwitchedOff`` when tickets are not even shown, ``NotConnected``, ``NotFound``.
        """
        ctx.require(Right.CREATE_TICKETS)
        async with self._database.unit_for(ctx) as uow:
            review = await uow.reviews.get(review_id)
            if review is None:
                raise NotFound("review", str(review_id))
            question = review.question(question_id) if question_id is not None else None
            if question_id is not None and question is None:
                raise NotFound("question", str(question_id))
            saved = review.answers.get(question.id) if question else None
            text = await _draft_text(uow, ctx.person, review, question, note=saved.note if saved else "")
            raised = await uow.tickets.list_for(review_id)
            same = [ticket.n for ticket in raised if ticket.question_id == question_id]
            opened = await self._opened(uow, ctx, await uow.organizations.get(review.organization_id))
            queue = await _queue_for(uow, review, question) or opened.typed.queue
            typed = replace(
                opened.typed, summary=text.title, descriptions=text_parts(text.description, PART), queue=queue
            )
            return replace(
                opened,
                typed=typed,
                overflowed=text.overflowed,
                n=max(same, default=0) + 1,
                channel_id=review.channel_id,
            )

    async def draft_new(self, ctx: Ctx, *, organization_id: int | None = None, words: str = "") -> Draft:
        """The form for a ticket without a review; ``words`` become the summary."""
        ctx.require(Right.CREATE_TICKETS)
        text = fit_title(words, "", max_length=SUMMARY_LIMIT)
        async with self._database.unit_for(ctx) as uow:
            organization = await uow.organizations.get(organization_id) if organization_id else None
            opened = await self._opened(uow, ctx, organization)
        parts = text_parts(text.description, PART)
        return replace(
            opened,
            typed=replace(opened.typed, summary=text.title, descriptions=parts),
            overflowed=text.overflowed,
        )

    async def draft_again(self, ctx: Ctx, ticket_id: int) -> Draft:
        """The form of a ticket that failed, with everything that was typed into it.

        Raises ``AlreadyDone`` when it is in Autotask or on its way.
        """
        ctx.require(Right.CREATE_TICKETS)
        async with self._database.unit_for(ctx) as uow:
            ticket = _failed(await uow.tickets.get(ticket_id), ticket_id)
            opened = await self._opened(uow, ctx, await uow.organizations.get(ticket.organization_id))
            label = await uow.fields.label("Tickets", "queueID", ticket.queue_id)
        shown = {
            each.name: shown_value(each, ticket.extra[each.name], ctx.person.timezone)
            for each in opened.demands
            if each.name in ticket.extra
        }
        typed = Typed(
            ticket.summary,
            text_parts(ticket.description, PART),
            Choice(ticket.queue_id, label or str(ticket.queue_id)),
            str(ticket.priority),
            ticket.organization_id,
            shown,
        )
        return replace(opened, typed=typed, n=ticket.n, channel_id=ticket.channel_id)

    async def unmapped(self, ctx: Ctx, organization_id: int) -> Organization | None:
        """The organization, if it has to be mapped before it can have tickets."""
        ctx.require(Right.READ)
        async with self._database.unit_for(ctx) as uow:
            found = await uow.organizations.get(organization_id)
        return found if found is not None and not found.is_mapped else None

    async def keep(self, ctx: Ctx, key: str, typed: Typed) -> None:
        """Keeps a half-filled form while something else is done first."""
        ctx.require(Right.CREATE_TICKETS)
        async with self._database.unit_for(ctx) as uow:
            await uow.ticket_forms.keep(_kept_by(ctx, key), typed, self._clock.now())

    async def kept(self, ctx: Ctx, key: str) -> Typed | None:
        """What ``keep`` was given by the same person."""
        ctx.require(Right.READ)
        async with self._database.unit_for(ctx) as uow:
            return await uow.ticket_forms.kept(_kept_by(ctx, key))

    async def submit(self, ctx: Ctx, form: TicketForm) -> Ticket:
        """Saves the ticket and queues its push in one transaction; the same ``request_key`` again is the same ticket.

        Raises ``InvalidInput`` with the form's field, ``SwitchedOff``, ``MappingMissing`` or ``NotConnected``.
        """
        async with self._database.unit_for(ctx) as uow:
            return await self.add_in(uow, ctx, form)

    async def add_in(self, uow: UnitOfWork, ctx: Ctx, form: TicketForm) -> Ticket:
        """The same within the caller's transaction: the ticket and its job live or die with it."""
        ctx.require(Right.CREATE_TICKETS)
        organization, checked = await self._checked(uow, ctx, form, requester=ctx.person.name)
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

    async def edit(self, ctx: Ctx, ticket_id: int, form: TicketForm) -> Ticket:
        """Gives a failed ticket other words and queues it once more: the same reference, so still one ticket.

        Raises what ``submit`` raises, and ``AlreadyDone`` when it is in Autotask or on its way.
        """
        ctx.require(Right.CREATE_TICKETS)
        async with self._database.unit_for(ctx) as uow:
            ticket = _failed(await uow.tickets.locked(ticket_id), ticket_id)
            whole = replace(form, organization_id=ticket.organization_id)
            _, checked = await self._checked(uow, ctx, whole, requester=ticket.requester_name)
            await uow.tickets.edit(ticket_id, checked, self._clock.now())
            after = {"summary": checked.summary} if checked.summary != ticket.summary else {}
            return await self._again(uow, ctx, ticket, action="edit and retry ticket", after=after)

    async def retry(self, ctx: Ctx, ticket_id: int) -> Ticket:
        """Queues the push once more; raises ``AlreadyDone`` when Autotask has the ticket, or it is on its way."""
        ctx.require(Right.CREATE_TICKETS)
        async with self._database.unit_for(ctx) as uow:
            await uow.switches.require(Capability.TICKETS)
            ticket = _failed(await uow.tickets.locked(ticket_id), ticket_id)
            return await self._again(uow, ctx, ticket, action="retry ticket", after={})

    async def get(self, tenant_id: int, ticket_id: int) -> Ticket:
        async with self._database.unit(tenant_id) as uow:
            ticket = await uow.tickets.get(ticket_id)
        if ticket is None:
            raise NotFound("ticket", str(ticket_id))
        return ticket

    async def _opened(self, uow: UnitOfWork, ctx: Ctx, organization: Organization | None) -> Draft:
        """What every form opens with."""
        await uow.switches.require(Capability.TICKETS, writing=False)
        defaults = await uow.connections.ticket_defaults()
        demands = await uow.ticket_forms.demands()
        return Draft(
            organization,
            Typed(
                queue=defaults.queue,
                priority=str(defaults.priority.value),
                organization_id=organization.id if organization else None,
                extra=usual_values(demands, self._clock.now(), ctx.person.timezone),
            ),
            title_length=await uow.fields.max_length("Tickets", "title", TITLE_LENGTH),
            mode=(await uow.switches.all()).mode(Capability.TICKETS),
            status=defaults.status_new.label,
            priorities=await uow.fields.active("Tickets", "priority"),
            demands=demands,
            may_map=ctx.person.may(Right.MAP_ORGANIZATIONS),
            may_switch=ctx.person.may(Right.CHANGE_SETTINGS),
        )

    async def _checked(
        self, uow: UnitOfWork, ctx: Ctx, form: TicketForm, *, requester: str
    ) -> tuple[Organization, TicketForm]:
        """The form as it is saved: everything fits this database, and it may be written to."""
        check_summary(form.summary)
        await uow.switches.require(Capability.TICKETS)
        await uow.connections.ticket_defaults()
        organization = await _mapped(uow, form.organization_id)
        sent = outgoing(
            form.summary,
            form.description,
            requester=requester,
            title_length=await uow.fields.max_length("Tickets", "title", TITLE_LENGTH),
        )
        limit = await uow.fields.max_length("Tickets", "description", DESCRIPTION_LENGTH)
        check_description(sent, form.description, limit)
        given = {name: str(value) for name, value in form.extra.items()}
        extra = extra_values(await uow.ticket_forms.demands(), given, ctx.person.timezone)
        return organization, replace(form, extra=extra)

    async def _again(
        self, uow: UnitOfWork, ctx: Ctx, ticket: Ticket, *, action: str, after: Mapping[str, object]
    ) -> Ticket:
        organization = await _mapped(uow, ticket.organization_id)
        assert organization.company is not None
        if await uow.tickets.sent_at(ticket.id) is None:
            await uow.tickets.belongs_to(ticket.id, organization.company.autotask_id)
        retried = await uow.tickets.retry(ticket.id)
        await uow.audit.record(
            at=self._clock.now(), by=ctx.person.user_id, action=action, subject=ticket.summary, after=after
        )
        await self._jobs.enqueue(uow, PushTicket(tenant_id=ctx.tenant.id, ticket_id=ticket.id))
        return retried


def _kept_by(ctx: Ctx, key: str) -> str:
    return f"{ctx.person.user_id}:{key}"


def _failed(ticket: Ticket | None, ticket_id: int) -> Ticket:
    """The ticket, if it failed; else the reason why it cannot be tried again."""
    if ticket is None:
        raise NotFound("ticket", str(ticket_id))
    if ticket.state is TicketState.CREATED:
        raise AlreadyDone(f"Ticket {ticket.number} is in Autotask already.".replace("  ", " "))
    if ticket.state is TicketState.SAVED:
        raise AlreadyDone("Somebody has just tried this ticket again; it is on its way to Autotask.")
    return ticket


async def _mapped(uow: UnitOfWork, organization_id: int) -> Organization:
    organization = await uow.organizations.get(organization_id)
    if organization is None or organization.archived_at is not None:
        raise InvalidInput(
            "organization", "This organization is gone. Copy what you need, then choose another."
        )
    if organization.company is None:
        raise MappingMissing(f"the Autotask company of {organization.name}")
    return organization


async def _queue_for(uow: UnitOfWork, review: Review, question: Question | None) -> Choice | None:
    """The queue chosen for the question's category (product TK8), while Autotask still offers it."""
    if question is None:
        return None
    chosen = await uow.templates.default_queue(review.template.id, question.category)
    active = await uow.fields.active("Tickets", "queueID")
    return next((Choice(int(each.value), each.label) for each in active if each.value == str(chosen)), None)


async def _draft_text(
    uow: UnitOfWork, person: Person, review: Review, question: Question | None, *, note: str
) -> TicketText:
    if question is not None:
        return draft_from_question(question.text, question.guidance, note)
    if review.created_by == person.user_id:
        return draft_from_review(review.title, person.name, review.template.categories)
    creator = await uow.people.get(review.created_by)
    name = creator.name if creator and creator.name else review.created_by
    return draft_from_review(review.title, name, review.template.categories)
