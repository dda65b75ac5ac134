"""Tickets as people look at them: the card's buttons, and ``/autotask tickets``."""

from typing import TypeAlias

from blocks import kit
from blocks import tickets as blocks
from bot.domain.ticket_lists import TicketFilter, read_filter
from bot.domain.tickets import Ticket
from handlers.command import Command, Feature, Listener
from handlers.context import Request
from handlers.payload import as_number, text_at

PAGE_SIZE = 10
Place: TypeAlias = tuple[int, TicketFilter]
"""A page of a list."""


async def show(request: Request) -> None:
    wanted = read_filter(request.action_value or request.text)
    await request.respond(await _listing(request, wanted, number=0), replace=bool(request.action_value))


async def turn_page(request: Request) -> None:
    number, wanted = _place(request.action_value)
    await request.respond(await _listing(request, wanted, number=number), replace=True)


async def refresh_shown(request: Request) -> None:
    """Every ticket on the page as Autotask has it now, asked for at once."""
    number, wanted = _place(request.action_value)
    panes = request.services.ticket_panes
    page = await panes.page(request.ctx, wanted, offset=number * PAGE_SIZE, limit=PAGE_SIZE)
    await panes.refresh_all(request.ctx, page.tickets)
    await request.respond(await _listing(request, wanted, number=number), replace=True)


async def open_search(request: Request) -> None:
    wanted = read_filter(request.action_value)
    await request.open_or_push(blocks.search_form(wanted, channel_id=request.channel_id))


async def search(request: Request) -> None:
    """The list below the form makes way for what was found; without one, a new one comes."""
    wanted = read_filter(f"{text_at(request.metadata, 'whose')} {request.form.text('words')}")
    found = await _listing(request, wanted, number=0)
    await request.ack()
    below = request.below
    if not below or not await request.update(
        kit.modal("Deskhand", found.blocks, close="Close"), view_id=below
    ):
        await request.respond(found)


async def retry(request: Request) -> None:
    ticket_id, place = _ticket_and_place(request.action_value)
    ticket = await request.services.tickets.retry(request.ctx, ticket_id)
    await request.edit(_key(ticket), blocks.creating(ticket))
    await _redraw_list(request, place)


async def refresh(request: Request) -> None:
    """Draws the card as Autotask has it now; a card whose ts was lost in a crash is found again by the press."""
    await _redraw(request, await request.services.ticket_panes.refresh(request.ctx, request.action_number))


async def archive(request: Request) -> None:
    """Locally only; the menu asks first."""
    ticket_id, place = _ticket_and_place(request.action_value)
    panes = request.services.ticket_panes
    act = panes.unarchive if request.action_id == blocks.UNARCHIVE else panes.archive
    ticket = await act(request.ctx, ticket_id)
    if place:
        await request.edit(_key(ticket), await _card(request, ticket))
        await _redraw_list(request, place)
    else:
        await _redraw(request, ticket)


async def _redraw(request: Request, ticket: Ticket) -> None:
    if request.message_ts and request.channel_id:
        notifier = request.tools.notifier
        await notifier.adopt(request.ctx.tenant, _key(ticket), request.channel_id, request.message_ts)
    await request.edit(_key(ticket), await _card(request, ticket))


async def _redraw_list(request: Request, place: Place | None) -> None:
    """The list that the button sits in, if it sits in one."""
    if place:
        number, wanted = place
        await request.respond(await _listing(request, wanted, number=number), replace=True)


async def _card(request: Request, ticket: Ticket) -> kit.Message:
    return blocks.card(ticket, await request.services.ticket_panes.url(request.ctx.tenant.id, ticket))


async def _listing(request: Request, wanted: TicketFilter, *, number: int) -> kit.Message:
    panes = request.services.ticket_panes
    page = await panes.page(request.ctx, wanted, offset=number * PAGE_SIZE, limit=PAGE_SIZE)
    where = kit.page(page.total, number, PAGE_SIZE)
    if page.total and not page.tickets:  # the page has run empty meanwhile
        page = await panes.page(request.ctx, wanted, offset=where.offset, limit=PAGE_SIZE)
    urls = await panes.urls(request.ctx.tenant.id, page.tickets)
    return blocks.listing(page.tickets, urls, where, wanted)


def _place(value: str) -> Place:
    number, _, wanted = value.partition("|")
    return as_number(number), read_filter(wanted)


def _ticket_and_place(value: str) -> tuple[int, Place | None]:
    """Both are read before anything is done; on a card there is no place."""
    ticket_id, _, place = value.partition("|")
    return as_number(ticket_id), _place(place) if place else None


def _key(ticket: Ticket) -> str:
    return f"ticket:{ticket.id}"


FEATURE = Feature(
    commands=(
        Command(
            "tickets",
            "Tickets raised here, with their state in Autotask",
            show,
            usage="[mine|all|archived] [words]",
            aliases=("my",),
            label="My tickets",
            details="Words are looked for in summary, number and client: `tickets all printer acme`.",
        ),
    ),
    listeners=(
        Listener("action", blocks.RETRY, retry),
        Listener("action", blocks.REFRESH, refresh),
        Listener("action", blocks.REFRESH_ALL, refresh_shown),
        Listener("action", f"^({blocks.ARCHIVE}|{blocks.UNARCHIVE})$", archive),
        Listener("action", f"^{blocks.LIST}(:[a-z]+)?$", show),
        Listener("action", f"^{blocks.PAGE}:(back|next)$", turn_page),
        Listener("action", blocks.SEARCH, open_search),
        Listener("view", blocks.SEARCH_CALLBACK, search),
    ),
)
