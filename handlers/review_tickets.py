"""The tickets of one review."""

from blocks import kit
from blocks import review_tickets as blocks
from blocks.kit import View
from blocks.review_parts import TICKETS
from handlers.command import Listener
from handlers.context import Request
from handlers.payload import as_number, own, text_at


async def show(request: Request) -> None:
    """From the card or the overview; the buttons ◀ ▶ turn its pages."""
    number, _, review_id = request.action_value.partition("|")
    view = await _page(request, as_number(review_id), as_number(number))
    if request.action_id == TICKETS:
        await request.open_or_push(view)
    else:
        await request.update(view)


async def refresh(request: Request) -> None:
    """Those on the page as Autotask has them now (product TK11)."""
    number, _, review_id = request.action_value.partition("|")
    state = await request.services.reviews.state(request.ctx, as_number(review_id))
    where = kit.page(len(state.tickets), as_number(number), blocks.PAGE_SIZE)
    shown = state.tickets[where.offset : where.offset + blocks.PAGE_SIZE]
    await request.services.ticket_panes.refresh_all(request.ctx, shown)
    await request.update(await _page(request, as_number(review_id), as_number(number)))


async def archive(request: Request) -> None:
    """Locally only (product TK12); the menu asks first."""
    ticket_id, way, number, review_id = request.action_parts(4)
    panes, place = request.services.ticket_panes, (as_number(review_id), as_number(number))
    act = own({"in": panes.unarchive, "out": panes.archive}.get, way)
    await act(request.ctx, as_number(ticket_id))
    await request.update(await _page(request, *place))


async def _page(request: Request, review_id: int, number: int) -> View:
    state = await request.services.reviews.state(request.ctx, review_id)
    where = kit.page(len(state.tickets), number, blocks.PAGE_SIZE)
    shown = state.tickets[where.offset : where.offset + blocks.PAGE_SIZE]
    urls = await request.services.ticket_panes.urls(request.ctx.tenant.id, shown)
    is_first = request.action_id == TICKETS
    on_top = request.in_modal if is_first else bool(text_at(request.view, "previous_view_id"))
    return blocks.tickets_of(state.review, shown, urls, where, on_top=on_top)


LISTENERS = (
    Listener("action", f"^{TICKETS}(:back|:next)?$", show),
    Listener("action", f"{TICKETS}:refresh", refresh),
    Listener("action", blocks.ARCHIVE, archive),
)
