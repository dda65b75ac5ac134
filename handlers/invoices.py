"""``/autotask invoices``: the list by status, one invoice with its lines, and its PDF."""

from blocks import invoices as blocks
from bot.domain.numbers import whole
from handlers.command import Command, Feature, Listener
from handlers.context import Request


async def show(request: Request) -> None:
    """The list; a status, an organization or other words narrow it."""
    service = request.services.invoices
    chosen = await service.read_filter(request.ctx, request.text)
    await request.respond(blocks.listing(await service.page(request.ctx, chosen)))


async def turn_to(request: Request) -> None:
    number, chosen = blocks.read_spot(request.action_value)
    page = await request.services.invoices.page(request.ctx, chosen, number)
    await request.respond(blocks.listing(page), replace=True)


async def open_card(request: Request) -> None:
    card = await request.services.invoices.card(request.ctx, _number(request.action_value))
    await request.respond(blocks.card(card))


async def turn_lines(request: Request) -> None:
    number, _, invoice = request.action_value.partition("|")
    card = await request.services.invoices.card(request.ctx, _number(invoice), _number(number))
    await request.respond(blocks.card(card), replace=True)


async def give_file(request: Request) -> None:
    """One file per press; pressed again it comes from what is kept."""
    name = await request.services.invoices.ask_for_file(
        request.ctx, _number(request.action_value), request_key=request.fingerprint
    )
    await request.respond(blocks.printing(name))


def _number(text: str) -> int:
    """0, which no invoice has, where the text is no number."""
    return whole(text) or 0


FEATURE = Feature(
    commands=(
        Command(
            "invoices",
            "Invoices from Autotask by status, with their lines and PDFs",
            show,
            usage="[organization] [open|overdue|paid|voided] [words]",
            aliases=("invoice", "bills"),
            label="Invoices",
            details="The newest first, with what each status comes to. Open one for its lines, whether they add up"
            " to its total, and its PDF, which comes to you directly. An invoice is *overdue* when its due date has"
            " passed and it has no paid date.",
        ),
    ),
    listeners=(
        Listener("action", blocks.OPEN, open_card),
        Listener("action", f"^{blocks.LIST}:(all|status)$", turn_to),
        Listener("action", blocks.STATUS, turn_to),
        Listener("action", f"^{blocks.PAGE}:(back|next)$", turn_to),
        Listener("action", f"^{blocks.LINES}:(back|next)$", turn_lines),
        Listener("action", blocks.PDF, give_file),
    ),
)
