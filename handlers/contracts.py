"""``/autotask contracts``: the list, a contract's card, and ending what has expired."""

from collections.abc import Sequence
from dataclasses import replace

from blocks import contract_card as cards
from blocks import contract_events as events
from blocks import contracts as blocks
from blocks import kit
from bot.domain.context import Right
from bot.domain.contract_lists import Expired
from bot.domain.problems import EventKind
from handlers import alerts, contract_rules
from handlers.command import Command, Feature, Listener, Verb
from handlers.context import Request
from handlers.payload import as_number, text_at

PAGE_SIZE = 10


async def show(request: Request) -> None:
    """The list; with words, an organization's contracts where they name one, else those that contain them."""
    spot = blocks.read_spot(request.action_value) if request.action_id == blocks.LIST else blocks.Spot()
    if request.text:
        found = await request.services.organizations.search(request.ctx, request.text, limit=2)
        one = found[0].id if len(found) == 1 else None
        spot = blocks.Spot(organization_id=one) if one else blocks.Spot(text=request.text)
    await request.respond(await _listing(request, spot))


async def turn_to(request: Request) -> None:
    """Another page, or the whole list again: the value is the spot."""
    await request.respond(await _listing(request, blocks.read_spot(request.action_value)), replace=True)


async def open_of(request: Request) -> None:
    await request.respond(await _listing(request, blocks.read_spot(request.action_value)))


async def open_card(request: Request) -> None:
    found = await request.services.contracts.card(request.ctx, request.action_number)
    await request.respond(
        cards.card(
            found.contract,
            found.lines,
            found.milestones,
            today=found.today,
            url=found.url,
            as_of=found.as_of,
        )
    )


async def open_search(request: Request) -> None:
    spot = blocks.read_spot(request.action_value)
    metadata: dict[str, kit.Json] = {"url": request.response_url, "channel": request.channel_id}
    await request.open_or_push(blocks.search_form(spot, metadata))


async def search(request: Request) -> None:
    """Draws the list anew where it is; where it is nowhere, to who asked."""
    shown = await _listing(request, blocks.Spot(text=request.form.text("text")))
    await request.ack()
    url, below = text_at(request.metadata, "url"), request.below
    if url and await request.tools.notifier.reply(url, shown, replace=True):
        return
    view = kit.modal("Deskhand", shown.blocks, close="Close")
    if not (below and await request.update(view, view_id=below)):
        await request.respond(shown)


# --- what has expired ---


async def open_expired(request: Request) -> None:
    """Lists what would be ended, before it is; without the right to end it, for reading."""
    expired = await request.services.contracts.expired(request.ctx)
    await request.open_or_push(_expired_list(request, expired))


async def show_expired(request: Request) -> None:
    """``contracts expired``; with more words they are searched for, all of them."""
    if request.text:
        await show(replace(request, text=f"expired {request.text}"))
        return
    await open_expired(request)


async def show_duplicates(request: Request) -> None:
    """``contracts duplicates``: the open alerts of contracts, each says which identifier is whose, too."""
    if request.text:
        await show(replace(request, text=f"duplicates {request.text}"))
        return
    await alerts.show_kind(request, EventKind.CONTRACTS)


async def turn_expired(request: Request) -> None:
    number, _, _ = request.action_value.partition("|")
    expired = await request.services.contracts.expired(request.ctx)
    await request.update(_expired_list(request, expired, as_number(number)))


async def end(request: Request) -> None:
    """Ends what is expired now: the button's number is in the form, so a changed one is shown again."""
    request.ctx.require(Right.SYNC)
    expired = await request.services.contracts.expired(request.ctx)
    shown = text_at(request.view, "submit", "text")
    if shown != f"End {len(expired):,}":
        await request.ack_update(_expired_list(request, expired))
        return
    await request.ack()  # thousands take longer than Slack waits for a form
    done = await request.services.contracts.end_expired(request.ctx, [each.id for each in expired])
    await request.respond(events.ended([each.name for each in done]))


def _expired_list(request: Request, expired: Sequence[Expired], number: int = 0) -> kit.View:
    return events.expired_list(
        expired,
        number=number,
        may_end=request.ctx.person.may(Right.SYNC),
        metadata={"channel": request.channel_id},
    )


async def _listing(request: Request, spot: blocks.Spot) -> kit.Message:
    """The page asked for, or the nearest that exists."""
    ctx, services = request.ctx, request.services
    found = await services.contracts.page(
        ctx,
        offset=spot.number * PAGE_SIZE,
        limit=PAGE_SIZE,
        text=spot.text,
        organization_id=spot.organization_id,
    )
    where = kit.page(found.total, spot.number, PAGE_SIZE)
    if where.number != spot.number and found.total:
        return await _listing(request, blocks.Spot(where.number, spot.text, spot.organization_id))
    of = spot.organization_id
    name = (await services.organizations.get(ctx, of)).name if of is not None else ""
    return blocks.listing(
        blocks.Listing(
            found.contracts,
            where,
            spot,
            found.today,
            found.expired,
            found.waiting if ctx.person.may(Right.MAP_ORGANIZATIONS) else 0,
            found.as_of,
            may_end=ctx.person.may(Right.SYNC),
            may_set=ctx.person.may(Right.CHANGE_SETTINGS),
            organization=name,
        )
    )


FEATURE = Feature(
    commands=(
        Command(
            "contracts",
            "Contracts of your organizations: what they are worth, when they end",
            show,
            usage="[organization or words]",
            aliases=("contract", "agreements"),
            label="Contracts",
            verbs=(
                Verb(
                    "settings", "SKU prefixes, and customers made because of a contract", contract_rules.show
                ),
                Verb("customers", "New customers that wait for a word", contract_rules.show_customers),
                Verb("expired", "Contracts past their last day, and a way to end them", show_expired),
                Verb(
                    "duplicates",
                    "Identifiers that two customers have, and what else is wrong with contracts",
                    show_duplicates,
                    aliases=("duplicate",),
                ),
            ),
            details="Lists ten a page, with the monthly value and the state. A contract's card shows its services with "
            "their identifiers. *End expired* lists what it would end before it does.",
        ),
    ),
    listeners=(
        Listener("action", blocks.LIST, show),
        Listener("action", f"^({blocks.PAGE}:(back|next)|{blocks.LIST}:clear)$", turn_to),
        Listener("action", f"{blocks.LIST}:of", open_of),
        Listener("action", blocks.OPEN, open_card),
        Listener("action", blocks.SEARCH, open_search),
        Listener("view", blocks.SEARCH_CALLBACK, search),
        Listener("action", blocks.EXPIRED, open_expired),
        Listener("action", f"^{events.EXPIRED_PAGE}:(back|next)$", turn_expired),
        Listener("view", events.END_CALLBACK, end),
    ),
)
