"""Hourly rates and the days that are imported: an Admin's page, its forms, and a word before the past changes."""

from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

from blocks import time_entries as entries
from blocks import time_picks as picks
from blocks import time_rates as blocks
from blocks.kit import View
from blocks.organizations import options
from bot.domain.context import Right
from bot.domain.numbers import whole
from bot.domain.time_entries import WINDOW_SETTING, Rate, Repricing
from handlers.command import Listener
from handlers.context import Request


async def show(request: Request) -> None:
    await request.open_or_push(await _page(request))


async def open_form(request: Request) -> None:
    rates = await request.services.time_rates.all(request.ctx)
    currency = rates[0].currency if rates else "USD"
    await request.open_or_push(blocks.form(_today(request), currency=currency, channel_id=request.channel_id))


async def suggest_organizations(request: Request) -> None:
    found = await request.services.organizations.search(request.ctx, request.text)
    await request.ack_options(options(found))


async def suggest_contracts(request: Request) -> None:
    found = await request.services.time_rates.contracts(request.ctx, request.text)
    await request.ack_options(picks.contract_options(found))


async def save(request: Request) -> None:
    """A rate that changes what is imported already is shown first, with the sums; nothing is saved by that."""
    rate = replace(blocks.read_form(request.values), set_by=request.user_id)
    change = await request.services.time_rates.preview(request.ctx, rate)
    if change.entries and rate.valid_from < _today(request):
        await request.ack_update(blocks.sure_form(rate, change, channel_id=request.channel_id))
        return
    await _saved(request, rate)


async def save_all_the_same(request: Request) -> None:
    await _saved(request, replace(blocks.read_sure(request.metadata), set_by=request.user_id))


async def remove(request: Request) -> None:
    rate_id = whole(request.action_value) or 0
    rate, change = await request.services.time_rates.remove(request.ctx, rate_id)
    await request.update(await _page(request, blocks.removed_text(rate, change)))


async def open_window(request: Request) -> None:
    request.ctx.require(Right.CHANGE_SETTINGS)
    days = await request.services.time_rates.window_days(request.ctx)
    await request.open_or_push(blocks.window_form(days, channel_id=request.channel_id))


async def save_window(request: Request) -> None:
    typed = request.form.text(WINDOW_SETTING)
    saved = await request.services.time_rates.set_window(request.ctx, typed)
    await request.ack()
    if request.below:
        await request.update(await _page(request), view_id=request.below)
    await request.tools.notifier.ephemeral(
        request.ctx.tenant, request.channel_id, request.user_id, blocks.window_saved(saved)
    )


async def _saved(request: Request, rate: Rate) -> None:
    """It was looked at before: what is left takes longer than Slack waits for a form, where there are many entries."""
    await request.ack()
    change: Repricing = await request.services.time_rates.save(request.ctx, rate)
    if request.below:
        notice = blocks.saved_text(rate, change)
        await request.update(await _page(request, notice), view_id=request.below)


async def _page(request: Request, notice: str = "") -> View:
    service = request.services.time_rates
    rates, days = await service.all(request.ctx), await service.window_days(request.ctx)
    return blocks.page(rates, days, _today(request), channel_id=request.channel_id, notice=notice)


def _today(request: Request) -> date:
    return request.tools.clock.now().astimezone(ZoneInfo(request.ctx.tenant.timezone)).date()


LISTENERS = (
    Listener("action", entries.RATES, show),
    Listener("action", blocks.ADD, open_form),
    Listener("action", blocks.REMOVE, remove),
    Listener("action", blocks.WINDOW, open_window),
    Listener("options", blocks.ORGANIZATIONS, suggest_organizations),
    Listener("options", blocks.CONTRACTS, suggest_contracts),
    Listener("view", blocks.ADD_CALLBACK, save),
    Listener("view", blocks.SURE_CALLBACK, save_all_the_same),
    Listener("view", blocks.WINDOW_CALLBACK, save_window),
)
