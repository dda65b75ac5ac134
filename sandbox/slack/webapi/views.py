"""views.*: opening, pushing, updating, publishing."""

from sandbox.slack import outgoing
from sandbox.slack.acts.modal import announce
from sandbox.slack.errors import ApiError, refused_arguments
from sandbox.slack.model import View
from sandbox.slack.render import view_object
from sandbox.slack.shapes import JsonObject
from sandbox.slack.webapi.call import Call


async def open_modal(call: Call) -> JsonObject:
    body = outgoing.view_body(call.hub, call.args.values.get("view"), "modal")
    trigger = call.hub.grants.redeem(call.args.text("trigger_id"))
    view = call.hub.views.open(trigger.user, body, channel=trigger.channel)
    return _shown(call, view, "view_opened")


async def push(call: Call) -> JsonObject:
    """Needs a trigger from inside a modal that is still open."""
    body = outgoing.view_body(call.hub, call.args.values.get("view"), "modal")
    trigger = call.hub.grants.redeem(call.args.text("trigger_id"))
    if trigger.view_id is None or call.hub.views.find(trigger.view_id) is None:
        raise ApiError("not_found")
    return _shown(call, call.hub.views.push(trigger.user, body), "view_pushed")


async def update(call: Call) -> JsonObject:
    view = _target(call)
    body = outgoing.view_body(
        call.hub, call.args.values.get("view"), "home" if view.type == "home" else "modal"
    )
    call.hub.views.update(view, body, expected_hash=call.args.text("hash"))
    return _shown(call, view, "home_published" if view.type == "home" else "view_updated")


async def publish(call: Call) -> JsonObject:
    if not call.ws.app.home_tab:
        raise ApiError("not_enabled")
    user = call.args.text("user_id")
    if user not in call.ws.members:
        raise refused_arguments(["invalid `user_id`"])
    body = outgoing.view_body(call.hub, call.args.values.get("view"), "home")
    view = call.hub.views.publish(user, body, expected_hash=call.args.text("hash"))
    return _shown(call, view, "home_published")


def _target(call: Call) -> View:
    view_id, external_id = call.args.text("view_id"), call.args.text("external_id")
    if not view_id and not external_id:
        raise refused_arguments(["must provide either `view_id` or `external_id`"])
    views = call.hub.views
    found = views.find(view_id) if view_id else views.find_external(external_id)
    if found is None:
        raise ApiError("not_found")
    return found


def _shown(call: Call, view: View, kind: str) -> JsonObject:
    announce(call.hub, view, kind)
    return {"view": view_object(call.ws, view)}
