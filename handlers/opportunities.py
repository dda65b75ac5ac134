"""``/autotask opps``: opportunities with what they come to, by status, stage, owner and how soon they close."""

from blocks import kit
from blocks import opportunities as blocks
from handlers.command import Command, Feature, Listener
from handlers.context import Request
from handlers.organization_places import came_from
from handlers.payload import text_at


async def show(request: Request) -> None:
    service = request.services.opportunities
    chosen = await service.read_filter(request.ctx, request.text)
    await request.respond(blocks.listing(await service.page(request.ctx, chosen)))


async def turn_to(request: Request) -> None:
    number, chosen = blocks.read_spot(request.action_value)
    page = await request.services.opportunities.page(request.ctx, chosen, number)
    await request.respond(blocks.listing(page), replace=True)


async def open_filter(request: Request) -> None:
    _, chosen = blocks.read_spot(request.action_value)
    choices = await request.services.opportunities.choices(request.ctx)
    await request.open_or_push(blocks.filter_form(choices, chosen, came_from(request, request.action_value)))


async def apply_filter(request: Request) -> None:
    """The list is drawn anew where it is; where that cannot be, it is told."""
    _, before = blocks.read_spot(text_at(request.metadata, "at"))
    chosen = blocks.read_form(request.form, before)
    shown = blocks.listing(await request.services.opportunities.page(request.ctx, chosen))
    await request.ack()
    url, below = text_at(request.metadata, "url"), request.below
    if url and await request.tools.notifier.reply(url, shown, replace=True):
        return
    view = kit.modal("Deskhand", shown.classic or shown.blocks, close="Close")
    if not (below and await request.update(view, view_id=below)):
        await request.respond(shown)


FEATURE = Feature(
    commands=(
        Command(
            "opps",
            "Opportunities from Autotask, with amounts and what closes next",
            show,
            usage="[organization] [stage|words]",
            aliases=("opportunities", "opportunity", "deals"),
            label="Opportunities",
            details="The active ones, those that close first at the top; what should have closed by now is marked."
            " *Filter* narrows them by status, stage, owner and how soon they close. The weighted sum counts each"
            " amount with its probability.",
        ),
    ),
    listeners=(
        Listener("action", f"^{blocks.PAGE}:(back|next)$", turn_to),
        Listener("action", blocks.ALL, turn_to),
        Listener("action", blocks.FILTER, open_filter),
        Listener("view", blocks.CALLBACK, apply_filter),
    ),
)
