"""``/autotask find``: services on contracts, by phone number, username, serial or whatever identifies them."""

from blocks import contract_services as blocks
from blocks.contracts import SERVICE
from bot.services.contracts import MOST_FOUND
from handlers.command import Command, Feature, Listener
from handlers.context import Request


async def find(request: Request) -> None:
    """What contains the words; the card at once where there is one alone. Without words, a form."""
    if not request.text:
        await request.open_or_push(blocks.find_form(channel_id=request.channel_id))
        return
    await _answer(request, request.text)


async def open_form(request: Request) -> None:
    await request.open_or_push(blocks.find_form(request.action_value, channel_id=request.channel_id))


async def submit(request: Request) -> None:
    text = request.form.required_text("text")
    found = await request.services.contracts.find(request.ctx, text)
    await request.ack()
    await request.respond(blocks.found(text, found, most=MOST_FOUND))


async def open_card(request: Request) -> None:
    shown = await request.services.contracts.service(request.ctx, request.action_value)
    await request.respond(blocks.card(shown.line, url=shown.url, as_of=shown.as_of))


async def _answer(request: Request, text: str) -> None:
    found = await request.services.contracts.find(request.ctx, text)
    if len(found) == 1:
        shown = await request.services.contracts.service(request.ctx, found[0].key)
        await request.respond(blocks.card(shown.line, url=shown.url, as_of=shown.as_of))
    else:
        await request.respond(blocks.found(text, found, most=MOST_FOUND))


FEATURE = Feature(
    commands=(
        Command(
            "find",
            "Find a service by phone number, username, serial or account id",
            find,
            usage="<identifier or words>",
            aliases=("lookup", "whose"),
            label="Find a service",
            details="Looks through the internal and invoice descriptions of services on contracts, contract names and "
            "numbers, and service names, in the organizations that you see. Spaces and dashes in numbers do not matter.",
        ),
    ),
    listeners=(
        Listener("action", blocks.FIND, open_form),
        Listener("action", SERVICE, open_card),
        Listener("view", blocks.FIND_CALLBACK, submit),
    ),
)
