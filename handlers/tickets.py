"""Raising tickets: the form from a question, a review, a failed ticket or nothing, and what it turns into."""

from collections.abc import Mapping
from dataclasses import replace

from blocks import organizations as organization_blocks
from blocks import reviews as review_blocks
from blocks import ticket_forms as blocks
from blocks import tickets as ticket_blocks
from blocks.kit import Json
from bot.domain.context import Right
from bot.domain.numbers import small
from bot.domain.organizations import Organization
from bot.domain.ticket_forms import Draft
from bot.domain.tickets import Ticket, TicketForm
from handlers import review_cards
from handlers.command import Command, Feature, Listener
from handlers.context import Request
from handlers.payload import Body, as_number, number_at, own, text_at


async def open_form(request: Request) -> None:
    """A button's value is ``<review>|<question>``; without a question the ticket is the whole review's."""
    review_id, _, question_id = request.action_value.partition("|")
    given = {"review": review_id, "question": question_id, "category": text_at(request.metadata, "category")}
    await _open(request, given)


async def open_new(request: Request) -> None:
    """From the command (its words become the summary) or a button."""
    draft = await request.services.tickets.draft_new(request.ctx, words=request.text)
    await request.open_or_push(blocks.form(draft, {"channel": request.channel_id}))


async def open_another(request: Request) -> None:
    """From a card: one more for the same question, review or organization."""
    ticket = await request.services.ticket_panes.seen(request.ctx, request.action_number)
    given = {
        "review": str(ticket.review_id or ""),
        "question": str(ticket.question_id or ""),
        "organization": str(ticket.organization_id),
    }
    await _open(request, given)


async def open_again(request: Request) -> None:
    """From a failed ticket's card: everything that was typed, to be changed and sent again."""
    await _open(request, {"ticket": request.action_value.partition("|")[0]})


async def choose_organization(request: Request) -> None:
    """Redraws the form, because an organization without a company needs one first; what was typed stays."""
    typed = blocks.read_half(request.values)
    draft = await request.services.tickets.draft_new(request.ctx, organization_id=typed.organization_id)
    await request.update(blocks.form(replace(draft, typed=typed), dict(request.metadata)))


async def suggest_organizations(request: Request) -> None:
    found = await request.services.organizations.search(request.ctx, request.text)
    await request.ack_options(blocks.organization_options(found))


async def suggest_queues(request: Request) -> None:
    queues = await request.services.connections.options(request.ctx, "queueID")
    await request.ack_options(blocks.queue_options(queues, request.text))


async def submit(request: Request) -> None:
    """Saved and queued before the ack; the view's id makes a second delivery the same ticket."""
    given, half = request.metadata, blocks.read_half(request.values)
    organization_id = number_at(given, "organization") or half.organization_id or 0
    unmapped = await request.services.tickets.unmapped(request.ctx, organization_id)
    if unmapped is not None:
        await _map_first(request, unmapped)
        return
    typed = blocks.read_form(request.values)
    form = TicketForm(
        request_key=f"view:{request.view_id}",
        summary=typed.summary,
        description=typed.description,
        queue_id=typed.queue_id,
        priority=typed.priority,
        organization_id=organization_id,
        review_id=number_at(given, "review") or None,
        question_id=number_at(given, "question") or None,
        n=own(small, text_at(given, "n") or "1"),
        channel_id=request.channel_id,
        extra=typed.extra,
    )
    shown_at = text_at(given, "category")
    index = as_number(shown_at) if shown_at else None
    ticket = await _saved(request, form, number_at(given, "ticket"))
    await request.ack_update(ticket_blocks.submitted(ticket))
    await _show_in_review(request, ticket, index)


async def redraw_below(request: Request, organization: Organization, back: Mapping[str, Json]) -> None:
    """Answers the mapping form's submit: back to the half-filled ticket form, which can be submitted now.

    ``back`` is what the mapping form was given: ``{"ticket": <the ticket form's metadata>}``. The form lies
    below, or, where Slack had no level left, gave way to the mapping form and takes its place again.
    """
    given = back.get("ticket")
    if not isinstance(given, Mapping):
        await request.ack()
        return
    typed = await request.services.tickets.kept(request.ctx, text_at(given, "draft"))
    draft = await _draft(request, given)
    drawn = replace(draft, organization=organization, typed=typed or draft.typed)
    view = blocks.form(drawn, {name: given[name] for name in given if name not in {"draft", "instead"}})
    if text_at(given, "instead"):
        await request.ack_update(view)
        return
    await request.ack()
    await request.update(view, view_id=text_at(request.view, "previous_view_id"))


async def _open(request: Request, given: Mapping[str, Json]) -> None:
    draft = await _draft(request, given)
    organization = draft.organization
    metadata = {
        **{name: value for name, value in given.items() if value},
        "organization": organization.id if organization else 0,
        "n": draft.n,
        "channel": request.channel_id or draft.channel_id,
    }
    await request.open_or_push(blocks.form(draft, metadata))


async def _draft(request: Request, given: Body) -> Draft:
    """What the form that ``given`` names opens with."""
    tickets = request.services.tickets
    ticket_id, review_id, question_id, organization_id = (
        number_at(given, name) for name in ("ticket", "review", "question", "organization")
    )
    if ticket_id:
        return await tickets.draft_again(request.ctx, ticket_id)
    if review_id:
        return await tickets.draft(request.ctx, review_id, question_id or None)
    return await tickets.draft_new(request.ctx, organization_id=organization_id or None)


async def _saved(request: Request, form: TicketForm, ticket_id: int) -> Ticket:
    if not ticket_id:
        return await request.services.tickets.submit(request.ctx, form)
    ticket = await request.services.tickets.edit(request.ctx, ticket_id, form)
    await request.edit(f"ticket:{ticket.id}", ticket_blocks.creating(ticket))
    return ticket


async def _map_first(request: Request, organization: Organization) -> None:
    """The mapping form, on top of this one; where there is no third level, in its place."""
    request.ctx.require(Right.MAP_ORGANIZATIONS)
    request.ctx.require_whole_sight()
    await request.services.tickets.keep(request.ctx, request.view_id, blocks.read_half(request.values))
    page = await request.services.organizations.page(request.ctx, limit=0)
    below, root = text_at(request.view, "previous_view_id"), text_at(request.view, "root_view_id")
    no_room = bool(below) and below != root
    given = {**request.metadata, "draft": request.view_id, **({"instead": "1"} if no_room else {})}
    view = organization_blocks.form(
        organization,
        channel_id=request.channel_id,
        company_count=page.companies,
        back={"ticket": given},
    )
    await (request.ack_update(view) if no_room else request.ack_push(view))


async def _show_in_review(request: Request, ticket: Ticket, index: int | None) -> None:
    """The review's cards count the ticket, and the question below the form names it."""
    if ticket.review_id is None:
        return
    state = await request.services.reviews.state(request.ctx, ticket.review_id)
    await review_cards.redraw(request, state)
    below = text_at(request.view, "previous_view_id")
    if below and index is not None:
        await request.update(review_blocks.questions(state.review, index, state.tickets), view_id=below)


FEATURE = Feature(
    commands=(
        Command(
            "ticket",
            "Raise a ticket for a client",
            open_new,
            usage="[words]",
            right=Right.CREATE_TICKETS,
            label="Raise a ticket",
            details="Words become the summary: `ticket printer on fire`. The form asks for the client.",
        ),
    ),
    listeners=(
        Listener("action", ticket_blocks.OPEN, open_form),
        Listener("action", ticket_blocks.NEW, open_new),
        Listener("action", ticket_blocks.ANOTHER, open_another),
        Listener("action", ticket_blocks.EDIT, open_again),
        Listener("action", blocks.ORGANIZATION_OPTIONS, choose_organization),
        Listener("options", blocks.ORGANIZATION_OPTIONS, suggest_organizations),
        Listener("options", blocks.QUEUE_OPTIONS, suggest_queues),
        Listener("view", blocks.FORM_CALLBACK, submit),
    ),
)
