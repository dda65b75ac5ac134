"""What Slack adds to blocks when it stores them: ids and the defaults of text objects."""

from collections.abc import Callable

from sandbox.slack.shapes import JsonObject, as_objects

INTERACTIVE = frozenset(
    {
        "button", "workflow_button", "overflow", "static_select", "external_select", "users_select",
        "channels_select", "conversations_select", "multi_static_select", "multi_external_select",
        "multi_users_select", "multi_channels_select", "multi_conversations_select", "checkboxes",
        "radio_buttons", "datepicker", "timepicker", "datetimepicker", "plain_text_input",
        "rich_text_input", "number_input", "email_text_input", "url_text_input", "file_input",
        "feedback_buttons", "icon_button",
    }
)  # fmt: skip
NESTED_BLOCKS = ("child_blocks", "tasks")


def stored(blocks: object, new_id: Callable[[], str]) -> list[JsonObject]:
    """A copy of the blocks with every block_id and action_id present."""
    return [_block(block, new_id) for block in as_objects(blocks)]


def _block(block: JsonObject, new_id: Callable[[], str]) -> JsonObject:
    copy = {name: _inner(value, new_id) for name, value in block.items()}
    for name in NESTED_BLOCKS:
        if name in copy:
            copy[name] = stored(block[name], new_id)
    if block.get("type") == "carousel":
        copy["elements"] = stored(block.get("elements"), new_id)
    return {**copy, "block_id": block.get("block_id") or new_id()}


def _inner(value: object, new_id: Callable[[], str]) -> object:
    if isinstance(value, list):
        return [_inner(item, new_id) for item in value]
    if not isinstance(value, dict):
        return value
    copy: JsonObject = {name: _inner(member, new_id) for name, member in value.items()}
    kind = copy.get("type")
    if kind == "plain_text":
        copy.setdefault("emoji", True)
    elif kind == "mrkdwn":
        copy.setdefault("verbatim", False)
    elif kind in INTERACTIVE:
        copy["action_id"] = copy.get("action_id") or new_id()
    return copy
