"""Where an organization is shown, and how that place is drawn anew after a change: a list, a card, or nowhere yet."""

from collections.abc import Mapping

from blocks import kit
from blocks import organization_card as cards
from blocks import organization_list as lists
from blocks import organizations as blocks
from bot.domain.context import Right
from bot.domain.numbers import whole
from handlers.context import Request
from handlers.payload import text_at

PAGE_SIZE = 10


def may_map(request: Request) -> bool:
    """Whether this person may change mappings: the companies' names would tell those of other groups' clients."""
    person = request.ctx.person
    return person.may(Right.MAP_ORGANIZATIONS) and person.organizations is None


async def listing(request: Request, spot: blocks.Spot, notice: blocks.Notice | None = None) -> kit.Message:
    """One page, with suggestions for what is not mapped; the nearest page when that one is gone."""
    services, may_change = request.services, may_map(request)
    show, text = spot.show, spot.text
    found = await services.organizations.page(
        request.ctx, offset=spot.number * PAGE_SIZE, limit=PAGE_SIZE, text=text, show=show
    )
    where = kit.page(found.total, spot.number, PAGE_SIZE)
    if where.number != spot.number and found.total:
        return await listing(request, blocks.Spot(where.number, show, text), notice)
    page = lists.Listing(
        found.organizations,
        where,
        blocks.Spot(where.number, show, text),
        unmapped=found.unmapped,
        companies=found.companies,
        trouble=found.trouble,
        advice=await services.mapping.advice(request.ctx, found.organizations) if may_change else None,
        may_change=may_change,
    )
    return lists.listing(page, notice)


async def card(request: Request, organization_id: int, notice: blocks.Notice | None = None) -> kit.Message:
    organization, uses = await request.services.organizations.card(request.ctx, organization_id)
    return cards.card(organization, uses, may_change=may_map(request), notice=notice)


async def at_place(request: Request, at: str, notice: blocks.Notice) -> kit.Message | None:
    """The list or card that ``at`` names, as it is now; None when it names none."""
    number = whole(at.removeprefix("card:"))
    if at.startswith("card:") and number is not None:
        return await card(request, number, notice)
    return await listing(request, blocks.read_spot(at), notice) if "|" in at else None


async def redraw(request: Request, at: str, notice: blocks.Notice) -> None:
    """After a button: the place it sits in is drawn anew."""
    shown = await at_place(request, at, notice)
    await request.respond(shown or _said(notice), replace=shown is not None)


async def redraw_below(request: Request, notice: blocks.Notice, otherwise: kit.Message | None = None) -> None:
    """After a form: the place it was opened from is drawn anew; ``otherwise`` is told where there is none."""
    at, url = text_at(request.metadata, "at"), text_at(request.metadata, "url")
    shown = await at_place(request, at, notice)
    below = request.below
    if shown and url and await request.tools.notifier.reply(url, shown, replace=True):
        return
    if (
        shown
        and below
        and await request.update(kit.modal("Deskhand", shown.blocks, close="Close"), view_id=below)
    ):
        return
    await request.respond(shown or otherwise or _said(notice))


def came_from(request: Request, at: str) -> Mapping[str, kit.Json]:
    """A form's metadata: where it was opened."""
    return {"at": at, "url": request.response_url, "channel": request.channel_id}


def value_and_place(request: Request) -> tuple[str, str]:
    """A button's value ``<id>|<place>``."""
    value, _, at = request.action_value.partition("|")
    return value, at


def _said(notice: blocks.Notice) -> kit.Message:
    return kit.Message(kit.escape(notice.text), blocks.said(notice, ""))
