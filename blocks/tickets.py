"""Tickets: the form, and the one message that says what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from blocks import kit
from blocks.form import Form, State
from bot.domain.connections import PicklistOption, TicketDefaults
from bot.domain.organizations import Organization
from bot.domain.tickets import SUMMARY_LIMIT, Ticket, TicketState, TicketText

OPEN = "ticket_open"
RETRY = "ticket_retry"
REFRESH = "ticket_refresh"
LIST = "ticket_list"
FORM_CALLBACK = "ticket_submit"
QUEUE_OPTIONS = "ticket_queue"

_SNIPPET = 280


@dataclass(frozen=True)
class TypedTicket:
    summary: str
    description: str
    queue_id: int
    priority: int


def form(
    organization: Organization,
    text: TicketText,
    *,
    title_length: int,
    defaults: TicketDefaults,
    priorities: Sequence[PicklistOption],
    metadata: dict[str, kit.Json],
) -> kit.View:
    """The ticket form, filled from the question; ``metadata`` carries ids and the request key."""
    company = organization.company.name if organization.company else ""
    return kit.modal(
        "Raise a ticket",
        (
            kit.context(f"For {kit.bold(organization.name)} · Autotask company {kit.escape(company)}"),
            kit.input_block(
                "summary",
                "Summary",
                kit.plain_text_input(
                    "value", initial=text.title, multiline=True, max_length=SUMMARY_LIMIT, focus=True
                ),
                hint=f"Up to {SUMMARY_LIMIT} characters. Autotask's title holds {title_length}; the rest goes into "
                "the description, nothing is lost.",
            ),
            kit.input_block(
                "description",
                "Description",
                kit.plain_text_input("value", initial=text.description, multiline=True),
                optional=True,
            ),
            kit.input_block(
                "queue",
                "Queue",
                kit.external_select(
                    QUEUE_OPTIONS, chosen=kit.option(defaults.queue.label, str(defaults.queue.value))
                ),
            ),
            kit.input_block(
                "priority",
                "Priority",
                kit.static_select(
                    "value",
                    [kit.option(each.label, each.value) for each in priorities],
                    chosen=str(defaults.priority.value),
                ),
            ),
        ),
        callback_id=FORM_CALLBACK,
        submit="Create ticket",
        metadata=metadata,
    )


def read_form(state: State) -> TypedTicket:
    typed = Form(state)
    return TypedTicket(
        typed.required_text("summary", "Give the ticket a summary."),
        typed.text("description"),
        int(typed.required_choice("queue", "Choose the queue.")),
        int(typed.required_choice("priority", "Choose a priority.")),
    )


def submitted(ticket: Ticket) -> kit.View:
    """What the modal turns into: saved, on its way, and where the result will appear."""
    return kit.modal(
        "Raise a ticket",
        (
            kit.section(f":white_check_mark: *Saved.* Creating {kit.bold(ticket.summary)} in Autotask."),
            kit.context("The ticket's number appears in the message Deskhand posts. You can close this."),
        ),
        close="Done",
    )


def creating(ticket: Ticket) -> kit.Message:
    return kit.Message(
        "Creating the ticket…",
        (
            kit.section(
                f":hourglass_flowing_sand: Creating the ticket…\n{kit.bold(ticket.summary)}",
                accessory=kit.button("Refresh", REFRESH, value=str(ticket.id)),
            ),
            kit.context(
                f"{kit.escape(ticket.organization_name)} · asked for by {kit.mention(ticket.requested_by)}"
            ),
        ),
    )


def delayed(ticket: Ticket, reason: str) -> kit.Message:
    """Autotask does not answer: what was typed is safe and the job goes on."""
    return kit.Message(
        "The ticket is waiting for Autotask",
        (
            kit.section(f":hourglass: *Saved; not in Autotask yet.*\n{kit.bold(ticket.summary)}"),
            kit.context(kit.escape(reason), "Deskhand keeps trying by itself."),
        ),
    )


def card(ticket: Ticket, url: str = "") -> kit.Message:
    """The ticket as Autotask has it: the six facts, the link, and how old they are (product TK9 to TK11)."""
    if ticket.state is not TicketState.CREATED:
        return creating(ticket) if ticket.state is TicketState.SAVED else failed(ticket)
    title = ticket.number or f"Ticket {ticket.autotask_id}"
    as_of = ticket.refreshed_at or ticket.created_at or ticket.saved_at
    view = [kit.link_button("View in Autotask", url, style="primary")] if url else []
    return kit.Message(
        f"{kit.escape(title)} created: {kit.escape(ticket.summary)}",
        (
            kit.section(f":ticket: {kit.bold(title)} · {kit.bold(ticket.summary)}"),
            kit.fields(
                (
                    ("Organization", kit.escape(ticket.organization_name)),
                    ("Status", kit.escape(ticket.status_label)),
                    ("Queue", kit.escape(ticket.queue_label)),
                    ("Created", kit.date(ticket.created_at) if ticket.created_at else ""),
                )
            ),
            *_description(ticket),
            kit.actions(*view, kit.button("Refresh", REFRESH, value=str(ticket.id))),
            kit.context(f"Raised by {kit.mention(ticket.requested_by)} · as of {kit.date(as_of, '{time}')}"),
        ),
    )


def failed(ticket: Ticket) -> kit.Message:
    return kit.Message(
        f"The ticket was not created: {kit.escape(ticket.summary)}",
        (
            kit.section(f":x: *Not created in Autotask*\n{kit.bold(ticket.summary)}"),
            kit.section(kit.escape(ticket.error)),
            kit.actions(kit.button("Try again", RETRY, value=str(ticket.id), style="primary")),
            kit.context(
                f"{kit.escape(ticket.organization_name)} · asked for by {kit.mention(ticket.requested_by)}"
                " · nothing you typed is lost"
            ),
        ),
    )


def listing(tickets: Sequence[Ticket], urls: Sequence[str], *, mine: bool) -> kit.Message:
    title = "My tickets" if mine else "Tickets"
    if not tickets:
        text = "Raise one from a review's question, and it shows up here with its number and status."
        return kit.Message(
            "No tickets yet",
            (
                kit.header("No tickets yet"),
                kit.section(text),
                kit.actions(kit.button("Start a review", "review_new", style="primary")),
            ),
        )
    rows = [_row(ticket, url) for ticket, url in zip(tickets, urls, strict=True)]
    return kit.Message(title, (kit.header(title), *rows))


def _row(ticket: Ticket, url: str) -> kit.Block:
    name = ticket.number or {TicketState.SAVED: "Being created", TicketState.FAILED: "Not created"}.get(
        ticket.state, "Ticket"
    )
    facts = " · ".join(
        kit.escape(part)
        for part in (ticket.organization_name, ticket.status_label, ticket.queue_label)
        if part
    )
    accessory = (
        kit.link_button("View in Autotask", url)
        if url
        else kit.button("Try again", RETRY, value=str(ticket.id))
        if ticket.state is TicketState.FAILED
        else None
    )
    return kit.section(f"{kit.bold(name)}  {kit.escape(ticket.summary)}\n{facts}", accessory=accessory)


def _description(ticket: Ticket) -> tuple[kit.Block, ...]:
    if not ticket.description:
        return ()
    return (kit.context(kit.escape(kit.truncate(ticket.description, _SNIPPET))),)
