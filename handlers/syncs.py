"""``/autotask sync``: brings contracts, time entries, invoices and the rest up to date now."""

from datetime import date
from zoneinfo import ZoneInfo

from blocks import sync_forms as forms
from blocks import syncs as blocks
from bot.domain.context import Right
from bot.domain.sync_orders import END_EXPIRED, SyncOrder, groups_in, read_words
from bot.domain.syncs import Group
from bot.errors import NotAllowed
from bot.services.syncs import Started
from handlers.command import Command, Feature, Listener
from handlers.context import Request
from handlers.payload import own

WITH_FORM = frozenset({(Group.CONTRACTS,), (Group.TIME,)})
"""Asked for alone, these have something to choose."""


async def show(request: Request) -> None:
    """Starts what is named; contracts and time alone, and nothing at all, ask first."""
    request.ctx.require(Right.SYNC)
    typed = read_words(request.text[:200], _today(request))
    if not typed.groups and typed.unknown:
        await request.respond(blocks.unknown(typed.unknown))
        return
    order = SyncOrder(typed.groups, typed.window)
    if typed.groups not in {(), *WITH_FORM} or typed.is_now or typed.window:
        await _start(request, order, f"cmd:{request.fingerprint}")
        return
    found = await request.services.syncs.check(request.ctx, order)
    if found.busy:
        await request.respond(blocks.already(*await _busy(request, found)))
        return
    view = forms.form(typed.groups, _today(request), metadata={"channel": request.channel_id})
    await request.open_or_push(view)


async def submit(request: Request) -> None:
    is_sure = request.metadata.get("sure") == "1"
    order = (
        forms.from_metadata(request.metadata)
        if is_sure
        else forms.read(request.values, request.metadata, _today(request))
    )
    await request.services.syncs.check(request.ctx, order)
    if END_EXPIRED in order.options and not is_sure and await _warned(request, order):
        return
    await request.ack()
    await _start(request, order, f"view:{request.view_id}")


async def _warned(request: Request, order: SyncOrder) -> bool:
    """What would be ended is shown before it is; with nothing to end there is nothing to ask."""
    if request.ctx.person.organizations is not None:
        raise NotAllowed(
            "end contracts of every client, because you see those of your groups only. An Admin can"
        )
    expired = await request.services.contracts.expired(request.ctx)
    if not expired:
        return False
    metadata = {**forms.to_metadata(order), "channel": request.channel_id}
    await request.ack_update(forms.confirm_expired(expired, metadata))
    return True


async def again(request: Request) -> None:
    """The groups of a run that did not finish."""
    order = SyncOrder(own(groups_in, request.action_value))
    await _start(request, order, request.fingerprint)


async def _start(request: Request, order: SyncOrder, run_key: str) -> None:
    """The message is there before the work: it is edited in place from then on."""
    service, key = request.services.syncs, f"sync:{run_key}"
    found = await service.check(request.ctx, order)
    if not found.order.groups:
        await request.respond(blocks.already(*await _busy(request, found)))
        return
    names = [each.value for each in found.order.groups]
    await request.post(key, request.channel_id, blocks.running(names))
    started = await service.start(request.ctx, order, run_key=run_key, channel_id=request.channel_id)
    if not started.order.groups:  # somebody was quicker
        said = blocks.already(*await _busy(request, started))
        await request.edit(key, said)
        await request.respond(said)
        return
    link = await request.tools.notifier.link(request.ctx.tenant, key)
    busy = [each.value for each in started.busy]
    await request.respond(blocks.queued(started.order.label, link, busy=busy))


async def _busy(request: Request, found: Started) -> tuple[list[str], str]:
    keys = list(found.busy.values())
    link = await request.tools.notifier.link(request.ctx.tenant, f"sync:{keys[0]}") if keys else ""
    return [each.value for each in found.busy], link


def _today(request: Request) -> date:
    return request.tools.clock.now().astimezone(ZoneInfo(request.ctx.tenant.timezone)).date()


FEATURE = Feature(
    commands=(
        Command(
            "sync",
            "Bring contracts, time entries, invoices and the rest up to date now",
            show,
            usage="[contracts | time | invoices | companies | opportunities | tickets | all]",
            aliases=("fetch-all", "synchronize"),
            right=Right.SYNC,
            label="Start a sync",
            details="`sync contracts` asks whether expired contracts are to be ended, `sync time` for the days; "
            "`sync contracts now` and `sync time last week` start at once. A sync that is queued or running is not "
            "started twice.",
        ),
    ),
    listeners=(
        Listener("action", f"^{blocks.AGAIN}(:[a-z]+)?$", again),
        Listener("view", forms.CALLBACK, submit),
    ),
)
