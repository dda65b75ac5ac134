"""What a person has entered into a view: kept per block_id and action_id."""

from collections.abc import Iterator, Mapping

from sandbox.slack.shapes import JsonObject, as_list, as_object, as_objects, as_text

Values = dict[str, JsonObject]

# type of element → (field of its state, field of the block that fills it at first)
STATE_FIELDS: Mapping[str, tuple[str, str]] = {
    "plain_text_input": ("value", "initial_value"),
    "number_input": ("value", "initial_value"),
    "email_text_input": ("value", "initial_value"),
    "url_text_input": ("value", "initial_value"),
    "rich_text_input": ("rich_text_value", "initial_value"),
    "static_select": ("selected_option", "initial_option"),
    "external_select": ("selected_option", "initial_option"),
    "radio_buttons": ("selected_option", "initial_option"),
    "checkboxes": ("selected_options", "initial_options"),
    "multi_static_select": ("selected_options", "initial_options"),
    "multi_external_select": ("selected_options", "initial_options"),
    "users_select": ("selected_user", "initial_user"),
    "multi_users_select": ("selected_users", "initial_users"),
    "channels_select": ("selected_channel", "initial_channel"),
    "multi_channels_select": ("selected_channels", "initial_channels"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
    "file_input": ("files", ""),
}
_LISTS = {name for name, (state, _) in STATE_FIELDS.items() if state.endswith("s") and state != "files"}


def elements_in(blocks: object) -> Iterator[tuple[str, JsonObject]]:
    """Every (block_id, element with an action_id) inside, nested cards and containers included."""
    for block in as_objects(blocks):
        yield from _within(block, "")


def _within(node: object, block_id: str) -> Iterator[tuple[str, JsonObject]]:
    if isinstance(node, dict):
        owner = as_text(node.get("block_id"), block_id)
        if "action_id" in node:
            yield owner, node
        for member in node.values():
            yield from _within(member, owner)
    for member in as_list(node):
        yield from _within(member, block_id)


def initial_values(blocks: object, *, current_channel: str | None = None) -> Values:
    """The state of a view nobody has touched: initial values, null or empty elsewhere."""
    values: Values = {}
    for block_id, element in elements_in(blocks):
        kind = as_text(element.get("type"))
        if kind in STATE_FIELDS:
            entry = {"type": kind, STATE_FIELDS[kind][0]: _initial(element, kind, current_channel)}
            values.setdefault(block_id, {})[as_text(element["action_id"])] = entry
    return values


def _initial(element: JsonObject, kind: str, current_channel: str | None) -> object:
    value = element.get(STATE_FIELDS[kind][1])
    if value is None and element.get("default_to_current_conversation") and current_channel:
        return [current_channel] if kind in _LISTS else current_channel
    return [] if value is None and (kind in _LISTS or kind == "file_input") else value


def merged(known: Values, entered: object) -> Values:
    """`known` with what the person entered on top; entries for unknown fields are left out."""
    given = as_object(entered)
    return {
        block_id: {
            action_id: _entry(as_object(entry), as_object(as_object(given.get(block_id)).get(action_id)))
            for action_id, entry in actions.items()
        }
        for block_id, actions in known.items()
    }


def _entry(known: JsonObject, entered: JsonObject) -> JsonObject:
    return {**known, **{name: value for name, value in entered.items() if name != "type"}}


def carried_over(old: Values, fresh: Values) -> Values:
    """The state after an update: an input keeps its content if both its ids and its type stay."""
    return {
        block_id: {
            action_id: _kept(old.get(block_id, {}).get(action_id), as_object(entry))
            for action_id, entry in actions.items()
        }
        for block_id, actions in fresh.items()
    }


def _kept(old: object, fresh: JsonObject) -> JsonObject:
    before = as_object(old)
    return before if before.get("type") == fresh.get("type") else fresh
