"""The tickets of one review, for the whole of it and for its questions (product TK4, TK5, TK7, TK9)."""

from collections.abc import Sequence

from blocks import kit
from blocks.review_parts import TICKETS
from bot.domain.reviews import Review
from bot.domain.tickets import Ticket, TicketState

PAGE_SIZE = 6
ARCHIVE = "review_ticket_archive"

_SNIPPET = 200
_ASK = kit.confirm(
    "Archive this ticket here?",
    "Deskhand puts it away; in Autotask it stays as it is. You can take it back.",
    "Archive",
)


def tickets_of(
    review: Review, tickets: Sequence[Ticket], urls: Sequence[str], where: kit.Page, *, on_top: bool
) -> kit.View:
    """One page of them, each with its facts as Autotask last told them; ``on_top`` of another modal or alone."""
    shown = zip(tickets, urls, strict=True)
    rows = [block for ticket, url in shown for block in _row(review, ticket, url, where.number)]
    place = f"{where.number}|{review.id}"
    again = [kit.button("⟳ Refresh", f"{TICKETS}:refresh", value=place)] if where.total else []
    return kit.modal(
        "Tickets",
        (
            kit.header(review.title),
            *rows,
            kit.actions(
                kit.button("Add ticket", "ticket_open", value=f"{review.id}|"),
                *again,
                *kit.page_buttons(where, TICKETS, context_value=str(review.id)),
            ),
            kit.context(f"Showing {where.label}"),
        ),
        close="Back" if on_top else "Close",
        metadata={"review": review.id, "page": where.number},
    )


def _row(review: Review, ticket: Ticket, url: str, number: int) -> tuple[kit.Block, ...]:
    question = review.question(ticket.question_id) if ticket.question_id else None
    about = f"About: {question.text}" if question else "About the whole review"
    description = (kit.plain_context(kit.cut(ticket.description, _SNIPPET)),) if ticket.description else ()
    return (
        kit.row(_name(ticket), ticket.summary, "\n", *_facts(ticket)),
        kit.plain_context(kit.cut(about, _SNIPPET)),
        *description,
        *_buttons(review, ticket, url, number),
        kit.divider(),
    )


def _name(ticket: Ticket) -> str:
    waiting = {TicketState.SAVED: "Being created", TicketState.FAILED: "Not created"}
    return waiting.get(ticket.state) or ticket.number or f"Ticket {ticket.autotask_id}"


def _facts(ticket: Ticket) -> list[kit.Piece]:
    words = [part for part in (ticket.status_label, ticket.queue_label) if part]
    if ticket.gone_at:
        words.insert(0, "no longer in Autotask")
    if ticket.archived_at:
        words.insert(0, "archived here")
    pieces: list[kit.Piece] = [" · ".join(words)] if words else []
    if ticket.created_at:
        pieces += [" · created ", kit.moment(ticket.created_at)]
    if ticket.refreshed_at:
        pieces += [" · as of ", kit.moment(ticket.refreshed_at, "{time}")]
    return pieces or [kit.cut(ticket.error, _SNIPPET) or "on its way"]


def _buttons(review: Review, ticket: Ticket, url: str, number: int) -> tuple[kit.Block, ...]:
    if ticket.state is TicketState.FAILED:
        edit = kit.button("Edit and retry", "ticket_edit", value=str(ticket.id))
        return (kit.actions(edit),)
    view = [kit.link_button("View in Autotask", url)] if url and not ticket.gone_at else []
    way = "in" if ticket.archived_at else "out"
    label = "Un-archive" if ticket.archived_at else "Archive"
    option = kit.option(label, f"{ticket.id}|{way}|{number}|{review.id}")
    put_away = kit.overflow(ARCHIVE, [option], confirm=None if ticket.archived_at else _ASK)
    return (kit.actions(*view, put_away),)
