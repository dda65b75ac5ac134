"""Pressing, choosing, typing ahead, and the shortcuts menu."""

from sandbox.slack import payloads
from sandbox.slack.acts import files
from sandbox.slack.acts.choice import chosen, echoed
from sandbox.slack.acts.outcome import Outcome, failed
from sandbox.slack.acts.stand import (
    Container,
    blocks_of,
    container_of,
    element_at,
    seen_channel,
    seen_message,
    with_app,
)
from sandbox.slack.blockkit import validate_options
from sandbox.slack.errors import Refused
from sandbox.slack.hub import Hub
from sandbox.slack.model import Message, Shortcut, View
from sandbox.slack.shapes import JsonObject, as_objects, as_text, present
from sandbox.slack.viewstate import Values, elements_in, initial_values, merged


async def act(
    hub: Hub, user: str, container: Container, *, at: tuple[str, str], value: JsonObject, state: object = None
) -> Outcome:
    """Use the element `at` (block_id, action_id): sends block_actions and waits for the ack."""
    place = container_of(hub, user, container)
    block_id, element = element_at(place, *at)
    entry = chosen(hub, element, value)
    remember(hub, place, state)
    _enter(place, block_id, element, entry)
    action = echoed(element, entry) | {"block_id": block_id, "action_ts": hub.workspace.ids.ts()}
    payload = payloads.interaction(hub, user, "block_actions") | _where(hub, user, place)
    payload["actions"] = [action]
    _name_attachment(place, element, payload)
    ack = await hub.delivery.interact("interactive", payload)
    return Outcome() if ack.ok else failed(hub, user, ack, "This action")


async def suggest(
    hub: Hub, user: str, container: Container, *, at: tuple[str, str], query: str, state: object = None
) -> Outcome:
    """Type into an external select. Too few letters, or no usable answer: no options."""
    place = container_of(hub, user, container)
    block_id, element = element_at(place, *at)
    if len(query) < int(as_text(element.get("min_query_length"), "3")):
        return Outcome(options=[])
    remember(hub, place, state)
    payload = payloads.interaction(hub, user, "block_suggestion") | _where(hub, user, place)
    payload.pop("trigger_id", None)
    payload.pop("response_url", None)
    payload |= {"action_id": element["action_id"], "block_id": block_id, "value": query}
    ack = await hub.delivery.interact("interactive", payload)
    if not ack.ok:
        return Outcome(ok=False, error=ack.outcome, message="No results", options=[])
    return _options(ack.payload)


def _options(answer: JsonObject) -> Outcome:
    problems = validate_options(answer)
    if problems:
        return Outcome(ok=False, error="invalid_options", message=str(problems[0]), options=[])
    if "option_groups" in answer:
        return Outcome(option_groups=as_objects(answer["option_groups"]))
    return Outcome(options=as_objects(answer.get("options")))


async def use_shortcut(
    hub: Hub, user: str, callback_id: str, *, channel: str | None = None, ts: str | None = None
) -> Outcome:
    """Run a global shortcut, or a message shortcut on the message at `channel`, `ts`."""
    shortcut = _shortcut(hub, user, callback_id)
    if shortcut.type == "message":
        payload = _on_message(hub, user, seen_message(hub, user, {"channel": channel, "ts": ts}))
    else:
        origin = seen_channel(hub, user, channel).id if channel else None
        payload = payloads.interaction(hub, user, "shortcut")
        payload["trigger_id"] = hub.grants.trigger(user, channel=origin)
    payload |= {"callback_id": callback_id, "action_ts": hub.workspace.ids.ts()}
    ack = await hub.delivery.interact("interactive", payload)
    return Outcome() if ack.ok else failed(hub, user, ack, shortcut.name)


def _shortcut(hub: Hub, user: str, callback_id: str) -> Shortcut:
    with_app(hub, user)
    found = next((s for s in hub.workspace.app.shortcuts if s.callback_id == callback_id), None)
    if found is None:
        raise Refused("unknown_shortcut", f"no shortcut {callback_id!r}")
    return found


def _on_message(hub: Hub, user: str, message: Message) -> JsonObject:
    place = payloads.in_message(hub, user, message)
    kept = {
        name: place[name] for name in ("channel", "message", "trigger_id", "response_url") if name in place
    }
    return payloads.interaction(hub, user, "message_action") | kept | {"message_ts": message.ts}


def remember(hub: Hub, place: Message | View, state: object) -> None:
    """Take over what the person has entered so far."""
    entered = merged(values_of(place), state)
    _keep(place, files.with_objects(hub, place, entered) if isinstance(place, View) else entered)


def values_of(place: Message | View) -> Values:
    if isinstance(place, View):
        return place.values
    return {**initial_values(blocks_of(place)), **place.state}


def _keep(place: Message | View, values: Values) -> None:
    if isinstance(place, View):
        place.values = values
    else:
        place.state = values


def _enter(place: Message | View, block_id: str, element: JsonObject, entry: JsonObject) -> None:
    action_id = as_text(element.get("action_id"))
    if action_id in values_of(place).get(block_id, {}):
        _keep(place, merged(values_of(place), {block_id: {action_id: entry}}))


def _where(hub: Hub, user: str, place: Message | View) -> JsonObject:
    if isinstance(place, View):
        return payloads.in_view(hub, user, place)
    return payloads.in_message(hub, user, place)


def _name_attachment(place: Message | View, element: JsonObject, payload: JsonObject) -> None:
    """An element inside an attachment comes with a container that says so."""
    if isinstance(place, View):
        return
    for attachment in place.attachments or []:
        if any(found is element for _, found in elements_in(attachment.get("blocks"))):
            container = payload["container"]
            assert isinstance(container, dict)
            named: JsonObject = {"type": "message_attachment", "attachment_id": attachment.get("id")}
            if attachment.get("is_app_unfurl"):
                named |= {name: attachment[name] for name in ("is_app_unfurl", "app_unfurl_url")}
                payload["app_unfurl"] = attachment
            payload["container"] = present({**container, **named})
