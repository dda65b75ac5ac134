"""``/autotask digest``: today's digest at once, and who is sent one, when and where."""

from blocks import digest_forms as forms
from blocks import digests as blocks
from blocks import kit
from blocks.organizations import options
from bot.domain.context import Right
from bot.domain.digests import Period, Subscription
from handlers.command import Command, Feature, Listener, Verb
from handlers.context import Request


async def show(request: Request) -> None:
    await _show(request, Period.DAILY)


async def show_week(request: Request) -> None:
    await _show(request, Period.WEEKLY)


async def _show(request: Request, period: Period) -> None:
    digest = await request.services.digests.now(request.ctx, period)
    mine = await request.services.digests.mine(request.ctx)
    schedules = await request.services.digests.schedules(request.ctx)
    button = kit.button("When and where", blocks.SETTINGS)
    message = blocks.message(digest).with_blocks(
        kit.context(blocks.schedule_words(mine, schedules)), kit.actions(button)
    )
    await request.respond(message)


async def open_settings(request: Request) -> None:
    await request.open_or_push(await _page(request))


async def open_form(request: Request) -> None:
    service = request.services.digests
    found = await service.of(request.ctx, request.action_value)
    zone = request.ctx.person.timezone if found.is_person else request.ctx.tenant.timezone
    names = await service.names(request.ctx, found)
    await request.open_or_push(forms.form(found, zone=zone, names=names))


async def open_new(request: Request) -> None:
    request.ctx.require(Right.CHANGE_SETTINGS)
    await request.open_or_push(forms.form(Subscription(""), zone=request.ctx.tenant.timezone, is_new=True))


async def suggest_organizations(request: Request) -> None:
    found = await request.services.organizations.search(request.ctx, request.text)
    await request.ack_options(options(found))


async def save(request: Request) -> None:
    target = str(request.metadata.get("target", ""))
    service = request.services.digests
    if target:
        before = await service.of(request.ctx, target)
    else:
        before = Subscription(forms.read_channel(request.values))
    wanted = forms.read(request.values, before, owner=request.user_id)
    saved = await service.save(request.ctx, wanted)
    await request.ack()
    schedules = await service.schedules(request.ctx)
    await _redraw(request, blocks.saved(saved, schedules, now=request.tools.clock.now()))


async def remove(request: Request) -> None:
    await request.services.digests.remove(request.ctx, request.action_value)
    await request.update(await _page(request, blocks.removed(request.action_value)))


async def preview(request: Request) -> None:
    """Today's, as it would be posted there; nothing is posted."""
    service = request.services.digests
    found = await service.of(request.ctx, request.action_value)
    period = Period.WEEKLY if found.weekly and not found.daily else Period.DAILY
    if found.is_person:
        digest = await service.now(request.ctx, period, found)
    else:
        now = request.tools.clock.now()
        digest = await service.gather_for_channel(request.ctx.tenant, found, period, now)
    await request.open_or_push(blocks.preview(digest))


async def _redraw(request: Request, notice: str) -> None:
    if request.below:
        await request.update(await _page(request, notice), view_id=request.below)
    else:
        await request.respond(kit.Message(notice, (kit.section(notice),)))


async def _page(request: Request, notice: str = "") -> kit.View:
    service, ctx = request.services.digests, request.ctx
    may = ctx.person.may(Right.CHANGE_SETTINGS)
    return blocks.settings_page(
        await service.mine(ctx),
        await service.channels(ctx) if may else None,
        await service.schedules(ctx),
        now=request.tools.clock.now(),
        notice=notice,
    )


FEATURE = Feature(
    commands=(
        Command(
            "digest",
            "What happened in the last day or week, what failed and what waits",
            show,
            usage="[week]",
            aliases=("daily",),
            verbs=(Verb("week", "the last seven days", show_week, aliases=("weekly",)),),
            label="Digest",
            details="Shows the digest of the last 24 hours (or seven days) to you alone. *When and where*: everybody "
            "chooses their own, with quiet hours; Admins choose the channels'.",
        ),
    ),
    listeners=(
        Listener("action", blocks.SETTINGS, open_settings),
        Listener("action", blocks.EDIT, open_form),
        Listener("action", blocks.ADD, open_new),
        Listener("action", blocks.REMOVE, remove),
        Listener("action", blocks.PREVIEW, preview),
        Listener("options", forms.ORGANIZATIONS, suggest_organizations),
        Listener("view", forms.CALLBACK, save),
    ),
)
