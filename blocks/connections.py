"""Connecting Autotask: the two forms, and the answers to them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from blocks import errors, kit
from blocks.connect_card import OPEN
from blocks.form import Form, State, known
from bot.domain.connections import PicklistOption, TicketDefaults, ZoneFacts
from bot.domain.proofs import PATIENCE, Choices
from bot.domain.switches import Capability, Mode, Switches
from bot.errors import AutotaskBusy, AutotaskUnavailable, BotError

CREDENTIALS_CALLBACK = "connect_credentials"
CHOICES_CALLBACK = "connect_choices"
RESUME = "connect_resume"
QUEUE_OPTIONS = "connect_queue"
UNSTAFFED = "No resource is in this queue: nobody will see its tickets"
SYNC = "sync"


@dataclass(frozen=True)
class TypedCredentials:
    username: str
    secret: str
    tracking_id: str


@dataclass(frozen=True)
class TypedChoices:
    queue: str
    status_new: str
    status_updated: str
    status_closed: str
    priority: str
    tickets: Mode
    sync_contracts: bool


def credentials_form(*, username: str = "", problem: str = "", channel_id: str = "") -> kit.View:
    """Step 1. ``problem`` is what went wrong after the modal had already moved on to "checking".

    Only the username is ever filled in again: a secret is never sent back to Slack.
    """
    notice = (
        (kit.rich(kit.sign("warning"), " ", kit.strong("Not connected."), f" {problem}"),) if problem else ()
    )
    return kit.modal(
        "Connect Autotask",
        (
            *notice,
            kit.input_block(
                "username",
                "Username (key)",
                kit.plain_text_input("value", initial=username, placeholder="abc123@yourcompany.example"),
            ),
            kit.input_block(
                "secret",
                "Password (secret)",
                kit.plain_text_input("value"),
                hint="Slack cannot hide what you type here. It is stored encrypted and never shown again. "
                "On the server, the command “bot connect” asks for it with a masked prompt instead.",
            ),
            kit.input_block(
                "tracking_id",
                "API tracking identifier",
                kit.plain_text_input("value"),
            ),
        ),
        callback_id=CREDENTIALS_CALLBACK,
        submit="Check",
        metadata={"channel": channel_id},
    )


def read_credentials(state: State) -> TypedCredentials:
    form = Form(state)
    return TypedCredentials(form.text("username"), form.text("secret"), form.text("tracking_id"))


def checking() -> kit.View:
    return kit.modal(
        "Connect Autotask",
        (
            kit.section(":hourglass_flowing_sand: *Checking with Autotask…*"),
            kit.context(
                "Finding your zone, logging in, and reading queues and statuses. New API users can take one or "
                "two minutes. You may close this: the answer also comes as a direct message."
            ),
        ),
        close="Close",
    )


def elapsed(spent: timedelta) -> str:
    """``14 s``, ``1 min 15 s``."""
    minutes, seconds = divmod(int(spent.total_seconds()), 60)
    return f"{minutes} min {seconds} s" if minutes else f"{seconds} s"


def waiting(spent: timedelta) -> kit.Message:
    """The message that is edited in place while Autotask takes its time (product CV9)."""
    text = f":hourglass_flowing_sand: *Checking with Autotask…* {elapsed(spent)}"
    patience = f"Deskhand waits up to {elapsed(PATIENCE)}; a new API user can take one or two minutes."
    return kit.Message("Checking with Autotask…", (kit.section(text), kit.context(patience)))


def problem_text(problem: BotError) -> str:
    """Why it is not connected, as plain text; of an Autotask that did not answer, what to do now."""
    if isinstance(problem, AutotaskBusy):
        return (
            "Autotask takes no more requests for now: the hourly limit that all integrations share is reached. "
            "Wait some minutes, then enter the values again."
        )
    if isinstance(problem, AutotaskUnavailable):
        return (
            "Autotask did not answer. Wait a minute or two, then enter the values again. If it stays like this, look "
            "at Autotask's status page."
        )
    return errors.field_text(problem)


def answered(zone: ZoneFacts, draft_id: str, spent: timedelta) -> kit.Message:
    """The late answer: the credentials are good, two choices are left."""
    return kit.Message(
        "Autotask accepted the credentials",
        (
            kit.rich(
                kit.sign("white_check_mark"), " Autotask accepted the credentials (zone ", kit.strong(zone.name),
                f") after {elapsed(spent)}.",
            ),
            kit.actions(kit.button("Choose the queue", RESUME, value=draft_id, style="primary")),
        ),
    )  # fmt: skip


def not_answered(problem: str, spent: timedelta) -> kit.Message:
    """The late refusal. ``problem`` is plain text."""
    again = kit.button("Enter the values again", OPEN, style="primary")
    return kit.Message(
        "Autotask is not connected",
        (
            kit.rich(kit.sign("x"), " ", kit.strong("Autotask is not connected."), f" {problem}"),
            kit.actions(again),
            kit.context(f"After {elapsed(spent)}."),
        ),
    )


def choices_form(choices: Choices, *, channel_id: str = "") -> kit.View:
    """Step 3: the credentials are proven; what shall new tickets get, and what may Deskhand do?"""
    proof, before = choices.proof, choices.defaults
    queues, statuses, priorities = (proof.options(name) for name in ("queueID", "status", "priority"))
    return kit.modal(
        "Connect Autotask",
        (
            kit.rich(
                kit.sign("white_check_mark"), " ", kit.strong("Logged in"), " to Autotask zone ",
                kit.strong(proof.zone.name), ", database ", kit.fixed(str(proof.zone.ci)), ".",
            ),
            kit.input_block(
                "queue",
                "Queue for new tickets",
                kit.external_select(
                    QUEUE_OPTIONS, chosen=_chosen_queue(choices, queues), placeholder="Type a queue's name…"
                ),
                hint=f"{kit.count(len(queues), 'active queue')} found.",
            ),
            _status("status_new", "Status of a new ticket", statuses, _before(before, "status_new", ("new",))),
            _status(
                "status_updated",
                "Status after an update",
                statuses,
                _before(before, "status_updated", ("in progress", "new")),
            ),
            _status(
                "status_closed",
                "Status when closed",
                statuses,
                _before(before, "status_closed", ("complete", "closed")),
            ),
            _status("priority", "Priority", priorities, _before(before, "priority", ("medium", "normal"))),
            *_switches(choices.switches),
        ),
        callback_id=CHOICES_CALLBACK,
        submit="Connect",
        metadata={"draft": choices.draft_id, "channel": channel_id},
    )  # fmt: skip


def _switches(switches: Switches) -> tuple[kit.Block, ...]:
    read = switches.may_read(Capability.CONTRACTS)
    tickets = switches.mode(Capability.TICKETS)
    modes = [
        kit.option("Read-only: look, but create nothing (for a first try)", Mode.READ_ONLY.value),
        kit.option("On: create tickets in Autotask", Mode.ON.value),
    ]
    if tickets is Mode.OFF:
        modes.append(kit.option("Off, as it is now", Mode.OFF.value))
    return (
        kit.input_block("tickets", "Tickets", kit.radio("value", modes, chosen=tickets.value)),
        kit.input_block(
            "contracts",
            "Contracts",
            kit.checkboxes(
                "value",
                [kit.option("Sync contracts, read-only", SYNC)],
                chosen=(SYNC,) if read else (),
            ),
            hint="The first contract sync starts as soon as you are connected, then every night at 02:00.",
            optional=True,
        ),
    )


def read_choices(state: State) -> TypedChoices:
    form = Form(state)
    return TypedChoices(
        queue=form.required_choice("queue", "Choose the queue that new tickets go to."),
        status_new=form.required_choice("status_new"),
        status_updated=form.required_choice("status_updated"),
        status_closed=form.required_choice("status_closed"),
        priority=form.required_choice("priority"),
        tickets=known(Mode, form.required_choice("tickets"), "tickets"),
        sync_contracts=SYNC in form.choices("contracts"),
    )


def queue_options(
    queues: Sequence[PicklistOption], typed: str, unstaffed: frozenset[str] = frozenset()
) -> list[kit.Option]:
    """Those whose label holds what was typed; a queue that nobody works says so."""
    wanted = typed.casefold().strip()
    found = [queue for queue in queues if wanted in queue.label.casefold()][: kit.LIMITS.options]
    return [_queue(queue, unstaffed) for queue in found]


def _before(before: TicketDefaults | None, field: str, usual: Sequence[str]) -> Sequence[str]:
    """What was chosen the last time, by value; else usual labels."""
    return (str(getattr(before, field).value),) if before else usual


def _chosen_queue(choices: Choices, queues: Sequence[PicklistOption]) -> kit.Option | None:
    wanted = _before(choices.defaults, "queue", ())
    found = _preferred(queues, wanted)
    return _queue(found, choices.proof.unstaffed) if found else None


def _status(field: str, label: str, options: Sequence[PicklistOption], preferred: Sequence[str]) -> kit.Block:
    found = _preferred(options, preferred)
    entries = [kit.option(option.label, option.value) for option in options]
    return kit.input_block(
        field, label, kit.static_select("value", entries, chosen=found.value if found else "")
    )


def _preferred(options: Sequence[PicklistOption], preferred: Sequence[str]) -> PicklistOption | None:
    """The first that is named by value or label, else Autotask's own default."""
    for wanted in preferred:
        for option in options:
            if wanted in (option.value, option.label.casefold()):
                return option
    return next((option for option in options if option.is_default), None)


def _queue(queue: PicklistOption, unstaffed: frozenset[str]) -> kit.Option:
    return kit.option(queue.label, queue.value, description=UNSTAFFED if queue.value in unstaffed else "")
