"""Talking and moving about: messages, files, reading, invitations, the app's home."""

from sandbox.slack import feed, links, payloads, storage
from sandbox.slack.acts.outcome import Outcome
from sandbox.slack.acts.stand import actor, seen_channel, with_app
from sandbox.slack.errors import Refused
from sandbox.slack.fileview import file_object
from sandbox.slack.hub import Hub
from sandbox.slack.model import Channel, Message
from sandbox.slack.render import view_object
from sandbox.slack.shapes import JsonObject, present


def say(hub: Hub, user: str, channel_id: str, text: str, *, thread_ts: str | None = None) -> Outcome:
    """Write a message. Mentioning the app where it is a member, or writing to it, raises an event."""
    channel = _joined(hub, user, channel_id)
    if not text.strip():
        raise Refused("no_text")
    message = feed.post(
        hub, feed.Place(channel, user, thread_ts=thread_ts), feed.Content(text=links.marked(text))
    )
    _raise_message_events(hub, channel, message)
    links.announce(hub, channel, message)
    return Outcome(ts=message.ts)


def upload(
    hub: Hub, user: str, channel_id: str, *, name: str, content: bytes, thread_ts: str | None = None
) -> Outcome:
    """Share a file in a conversation; without one ("") it stays this person's, for a form to send."""
    if not channel_id:
        actor(hub, user)
        return Outcome(file=file_object(hub.workspace, storage.keep(hub, user, name=name, content=content)))
    channel = _joined(hub, user, channel_id)
    stored = storage.keep(hub, user, name=name, content=content)
    place = feed.Place(channel, user, thread_ts=thread_ts, subtype="file_share")
    message = feed.post(hub, place, feed.Content(files=(stored.id,)))
    feed.share(hub, stored, message)
    _raise_message_events(hub, channel, message)
    return Outcome(ts=message.ts, file=file_object(hub.workspace, stored))


def mark_read(hub: Hub, user: str, channel_id: str) -> Outcome:
    channel = seen_channel(hub, user, channel_id)
    channel.read_by[user] = max(channel.messages, default="")
    hub.broker.publish([user], {"type": "unread", **feed.unread(hub, channel, user)})
    return Outcome()


def set_membership(hub: Hub, user: str, channel_id: str, *, member: bool) -> Outcome:
    """Invite a person or the app into a channel, or take them out."""
    channel = hub.workspace.channels.get(channel_id)
    if channel is None or user not in hub.workspace.members:
        raise Refused("channel_not_found")
    if member and hub.workspace.members[user].kind == "deactivated":
        raise Refused("user_disabled", "this member is deactivated, or the app is not installed")
    if member and user not in channel.members:
        channel.members.append(user)
        _raise_joined(hub, channel, user)
    elif not member and user in channel.members:
        channel.members.remove(user)
    return Outcome()


def open_home(hub: Hub, user: str, tab: str = "home") -> Outcome:
    """Open the app's Home or Messages tab; the app hears of it every time."""
    with_app(hub, user)
    channel = seen_channel(hub, user, hub.workspace.app_im(user).id)
    view = hub.views.homes.get(user)
    inner: JsonObject = {
        "type": "app_home_opened",
        "user": user,
        "channel": channel.id,
        "tab": tab,
        "view": view_object(hub.workspace, view) if view is not None and tab == "home" else None,
        "event_ts": hub.workspace.ids.ts(),
    }
    payloads.raise_event(hub, "app_home_opened", present(inner))
    return Outcome()


def _joined(hub: Hub, user: str, channel_id: str) -> Channel:
    channel = seen_channel(hub, user, channel_id)
    if user not in channel.members:
        raise Refused("not_in_channel", "join the channel first")
    app = hub.workspace.app
    if channel is hub.workspace.app_im(user) and (app.messages_read_only or not app.messages_tab):
        raise Refused("messages_tab_disabled", "the app takes no direct messages")
    return channel


def _raise_message_events(hub: Hub, channel: Channel, message: Message) -> None:
    ws = hub.workspace
    if ws.bot.id not in channel.members:
        return
    if channel.kind != "im" and f"<@{ws.bot.id}" in message.text:
        payloads.raise_event(hub, "app_mention", _message_event(hub, message, "app_mention"), channel=channel)
    kind = {"public": "channel", "private": "group"}.get(channel.kind, channel.kind)
    inner = _message_event(hub, message, "message") | {"channel_type": kind}
    suffix = {"channel": "channels", "group": "groups"}.get(kind, kind)
    payloads.raise_event(hub, f"message.{suffix}", inner, channel=channel)


def _message_event(hub: Hub, message: Message, kind: str) -> JsonObject:
    team = hub.workspace.members[message.user].team_id
    shared = hub.workspace.channel(message.channel).is_ext_shared
    files = [file_object(hub.workspace, hub.workspace.files[file_id]) for file_id in message.files]
    event: JsonObject = {
        "type": kind,
        "subtype": message.subtype,
        "user": message.user,
        "text": message.text,
        "ts": message.ts,
        "thread_ts": message.thread_ts,
        "team": team,
        "user_team": team if shared else None,
        "source_team": team if shared else None,
        "channel": message.channel,
        "files": files or None,
        "upload": False if files else None,
        "display_as_bot": False if files else None,
        "client_msg_id": hub.workspace.ids.token(32),
        "event_ts": message.ts,
    }
    return present(event)


def _raise_joined(hub: Hub, channel: Channel, user: str) -> None:
    inner: JsonObject = {
        "type": "member_joined_channel",
        "user": user,
        "channel": channel.id,
        "channel_type": "C" if channel.kind == "public" else "G",
        "team": hub.workspace.team.id,
        "event_ts": hub.workspace.ids.ts(),
    }
    if hub.workspace.bot.id in channel.members:
        payloads.raise_event(hub, "member_joined_channel", inner, channel=channel)
