"""The form that opens a review: what it shows depends on what is chosen in it."""

from collections.abc import Mapping

from blocks import organizations as organization_blocks
from blocks import review_forms as forms
from blocks import reviews as blocks
from blocks.kit import Json, View
from blocks.review_forms import TypedReview
from bot.domain.context import Right
from bot.domain.numbers import whole
from bot.domain.organizations import Organization
from bot.services.reviews import ReviewForm
from handlers.command import Listener
from handlers.context import Request
from handlers.payload import number_at, text_at
from handlers.review_cards import catch_up, key_of


async def open_new(request: Request) -> None:
    """From the command (words name the client) or a button (its value is the organization's id)."""
    request.ctx.require(Right.RUN_REVIEWS)
    organization = await _meant(request)
    typed = TypedReview(organization_id=organization.id if organization else 0)
    await request.open_instead(await _form(request, typed, channel_id=request.channel_id))


async def suggest_organizations(request: Request) -> None:
    found = await request.services.organizations.search(request.ctx, request.text)
    await request.ack_options(organization_blocks.options(found))


async def redraw(request: Request) -> None:
    """Something was chosen on which the rest depends; what is typed stays, because the fields keep their ids."""
    typed = forms.read_typed(request.values)
    await request.update(await _form(request, typed, channel_id=request.channel_id))


async def set_up(request: Request) -> None:
    """The mapping's form on top of this one, which is drawn anew once the organization is mapped."""
    request.ctx.require(Right.MAP_ORGANIZATIONS)
    request.ctx.require_whole_sight()
    organization = await request.services.organizations.get(request.ctx, request.action_number)
    page = await request.services.organizations.page(request.ctx, limit=0)
    template_id = forms.read_typed(request.values).template_id
    await request.push(
        organization_blocks.form(
            organization,
            channel_id=request.channel_id,
            company_count=page.companies,
            back=forms.back_to(template_id, request.channel_id),
        )
    )


async def redraw_below(request: Request, organization: Organization, back: Mapping[str, Json]) -> None:
    """Once ``organization`` is mapped, the review's form below the mapping form offers a ticket.

    ``back`` is what this form gave the mapping form: ``{"review": {…}}``.
    """
    given = back.get("review")
    below = request.below
    if isinstance(given, Mapping) and below:
        typed = TypedReview(organization.id, number_at(given, "template"))
        view = await _form(request, typed, channel_id=text_at(given, "channel"))
        await request.update(view, view_id=below)


async def create(request: Request) -> None:
    typed = forms.read_create_form(request.values)
    template = await request.services.templates.get(request.ctx, typed.template_id)
    names = template.categories
    review = await request.services.reviews.create(
        request.ctx,
        ReviewForm(
            typed.organization_id,
            typed.template_id,
            typed.title,
            request.channel_id,
            request_key=f"view:{request.view_id}",
            categories=tuple(names[index] for index in typed.categories or () if index < len(names)),
            with_ticket=typed.with_ticket,
            summary=typed.summary,
            description=typed.description,
        ),
    )
    state = await request.services.reviews.state(request.ctx, review.id)
    await request.ack_update(blocks.overview(review, state.tickets, channel_id=request.channel_id))
    await request.post(key_of(review.id), review.channel_id, blocks.card(review, state.tickets))
    await catch_up(request, state, key_of(review.id))


async def _form(request: Request, typed: TypedReview, *, channel_id: str) -> View:
    templates = await request.services.templates.all(request.ctx)
    draft = await request.services.reviews.draft(
        request.ctx, templates, template_id=typed.template_id, organization_id=typed.organization_id
    )
    return forms.create_form(draft, typed, creator=request.ctx.person.name, channel_id=channel_id)


async def _meant(request: Request) -> Organization | None:
    service = request.services.organizations
    if (chosen := whole(request.action_value)) is not None:
        return await service.get(request.ctx, chosen)
    found = await service.search(request.ctx, request.text, limit=2) if request.text else []
    return found[0] if len(found) == 1 else None


LISTENERS = (
    Listener("action", blocks.NEW, open_new),
    Listener("action", forms.ORGANIZATION_OPTIONS, redraw),
    Listener("action", forms.TEMPLATE, redraw),
    Listener("action", forms.CATEGORIES, redraw),
    Listener("action", forms.TICKET, redraw),
    Listener("action", forms.CHECK_AGAIN, redraw),
    Listener("action", forms.SET_UP, set_up),
    Listener("options", forms.ORGANIZATION_OPTIONS, suggest_organizations),
    Listener("view", forms.CREATE_CALLBACK, create),
)
