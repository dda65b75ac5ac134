"""The workspace's settings: the page, its two forms, and what was saved."""

from collections.abc import Sequence

from blocks import kit
from blocks.access_requests import ask_button
from blocks.rich import Piece, facts, rich, soft, strong
from blocks.settings_choices import choices
from bot.domain.connections import Connection, ConnectionState
from bot.domain.context import Person, Right
from bot.domain.overview import Overview
from bot.domain.settings import (
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
UNDO = "settings_undo"
TURN_ON = "settings_turn_on"
# Buttons of other nouns: handlers/removal.py and handlers/contract_rules.py listen to them.
REMOVE = "removal_open"
EXPORT = "removal_export"
GO_ON = "removal_go_on"
CONTRACT_RULES, FILTERS = "contract_rules_open", "filters_open"

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
        *choices(state),
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
