"""The button under a note that could not be added."""

from blocks import ticket_notes as blocks
from handlers.command import Feature, Listener
from handlers.context import Request


async def retry(request: Request) -> None:
    note = await request.services.ticket_notes.retry(request.ctx, request.action_number)
    await request.edit(f"note:{note.id}", blocks.on_its_way(""))


FEATURE = Feature(listeners=(Listener("action", blocks.RETRY, retry),))
