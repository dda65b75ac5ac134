"""``/autotask map``: organizations and the Autotask companies they belong to."""

from collections.abc import Mapping

from blocks import kit
from blocks import organizations as blocks
from bot.domain.context import Right
from bot.services.organizations import OrganizationPage
from handlers import review_forms, tickets
from handlers.command import Command, Feature, Listener
from handlers.context import Request
from handlers.payload import text_at

PAGE_SIZE = 10


async def show(request: Request) -> None:
    await request.respond(await _listing(request, number=0, text=request.text))


async def turn_page(request: Request) -> None:
    number, _, _ = request.action_value.partition("|")
    await request.respond(await _listing(request, number=int(number)), replace=True)


async def refresh(request: Request) -> None:
    """One message per press, to who pressed: it counts, then says what came."""
    if await request.once():
        await request.services.organizations.refresh_companies(request.ctx, run_key=request.fingerprint)


async def open_new(request: Request) -> None:
    request.ctx.require(Right.MAP_ORGANIZATIONS)
    page = await request.services.organizations.page(request.ctx, limit=0)
    await request.open_or_push(blocks.form(channel_id=request.channel_id, company_count=page.companies))


async def open_change(request: Request) -> None:
    request.ctx.require(Right.MAP_ORGANIZATIONS)
    organization = await request.services.organizations.get(request.ctx, int(request.action_value))
    page = await request.services.organizations.page(request.ctx, limit=0)
    await request.open_or_push(
        blocks.form(organization, channel_id=request.channel_id, company_count=page.companies)
    )


async def suggest_companies(request: Request) -> None:
    found = await request.services.organizations.search_companies(request.ctx, request.text)
    await request.ack_options(blocks.company_options(found))


async def save(request: Request) -> None:
    typed = blocks.read_form(request.values)
    organization = await request.services.organizations.save(
        request.ctx,
        organization_id=int(text_at(request.metadata, "organization") or 0) or None,
        name=typed.name,
        company_id=typed.company_id,
    )
    back = request.metadata.get("back")
    if isinstance(back, Mapping):
        await tickets.redraw_below(request, organization, back)
        await review_forms.redraw_below(request, organization, back)
    else:
        await request.ack()
        await request.respond(blocks.mapped(organization))


async def _listing(request: Request, *, number: int, text: str = "") -> kit.Message:
    service = request.services.organizations
    found: OrganizationPage = await service.page(
        request.ctx, offset=number * PAGE_SIZE, limit=PAGE_SIZE, text=text
    )
    where = kit.page(found.total, number, PAGE_SIZE)
    return blocks.listing(found.organizations, where, unmapped=found.unmapped, companies=found.companies)


FEATURE = Feature(
    commands=(
        Command(
            "map",
            "Map your organizations to Autotask companies",
            show,
            usage="[name]",
            aliases=("organizations", "orgs", "mapping"),
            label="Map organizations",
            details="Lists every organization with its Autotask company, the unmapped ones first. "
            "Add a name to narrow the list: `map acme`.",
        ),
    ),
    listeners=(
        Listener("action", blocks.LIST, show),
        Listener("action", f"^{blocks.PAGE}:(back|next)$", turn_page),
        Listener("action", blocks.REFRESH, refresh),
        Listener("action", blocks.NEW, open_new),
        Listener("action", blocks.CHANGE, open_change),
        Listener("options", blocks.COMPANY_OPTIONS, suggest_companies),
        Listener("view", blocks.FORM_CALLBACK, save),
    ),
)
