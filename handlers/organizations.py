"""``/autotask map``: organizations and the Autotask companies they belong to."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from blocks import kit
from blocks import organization_card as cards
from blocks import organization_forms as forms
from blocks import organizations as blocks
from blocks.contract_events import brought
from bot.domain.context import Right
from bot.domain.organizations import Organization
from bot.services.organizations import MappingForm
from handlers import review_forms, tickets
from handlers.command import Command, Feature, Listener
from handlers.context import Request
from handlers.organization_places import (
    came_from,
    card,
    listing,
    may_map,
    redraw,
    redraw_below,
    value_and_place,
)
from handlers.payload import as_number, number_at, own, text_at

_NUMBERS: Final = ("ticket", "review", "question", "organization", "template")


async def show(request: Request) -> None:
    """The list; with words, the organization they name, or the list of those they might."""
    if not request.text:
        await request.respond(await listing(request, blocks.read_spot(request.action_value)))
        return
    found = await request.services.organizations.search(request.ctx, request.text, limit=2)
    if len(found) == 1:
        await request.respond(await card(request, found[0].id))
    elif found:
        await request.respond(await listing(request, blocks.Spot(text=request.text)))
    else:
        await _offer_companies(request)


async def _offer_companies(request: Request) -> None:
    service, may_change = request.services.organizations, may_map(request)
    companies = await service.search_companies(request.ctx, request.text, limit=5) if may_change else []
    await request.respond(cards.not_found(request.text, companies, may_change=may_change))


async def turn_to(request: Request) -> None:
    """Another page, another filter, or the search cleared: the value is the spot."""
    await request.respond(await listing(request, blocks.read_spot(request.action_value)), replace=True)


async def refresh(request: Request) -> None:
    """One message per press, to who pressed: it counts, then says what came."""
    if await request.once():
        await request.services.organizations.refresh_companies(request.ctx, run_key=request.fingerprint)


async def open_search(request: Request) -> None:
    spot = blocks.read_spot(request.action_value)
    await request.open_or_push(forms.search_form(spot, came_from(request, spot.code)))


async def search(request: Request) -> None:
    """Draws the list anew where it is; nothing is posted twice."""
    spot = replace(
        blocks.read_spot(text_at(request.metadata, "at")), number=0, text=request.form.text("text")
    )
    shown = await listing(request, spot)
    await request.ack()
    await _draw_below(request, shown)


async def _draw_below(request: Request, shown: kit.Message) -> None:
    url, below = text_at(request.metadata, "url"), request.below
    if url and await request.tools.notifier.reply(url, shown, replace=True):
        return
    view = kit.modal("Deskhand", shown.blocks, close="Close")
    if not (below and await request.update(view, view_id=below)):
        await request.respond(shown)


# --- one organization ---


async def more(request: Request) -> None:
    """The ⋯ menu: the chosen value is ``<verb>|<organization>|<place>``."""
    verb, _, rest = request.action_value.partition("|")
    chosen, _, at = rest.partition("|")
    await own(_MORE.get, verb)(request, as_number(chosen), at)


async def _open_card(request: Request, organization_id: int, _at: str) -> None:
    await request.respond(await card(request, organization_id))


async def open_new(request: Request) -> None:
    request.ctx.require(Right.MAP_ORGANIZATIONS)
    request.ctx.require_whole_sight()
    page = await request.services.organizations.page(request.ctx, limit=0)
    _, at = value_and_place(request)
    await request.open_or_push(
        blocks.form(
            channel_id=request.channel_id, company_count=page.companies, metadata=came_from(request, at)
        )
    )


async def open_change(request: Request) -> None:
    chosen, at = value_and_place(request)
    await _open_form(request, as_number(chosen), at)


async def _open_form(request: Request, organization_id: int, at: str) -> None:
    """Filled with the company it has, or with the one that we think it is."""
    request.ctx.require(Right.MAP_ORGANIZATIONS)
    request.ctx.require_whole_sight()
    services = request.services
    organization = await services.organizations.get(request.ctx, organization_id)
    page = await services.organizations.page(request.ctx, limit=0)
    advice = await services.mapping.advice(request.ctx, [organization])
    view = blocks.form(
        organization,
        channel_id=request.channel_id,
        company_count=page.companies,
        advice=advice.get(organization_id),
        metadata=came_from(request, at),
    )
    await request.open_or_push(view)


async def save(request: Request) -> None:
    organization_id = number_at(request.metadata, "organization") or None
    typed, back = blocks.read_form(request.values, is_new=organization_id is None), _way_back(request)
    if await _warned(request, typed, organization_id):
        return
    form = MappingForm(organization_id, typed.name, typed.company_id, request.channel_id)
    saved = await request.services.organizations.store(request.ctx, form)
    if back is not None:
        await _give_back(request, saved.organization, back)
        return
    await request.ack()
    ready = saved.organization.id if saved.organization.is_mapped else 0
    notice = blocks.Notice(_saved_text(saved.organization) + brought(saved), saved.batch_id, ready_id=ready)
    await redraw_below(request, notice, blocks.mapped(saved.organization, saved.batch_id))


def _way_back(request: Request) -> Mapping[str, kit.Json] | None:
    """The form below that waits for the organization, read before anything is saved; raises ``InvalidInput``."""
    back = request.metadata.get("back")
    if not isinstance(back, Mapping):
        return None
    for form in back.values():
        for name in _NUMBERS:
            number_at(form, name)
    return back


async def _give_back(request: Request, organization: Organization, back: Mapping[str, kit.Json]) -> None:
    """The word goes to the form below, which may take this form's place by its own answer."""
    if "ticket" in back:
        await tickets.redraw_below(request, organization, back)
    await request.ack()
    if "review" in back:
        await review_forms.redraw_below(request, organization, back)


async def _warned(request: Request, typed: blocks.TypedMapping, organization_id: int | None) -> bool:
    """A company that another organization has is asked about once; then it may be shared."""
    service, given = request.services.organizations, request.metadata
    if typed.company_id is None or text_at(given, "sure") == str(typed.company_id):
        return False
    held = await service.holder(request.ctx, typed.company_id, but=organization_id)
    if held is None:
        return False
    company, holder = held
    organization = await service.get(request.ctx, organization_id) if organization_id else None
    view = blocks.form(
        organization,
        company_count=number_at(given, "companies"),
        metadata={**given, "sure": company.autotask_id},
        warned=blocks.Warned(_sharing(holder), company, typed.name),
    )
    await request.ack_update(view)
    return True


def _sharing(holder: str) -> str:
    whose = f"is mapped to {holder} already" if holder else "has an organization that you may not see"
    return f"This company {whose}. Two organizations may share it: their tickets then go to the same company."


def _saved_text(organization: Organization) -> str:
    if organization.company is None:
        return f"{organization.name} is created; it is not mapped yet."
    return blocks.mapped_text(organization)


async def _unmap(request: Request, organization_id: int, at: str) -> None:
    saved = await request.services.organizations.store(request.ctx, MappingForm(organization_id))
    await redraw(request, at, blocks.Notice(blocks.mapped_text(saved.organization), saved.batch_id))


async def _restore(request: Request, organization_id: int, at: str) -> None:
    saved = await request.services.organizations.restore(request.ctx, organization_id)
    await redraw(request, at, blocks.Notice(f"{saved.organization.name} is back.", saved.batch_id))


async def _open_rename(request: Request, organization_id: int, at: str) -> None:
    request.ctx.require(Right.MAP_ORGANIZATIONS)
    organization = await request.services.organizations.get(request.ctx, organization_id)
    metadata = {**came_from(request, at), "organization": organization_id}
    await request.open_or_push(forms.rename_form(organization, metadata))


async def rename(request: Request) -> None:
    chosen = as_number(text_at(request.metadata, "organization"))
    name = request.form.required_text("name", "Give it a name.")
    saved = await request.services.organizations.rename(request.ctx, chosen, name)
    await request.ack()
    text = f"It is called {saved.organization.name} now."
    await redraw_below(request, blocks.Notice(text, saved.batch_id))


async def _open_archive(request: Request, organization_id: int, at: str) -> None:
    request.ctx.require(Right.MAP_ORGANIZATIONS)
    organization, uses = await request.services.organizations.card(request.ctx, organization_id)
    metadata = {**came_from(request, at), "organization": organization_id}
    await request.open_or_push(forms.archive_form(organization, uses, metadata))


async def archive(request: Request) -> None:
    chosen = as_number(text_at(request.metadata, "organization"))
    saved = await request.services.organizations.archive(request.ctx, chosen)
    await request.ack()
    notice = blocks.Notice(f"{saved.organization.name} is archived.", saved.batch_id, sign="🗄️")
    await redraw_below(request, notice)


_MORE = {
    "card": _open_card,
    "change": _open_form,
    "unmap": _unmap,
    "rename": _open_rename,
    "archive": _open_archive,
    "restore": _restore,
}

FEATURE = Feature(
    commands=(
        Command(
            "map",
            "Map your organizations to Autotask companies",
            show,
            usage="[name]",
            aliases=("organizations", "orgs", "mapping"),
            label="Map organizations",
            details="Lists every organization with its Autotask company, the unmapped ones first, with suggestions. "
            "With a name, such as `map acme`, it opens that organization. Drop a CSV file into your conversation "
            "with Deskhand to import many.",
        ),
    ),
    listeners=(
        Listener("action", blocks.LIST, show),
        Listener("action", f"^({blocks.PAGE}:(back|next)|{blocks.LIST}:clear|{blocks.SHOW})$", turn_to),
        Listener("action", blocks.REFRESH, refresh),
        Listener("action", blocks.SEARCH, open_search),
        Listener("action", blocks.NEW, open_new),
        Listener("action", blocks.CHANGE, open_change),
        Listener("action", blocks.MORE, more),
        Listener("view", blocks.FORM_CALLBACK, save),
        Listener("view", blocks.SEARCH_CALLBACK, search),
        Listener("view", blocks.RENAME_CALLBACK, rename),
        Listener("view", blocks.ARCHIVE_CALLBACK, archive),
    ),
)
