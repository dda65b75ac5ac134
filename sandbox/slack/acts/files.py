"""Files in the fields of a form: whose they are, and what the app gets to know of them."""

from collections.abc import Iterator

from sandbox.slack import storage
from sandbox.slack.acts.form import input_blocks
from sandbox.slack.errors import Refused
from sandbox.slack.fileview import file_object
from sandbox.slack.hub import Hub
from sandbox.slack.model import StoredFile, View
from sandbox.slack.shapes import JsonObject, as_list, as_object, as_text
from sandbox.slack.viewstate import Values


def with_objects(hub: Hub, view: View, values: Values) -> Values:
    """The form's state with whole file objects where the client sent ids or objects of its own making.

    Raises Refused `file_not_found` for a file that is not this person's.
    """
    for entry in _file_entries(view, values):
        files = [_own(hub, view.user, item) for item in as_list(entry.get("files"))]
        entry["files"] = [file_object(hub.workspace, stored) for stored in files]
    return values


def hand_over(hub: Hub, view: View) -> None:
    """From now on the app may read the files that were sent with this form."""
    for entry in _file_entries(view, view.values):
        for item in as_list(entry.get("files")):
            _own(hub, view.user, item).sent_to_app = True


def choose(hub: Hub, view: View, block_id: str, *, name: str, content: bytes) -> StoredFile:
    """Pick a file for a field of an open form. Raises Refused `no_such_block`."""
    action_id = next(
        (as_text(element.get("action_id")) for block, element in _fields(view) if block == block_id), None
    )
    if action_id is None:
        raise Refused("no_such_block", f"the view has no file field {block_id!r}")
    stored = storage.keep(hub, view.user, name=name, content=content)
    entry = as_object(view.values[block_id][action_id])
    entry["files"] = [*as_list(entry.get("files")), file_object(hub.workspace, stored)]
    return stored


def _fields(view: View) -> Iterator[tuple[str, JsonObject]]:
    for block in input_blocks(view):
        element = as_object(block.get("element"))
        if element.get("type") == "file_input":
            yield as_text(block.get("block_id")), element


def _file_entries(view: View, values: Values) -> Iterator[JsonObject]:
    for block_id, element in _fields(view):
        yield as_object(values.get(block_id, {}).get(as_text(element.get("action_id"))))


def _own(hub: Hub, user: str, item: object) -> StoredFile:
    file_id = as_text(as_object(item).get("id"), as_text(item))
    stored = hub.workspace.files.get(file_id)
    if stored is None or stored.deleted or stored.user != user:
        raise Refused("file_not_found", f"this person has no file {file_id!r}")
    return stored
