"""``/autotask time quality``: how well time is used, and which notes say too little."""

from blocks import kit
from blocks import time_quality as blocks
from blocks.time_entries import QUALITY
from bot.domain.numbers import whole
from handlers.command import Listener
from handlers.context import Request

PEOPLE_SHOWN, NOTES_SHOWN = 20, 10
LONGEST_WORDS = 60


async def show(request: Request) -> None:
    """Words that follow are parts of people's names."""
    await request.respond(await _card(request, request.text[:LONGEST_WORDS].strip(), 0))


async def show_again(request: Request) -> None:
    """The button of the summary, and of the list of notes."""
    await request.respond(await _card(request, request.action_value, 0), replace=True)


async def turn_page(request: Request) -> None:
    number, _, words = request.action_value.partition("|")
    await request.respond(await _card(request, words, whole(number) or 0), replace=True)


async def show_notes(request: Request) -> None:
    await request.respond(await _notes(request, request.action_value, 0), replace=True)


async def turn_notes(request: Request) -> None:
    number, _, words = request.action_value.partition("|")
    await request.respond(await _notes(request, words, whole(number) or 0), replace=True)


async def _card(request: Request, words: str, number: int) -> kit.Message:
    service, size = request.services.time_quality, PEOPLE_SHOWN
    found = await service.card(request.ctx, words, offset=number * size, limit=size)
    where = kit.page(found.people, number, size)
    if found.people and not found.workers:  # the page has run empty meanwhile
        found = await service.card(request.ctx, words, offset=where.offset, limit=size)
    return blocks.card(found, where, words)


async def _notes(request: Request, words: str, number: int) -> kit.Message:
    service, size = request.services.time_quality, NOTES_SHOWN
    found = await service.notes(request.ctx, words, offset=number * size, limit=size)
    where = kit.page(found.total, number, size)
    if found.total and not found.notes:
        found = await service.notes(request.ctx, words, offset=where.offset, limit=size)
    return blocks.notes(found, where, words)


LISTENERS = (
    Listener("action", f"^{QUALITY}(:[a-z]+)?$", show_again),
    Listener("action", f"^{blocks.PAGE}:(back|next)$", turn_page),
    Listener("action", blocks.NOTES, show_notes),
    Listener("action", f"^{blocks.NOTES_PAGE}:(back|next)$", turn_notes),
)
