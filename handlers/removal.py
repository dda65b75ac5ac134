"""Removing the connection: the dialog, its confirmation, and the export that is offered before it."""

from blocks import removal as blocks
from bot.domain.context import Right
from handlers.command import Feature, Listener
from handlers.context import Request


async def open_dialog(request: Request) -> None:
    request.ctx.require(Right.REMOVE_CONNECTION)
    offer = await request.services.removal.offer(request.ctx)
    view = blocks.dialog(offer.inventory, offer.name, offer.closed_label, channel_id=request.channel_id)
    await request.open_or_push(view)


async def confirm(request: Request) -> None:
    """Who lost the role since the dialog was opened is refused by the service."""
    form = blocks.read_form(request.values)
    await request.services.removal.begin(request.ctx, form, channel_id=request.channel_id)
    await request.ack_clear()
    await request.respond(blocks.begun())


async def go_on(request: Request) -> None:
    await request.services.removal.go_on(request.ctx)
    await request.respond(blocks.begun())


async def export(request: Request) -> None:
    await request.services.exports.begin(request.ctx, run_key=request.fingerprint)
    await request.tools.notifier.ephemeral(
        request.ctx.tenant, request.channel_id, request.user_id, blocks.export_begun()
    )


FEATURE = Feature(
    listeners=(
        Listener("action", "removal_open", open_dialog),
        Listener("action", "removal_go_on", go_on),
        Listener("action", blocks.EXPORT, export),
        Listener("view", blocks.CALLBACK, confirm),
    ),
)
