"""``/autotask schedules``: what runs by itself and when; Admins change it."""

from blocks import kit
from blocks import schedules as blocks
from bot.domain.context import Right
from bot.domain.schedules import BY_NAME, Moved
from bot.services.schedules import zones
from handlers.command import Command, Feature, Listener
from handlers.context import Request
from handlers.payload import own


async def show(request: Request) -> None:
    await request.open_or_push(await _page(request))


async def open_form(request: Request) -> None:
    found = await request.services.schedules.one(request.ctx, request.action_value)
    title = BY_NAME[found.name].title
    await request.open_or_push(
        blocks.form(found, title, now=request.tools.clock.now(), channel_id=request.channel_id)
    )


async def save(request: Request) -> None:
    name = str(request.metadata.get("name", ""))
    found = await request.services.schedules.one(request.ctx, name)
    wanted = blocks.read(request.values, found, now=request.tools.clock.now())
    await _told(request, await request.services.schedules.change(request.ctx, name, wanted))


async def switch(request: Request) -> None:
    state, _, name = request.action_value.partition("|")
    enabled = own({"on": True, "off": False}.get, state)
    moved = await request.services.schedules.switch(request.ctx, name, enabled=enabled)
    await request.update(await _page(request, blocks.notice_of(moved)))
    await _confirm(request, moved)


async def open_zone(request: Request) -> None:
    request.ctx.require(Right.CHANGE_SETTINGS)
    await request.open_or_push(blocks.zone_form(request.ctx.tenant.timezone, channel_id=request.channel_id))


async def suggest_zones(request: Request) -> None:
    await request.ack_options(blocks.zone_options(zones(request.text)))


async def save_zone(request: Request) -> None:
    zone = blocks.read_zone(request.values)
    await _told(request, await request.services.schedules.change_zone(request.ctx, zone), zone=zone)


async def undo(request: Request) -> None:
    taken_back = await request.services.schedules.undo(request.ctx, request.action_value)
    await request.respond(blocks.undone(taken_back), replace=True)


async def _told(request: Request, moved: Moved, *, zone: str = "") -> None:
    await request.ack()
    if request.below:
        view = await _page(request, blocks.notice_of(moved), zone=zone)
        await request.update(view, view_id=request.below)
    await _confirm(request, moved)


async def _confirm(request: Request, moved: Moved) -> None:
    """A modal stays open above the conversation: the confirmation waits there, with *Undo*."""
    await request.tools.notifier.ephemeral(
        request.ctx.tenant, request.channel_id, request.user_id, blocks.saved(moved)
    )


async def _page(request: Request, notice: str = "", *, zone: str = "") -> kit.View:
    tenant, settings = request.ctx.tenant, request.settings
    return blocks.page(
        await request.services.schedules.all(request.ctx),
        zone=zone or tenant.timezone,
        as_of=request.tools.clock.now(),
        may_change=request.ctx.person.may(Right.CHANGE_SETTINGS),
        zone_is_fixed=tenant.by_environment and "timezone" in settings.model_fields_set,
        notice=notice,
        channel_id=request.channel_id,
    )


FEATURE = Feature(
    commands=(
        Command(
            "schedules",
            "What runs by itself, when next, and how the last run went",
            show,
            aliases=("schedule",),
            label="Schedules",
            details="Contracts and time entries are synced every night at 02:00 by the workspace's clock, companies, "
            "invoices and tickets every hour. Admins change the times, switch schedules off and on, and choose the "
            "workspace's time zone.",
        ),
    ),
    listeners=(
        Listener("action", blocks.OPEN, show),
        Listener("action", blocks.CHANGE, open_form),
        Listener("action", blocks.SWITCH, switch),
        Listener("action", blocks.ZONE, open_zone),
        Listener("action", blocks.UNDO, undo),
        Listener("options", blocks.ZONES, suggest_zones),
        Listener("view", blocks.CALLBACK, save),
        Listener("view", blocks.ZONE_CALLBACK, save_zone),
    ),
)
