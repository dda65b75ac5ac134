"""Which channel hears of what, for Admins; and when a failing sync is paused."""

from typing import Final

from blocks import alert_lists as blocks
from blocks import kit
from bot.domain.alerts import Subscription
from bot.domain.context import Right
from bot.domain.organizations import Organization
from handlers.command import Listener
from handlers.context import Request
from handlers.payload import as_number, number_at

CANNOT: Final = (
    ":warning: Saved, but Deskhand cannot post there yet: `/invite @Deskhand` in the channel, then send a test. "
    "Channels shared with another company are never told anything."
)
SAVED: Final = ":white_check_mark: Saved, and a first message is in the channel."


async def show(request: Request) -> None:
    await request.open_or_push(await _page(request, 0))


async def turn_page(request: Request) -> None:
    number, _, _ = request.action_value.partition("|")
    await request.update(await _page(request, as_number(number)))


async def open_add(request: Request) -> None:
    request.ctx.require(Right.CHANGE_SETTINGS)
    await request.open_or_push(blocks.form())


async def open_edit(request: Request) -> None:
    found = await request.services.alert_channels.get(request.ctx, request.action_number)
    chosen = await _organizations(request, found)
    await request.open_or_push(blocks.form(found, chosen))


async def save(request: Request) -> None:
    """Saved, and tried at once: a channel that does not take messages is found out now and not in the night."""
    request.ctx.require(Right.CHANGE_SETTINGS)
    subscription_id = number_at(request.metadata, "subscription")
    wanted = blocks.read_form(request.values, subscription_id)
    saved = await request.services.alert_channels.save(request.ctx, wanted)
    await request.ack()
    said = SAVED if await _tried(request, saved) else CANNOT
    if request.below:
        await request.update(await _page(request, 0, notice=said), view_id=request.below)
    else:
        await request.respond(kit.Message(said, (kit.section(said),)))


async def remove(request: Request) -> None:
    before = await request.services.alert_channels.remove(request.ctx, request.action_number)
    notice = f":wastebasket: {kit.channel_mention(before.channel_id)} hears no more of that."
    await request.update(await _page(request, 0, notice=notice))


async def test(request: Request) -> None:
    found = await request.services.alert_channels.get(request.ctx, request.action_number)
    notice = ":bell: Sent." if await _tried(request, found) else CANNOT.replace("Saved, but ", "")
    await request.update(await _page(request, 0, notice=notice))


async def open_limits(request: Request) -> None:
    request.ctx.require(Right.CHANGE_SETTINGS)
    limits = await request.services.alert_channels.limits(request.ctx)
    await request.open_or_push(blocks.limits_form(limits))


async def save_limits(request: Request) -> None:
    request.ctx.require(Right.CHANGE_SETTINGS)
    await request.services.alert_channels.set_limits(request.ctx, blocks.read_limits(request.values))
    await request.ack()
    if request.below:
        notice = ":white_check_mark: Saved."
        await request.update(await _page(request, 0, notice=notice), view_id=request.below)


async def suggest_organizations(request: Request) -> None:
    request.ctx.require(Right.CHANGE_SETTINGS)
    found = await request.services.organizations.search(request.ctx, request.text)
    await request.ack_options(blocks.options(found))


async def _tried(request: Request, subscription: Subscription) -> bool:
    """Whether the channel took a first message."""
    key = f"alert-test:{subscription.id}:{request.fingerprint}"
    message, tenant = blocks.test_message(request.user_id), request.ctx.tenant
    return await request.tools.notifier.takes(tenant, key, subscription.channel_id, message)


async def _organizations(request: Request, subscription: Subscription) -> list[Organization]:
    return await request.services.alert_channels.organizations(request.ctx, subscription)


async def _page(request: Request, number: int, *, notice: str = "") -> kit.View:
    service = request.services.alert_channels
    found = await service.all(request.ctx)
    where = kit.page(len(found), number, blocks.CHANNELS_PAGE_SIZE)
    return blocks.channels(
        found[where.offset : where.offset + where.size],
        where,
        await service.limits(request.ctx),
        notice=notice,
        channel_id=request.channel_id,
    )


LISTENERS: Final = (
    Listener("action", blocks.CHANNELS, show),
    Listener("action", f"^{blocks.CHANNELS_PAGE}:(back|next)$", turn_page),
    Listener("action", blocks.ADD, open_add),
    Listener("action", blocks.EDIT, open_edit),
    Listener("action", blocks.REMOVE, remove),
    Listener("action", blocks.TEST, test),
    Listener("action", blocks.LIMITS, open_limits),
    Listener("options", blocks.ORGANIZATION_OPTIONS, suggest_organizations),
    Listener("view", blocks.FORM_CALLBACK, save),
    Listener("view", blocks.LIMITS_CALLBACK, save_limits),
)
