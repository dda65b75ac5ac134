"""Submitting and closing a modal, and carrying out the app's response_action."""

from sandbox.slack import outgoing, payloads
from sandbox.slack.acts import files
from sandbox.slack.acts.form import client_errors, input_blocks
from sandbox.slack.acts.interact import remember
from sandbox.slack.acts.outcome import Outcome, failed, unusable
from sandbox.slack.acts.stand import seen_view
from sandbox.slack.errors import ApiError
from sandbox.slack.hub import Hub
from sandbox.slack.model import View
from sandbox.slack.render import view_object
from sandbox.slack.shapes import JsonObject, as_object, as_text


async def submit(hub: Hub, user: str, view_id: str, *, state: object = None) -> Outcome:
    """Send the form unless the client's own checks stop it; waits for the ack and acts on it."""
    view = seen_view(hub, user, view_id)
    remember(hub, view, state)
    wrong = client_errors(view)
    if wrong:
        return Outcome(ok=False, error="invalid_input", message="Some fields need attention", errors=wrong)
    files.hand_over(hub, view)
    payload = payloads.interaction(hub, user, "view_submission") | payloads.in_view(hub, user, view)
    payload.pop("container")
    payload["response_urls"] = _response_urls(hub, view)
    ack = await hub.delivery.interact("interactive", payload)
    if not ack.ok:
        return failed(hub, user, ack, "This form")
    try:
        return _carry_out(hub, view, ack.payload)
    except ApiError as error:
        return unusable(hub, user, error, "This form")


def _carry_out(hub: Hub, view: View, answer: JsonObject) -> Outcome:
    action = as_text(answer.get("response_action"))
    if action == "errors":
        return _show_errors(hub, view, as_object(answer.get("errors")))
    if action in {"update", "push"}:
        body = outgoing.view_body(hub, answer.get("view"), "modal")
        shown = hub.views.update(view, body) if action == "update" else hub.views.push(view.user, body)
        announce(hub, shown, "view_updated" if action == "update" else "view_pushed")
    elif action == "clear":
        hub.views.clear(view.user)
        announce_closed(hub, view.user)
    else:
        hub.views.close(view)
        announce_closed(hub, view.user)
    return Outcome(response_action=action or None)


def _show_errors(hub: Hub, view: View, errors: JsonObject) -> Outcome:
    known = {as_text(block.get("block_id")) for block in input_blocks(view)}
    texts = {block_id: as_text(text) for block_id, text in errors.items() if as_text(text)}
    if not texts or not known.issuperset(texts):
        raise ApiError("invalid_response_errors")  # Slack shows a generic failure: no input has these ids
    hub.journal.transcript.append({"kind": "view_errors", "to": view.user, "errors": texts})
    hub.broker.publish([view.user], {"type": "view_errors", "view_id": view.id, "errors": texts})
    return Outcome(response_action="errors", errors=texts)


def _response_urls(hub: Hub, view: View) -> list[JsonObject]:
    urls: list[JsonObject] = []
    for block in input_blocks(view):
        element = as_object(block.get("element"))
        block_id, action_id = as_text(block.get("block_id")), as_text(element.get("action_id"))
        entry = as_object(view.values.get(block_id, {}).get(action_id))
        channel = as_text(entry.get("selected_conversation") or entry.get("selected_channel"))
        if element.get("response_url_enabled") and channel:
            url = payloads.response_url(hub, hub.grants.response(view.user, channel))
            urls.append(
                {"block_id": block_id, "action_id": action_id, "channel_id": channel, "response_url": url}
            )
    return urls


async def close(hub: Hub, user: str, view_id: str, *, everything: bool = False) -> Outcome:
    """Cancel or Back closes one view; X (`everything`) closes the stack and reports its root."""
    view = seen_view(hub, user, view_id)
    whole = everything or bool(view.body.get("clear_on_close"))
    told = hub.views.stack(user)[0] if whole else view
    if whole:
        hub.views.clear(user)
    else:
        hub.views.close(view)
    announce_closed(hub, user)
    if told.body.get("notify_on_close"):
        payload = payloads.interaction(hub, user, "view_closed") | {
            "view": view_object(hub.workspace, told),
            "is_cleared": whole,
        }
        await hub.delivery.interact("interactive", payload)
    return Outcome()


def announce(hub: Hub, view: View, kind: str) -> None:
    """Tell the person's page about a view, and write the transcript without what they typed."""
    shown = view_object(hub.workspace, view)
    visible = {name: view.body.get(name) for name in ("title", "submit", "close", "blocks")}
    hub.journal.transcript.append({"kind": kind, "to": view.user, "view": visible})
    event: JsonObject = {"type": kind, "view": shown}
    if view.type == "modal":
        event["stack"] = hub.stack_of(view.user)
    hub.broker.publish([view.user], event)


def announce_closed(hub: Hub, user: str) -> None:
    hub.broker.publish([user], {"type": "view_closed", "stack": hub.stack_of(user)})
