"""What a person can act on: conversations they see, messages and views before them."""

from collections.abc import Mapping

from sandbox.slack.errors import ApiError, Refused
from sandbox.slack.hub import Hub
from sandbox.slack.model import Channel, Member, Message, View
from sandbox.slack.shapes import JsonObject, as_object, as_text
from sandbox.slack.viewstate import elements_in

Container = Mapping[str, object]


def actor(hub: Hub, user: str) -> Member:
    """The acting member; bots and deactivated people cannot act."""
    member = hub.workspace.members.get(user)
    if member is None or member.kind in {"bot", "deactivated"}:
        raise Refused("user_cannot_act", "nobody can act as this user")
    return member


def with_app(hub: Hub, user: str) -> Member:
    """The acting member, if they have the app: it is installed, and in their own workspace.

    People of other companies meet it in shared channels only. Raises Refused `app_not_installed`.
    """
    member = actor(hub, user)
    if hub.workspace.installation is None or member.kind == "external":
        raise Refused("app_not_installed", f"{hub.workspace.app.name} is not installed in this workspace")
    return member


def seen_channel(hub: Hub, user: str, channel_id: str) -> Channel:
    """The conversation, if this person sees it. A user id stands for the direct messages with them."""
    actor(hub, user)
    ws = hub.workspace
    try:
        channel = ws.direct(user, channel_id) if channel_id in ws.members else ws.channel(channel_id)
    except ApiError as error:
        raise Refused(error.code) from None
    if not ws.can_see(user, channel):
        raise Refused("channel_not_found")
    return channel


def seen_message(hub: Hub, user: str, container: Container) -> Message:
    channel = seen_channel(hub, user, as_text(container.get("channel")))
    message = channel.find(as_text(container.get("ts")), viewer=user)
    if message is None:
        raise Refused("message_not_found")
    return message


def seen_view(hub: Hub, user: str, view_id: str) -> View:
    """The person's own open view; an empty id means the modal on top."""
    actor(hub, user)
    stack = hub.views.stack(user)
    view = hub.views.find(view_id) if view_id else (stack[-1] if stack else None)
    if view is None or view.user != user:
        raise Refused("view_not_found", "this view is not open")
    return view


def container_of(hub: Hub, user: str, container: Container) -> Message | View:
    """The message or view that a container names: `message`, `view` or `home`."""
    kind = container.get("type")
    if kind == "message":
        return seen_message(hub, user, container)
    if kind == "home":
        home = hub.views.homes.get(user)
        if home is None:
            raise Refused("view_not_found", "this person's Home tab is empty")
        return home
    return seen_view(hub, user, as_text(container.get("view_id")))


def blocks_of(place: Message | View) -> list[object]:
    """All blocks, those inside attachments last."""
    if isinstance(place, View):
        blocks = place.body.get("blocks")
        return blocks if isinstance(blocks, list) else []
    attached = [block for item in place.attachments or [] for block in _attached(item)]
    return [*(place.blocks or []), *attached]


def _attached(attachment: JsonObject) -> list[object]:
    blocks = attachment.get("blocks")
    return blocks if isinstance(blocks, list) else []


def element_at(place: Message | View, block_id: str, action_id: str) -> tuple[str, JsonObject]:
    """The block_id and the element; an empty block_id takes the first element with the action_id."""
    for owner, element in elements_in(blocks_of(place)):
        if element.get("action_id") == action_id and block_id in {"", owner}:
            return owner, as_object(element)
    raise Refused("element_not_found", f"no element {action_id!r} in block {block_id!r}")
