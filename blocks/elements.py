"""Block Kit's elements: buttons, selects, inputs, and the text objects in them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from blocks.text import clean, cut, truncate, width

Json: TypeAlias = "str | int | float | bool | Sequence[Json] | Mapping[str, Json] | None"
Block: TypeAlias = Mapping[str, Json]
Element: TypeAlias = Mapping[str, Json]
Option: TypeAlias = Mapping[str, Json]
View: TypeAlias = Mapping[str, Json]
Style: TypeAlias = Literal["", "primary", "danger"]


@dataclass(frozen=True)
class Limits:
    """Block Kit's maxima, in characters or pieces (Slack's reference, late 2026)."""

    message_blocks: int = 50
    view_blocks: int = 100
    message_text: int = 4000
    section_text: int = 3000
    field_text: int = 2000
    fields: int = 10
    header_text: int = 150
    context_elements: int = 10
    action_elements: int = 25
    button_text: int = 75
    button_value: int = 2000
    url: int = 3000
    option_text: int = 75
    option_value: int = 150
    option_description: int = 75
    options: int = 100
    choices: int = 10
    overflow_options: int = 5
    label: int = 2000
    placeholder: int = 150
    input_length: int = 3000
    view_title: int = 24
    metadata: int = 3000
    modals: int = 3
    confirm_title: int = 100
    confirm_text: int = 300
    confirm_button: int = 30


LIMITS: Final = Limits()

_LEAST_END = 20


def plain(text: str, limit: int, *, emoji: bool = True) -> Element:
    """Text without formatting; with ``emoji=False`` a ``:name:`` in it stays letters, as names must."""
    return {"type": "plain_text", "text": cut(clean(text), limit) or " ", "emoji": emoji}


def mrkdwn(text: str, limit: int = LIMITS.section_text) -> Element:
    return {"type": "mrkdwn", "text": truncate(text, limit) or " ", "verbatim": True}


def confirm(title: str, text: str, yes: str, *, no: str = "Cancel", danger: bool = False) -> Element:
    """The question asked before a control acts."""
    return some({
        "title": plain(title, LIMITS.confirm_title, emoji=False),
        "text": plain(text, LIMITS.confirm_text, emoji=False),
        "confirm": plain(yes, LIMITS.confirm_button),
        "deny": plain(no, LIMITS.confirm_button),
        "style": "danger" if danger else None,
    })  # fmt: skip


def button(
    text: str, action_id: str, *, value: str = "", style: Style = "", confirm: Element | None = None
) -> Element:
    """A button. Identify records by ``value``; who may act is checked when it is pressed."""
    return some({
        "type": "button",
        "text": plain(text, LIMITS.button_text),
        "action_id": action_id,
        "value": value[: LIMITS.button_value] or None,
        "style": style or None,
        "confirm": confirm,
    })  # fmt: skip


def link_button(text: str, url: str, *, action_id: str = "link", style: Style = "") -> Element:
    """A button that opens an address; action ids ``link`` and ``link:…`` are acked and do nothing else."""
    face: dict[str, Json] = {
        "type": "button",
        "text": plain(text, LIMITS.button_text),
        "action_id": action_id,
        "url": url,
    }
    return some({**face, "style": style or None})


def option(text: str, value: str, *, description: str = "") -> Option:
    """A choice, its text literal; of a text that is too long, the description begins with its end."""
    more = description
    if width(text) > LIMITS.option_text:
        taken = width(f" · {description}") if description else 0
        room = LIMITS.option_description - taken
        more = " · ".join(part for part in (_end(text, max(room, _LEAST_END)), description) if part)
    return some({
        "text": plain(text, LIMITS.option_text, emoji=False),
        "value": value[: LIMITS.option_value],
        "description": plain(more, LIMITS.option_description, emoji=False) if more else None,
    })  # fmt: skip


def _end(text: str, limit: int) -> str:
    """The end of a literal text: two that begin alike are told apart by it."""
    return cut(text[::-1], limit)[::-1]


def overflow(action_id: str, options: Sequence[Option], *, confirm: Element | None = None) -> Element:
    """The ⋯ menu, two to five entries; a single one is a button, because not every Slack takes a menu of one."""
    if len(options) == 1:
        (only,) = options
        label = only["text"]
        assert isinstance(label, dict)
        return button(str(label["text"]), action_id, value=str(only["value"]), confirm=confirm)
    entries = list(options[: LIMITS.overflow_options])
    return some({"type": "overflow", "action_id": action_id, "options": entries, "confirm": confirm})


def static_select(
    action_id: str, options: Sequence[Option], *, chosen: str = "", placeholder: str = "Choose…"
) -> Element:
    """A drop-down; ``chosen`` is an option's value. More than 100 options, Slack's limit, come in groups.

    Slack refuses one without options, and the whole form with it: a type-ahead that finds nothing stands there.
    """
    if not options:
        return external_select(action_id, placeholder="There is nothing to choose from yet")
    return some({
        "type": "static_select",
        "action_id": action_id,
        **_offered(options),
        "placeholder": plain(placeholder, LIMITS.placeholder),
        "initial_option": _by_value(options, chosen),
    })  # fmt: skip


def external_select(
    action_id: str, *, chosen: Option | None = None, placeholder: str = "Type to search…", min_length: int = 0
) -> Element:
    """A type-ahead; answered by the listener ``("options", action_id)``."""
    return some({
        "type": "external_select",
        "action_id": action_id,
        "min_query_length": min_length,
        "placeholder": plain(placeholder, LIMITS.placeholder),
        "initial_option": chosen,
    })  # fmt: skip


def users_select(action_id: str, *, chosen: str = "", placeholder: str = "Choose a person…") -> Element:
    face: dict[str, Json] = {"type": "users_select", "action_id": action_id}
    return some(
        {**face, "placeholder": plain(placeholder, LIMITS.placeholder), "initial_user": chosen or None}
    )


def multi_users_select(action_id: str, *, placeholder: str = "Choose people…") -> Element:
    """Any number of people; read with ``Form.choices``."""
    return {
        "type": "multi_users_select",
        "action_id": action_id,
        "placeholder": plain(placeholder, LIMITS.placeholder),
    }


def multi_external_select(
    action_id: str,
    *,
    chosen: Sequence[Option] = (),
    placeholder: str = "Type to search…",
    at_most: int | None = None,
) -> Element:
    """A type-ahead for several; answered by the listener ``("options", action_id)``, read with ``Form.choices``."""
    return some({
        "type": "multi_external_select",
        "action_id": action_id,
        "min_query_length": 0,
        "placeholder": plain(placeholder, LIMITS.placeholder),
        "initial_options": list(chosen) or None,
        "max_selected_items": at_most,
    })  # fmt: skip


def conversations_select(action_id: str, *, chosen: str = "") -> Element:
    """A channel of the workspace, public or private."""
    return some({
        "type": "conversations_select",
        "action_id": action_id,
        "placeholder": plain("Choose a channel…", LIMITS.placeholder),
        "filter": {"include": ["public", "private"], "exclude_external_shared_channels": True},
        "initial_conversation": chosen or None,
    })  # fmt: skip


def multi_static_select(
    action_id: str, options: Sequence[Option], *, chosen: Sequence[str] = (), placeholder: str = "Choose…"
) -> Element:
    """A drop-down of up to 100 options of which any may be chosen; ``chosen`` are options' values."""
    entries = list(options[: LIMITS.options])
    ticked = [entry for entry in entries if entry["value"] in chosen]
    return some({
        "type": "multi_static_select",
        "action_id": action_id,
        "options": entries,
        "placeholder": plain(placeholder, LIMITS.placeholder),
        "initial_options": ticked or None,
    })  # fmt: skip


def file_input(action_id: str, *, filetypes: Sequence[str], max_files: int = 1) -> Element:
    """Files of these endings, at most 10 MB each; read with ``Form.files``."""
    return {
        "type": "file_input",
        "action_id": action_id,
        "filetypes": list(filetypes),
        "max_files": max_files,
    }


def radio(action_id: str, options: Sequence[Option], *, chosen: str = "") -> Element:
    """Up to ten options of which one holds."""
    entries = list(options[: LIMITS.choices])
    face: dict[str, Json] = {"type": "radio_buttons", "action_id": action_id, "options": entries}
    return some({**face, "initial_option": _by_value(entries, chosen)})


def checkboxes(action_id: str, options: Sequence[Option], *, chosen: Sequence[str] = ()) -> Element:
    """Up to ten options of which any may hold."""
    entries = list(options[: LIMITS.choices])
    ticked = [entry for entry in entries if entry["value"] in chosen]
    face: dict[str, Json] = {"type": "checkboxes", "action_id": action_id, "options": entries}
    return some({**face, "initial_options": ticked or None})


def plain_text_input(
    action_id: str,
    *,
    initial: str = "",
    placeholder: str = "",
    multiline: bool = False,
    max_length: int = LIMITS.input_length,
    focus: bool = False,
) -> Element:
    longest = min(max_length, LIMITS.input_length)
    return some({
        "type": "plain_text_input",
        "action_id": action_id,
        "initial_value": cut(clean(initial), longest) or None,
        "placeholder": plain(placeholder, LIMITS.placeholder) if placeholder else None,
        "multiline": multiline or None,
        "max_length": longest if longest < LIMITS.input_length else None,
        "focus_on_load": focus or None,
    })  # fmt: skip


def number_input(action_id: str, *, initial: str = "", decimal: bool = False, minimum: str = "") -> Element:
    """A number; Slack wants and gives its values as text."""
    face: dict[str, Json] = {"type": "number_input", "action_id": action_id, "is_decimal_allowed": decimal}
    return some({**face, "initial_value": initial or None, "min_value": minimum or None})


def datepicker(action_id: str, *, initial: str = "", placeholder: str = "") -> Element:
    """A day as ``YYYY-MM-DD``."""
    face: dict[str, Json] = {"type": "datepicker", "action_id": action_id, "initial_date": initial or None}
    return some({**face, "placeholder": plain(placeholder, LIMITS.placeholder) if placeholder else None})


def some(block: Mapping[str, Json]) -> dict[str, Json]:
    """The block without the parts that were not given."""
    return {name: value for name, value in block.items() if value is not None}


def _offered(options: Sequence[Option]) -> Mapping[str, Json]:
    size = LIMITS.options
    if len(options) <= size:
        return {"options": list(options)}
    parts = [list(options[start : start + size]) for start in range(0, len(options), size)]
    return {
        "option_groups": [
            {
                "label": plain(f"{number * size + 1} to {number * size + len(part)}", LIMITS.option_text),
                "options": part,
            }
            for number, part in enumerate(parts[:size])
        ]
    }


def _by_value(options: Sequence[Option], value: str) -> Option | None:
    return next((entry for entry in options if entry["value"] == value), None) if value else None
