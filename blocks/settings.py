"""The workspace's settings: the page, its two forms, and what was saved."""

from collections.abc import Sequence

from blocks import kit
from blocks.access_requests import ask_button
from blocks.rich import Piece, facts, rich, soft, strong
from bot.domain.authors import AS_PERSON
from bot.domain.connections import Connection, ConnectionState
from bot.domain.context import Person, Right
from bot.domain.invoices import IDENTIFIER, Identifier, Naming
from bot.domain.logs import RETENTION, USUALLY_KEPT
from bot.domain.overview import Overview
from bot.domain.settings import (
    NO,
    SOURCE_OF_TRUTH,
    YES,
    Change,
    Chosen,
    Problem,
    Saved,
    TicketSetting,
    WorkspaceSettings,
    setting_label,
    switch_name,
)
from bot.domain.switches import AVAILABLE, Capability, Mode

OPEN = "settings_open"
SWITCHES = "settings_switches"
TICKETS = "settings_tickets"
REFRESH = "settings_refresh"
TRUTH = "settings_truth"
AUTHORS = "settings_authors"
KEPT = "settings_kept"
NAMING = "settings_naming"
UNDO = "settings_undo"
TURN_ON = "settings_turn_on"
REMOVE = "removal_open"
EXPORT = "removal_export"
GO_ON = "removal_go_on"
CONTRACT_RULES, FILTERS = "contract_rules_open", "filters_open"
"""Buttons that ``handlers/removal.py`` listens to."""

MEANING = {
    Capability.TICKETS: {
        Mode.OFF: "No ticket is shown, none is raised.",
        Mode.READ_ONLY: "Tickets are shown and refreshed; nothing is written to Autotask.",
        Mode.ON: "Tickets are raised in Autotask and followed here.",
    },
    Capability.CONTRACTS: {
        Mode.OFF: "No contract is read, and none is shown to anybody.",
        Mode.READ_ONLY: "Contracts are read and shown; nothing is written to Autotask.",
        Mode.ON: "Contracts are read and shown; this version writes none to Autotask.",
    },
    Capability.INVOICES: {
        Mode.OFF: "No invoice is read, and none is shown to anybody.",
        Mode.READ_ONLY: "Invoices, their lines and PDFs are read and shown; nothing is written to Autotask.",
        Mode.ON: "Invoices, their lines and PDFs are read and shown; this version writes none to Autotask.",
    },
    Capability.TIME: {
        Mode.OFF: "No time entry is read, and none is shown to anybody.",
        Mode.READ_ONLY: "Time entries are read and shown; nothing is written to Autotask.",
        Mode.ON: "Time entries are read and shown; this version writes none to Autotask.",
    },
}
_MARKS = {Mode.ON: ":large_green_circle:", Mode.READ_ONLY: ":large_yellow_circle:", Mode.OFF: ":red_circle:"}
_TRUTH_WORDS = {
    YES: "Autotask decides: what people fetch from it by hand replaces what is here.",
    NO: "Another system decides: buttons that fetch from Autotask by hand are hidden, with this reason.",
}


_AUTHOR_WORDS = {
    YES: "Where Autotask allows it (impersonation, in the API user's security level), tickets and notes show the"
    " Autotask user with the person's e-mail address as their author. Where not, the text names the person.",
    NO: "Tickets and notes are the API user's, and their text names the person.",
}


def being_removed() -> kit.Message:
    text = ":octagonal_sign: The connection to Autotask is being removed. There is nothing to set any more."
    go_on = kit.actions(kit.button("Go on with the removal", GO_ON))
    return kit.Message(
        text, (kit.section(text), go_on, kit.context("For a removal that seems to have stopped."))
    )


def page(state: WorkspaceSettings, *, channel_id: str = "", notice: str = "") -> kit.View:
    """The Admin's settings: what is wrong first, then the connection, the switches, tickets, the rest."""
    blocks = [
        *([kit.section(notice)] if notice else []),
        *_problem_blocks(state.problems),
        *_connection_blocks(state),
        *_switch_blocks(state),
        *_ticket_blocks(state),
        *_truth_blocks(state),
        *_author_blocks(state),
        *_invoice_blocks(state),
        *_retention_blocks(state),
    ]
    return kit.modal("Settings", blocks, close="Close", metadata={"channel": channel_id})


def summary(state: WorkspaceSettings, admins: Sequence[str]) -> kit.Message:
    """The same for everybody else: to read, with whom to ask."""
    names = ", ".join(map(kit.mention, admins)) or "an owner of this workspace"
    return kit.Message(
        "Deskhand's settings",
        (
            kit.header("Settings"),
            facts([("Autotask", _standing(state.connection))]),
            kit.section(_switch_lines(state)),
            *([facts(_ticket_pairs(state))] if _has_tickets(state) else []),
            kit.context(f"Only Admins change these: ask {names}."),
            kit.actions(ask_button(Right.CHANGE_SETTINGS)),
        ),
    )


def not_connected() -> kit.Message:
    text = ":electric_plug: There is nothing to set yet: Autotask is not connected."
    connect = kit.button("Connect Autotask", "run:connect", style="primary")
    return kit.Message(text, (kit.section(text), kit.actions(connect)))


def saved(result: Saved) -> kit.Message:
    """What was changed, with *Undo* for ten minutes and the next step."""
    if not result.changes:
        return kit.Message("Nothing was changed.", (kit.section("Nothing was changed."),))
    undo = (
        [kit.button("Undo", UNDO, value=result.batch)] if all(each.before for each in result.changes) else []
    )
    blocks: list[kit.Block] = [
        kit.section(":white_check_mark: *Saved.* It holds from now on."),
        *(change_line(change) for change in result.changes),
        *_resumed(result.resumed),
        kit.actions(*undo, _next_step(result.changes)),
    ]
    if undo:
        blocks.append(kit.context("Undo works for ten minutes."))
    return kit.Message("Settings saved", tuple(blocks))


def undone(result: Saved) -> kit.Message:
    text = ":leftwards_arrow_with_hook: *Taken back.*"
    button = kit.button("Settings", OPEN)
    lines = map(change_line, result.changes)
    return kit.Message("Change taken back", (kit.section(text), *lines, kit.actions(button)))


def gone_from_autotask(problems: Sequence[Problem]) -> kit.Message:
    """For the Admins: a value that new tickets get is gone from Autotask."""
    return kit.Message(
        "Autotask no longer has a value that new tickets get",
        (*_problem_blocks(problems),),
    )


def refreshed(state: WorkspaceSettings) -> str:
    """What the page says after queues and statuses were read again (mrkdwn)."""
    queues, statuses = len(state.options.get("queueID", ())), len(state.options.get("status", ()))
    return (
        f":white_check_mark: Read from Autotask: {kit.count(queues, 'active queue')}, "
        f"{kit.count(statuses, 'status', 'statuses')}."
    )


def notice_of(result: Saved) -> str:
    """One line for the top of the page (mrkdwn)."""
    if not result.changes:
        return "Nothing was changed."
    names = ", ".join(setting_label(change.name) for change in result.changes)
    return f":white_check_mark: Saved: {names}."


def banner(person: Person, overview: Overview) -> list[kit.Block]:
    """The Home tab's word on what keeps tickets from Autotask; Admins get the button that mends it."""
    connection = overview.connection
    if connection is None or connection.state is ConnectionState.REMOVING:
        return []
    may_change = person.may(Right.CHANGE_SETTINGS)
    mode = overview.switches.mode(Capability.TICKETS)
    problems = _problem_blocks(overview.problems) if may_change else []
    if mode is Mode.ON:
        return problems
    text = f"{_MARKS[mode]} *Tickets are {mode.label.lower()}.* {MEANING[Capability.TICKETS][mode]}"
    if not may_change:
        return [kit.context(f"{text} An Admin turns them on.")]
    style: kit.Style = "" if overview.next_step else "primary"
    turn_on = kit.button("Turn on", TURN_ON, style=style)
    return [*problems, kit.section(text, accessory=turn_on, block_id="tickets_switch")]


def _problem_blocks(problems: Sequence[Problem]) -> list[kit.Block]:
    if not problems:
        return []
    lines = [
        rich(strong(f"{each.setting.label}: "), "Autotask no longer offers ", soft(each.label), ".")
        for each in problems
    ]
    return [
        kit.section(":warning: *New tickets may be refused until you choose another value:*"),
        *lines,
        kit.actions(
            kit.button("Choose another", TICKETS, value="problem", style="primary"), block_id="problem"
        ),
    ]


def _connection_blocks(state: WorkspaceSettings) -> list[kit.Block]:
    connection = state.connection
    blocks: list[kit.Block] = [kit.header("Autotask")]
    if connection is None:
        return [*blocks, facts([("State", _standing(None))])]
    blocks.append(
        facts(
            [
                ("State", _standing(connection)),
                ("Zone", connection.zone.name),
                ("Database", str(connection.zone.ci)),
                ("API user", connection.username),
            ]
        )
    )
    if connection.state is not ConnectionState.REMOVING:
        update = kit.button("Update credentials", "connect_open")
        verify = kit.button("Verify permissions", "verify_run")
        remove = kit.button("Remove connection…", REMOVE, style="danger")
        export = kit.button("Export everything", EXPORT)
        schedules = kit.button("Schedules", "run:schedules")
        blocks.append(kit.actions(update, verify, schedules, export, remove))
    return blocks


def _standing(connection: Connection | None) -> str:
    if connection is None:
        return "not connected"
    if connection.state is ConnectionState.REMOVING:
        return "being removed: nothing is sent any more"
    if connection.state is ConnectionState.PAUSED:
        return f"paused: {connection.paused_reason or 'an Admin must act'}"
    return "connected"


def _switch_blocks(state: WorkspaceSettings) -> list[kit.Block]:
    return [
        kit.divider(),
        kit.header("Switches"),
        kit.section(_switch_lines(state)),
        kit.actions(
            kit.button("Change switches", SWITCHES),
            kit.button("Contract sync", CONTRACT_RULES),
            kit.button("Data filters", FILTERS),
        ),
    ]


def _switch_lines(state: WorkspaceSettings) -> str:
    lines = [_switch_line(each, state.switches.mode(each)) for each in Capability if each in AVAILABLE]
    later = ", ".join(each.label for each in Capability if each not in AVAILABLE)
    return "\n".join([*lines, *([f":white_circle: *Later versions*: {later}"] if later else [])])


def _switch_line(capability: Capability, mode: Mode) -> str:
    return f"{_MARKS[mode]} *{capability.label}*: {mode.label}. {MEANING[capability][mode]}"


def _ticket_blocks(state: WorkspaceSettings) -> list[kit.Block]:
    as_of = f"Values as of {kit.date(state.options_as_of)}" if state.options_as_of else "Values not read yet"
    return [
        kit.divider(),
        kit.header("New tickets"),
        facts(_ticket_pairs(state)),
        kit.actions(kit.button("Change", TICKETS), kit.button("Refresh from Autotask", REFRESH)),
        kit.context(f"{as_of}. Refresh reads queues, statuses and priorities again."),
    ]


def _truth_blocks(state: WorkspaceSettings) -> list[kit.Block]:
    chosen = YES if state.is_source_of_truth else NO
    options = [kit.option("Yes", YES), kit.option("No", NO)]
    return [
        kit.divider(),
        kit.section(
            f"*Autotask is our source of truth*\n{_TRUTH_WORDS[chosen]}",
            accessory=kit.static_select(TRUTH, options, chosen=chosen),
            block_id=f"{SOURCE_OF_TRUTH}:{chosen}",
        ),
    ]


def _author_blocks(state: WorkspaceSettings) -> list[kit.Block]:
    chosen = state.values[AS_PERSON].value if AS_PERSON in state.values else NO
    options = [kit.option("Yes", YES), kit.option("No", NO)]
    return [
        kit.section(
            f"*Tickets in the person's own name*\n{_AUTHOR_WORDS[chosen]}",
            accessory=kit.static_select(AUTHORS, options, chosen=chosen),
            block_id=f"{AS_PERSON}:{chosen}",
        ),
    ]


def _retention_blocks(state: WorkspaceSettings) -> list[kit.Block]:
    chosen = state.values[RETENTION].value if RETENTION in state.values else str(USUALLY_KEPT)
    days = sorted({7, 14, 30, 60, USUALLY_KEPT, 180, 365, 400, int(chosen)})
    options = [kit.option(f"{each} days", str(each)) for each in days]
    return [
        kit.section(
            "*Sync log*\nHow long entries and runs are kept. Older ones are forgotten for good, within the hour.",
            accessory=kit.static_select(KEPT, options, chosen=chosen),
            block_id=f"{RETENTION}:{chosen}",
        ),
    ]


def _invoice_blocks(state: WorkspaceSettings) -> list[kit.Block]:
    """How invoices are named, with what both names of the newest one would be (product CV17)."""
    if state.naming is None:
        return []
    chosen = state.values[IDENTIFIER].value if IDENTIFIER in state.values else Identifier.NUMBER.value
    options = [kit.option(each.label, each.value) for each in Identifier]
    return [
        kit.section(
            "*Invoices are named by*",
            accessory=kit.static_select(NAMING, options, chosen=chosen),
            block_id=f"{IDENTIFIER}:{chosen}",
        ),
        kit.plain_context(_naming_words(state.naming)),
    ]


def _naming_words(naming: Naming) -> str:
    if not naming.total:
        return (
            "No invoice is here yet for an example. Where a number is blank, Autotask shows the id, as we do."
        )
    example, blank = naming.example, ""
    if naming.blank:
        blank = (
            f" {naming.blank:,} of {naming.total:,} have no number; they show as their id, as in Autotask."
        )
    if example is None:
        return blank.strip()
    number, own = example.shown(Identifier.NUMBER), example.shown(Identifier.AUTOTASK_ID)
    return f"The newest: Invoice Number {number}, Autotask ID {own}.{blank}"


def _has_tickets(state: WorkspaceSettings) -> bool:
    return TicketSetting.QUEUE.value in state.values


def _ticket_pairs(state: WorkspaceSettings) -> list[tuple[str, Piece]]:
    return [(each.label, _label(state, each.value)) for each in TicketSetting]


def _label(state: WorkspaceSettings, name: str) -> str:
    chosen = state.values.get(name)
    return chosen.label if chosen else "not chosen yet"


def change_line(change: Change) -> kit.Block:
    """One setting, before and after."""
    before: Chosen = change.before or Chosen("", "not chosen")
    return rich(strong(f"{setting_label(change.name)}: "), before.label, " → ", strong(change.after.label))


def _resumed(count: int) -> list[kit.Block]:
    if not count:
        return []
    return [
        kit.context(f":arrow_forward: {kit.count(count, 'ticket')} that had waited for this: on the way now.")
    ]


def _next_step(changes: Sequence[Change]) -> kit.Element:
    """What a person most likely does next."""
    on = {change.name for change in changes if change.after.value == Mode.ON.value}
    if switch_name(Capability.TICKETS) in on or any(change.name in set(TicketSetting) for change in changes):
        return kit.button("Start a review", "run:review")
    return kit.button("Settings", OPEN)
