"""The payloads the app receives: commands, interactions, events (shapes of Slack's reference)."""

from collections.abc import Mapping

from sandbox.slack.errors import Refused
from sandbox.slack.hub import Hub
from sandbox.slack.model import Channel, Message, View
from sandbox.slack.render import message_object, view_object
from sandbox.slack.shapes import JsonObject

# Which scope lets an app hear of what (each event's page in Slack's reference); others need none.
SCOPE_OF_EVENT: Mapping[str, tuple[str, ...]] = {
    "app_mention": ("app_mentions:read",),
    "file_shared": ("files:read",),
    "link_shared": ("links:read",),
    "member_joined_channel": ("channels:read", "groups:read"),
    "message.channels": ("channels:history",),
    "message.groups": ("groups:history",),
    "message.im": ("im:history",),
    "message.mpim": ("mpim:history",),
    "subteam_created": ("usergroups:read",),
    "subteam_members_changed": ("usergroups:read",),
    "subteam_updated": ("usergroups:read",),
    "user_change": ("users:read",),
}
LEGACY_TOKEN = "verification-token-unused"  # noqa: S105 (Slack still sends one; apps must not rely on it)


def channel_name(channel: Channel) -> str:
    """The name as payloads give it: `directmessage` and `privategroup` where Slack hides it."""
    return {"im": "directmessage", "private": "privategroup"}.get(channel.kind, channel.name)


def response_url(hub: Hub, token: str) -> str:
    return f"{hub.base_url}/response/{hub.workspace.team.id}/{token}"


def command(hub: Hub, user: str, channel: Channel, *, name: str, text: str) -> JsonObject:
    ws = hub.workspace
    return {
        "token": LEGACY_TOKEN,
        "team_id": ws.team.id,
        "team_domain": ws.team.domain,
        "channel_id": channel.id,
        "channel_name": channel_name(channel),
        "user_id": user,
        "user_name": ws.member(user).name,
        "command": name,
        "text": text,
        "api_app_id": ws.app_id,
        "is_enterprise_install": "false",
        "response_url": response_url(hub, hub.grants.response(user, channel.id)),
        "trigger_id": hub.grants.trigger(user, channel=channel.id),
    }


def interaction(hub: Hub, user: str, kind: str) -> JsonObject:
    """The fields that every interactive payload has; raises Refused where the app is not installed."""
    ws = hub.workspace
    if ws.installation is None:
        raise Refused("app_not_installed", f"{ws.app.name} is not installed in {ws.team.name}")
    member = ws.member(user)
    return {
        "type": kind,
        "token": LEGACY_TOKEN,
        "api_app_id": ws.app_id,
        "team": {"id": ws.team.id, "domain": ws.team.domain},
        "enterprise": None,
        "is_enterprise_install": False,
        "user": {
            "id": user,
            "username": member.name,
            "name": member.name,
            "team_id": member.team_id,
        },
    }


def in_message(hub: Hub, user: str, message: Message) -> JsonObject:
    """Where in a message something happened; an ephemeral message is not shown itself."""
    ws = hub.workspace
    channel = ws.channel(message.channel)
    container: JsonObject = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": channel.id,
        "is_ephemeral": message.ephemeral_to is not None,
    }
    fields: JsonObject = {
        "container": container,
        "channel": {"id": channel.id, "name": channel_name(channel)},
        "state": {"values": message.state},
    }
    if message.thread_ts:
        container["thread_ts"] = message.thread_ts
    if message.ephemeral_to is None:
        fields["message"] = message_object(ws, message, with_metadata=True)
    token = hub.grants.response(user, channel.id, origin_ts=message.ts)
    return fields | {
        "trigger_id": hub.grants.trigger(user, channel=channel.id),
        "response_url": response_url(hub, token),
    }


def in_view(hub: Hub, user: str, view: View, *, trigger: bool = True) -> JsonObject:
    """Where in a modal or home tab something happened."""
    fields: JsonObject = {
        "container": {"type": "view", "view_id": view.id},
        "view": view_object(hub.workspace, view),
    }
    if trigger:
        origin = view.id if view.type == "modal" else None
        fields["trigger_id"] = hub.grants.trigger(user, view_id=origin, channel=view.origin_channel)
    return fields


def event(hub: Hub, inner: JsonObject, *, channel: Channel | None = None) -> JsonObject:
    """An `event_callback` around an event."""
    ws = hub.workspace
    return {
        "token": LEGACY_TOKEN,
        "team_id": ws.team.id,
        "context_team_id": ws.team.id,
        "context_enterprise_id": None,
        "api_app_id": ws.app_id,
        "event": inner,
        "type": "event_callback",
        "event_id": ws.ids.new("Ev"),
        "event_time": int(ws.clock.now()),
        "event_context": ws.ids.token(),
        "is_ext_shared_channel": channel is not None and channel.is_ext_shared,
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": ws.team.id,
                "user_id": ws.bot.id,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
    }


def raise_event(hub: Hub, name: str, inner: JsonObject, *, channel: Channel | None = None) -> None:
    """Send an event in the background, if the app is installed, its manifest subscribes to `name`, and
    one of the scopes it needs was granted.
    """
    ws = hub.workspace
    needed = SCOPE_OF_EVENT.get(name)
    heard = needed is None or bool(set(needed) & set(ws.scopes))
    if ws.installation is not None and name in ws.app.events and heard:
        hub.later(hub.delivery.event(event(hub, inner, channel=channel)))
