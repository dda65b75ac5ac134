"""Notes that Deskhand puts on tickets in Autotask, each exactly once."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.tickets import TicketState

TITLE_LIMIT = 250
"""Length of Autotask's TicketNotes.title."""
TEXT_LIMIT = 32_000
"""Length of Autotask's TicketNotes.description."""


@dataclass(frozen=True)
class TicketNote:
    """A saved note. ``state`` is that of a ticket: saved, created, or failed with ``error``."""

    id: int
    ticket_id: int
    key: str
    reference: str
    """Ends the note's text in Autotask: a note has no field of ours, so its text tells us our own."""
    title: str
    text: str
    state: TicketState
    requested_by: str
    requester_name: str
    saved_at: datetime
    error: str = ""
    autotask_id: int | None = None


def outgoing_text(note: TicketNote) -> str:
    """What Autotask shows: the text, who wrote it (product PA3), and the reference at its end.

    A text that leaves no room for the ending is cut: the ending must arrive whole.
    """
    by = f"Added from Slack by {note.requester_name}." if note.requester_name else "Added from Slack."
    ending = f"\n\n{by} [{note.reference}]"
    room = TEXT_LIMIT - len(ending)
    text = note.text if len(note.text) <= room else f"{note.text[: room - 1]}…"
    return f"{text}{ending}".strip()


def outgoing_title(note: TicketNote) -> str:
    title = " ".join(note.title.split()) or "Note from Slack"
    return title if len(title) <= TITLE_LIMIT else f"{title[: TITLE_LIMIT - 1]}…"
