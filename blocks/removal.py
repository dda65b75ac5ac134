"""Removing the connection: the dialog, its reader, the one message that follows it, and what others are told."""

from blocks import kit
from blocks.form import Form, State
from blocks.rich import facts, listed, moment, person, rich, sign, soft, strong
from bot.domain.removal import Closed, Inventory, Removal, RemovalForm, Settled

CALLBACK = "removal_confirm"
EXPORT = "removal_export"
_CLOSE, _LOST = "close_tickets", "mark_lost"
_MOST_PROBLEMS = 10

STEPS = {
    "stop": "Stopping everything that is under way",
    "settle": "Making sure that no ticket is on its way",
    "close": "Closing tickets with a note",
    "forget": "Removing what is kept here",
}
"""The steps people see, in their order."""


def dialog(inventory: Inventory, name: str, closed_label: str, *, channel_id: str = "") -> kit.View:
    """Everything that goes and everything that stays, before the name is typed."""
    return kit.modal(
        "Remove connection",
        (
            kit.section(
                ":warning: *This cannot be undone.* From the moment you confirm, nothing is read from or sent "
                "to Autotask: syncs, digests and queued work stop at once. Reconnecting starts from scratch."
            ),
            *_going(inventory),
            *_staying(inventory),
            kit.section(
                "*Keep a copy first?* Everything that is kept here, as JSON and CSV, in your direct messages.",
                accessory=kit.button("Export first", EXPORT),
            ),
            _options(inventory, closed_label),
            kit.input_block(
                "name",
                "Type the workspace's name to confirm",
                kit.plain_text_input("value", placeholder=name),
                hint=f"The name is: {name}",
            ),
        ),
        callback_id=CALLBACK,
        submit="Remove",
        metadata={"channel": channel_id},
    )


def read_form(state: State) -> RemovalForm:
    form = Form(state)
    chosen = form.choices("options")
    return RemovalForm(form.text("name"), close_tickets=_CLOSE in chosen, mark_lost=_LOST in chosen)


def begun() -> kit.Message:
    """At once, where the person confirmed."""
    text = ":octagonal_sign: *Nothing is sent to Autotask any more.* The removal is under way."
    return kit.Message(text, (kit.section(f"{text} Your direct messages show how far it is."),))


def under_way(removal: Removal, step: str = "stop", closed: Closed | None = None) -> kit.Message:
    """The one message, edited in place."""
    names = [name for name in STEPS if name != "close" or removal.close_tickets]
    done = names.index(step) if step in names else 0
    marks = ["white_check_mark" if at < done else "hourglass_flowing_sand" for at in range(len(names))]
    lines = [
        (sign(marks[at] if at <= done else "white_large_square"), f" {STEPS[name]}{_count(name, closed)}")
        for at, name in enumerate(names)
    ]
    return kit.Message(
        "Removing the connection to Autotask",
        (
            kit.section(":octagonal_sign: *Removing the connection to Autotask*"),
            listed(lines),
            kit.context("Nothing is read from or sent to Autotask any more, but what you asked for here."),
        ),
    )


def waiting(removal: Removal, step: str, reason: str) -> kit.Message:
    """Autotask or Slack keeps it waiting; it goes on by itself."""
    return under_way(removal, step).with_blocks(
        rich(sign("hourglass"), f" {reason} ", "It goes on by itself; nothing else is sent meanwhile.")
    )


def done(removal: Removal, closed: Closed) -> kit.Message:
    """What was removed, what stays in Autotask and why."""
    was = removal.inventory
    return kit.Message(
        "The connection to Autotask is removed",
        (
            kit.header("The connection to Autotask is removed"),
            facts([("Removed here", ", ".join(_going_words(was)) or "nothing but the connection")]),
            facts([("Stays in Autotask", _stays_words(was))]),
            *_closed(removal, closed),
            facts([("Stays here", _kept_words(was))]),
            kit.actions(kit.button("Connect again", "run:connect")),
            kit.context(
                "The audit trail keeps who removed it and when. Connecting again starts from scratch."
            ),
        ),
    )


def told(removal: Removal) -> kit.Message:
    """For the other Admins."""
    return kit.Message(
        "The connection to Autotask was removed",
        (
            rich(
                sign("octagonal_sign"), " ", person(removal.requested_by),
                " removed the connection to Autotask, ", moment(removal.requested_at), ".",
            ),
            kit.actions(kit.button("Connect Autotask", "run:connect")),
        ),
    )  # fmt: skip


def not_sent(settled: Settled) -> kit.Message:
    """In place of a ticket's card: its words stay readable here, because its record is removed."""
    ticket = settled.ticket
    said = (
        "was not sent"
        if settled.is_certain
        else "may not have been sent: look in Autotask before raising it again"
    )
    text = [rich(soft(ticket.description))] if ticket.description else []
    return kit.Message(
        "Ticket not sent: the connection to Autotask was removed",
        (
            kit.section(f":octagonal_sign: *The connection to Autotask was removed.* This ticket {said}."),
            rich(strong(ticket.summary), " · ", ticket.organization_name),
            *text,
        ),
    )


def exporting() -> kit.Message:
    return _line(":hourglass_flowing_sand: *Export:* gathering everything that is kept here…")


def exported(names: tuple[str, ...]) -> kit.Message:
    return _line(f":white_check_mark: *Export:* {kit.count(len(names), 'file')} in this conversation.")


def export_failed(reason: str) -> kit.Message:
    return _line(f":x: *Export:* {kit.escape(reason)}")


def export_begun() -> kit.Message:
    return _line(":hourglass_flowing_sand: The export comes as files into your direct messages.")


def _line(text: str) -> kit.Message:
    return kit.Message(text, (kit.section(text),))


def _options(inventory: Inventory, closed_label: str) -> kit.Block:
    """What may be done in Autotask, of that which there is anything to do for."""
    tickets = kit.option(
        f"Close {kit.count(inventory.tickets_in_autotask, 'ticket')} that Deskhand created",
        _CLOSE,
        description=f"Each gets a note, then the status {closed_label}." if closed_label else "With a note.",
    )
    lost = kit.option(
        f"Mark {kit.count(inventory.opportunities_in_autotask, 'opportunity', 'opportunities')} as lost",
        _LOST,
        description="With a note.",
    )
    offered = ((inventory.tickets_in_autotask, tickets), (inventory.opportunities_in_autotask, lost))
    options = [option for number, option in offered if number]
    if not options:
        return kit.context(
            "Deskhand created no ticket and no opportunity in Autotask: nothing to close there."
        )
    return kit.input_block(
        "options",
        "In Autotask (nothing unless you tick it)",
        kit.checkboxes("value", options),
        hint=""
        if inventory.opportunities_in_autotask
        else "Deskhand created no opportunities: none is lost.",
        optional=True,
    )


def _going(inventory: Inventory) -> list[kit.Block]:
    lines = _going_words(inventory)
    return [
        kit.section("*Removed here*"),
        listed([(line,) for line in (*lines, "the credentials and all settings of the connection")]),
    ]


def _going_words(inventory: Inventory) -> list[str]:
    counted = (
        (
            inventory.mappings,
            "mapping of an organization to its company",
            "mappings of organizations to companies",
        ),
        (inventory.companies, "mirrored company", "mirrored companies"),
        (inventory.picklist_values, "queue, status or priority", "queues, statuses and priorities"),
        (inventory.tickets, "ticket record", "ticket records"),
        (inventory.review_tickets, "link from a review to a ticket", "links from reviews to tickets"),
        (inventory.unsent, "ticket that was not sent yet", "tickets that were not sent yet"),
        (inventory.notes, "record of a note on a ticket", "records of notes on tickets"),
        (inventory.resources, "mirrored person of Autotask", "mirrored people of Autotask"),
        (inventory.category_queues, "queue chosen for a category", "queues chosen for categories"),
        (inventory.sync_runs, "entry of the sync log", "entries of the sync log"),
        (inventory.schedules, "schedule", "schedules"),
    )
    return [kit.count(number, one, many) for number, one, many in counted if number]


def _staying(inventory: Inventory) -> list[kit.Block]:
    return [
        facts([("Stays in Autotask", _stays_words(inventory)), ("Stays here", _kept_words(inventory))]),
        kit.context("Autotask's API has no way to delete tickets or opportunities: they can only be closed."),
    ]


def _stays_words(inventory: Inventory) -> str:
    return (
        f"{kit.count(inventory.tickets_in_autotask, 'ticket')} and "
        f"{kit.count(inventory.opportunities_in_autotask, 'opportunity', 'opportunities')} that Deskhand created"
    )


def _kept_words(inventory: Inventory) -> str:
    return (
        f"{kit.count(inventory.organizations_kept, 'organization')}, {kit.count(inventory.reviews_kept, 'review')} with "
        "their answers, people's roles, the audit trail"
    )


def _count(name: str, closed: Closed | None) -> str:
    return f": {closed.closed:,} of {closed.total:,}" if name == "close" and closed else ""


def _closed(removal: Removal, closed: Closed) -> list[kit.Block]:
    if not removal.close_tickets:
        return []
    blocks: list[kit.Block] = [
        facts([("Closed in Autotask", f"{closed.closed:,} of {kit.count(closed.total, 'ticket')}")])
    ]
    if closed.problems:
        shown = [(strong(number), f": {why}") for number, why in closed.problems[:_MOST_PROBLEMS]]
        more = len(closed.problems) - len(shown)
        blocks += [
            kit.section(":warning: *Could not be closed*"),
            listed([*shown, *([(f"and {more} more",)] if more else [])]),
        ]
    return blocks
