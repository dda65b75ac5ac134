"""``/autotask who``: the Admins, one's own role, and for Admins the form to change one."""

from blocks import access as blocks
from bot.domain.context import Right
from handlers.command import Command, Feature, Listener
from handlers.context import Request


async def show(request: Request) -> None:
    admins = await request.services.access.admins(request.ctx)
    await request.respond(blocks.overview(request.ctx.person, admins))


async def open_form(request: Request) -> None:
    request.ctx.require(Right.MANAGE_PEOPLE)
    await request.open_or_push(blocks.role_form(channel_id=request.channel_id))


async def save(request: Request) -> None:
    typed = blocks.read_role(request.values)
    await request.services.access.set_role(request.ctx, typed.user_id, typed.role)
    await request.ack()
    await request.respond(blocks.changed(typed.user_id, typed.role))


FEATURE = Feature(
    commands=(
        Command(
            "who",
            "Who the Admins are, and what you may do",
            show,
            aliases=("roles", "access", "whoami"),
            label="Roles",
            details="Admins change roles from here.",
        ),
    ),
    listeners=(
        Listener("action", blocks.CHANGE, open_form),
        Listener("view", blocks.CALLBACK, save),
    ),
)
