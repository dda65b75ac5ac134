"""``/autotask filters`` and the contract sync's settings: what is taken in, counted before it is saved."""

from collections.abc import Mapping

from blocks import contract_rules as blocks
from blocks import contracts, kit
from bot.domain.context import Right
from bot.domain.settings import Saved
from handlers.command import Command, Feature, Listener
from handlers.context import Request
from handlers.payload import as_number

PAGE_SIZE = 10


async def show(request: Request) -> None:
    """Prefixes and customers on demand, with the live count."""
    request.ctx.require(Right.CHANGE_SETTINGS)
    state = await request.services.contract_rules.overview(request.ctx)
    await request.open_or_push(blocks.rules_form(state, metadata=_metadata(request)))


async def show_filters(request: Request) -> None:
    request.ctx.require(Right.CHANGE_SETTINGS)
    state = await request.services.contract_rules.overview(request.ctx)
    await request.open_or_push(blocks.filters_form(state, metadata=_metadata(request)))


async def count(request: Request) -> None:
    """What is typed now, counted on the mirror; nothing is saved."""
    typed = blocks.read_rules(request.values)
    state = await request.services.contract_rules.overview(request.ctx, typed)
    await request.update(blocks.rules_form(state, metadata=_kept(request)))


async def count_filtered(request: Request) -> None:
    typed = blocks.read_filters(request.values)
    state = await request.services.contract_rules.overview(request.ctx, typed)
    await request.update(blocks.filters_form(state, metadata=_kept(request)))


async def save(request: Request) -> None:
    await _save(request, blocks.read_rules(request.values))


async def save_filters(request: Request) -> None:
    await _save(request, blocks.read_filters(request.values))


async def _save(request: Request, typed: Mapping[str, str]) -> None:
    """What cannot be saved is said in the form; the rest takes longer than Slack waits for a form."""
    service, shown = request.services.contract_rules, blocks.read_shown(request.metadata)
    await service.check(request.ctx, typed, shown=shown)
    await request.ack()
    done: Saved = await service.save(request.ctx, typed, shown=shown)
    state = await service.overview(request.ctx)
    await request.tools.notifier.ephemeral(
        request.ctx.tenant, request.channel_id, request.user_id, blocks.saved(done, state)
    )


def _metadata(request: Request) -> dict[str, kit.Json]:
    return {"channel": request.channel_id}


def _kept(request: Request) -> dict[str, kit.Json]:
    return dict(request.metadata)


# --- customers that wait for a word ---


async def show_customers(request: Request) -> None:
    await request.respond(await _customers(request))


async def turn_customers(request: Request) -> None:
    number, _, _ = request.action_value.partition("|")
    await request.respond(await _customers(request, number=as_number(number)), replace=True)


async def approve(request: Request) -> None:
    await _decide(request, approve=True)


async def decline(request: Request) -> None:
    await _decide(request, approve=False)


async def _decide(request: Request, *, approve: bool) -> None:
    """One company, or all that wait where the button named none."""
    one = request.action_number
    names = await request.services.contract_rules.decide(request.ctx, [one] if one else [], approve=approve)
    notice = blocks.decided(names, approved=approve)
    await request.respond(await _customers(request, notice=notice), replace=True)


async def _customers(request: Request, *, number: int = 0, notice: str = "") -> kit.Message:
    offset = number * PAGE_SIZE
    found, total = await request.services.contract_rules.customers(
        request.ctx, offset=offset, limit=PAGE_SIZE
    )
    where = kit.page(total, number, PAGE_SIZE)
    if where.number != number and total:
        return await _customers(request, number=where.number, notice=notice)
    return blocks.customers(found, where, notice)


FEATURE = Feature(
    commands=(
        Command(
            "filters",
            "Choose which companies' and contracts' data is taken in",
            show_filters,
            aliases=("filter",),
            right=Right.CHANGE_SETTINGS,
            label="Data filters",
            details="By company type, classification, line of business, contract status and category, as far as your "
            "Autotask has them. Nothing chosen is all data. The number of contracts is shown before you save.",
        ),
    ),
    listeners=(
        Listener("action", contracts.SETTINGS, show),
        Listener("action", blocks.FILTERS, show_filters),
        Listener("action", blocks.COUNT, count),
        Listener("action", blocks.FILTERS_COUNT, count_filtered),
        Listener("view", blocks.CALLBACK, save),
        Listener("view", blocks.FILTERS_CALLBACK, save_filters),
        Listener("action", contracts.CUSTOMERS, show_customers),
        Listener("action", f"^{blocks.CUSTOMERS_PAGE}:(back|next)$", turn_customers),
        Listener("action", f"^{blocks.APPROVE}(:all)?$", approve),
        Listener("action", blocks.DECLINE, decline),
    ),
)
