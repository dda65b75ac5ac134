"""Lists of reviews, narrowed by search and filter."""

from zoneinfo import ZoneInfo

from blocks import kit
from blocks import organizations as organization_blocks
from blocks import review_lists as blocks
from bot.domain.organizations import Organization
from bot.domain.reviews import ReviewFilter
from handlers.command import Listener
from handlers.context import Request
from handlers.payload import as_number, text_at

PAGE_SIZE = 10


async def show(request: Request) -> None:
    """From the command or Home a new list; from a list's own buttons in its place."""
    own = request.action_id.startswith(blocks.LIST)
    chosen = blocks.parsed(request.action_value) if own else blocks.from_words(request.text)
    in_place = request.action_id.startswith(f"{blocks.LIST}:")
    await request.respond(await _listing(request, chosen, 0), replace=in_place)


async def turn_page(request: Request) -> None:
    number, _, value = request.action_value.partition("|")
    message = await _listing(request, blocks.parsed(value), as_number(number))
    await request.respond(message, replace=True)


async def open_filter(request: Request) -> None:
    chosen = blocks.parsed(request.action_value)
    organization = await _organization(request, chosen)
    await request.open_or_push(
        blocks.filter_form(
            chosen, organization, response_url=request.response_url, channel_id=request.channel_id
        )
    )


async def suggest_organizations(request: Request) -> None:
    found = await request.services.organizations.search(request.ctx, request.text)
    await request.ack_options(organization_blocks.options(found))


async def set_filter(request: Request) -> None:
    """The list that the form was opened from shows what fits: the message, or the modal below."""
    message = await _listing(request, blocks.read_filter(request.values), 0)
    await request.ack()
    below, url = request.below, text_at(request.metadata, "url")
    if below:
        await request.update(kit.modal("Deskhand", message.blocks, close="Close"), view_id=below)
    elif not (url and await request.tools.notifier.reply(url, message, replace=True)):
        await request.respond(message)


async def _listing(request: Request, chosen: ReviewFilter, number: int) -> kit.Message:
    service = request.services.reviews
    offset = number * PAGE_SIZE
    found, total = await service.page(request.ctx, chosen=chosen, offset=offset, limit=PAGE_SIZE)
    organization = await _organization(request, chosen)
    zone = ZoneInfo(request.ctx.person.timezone)
    where = kit.page(total, number, PAGE_SIZE)
    return blocks.listing(found, where, chosen, organization=organization, zone=zone)


async def _organization(request: Request, chosen: ReviewFilter) -> Organization | None:
    if not chosen.organization_id:
        return None
    return await request.services.organizations.get(request.ctx, chosen.organization_id)


LISTENERS = (
    Listener("action", f"^{blocks.LIST}(:other|:plain)?$", show),
    Listener("action", f"^{blocks.PAGE}:(back|next)$", turn_page),
    Listener("action", blocks.FILTER, open_filter),
    Listener("options", blocks.FILTER_ORGANIZATION, suggest_organizations),
    Listener("view", blocks.FILTER_CALLBACK, set_filter),
)
