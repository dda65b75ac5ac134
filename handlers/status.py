"""``/autotask status``: whether it worked, for all syncs or for one."""

from collections.abc import Sequence
from datetime import datetime

from blocks import kit
from blocks import status as blocks
from bot.domain.context import Right
from bot.domain.invoices import FREQUENCIES, Frequency
from bot.domain.status import GroupStatus, Period, Status
from bot.domain.sync_orders import read_words
from bot.domain.syncs import Group
from handlers.command import Command, Feature, Listener
from handlers.context import Request

_NEVER = "not supported"


async def show(request: Request) -> None:
    await request.respond(await _page(request, request.text[:100], Period.WEEK))


async def choose_period(request: Request) -> None:
    code, _, group = request.action_value.partition("|")
    period = Period(code) if code in set(Period) else Period.WEEK
    await request.respond(await _page(request, group, period), replace=True)


async def _page(request: Request, text: str, period: Period) -> kit.Message:
    status = await request.services.status.page(request.ctx, period)
    may_sync = request.ctx.person.may(Right.SYNC)
    groups = read_words(text, status.as_of.date()).groups
    if len(groups) != 1:
        return blocks.page(status, may_sync=may_sync)
    often = _frequencies(request, status) if groups[0] is Group.INVOICES else ()
    return blocks.group_page(status, groups[0], may_sync=may_sync, frequencies=often)


def _frequencies(request: Request, status: Status) -> Sequence[Sequence[str]]:
    """What is synced how often, with the last and the next run of each (product IP1)."""
    found = {each.group.value: each for each in status.groups}
    return [_row(each, found.get(each.group), request) for each in FREQUENCIES]


def _row(each: Frequency, found: GroupStatus | None, request: Request) -> Sequence[str]:
    if not each.supported:
        return (f"✗ {each.what}", each.direction, _NEVER, _NEVER, "", "")
    return (each.what, each.direction, each.new, each.updates, *_runs(each, found, request))


def _runs(each: Frequency, found: GroupStatus | None, request: Request) -> tuple[str, str]:
    """When it last ran and next will; nothing for what no run brings, such as PDFs."""
    if not each.group:
        return "", ""
    last = found.run.finished_at if found and found.run else None
    return _local(request, last), _local(request, found.next_at if found else None)


def _local(request: Request, moment: datetime | None) -> str:
    return f"{moment.astimezone(request.ctx.person.zone):%d %b %H:%M}" if moment else "never"


FEATURE = Feature(
    commands=(
        Command(
            "status",
            "Whether the syncs worked, what is next, how much of the API is used",
            show,
            usage="[contracts | time | invoices | companies | opportunities | tickets]",
            aliases=("stats", "statistics", "health"),
            right=Right.READ,
            label="Sync status",
            details="All syncs at once, or one with its figures: `status contracts`. `status invoices` shows how "
            "often what is synced. From our own database: it asks nothing of Autotask.",
        ),
    ),
    listeners=(Listener("action", f"^{blocks.PERIOD}:[a-z0-9]+$", choose_period),),
)
