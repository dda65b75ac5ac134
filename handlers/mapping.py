"""Suggestions: accepted one by one in the list, or all that are sure after a look; and the way back."""

from blocks import kit
from blocks import mapping as blocks
from blocks import organizations as places
from blocks.contract_events import ARRIVING, brought
from bot.domain.context import Right
from bot.services.mapping import Bulk
from handlers.command import Feature, Listener
from handlers.context import Request
from handlers.organization_places import came_from, redraw, redraw_below, value_and_place
from handlers.payload import as_number, text_at


async def accept(request: Request) -> None:
    """The value is ``<organization>:<company>|<place>``."""
    pair, at = value_and_place(request)
    organization_id, _, company_id = pair.partition(":")
    saved = await request.services.mapping.accept(
        request.ctx, as_number(organization_id), as_number(company_id)
    )
    organization = saved.organization
    text = places.mapped_text(organization) + brought(saved)
    notice = places.Notice(text, saved.batch_id, ready_id=organization.id)
    await redraw(request, at, notice)


async def open_bulk(request: Request) -> None:
    request.ctx.require(Right.MAP_ORGANIZATIONS)
    request.ctx.require_whole_sight()
    metadata = came_from(request, request.action_value)
    await request.open_or_push(blocks.looking())
    await request.update(_preview(await request.services.mapping.bulk(request.ctx), metadata))


async def turn_bulk(request: Request) -> None:
    number, _, _ = request.action_value.partition("|")
    bulk = await request.services.mapping.bulk(request.ctx)
    await request.update(_preview(bulk, request.metadata, number=as_number(number)))


async def accept_all(request: Request) -> None:
    """Does what was shown; when that has changed since, it is shown again and nothing is done."""
    done = await request.services.mapping.accept_all(
        request.ctx, text_at(request.metadata, "stamp"), request_key=f"view:{request.view_id}"
    )
    if isinstance(done, Bulk):
        await request.ack_update(_preview(done, request.metadata, changed=True))
        return
    await request.ack()
    text = f"{kit.count(done.count, 'organization')} mapped to what was suggested."
    text += ARRIVING if done.brings_contracts else ""
    await redraw_below(request, places.Notice(text, done.batch_id))


async def undo(request: Request) -> None:
    batch, at = value_and_place(request)
    done = await request.services.mapping.undo(request.ctx, as_number(batch))
    await redraw(request, at, places.Notice(blocks.undone_text(done.kind, done.undone, done.kept), sign="↩️"))


def _preview(bulk: Bulk, given: kit.Block, *, number: int = 0, changed: bool = False) -> kit.View:
    metadata = {**given, "stamp": bulk.stamp}
    return blocks.preview(
        bulk.sure, bulk.doubtful, bulk.others, number=number, metadata=metadata, changed=changed
    )


FEATURE = Feature(
    listeners=(
        Listener("action", places.ACCEPT, accept),
        Listener("action", places.BULK, open_bulk),
        Listener("action", f"^{blocks.BULK_PAGE}:(back|next)$", turn_bulk),
        Listener("action", places.UNDO, undo),
        Listener("view", blocks.BULK_CALLBACK, accept_all),
    ),
)
