"""The two forms of the settings, switches and what new tickets get, with their readers."""

from collections.abc import Mapping, Sequence

from blocks import kit
from blocks.connections import UNSTAFFED
from blocks.form import Form, State
from blocks.settings import MEANING
from bot.domain.connections import PicklistOption
from bot.domain.settings import HIDDEN_KEPT_DAYS, TicketSetting, WorkspaceSettings, switch_name
from bot.domain.switches import AVAILABLE, Capability, Mode

QUEUE_OPTIONS = "settings_queue"
SWITCHES_CALLBACK = "settings_switches_save"
TICKETS_CALLBACK = "settings_tickets_save"

_NOT_YET = "Not available in this version yet: the choice is kept and holds when it is."
_MODE_WORDS = {
    Mode.OFF: "Nothing is read or shown.",
    Mode.READ_ONLY: "Read and shown; nothing is written to Autotask.",
    Mode.ON: "Read, shown and written.",
}
_CONTRACTS = f"Switched off, synced contracts are hidden from everybody at once; they are kept here for {HIDDEN_KEPT_DAYS} days."


def switches_form(state: WorkspaceSettings, *, channel_id: str = "") -> kit.View:
    """One choice of three per capability."""
    shown = {switch_name(each): state.switches.mode(each).value for each in Capability}
    blocks = [
        kit.context(
            "*Off*: nothing is read or shown · *Read-only*: nothing is written to Autotask · *On*: both"
        ),
        *(_switch_input(capability, state.switches.mode(capability)) for capability in Capability),
    ]
    return kit.modal(
        "Switches",
        blocks,
        callback_id=SWITCHES_CALLBACK,
        submit="Save",
        metadata={"channel": channel_id, "shown": shown},
    )


def tickets_form(state: WorkspaceSettings, *, channel_id: str = "") -> kit.View:
    """Queue, statuses and priority by their labels; a value that is gone is left to choose anew."""
    shown = {each.value: _value(state, each.value) for each in TicketSetting}
    gone = {problem.setting: problem.label for problem in state.problems}
    blocks = [_ticket_input(state, setting, gone.get(setting, "")) for setting in TicketSetting]
    return kit.modal(
        "New tickets",
        blocks,
        callback_id=TICKETS_CALLBACK,
        submit="Save",
        metadata={"channel": channel_id, "shown": shown},
    )


def reading() -> kit.View:
    """Until Autotask has said what there is to choose from."""
    text = ":hourglass_flowing_sand: Reading queues, statuses and priorities from Autotask…"
    return kit.modal("New tickets", (kit.section(text),), close="Close")


def read_switches(state: State) -> dict[str, str]:
    form = Form(state)
    return {name: form.choice(name) for name in map(switch_name, Capability) if form.choice(name)}


def read_tickets(state: State) -> dict[str, str]:
    form = Form(state)
    return {each.value: form.required_choice(each.value) for each in TicketSetting}


def read_shown(metadata: Mapping[str, kit.Json]) -> dict[str, str]:
    """What the form had shown when it was opened."""
    shown = metadata.get("shown")
    return {str(name): str(value) for name, value in shown.items()} if isinstance(shown, Mapping) else {}


def queue_options(queues: Sequence[PicklistOption], typed: str) -> list[kit.Option]:
    wanted = typed.casefold().strip()
    found = [_option(queue) for queue in queues if wanted in queue.label.casefold()]
    return found[: kit.LIMITS.options]


def _switch_input(capability: Capability, mode: Mode) -> kit.Block:
    meanings = MEANING.get(capability, _MODE_WORDS)
    options = [kit.option(each.label, each.value, description=meanings[each]) for each in Mode]
    hints = [
        "" if capability in AVAILABLE else _NOT_YET,
        _CONTRACTS if capability is Capability.CONTRACTS else "",
    ]
    return kit.input_block(
        switch_name(capability),
        capability.label,
        kit.radio("value", options, chosen=mode.value),
        hint=" ".join(hint for hint in hints if hint),
    )


def _ticket_input(state: WorkspaceSettings, setting: TicketSetting, gone: str) -> kit.Block:
    options = [_option(each) for each in state.options.get(setting.picklist, ())]
    value = "" if gone else _value(state, setting.value)
    hint = f"“{gone}” is no longer in Autotask. Choose another." if gone else ""
    if setting is TicketSetting.QUEUE:
        chosen = next((option for option in options if option["value"] == value), None)
        element = kit.external_select(QUEUE_OPTIONS, chosen=chosen, placeholder="Type a queue's name…")
        hint = hint or f"{kit.count(len(options), 'active queue')} in Autotask."
    else:
        element = kit.static_select("value", options, chosen=value)
    return kit.input_block(setting.value, setting.label, element, hint=hint)


def _option(option: PicklistOption) -> kit.Option:
    return kit.option(option.label, option.value, description="" if option.is_staffed else UNSTAFFED)


def _value(state: WorkspaceSettings, name: str) -> str:
    chosen = state.values.get(name)
    return chosen.value if chosen else ""
