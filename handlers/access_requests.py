"""Asking for a right that is missing, and the Admins' answer."""

from blocks import access_requests as blocks
from blocks.access import DECIDE
from bot.domain.context import Right
from handlers.command import Feature, Listener
from handlers.context import Request
from handlers.payload import as_number, own, text_at


async def ask(request: Request) -> None:
    right = own(Right.__members__.get, request.action_value)
    made = await request.services.access.ask(request.ctx, right)
    has_admin = await request.services.access.has_admin(request.ctx)
    await request.respond(blocks.sent(made, has_admin=has_admin))


async def open_form(request: Request) -> None:
    """Only while the request is open: whoever decided before is named instead."""
    made, standing = await request.services.access.request(request.ctx, request.action_number)
    asker = (await request.services.who.explain(request.ctx, made.user_id)).person
    await request.open_or_push(blocks.form(made, standing, asker, channel_id=request.channel_id))


async def approve(request: Request) -> None:
    role = blocks.read_form(request.values)
    made_id = as_number(text_at(request.metadata, "request"))
    made = await request.services.access.approve(request.ctx, made_id, role)
    asker = (await request.services.who.explain(request.ctx, made.user_id)).person
    await request.ack()
    await request.respond(blocks.answered(made, asker))


async def decline(request: Request) -> None:
    made = await request.services.access.decline(request.ctx, request.action_number)
    asker = (await request.services.who.explain(request.ctx, made.user_id)).person
    await request.respond(blocks.answered(made, asker))


FEATURE = Feature(
    listeners=(
        Listener("action", blocks.ASK, ask),
        Listener("action", DECIDE, open_form),
        Listener("action", blocks.DECLINE, decline),
        Listener("view", blocks.CALLBACK, approve),
    )
)
