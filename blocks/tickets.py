"""Tickets: the one message that says what became of each, and the list of them."""

from collections.abc import Sequence
from datetime import datetime

from blocks import kit
from bot.domain.ticket_lists import TicketFilter, filter_text
from bot.domain.tickets import Ticket, TicketState

OPEN = "ticket_open"
NEW = "ticket_new"
ANOTHER = "ticket_another"
EDIT = "ticket_edit"
RETRY = "ticket_retry"
REFRESH = "ticket_refresh"
REFRESH_ALL = "ticket_refresh_all"
ARCHIVE = "ticket_archive"
UNARCHIVE = "ticket_unarchive"
LIST = "ticket_list"
PAGE = "ticket_page"
SEARCH = "ticket_search"
SEARCH_CALLBACK = "ticket_search_go"

_SNIPPET = 280
_TITLES = {"mine": "My tickets", "all": "All tickets", "archived": "Archived tickets"}
_ARCHIVE = kit.confirm(
    "Archive this ticket?",
    "It disappears from Deskhand's lists only. In Autotask it stays as it is, and you can un-archive it here.",
    "Archive",
)
_UNARCHIVE = kit.confirm(
    "Un-archive this ticket?",
    "It shows in Deskhand's lists again. In Autotask nothing changes.",
    "Un-archive",
)


def submitted(ticket: Ticket) -> kit.View:
    """What the modal turns into: saved, on its way, and where the result will appear."""
    return kit.modal(
        "Raise a ticket",
        (
            kit.rich(kit.sign("white_check_mark"), " ", kit.strong("Saved."), " Creating it in Autotask."),
            kit.rich(kit.strong(ticket.summary)),
            kit.context("The ticket's number appears in the message Deskhand posts. You can close this."),
        ),
        close="Done",
    )


def creating(ticket: Ticket) -> kit.Message:
    return kit.Message(
        "Creating the ticket…",
        (
            kit.rich(
                kit.sign("hourglass_flowing_sand"), " Creating the ticket…\n", kit.strong(ticket.summary)
            ),
            kit.actions(kit.button("Refresh", REFRESH, value=str(ticket.id))),
            _asked_by(ticket),
        ),
    )


def delayed(ticket: Ticket, reason: str, again_at: datetime | None = None) -> kit.Message:
    """Autotask does not answer, or takes no more for now: what was typed is safe and the job goes on."""
    again: tuple[kit.Piece, ...] = (" Next try: ", kit.moment(again_at), ".") if again_at else ()
    return kit.Message(
        "The ticket is waiting for Autotask",
        (
            kit.rich(
                kit.sign("hourglass"),
                kit.strong(" Saved; not in Autotask yet.\n"),
                kit.strong(ticket.summary),
            ),
            kit.rich(reason, " Deskhand keeps trying by itself.", *again),
            _asked_by(ticket),
        ),
    )


def card(ticket: Ticket, url: str = "") -> kit.Message:
    """The ticket as Autotask has it: the six facts, the link, and how old they are (product TK9 to TK12)."""
    if ticket.state is not TicketState.CREATED:
        return creating(ticket) if ticket.state is TicketState.SAVED else failed(ticket)
    title = ticket.number or f"Ticket {ticket.autotask_id}"
    return kit.Message(
        f"{kit.escape(title)} created: {kit.escape(ticket.summary)}",
        (
            kit.rich(kit.sign("ticket"), " ", kit.strong(title), " · ", kit.strong(ticket.summary)),
            *_warnings(ticket),
            kit.facts(_facts(ticket)),
            *_description(ticket),
            _card_buttons(ticket, url),
            kit.context(f"Raised by {kit.mention(ticket.requested_by)} · as of {_as_of(ticket)}"),
        ),
    )


def failed(ticket: Ticket) -> kit.Message:
    value = str(ticket.id)
    return kit.Message(
        f"The ticket was not created: {kit.escape(ticket.summary)}",
        (
            kit.rich(kit.sign("x"), kit.strong(" Not created in Autotask\n"), kit.strong(ticket.summary)),
            kit.rich(ticket.error or "No reason is known."),
            kit.actions(
                kit.button("Try again", RETRY, value=value, style="primary"),
                kit.button("Edit and retry", EDIT, value=value),
            ),
            _asked_by(ticket),
            kit.context("Nothing you typed is lost."),
        ),
    )


def listing(
    tickets: Sequence[Ticket], urls: Sequence[str], where: kit.Page, wanted: TicketFilter
) -> kit.Message:
    """One page, each ticket with its state and the one thing to do with it; the filter stays while paging."""
    title = _TITLES[wanted.whose]
    if not where.total:
        return _nothing(wanted)
    place = f"{where.number}|{filter_text(wanted)}"
    rows = [block for ticket, url in zip(tickets, urls, strict=True) for block in _row(ticket, url, place)]
    return kit.Message(
        f"{title}: {where.total}",
        (
            kit.header(title),
            *((kit.plain_context(f"Searched for: {wanted.words}"),) if wanted.words else ()),
            *rows,
            kit.actions(
                kit.button("⟳ Refresh all shown", REFRESH_ALL, value=place),
                *kit.page_buttons(where, PAGE, context_value=filter_text(wanted)),
                *_other_lists(wanted),
                kit.button("Raise a ticket", NEW),
            ),
            kit.context(f"Showing {where.label}"),
        ),
    )


def search_form(wanted: TicketFilter, *, channel_id: str = "") -> kit.View:
    return kit.modal(
        "Search tickets",
        (
            kit.input_block(
                "words",
                "Words",
                kit.plain_text_input("value", initial=wanted.words, max_length=60, focus=True),
                hint="Looked for in summary, number and organization. Empty: everything.",
                optional=True,
            ),
        ),
        callback_id=SEARCH_CALLBACK,
        submit="Search",
        metadata={"whose": wanted.whose, "channel": channel_id},
    )


def _nothing(wanted: TicketFilter) -> kit.Message:
    if wanted.words:
        text = f"No ticket has “{wanted.words}” in its summary, number or organization."
    elif wanted.whose == "archived":
        text = "Nothing is archived."
    else:
        text = "Raise one from a review's question or from here; it shows up with its number and status."
    raise_one = kit.button("Raise a ticket", NEW, style="primary")
    return kit.Message(
        "No tickets",
        (kit.header("No tickets"), kit.rich(text), kit.actions(raise_one, *_other_lists(wanted))),
    )


def _other_lists(wanted: TicketFilter) -> list[kit.Element]:
    lists = [
        kit.button(_TITLES[whose], f"{LIST}:{whose}", value=filter_text(TicketFilter(whose, wanted.words)))
        for whose in ("mine", "all", "archived")
        if whose != wanted.whose
    ]
    return [*lists, kit.button("Search…", SEARCH, value=filter_text(wanted))]


def _row(ticket: Ticket, url: str, place: str) -> tuple[kit.Block, ...]:
    waiting = {TicketState.SAVED: "Being created", TicketState.FAILED: "Not created"}
    name = waiting.get(ticket.state) or ticket.number or f"Ticket {ticket.autotask_id}"
    gone = "no longer in Autotask" if ticket.gone_at else ""
    facts = " · ".join(
        part for part in (ticket.organization_name, gone or ticket.status_label, ticket.queue_label) if part
    )
    block = kit.row(name, ticket.summary, "\n", facts)
    return (block, kit.actions(*_row_buttons(ticket, url, f"{ticket.id}|{place}")))


def _row_buttons(ticket: Ticket, url: str, value: str) -> list[kit.Element]:
    """``value`` names the ticket and the list, so that the list can be redrawn in its place."""
    if ticket.state is TicketState.FAILED:
        return [kit.button("Try again", RETRY, value=value), kit.button("Edit and retry", EDIT, value=value)]
    view = [kit.link_button("View in Autotask", url)] if url and not ticket.gone_at else []
    return [*view, _archiving(ticket, value)]


def _card_buttons(ticket: Ticket, url: str) -> kit.Block:
    value = str(ticket.id)
    view = [kit.link_button("View in Autotask", url, style="primary")] if url and not ticket.gone_at else []
    return kit.actions(
        *view,
        kit.button("⟳ Refresh", REFRESH, value=value),
        kit.button("Raise another", ANOTHER, value=value),
        _archiving(ticket, value),
    )


def _archiving(ticket: Ticket, value: str) -> kit.Element:
    """The ⋯ menu with the one act that asks first."""
    if ticket.archived_at:
        return kit.overflow(UNARCHIVE, [kit.option("Un-archive", value)], confirm=_UNARCHIVE)
    return kit.overflow(ARCHIVE, [kit.option("Archive", value)], confirm=_ARCHIVE)


def _facts(ticket: Ticket) -> list[tuple[str, kit.Piece]]:
    created = kit.moment(ticket.created_at) if ticket.created_at else ""
    pairs: list[tuple[str, kit.Piece]] = [
        ("Organization", ticket.organization_name),
        ("Status", ticket.status_label),
        ("Queue", ticket.queue_label),
        ("Created", created),
    ]
    if ticket.assigned_to:
        pairs.append(("Assigned to", ticket.assigned_to))
    if ticket.due_at:
        pairs.append(("Due", kit.moment(ticket.due_at)))
    return pairs


def _warnings(ticket: Ticket) -> tuple[kit.Block, ...]:
    gone = "No longer in Autotask: deleted there, or hidden from Deskhand's API user. Below is what it last said."
    notes = [text for shown, text in ((ticket.gone_at, gone), (ticket.archived_at, _PUT_AWAY)) if shown]
    return tuple(kit.rich(kit.sign("warning"), " ", text) for text in notes)


_PUT_AWAY = "Archived in Deskhand. In Autotask it is as it was."


def _description(ticket: Ticket) -> tuple[kit.Block, ...]:
    return (kit.plain_context(kit.truncate(ticket.description, _SNIPPET)),) if ticket.description else ()


def _as_of(ticket: Ticket) -> str:
    return kit.date(ticket.refreshed_at or ticket.created_at or ticket.saved_at, "{time}")


def _asked_by(ticket: Ticket) -> kit.Block:
    return kit.rich(ticket.organization_name, " · asked for by ", kit.person(ticket.requested_by))
