"""Notes on tickets: what is said when one could not be added."""

from blocks import kit
from bot.domain.ticket_notes import TicketNote
from bot.domain.tickets import Ticket

RETRY = "ticket_note_retry"


def failed(note: TicketNote, ticket: Ticket) -> kit.Message:
    number = ticket.number or "the ticket"
    return kit.Message(
        f"A note was not added to {kit.escape(number)}",
        (
            kit.rich(kit.sign("x"), kit.strong(f" A note was not added to {number}")),
            kit.rich(note.error),
            kit.actions(kit.button("Try again", RETRY, value=str(note.id), style="primary")),
            kit.context("The note is kept; nothing is lost."),
        ),
    )


def on_its_way(ticket_number: str) -> kit.Message:
    text = f":hourglass_flowing_sand: Adding the note to {kit.escape(ticket_number or 'the ticket')}…"
    return kit.Message("Adding the note…", (kit.section(text),))
