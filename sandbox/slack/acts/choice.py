"""What a person puts into one element, and how block_actions tells it."""

from collections.abc import Iterator

from sandbox.slack.errors import Refused
from sandbox.slack.hub import Hub
from sandbox.slack.shapes import JsonObject, as_list, as_object, as_objects, as_text
from sandbox.slack.viewstate import STATE_FIELDS

ECHOED = ("placeholder", "text", "value", "url", "style", "confirm", "icon")


def chosen(hub: Hub, element: JsonObject, value: JsonObject) -> JsonObject:
    """The state fields of the choice; raises Refused for an option the menu does not offer."""
    kind = as_text(element.get("type"))
    if kind == "overflow":
        return {"selected_option": _offered(element, value.get("selected_option"))}
    if kind == "feedback_buttons":
        return _feedback(element, as_text(value.get("value")))
    if kind not in STATE_FIELDS:
        return {}
    name = STATE_FIELDS[kind][0]
    picked = value.get(name)
    if "options" in element or "option_groups" in element:
        picked = _from_menu(element, picked)
    elif name in {"selected_user", "selected_channel"} and picked is not None:
        _known(hub, as_text(picked))
    return {name: picked, **({"timezone": element["timezone"]} if "timezone" in element else {})}


def echoed(element: JsonObject, entry: JsonObject) -> JsonObject:
    """An `actions[]` item without its place: type, ids, what the element shows, what was chosen."""
    action: JsonObject = {"type": element["type"], "action_id": element["action_id"]}
    if element.get("type") == "feedback_buttons":
        return action | entry
    shown = {n: v for n, v in element.items() if n in ECHOED or n.startswith("initial_")}
    return action | shown | entry


def options_of(element: JsonObject) -> Iterator[JsonObject]:
    """All options of a menu, those of its groups included."""
    yield from as_objects(element.get("options"))
    for group in as_objects(element.get("option_groups")):
        yield from as_objects(group.get("options"))


def _from_menu(element: JsonObject, picked: object) -> object:
    if isinstance(picked, list):
        return [_offered(element, option) for option in as_list(picked)]
    return None if picked is None else _offered(element, picked)


def _offered(element: JsonObject, picked: object) -> JsonObject:
    wanted = as_object(picked).get("value")
    for option in options_of(element):
        if option.get("value") == wanted:
            return option
    raise Refused("no_such_option", f"the menu {element.get('action_id')!r} does not offer {wanted!r}")


def _feedback(element: JsonObject, value: str) -> JsonObject:
    for side in ("positive_button", "negative_button"):
        button = as_object(element.get(side))
        if button.get("value") == value:
            return {"value": value, "text": button.get("text")}
    raise Refused("no_such_option", f"no feedback button with value {value!r}")


def _known(hub: Hub, target: str) -> None:
    if target not in hub.workspace.members and target not in hub.workspace.channels:
        raise Refused("no_such_option", f"nobody and nothing has the id {target!r}")
