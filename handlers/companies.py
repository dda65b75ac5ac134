"""Autotask's companies: the type-ahead of every form that maps, and organizations made from them."""

from blocks import kit
from blocks import organization_forms as forms
from blocks import organizations as blocks
from blocks.contract_events import ARRIVING
from bot.domain.context import Right
from bot.domain.mapping import Advice
from bot.services.organizations import Created
from handlers.command import Feature, Listener
from handlers.context import Request
from handlers.organization_places import came_from, redraw, redraw_below
from handlers.payload import number_at

MOST_NAMED = 5
"""Companies that were left out and why, in one notice; of the others it tells how many."""


async def suggest_companies(request: Request) -> None:
    """Nothing typed yet: the likeliest first."""
    organization_id = number_at(request.metadata, "organization")
    likely: Advice | None = None
    if organization_id and not request.text:
        organization = await request.services.organizations.get(request.ctx, organization_id)
        advice = await request.services.mapping.advice(request.ctx, [organization])
        likely = advice.get(organization_id)
    found = await request.services.organizations.search_companies(request.ctx, request.text)
    await request.ack_options(blocks.company_options(found, likely.found if likely else ()))


async def open_create(request: Request) -> None:
    request.ctx.require(Right.MAP_ORGANIZATIONS)
    request.ctx.require_whole_sight()
    page = await request.services.organizations.page(request.ctx, limit=0)
    await request.open_or_push(forms.create_form(page.companies, came_from(request, request.action_value)))


async def create(request: Request) -> None:
    chosen = request.form.chosen_numbers("companies")
    made = await request.services.organizations.create_from(
        request.ctx, chosen, request_key=f"view:{request.view_id}"
    )
    await request.ack()
    await redraw_below(request, _created(made))


async def create_one(request: Request) -> None:
    chosen = request.action_number
    made = await request.services.organizations.create_from(request.ctx, [chosen])
    await redraw(request, blocks.Spot().code, _created(made))


def _created(made: Created) -> blocks.Notice:
    parts = []
    if made.created:
        what = made.created[0] if len(made.created) == 1 else kit.count(len(made.created), "organization")
        parts.append(f"{what} created and mapped.")
    if made.mapped:
        parts.append(f"Mapped, because the name was here already: {', '.join(made.mapped)}.")
    if made.brings_contracts:
        parts.append(ARRIVING.strip())
    parts += [f"{name}: left out, {why}." for name, why in made.skipped[:MOST_NAMED]]
    if more := len(made.skipped[MOST_NAMED:]):
        parts.append(f"{more} more left out.")
    said = " ".join(parts) or "No company was chosen, so no organization was created."
    return blocks.Notice(said, made.batch_id, sign="✅" if made.batch_id else "⚠️")


FEATURE = Feature(
    listeners=(
        Listener("action", blocks.CREATE, open_create),
        Listener("action", blocks.CREATE_ONE, create_one),
        Listener("options", blocks.COMPANY_OPTIONS, suggest_companies),
        Listener("options", blocks.COMPANIES_OPTIONS, suggest_companies),
        Listener("view", blocks.CREATE_CALLBACK, create),
    )
)
