"""Tickets: the form from a question, the card's buttons, and ``/autotask tickets``."""

from collections.abc import Mapping

from collections.abc import Mapping

from blocks import connections as connection_blocks
from blocks import reviews as review_blocks
from blocks import tickets as blocks
from blocks.kit import Json, View
from blocks.kit import Json
from bot.domain.context import Right
from bot.domain.organizations import Organization
from bot.domain.organizations import Organization
from bot.domain.tickets import Ticket, TicketForm
from handlers.command import Command, Feature, Listener
from handlers.context import Request
from handlers.payload import text_at


async def open_form(request: Request) -> None:
    """A button's value is ``<review>|<question>``; without a question the ticket is the whole review's."""
    review_id, _, question = request.action_value.partition("|")
    draft = await request.services.tickets.draft(
        request.ctx, int(review_id), int(question) if question else None
    )
    view = blocks.form(
        draft.organization,
        draft.text,
        title_length=draft.title_length,
        defaults=draft.defaults,
        priorities=draft.priorities,
        metadata={
            "organization": draft.organization.id,
            "review": int(review_id),
            "question": int(question) if question else 0,
            "n": draft.n,
            "category": text_at(request.metadata, "category"),
            "channel": request.channel_id or (draft.review.channel_id if draft.review else ""),
        },
    )
    await request.open_or_push(view)


async def _form(request: Request, organization: Organization, given: Mapping[str, Json]) -> View:
    """The form for what ``given`` (a ticket form's metadata) names, anew."""
    draft = await request.services.tickets.draft(
        request.ctx, int(text_at(given, "review")), int(text_at(given, "question") or 0) or None
    )
    return blocks.form(
        organization,
        draft.text,
        title_length=draft.title_length,
        defaults=draft.defaults,
        priorities=draft.priorities,
        metadata=dict(given),
    )


async def redraw_below(request: Request, organization: Organization, back: Mapping[str, Json]) -> None:
    """Once ``organization`` is mapped, the half-filled ticket form below the mapping form can be submitted.

    ``back`` is what the ticket form gave the mapping form: ``{"ticket": {…}}``. What was typed stays, because
    the blocks keep their ids.
    """
    given = back.get("ticket")
    below = text_at(request.view, "previous_view_id")
    if isinstance(given, Mapping) and below:
        await request.update(await _form(request, organization, given), view_id=below)


async def suggest_queues(request: Request) -> None:
    queues = await request.services.connections.options(request.ctx, "queueID")
    await request.ack_options(connection_blocks.queue_options(queues, request.text))


async def submit(request: Request) -> None:
    """Saved and queued before the ack; the view's id makes a second delivery the same ticket."""
    typed = blocks.read_form(request.values)
    given = request.metadata
    ticket = await request.services.tickets.submit(
        request.ctx,
        TicketForm(
            request_key=f"view:{request.view_id}",
            summary=typed.summary,
            description=typed.description,
            queue_id=typed.queue_id,
            priority=typed.priority,
            organization_id=int(text_at(given, "organization")),
            review_id=int(text_at(given, "review") or 0) or None,
            question_id=int(text_at(given, "question") or 0) or None,
            n=int(text_at(given, "n") or 1),
            channel_id=request.channel_id,
        ),
    )
    await request.ack_update(blocks.submitted(ticket))
    await _show_in_review(request, ticket)


async def _show_in_review(request: Request, ticket: Ticket) -> None:
    """The review's card counts the ticket, and the question below the form names it."""
    if ticket.review_id is None:
        return
    state = await request.services.reviews.state(request.ctx, ticket.review_id)
    await request.edit(f"review:{ticket.review_id}", review_blocks.card(state.review, state.tickets))
    below = text_at(request.view, "previous_view_id")
    index = text_at(request.metadata, "category")
    if below and index:
        await request.update(review_blocks.questions(state.review, int(index), state.tickets), view_id=below)


async def redraw_below(request: Request, organization: Organization, back: Mapping[str, Json]) -> None:
    """An organization was mapped from a form of ours: the view below (``previous_view_id``) becomes the ticket's.

    Called by the mapping form after its empty ack; ``back`` is what the form was pushed with, ``{"ticket": …}``.
    """
    del request, organization, back


async def retry(request: Request) -> None:
    ticket = await request.services.tickets.retry(request.ctx, int(request.action_value))
    await request.edit(f"ticket:{ticket.id}", blocks.creating(ticket))


async def refresh(request: Request) -> None:
    """Draws the card as Autotask has it now; a card whose ts was lost in a crash is found again by the press."""
    ticket = await request.services.tickets.refresh(request.ctx, int(request.action_value))
    key = f"ticket:{ticket.id}"
    if request.message_ts and request.channel_id:
        await request.tools.notifier.adopt(request.ctx.tenant, key, request.channel_id, request.message_ts)
    await request.edit(key, blocks.card(ticket, await _url(request, ticket)))


async def show(request: Request) -> None:
    request.ctx.require(Right.READ)
    mine = (request.action_value or request.text or "mine") != "all"
    tickets = await request.services.tickets.recent(request.ctx, mine=mine)
    urls = [await _url(request, ticket) for ticket in tickets]
    await request.respond(blocks.listing(tickets, urls, mine=mine))


async def _url(request: Request, ticket: Ticket) -> str:
    return await request.services.tickets.url(request.ctx.tenant.id, ticket)


FEATURE = Feature(
    commands=(
        Command(
            "tickets",
            "Tickets you raised, with their state in Autotask",
            show,
            usage="[mine|all]",
            aliases=("my", "ticket"),
            label="My tickets",
        ),
    ),
    listeners=(
        Listener("action", blocks.OPEN, open_form),
        Listener("action", blocks.RETRY, retry),
        Listener("action", blocks.REFRESH, refresh),
        Listener("action", blocks.LIST, show),
        Listener("options", blocks.QUEUE_OPTIONS, suggest_queues),
        Listener("view", blocks.FORM_CALLBACK, submit),
    ),
)
