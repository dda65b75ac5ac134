"""What the page and the tests can look at."""

import zoneinfo
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime

from sandbox.slack import feed
from sandbox.slack.acts.stand import actor, seen_channel
from sandbox.slack.hub import Hub
from sandbox.slack.model import Channel, Member
from sandbox.slack.people import visible_messages
from sandbox.slack.render import page_message, view_object
from sandbox.slack.shapes import JsonObject

Query = Mapping[str, str]


def bootstrap(hub: Hub, _: Query) -> JsonObject:
    """Team, app, members, commands and shortcuts: what the page needs once."""
    ws = hub.workspace
    installed = ws.installation is not None
    return {
        "team": asdict(ws.team),
        "teams": [_team(peer) for peer in hub.peers.values()],
        "app": {
            "id": ws.app_id,
            "name": ws.app.name,
            "bot_user_id": ws.bot.id,
            "installed": installed,
            "description": ws.app.description,
            "home_tab": ws.app.home_tab,
            "messages_tab": ws.app.messages_tab,
            "messages_tab_read_only": ws.app.messages_read_only,
        },
        "default_user": next(m.id for m in ws.members.values() if m.kind == "admin"),
        "users": [_user(hub, member) for member in ws.members.values()],
        "user_groups": [
            {"id": g.id, "handle": g.handle, "name": g.name, "users": list(g.users)}
            for g in ws.user_groups.values()
            if not g.disabled_at
        ],
        "commands": [asdict(command) for command in ws.app.commands if installed],
        "shortcuts": [asdict(shortcut) for shortcut in ws.app.shortcuts if installed],
    }


def _team(hub: Hub) -> JsonObject:
    """One of the workspaces of this server; `members` are its own people and guests."""
    ws = hub.workspace
    return asdict(ws.team) | {"installed": ws.installation is not None, "members": list(ws.members)}


def _user(hub: Hub, member: Member) -> JsonObject:
    local = datetime.fromtimestamp(hub.workspace.clock.now(), UTC).astimezone(zoneinfo.ZoneInfo(member.tz))
    return {
        "id": member.id,
        "name": member.name,
        "real_name": member.real_name,
        "title": member.title,
        "tz": member.tz,
        "local_time": local.strftime("%H:%M"),
        "avatar_color": f"#{member.color}",
        "initials": member.initials,
        "kind": member.kind,
        "team_id": member.team_id,
        "team_name": hub.workspace.team_name(member.team_id),
    }


def conversations(hub: Hub, query: Query) -> JsonObject:
    """The sidebar of one person; `app_im` is null for whom the app is not installed."""
    ws, member = hub.workspace, actor(hub, query["user"])
    user, has_app = member.id, ws.installation is not None and member.kind != "external"
    app_im = ws.app_im(user) if has_app else None
    seen = [c for c in ws.channels.values() if ws.can_see(user, c)]
    unread = feed.unread(hub, app_im, user)["unread"] if app_im else 0
    return {
        "channels": [_channel(hub, c, user) for c in seen if not c.is_direct],
        "ims": [_im(hub, c, user) for c in seen if c.is_direct and c is not app_im],
        "app_im": {"id": app_im.id, "unread": unread} if app_im else None,
    }


def _channel(hub: Hub, channel: Channel, user: str) -> JsonObject:
    counts = feed.unread(hub, channel, user) if user in channel.members else {}
    return {
        "id": channel.id,
        "name": channel.name,
        "is_private": channel.kind == "private",
        "is_ext_shared": channel.is_ext_shared,
        "topic": channel.topic,
        "is_member": user in channel.members,
        "members": channel.members,
        "unread": counts.get("unread", 0),
        "mentions": counts.get("mentions", 0),
    }


def _im(hub: Hub, channel: Channel, user: str) -> JsonObject:
    others = [member for member in channel.members if member != user]
    unread = feed.unread(hub, channel, user)["unread"]
    return {"id": channel.id, "user": others[0] if others else user, "users": others, "unread": unread}


def messages(hub: Hub, query: Query) -> JsonObject:
    """A conversation or a thread as this person sees it, oldest first."""
    channel = seen_channel(hub, query["user"], query["channel"])
    found = visible_messages(channel, query["user"], thread_ts=query.get("thread_ts"))
    limit = int(query.get("limit", "200"))
    return {"channel": channel.id, "messages": [page_message(hub.workspace, m) for m in found[-limit:]]}


def home(hub: Hub, query: Query) -> JsonObject:
    view = hub.views.homes.get(query["user"])
    return {"view": view_object(hub.workspace, view) if view else None}


def modals(hub: Hub, query: Query) -> JsonObject:
    return {"stack": hub.stack_of(query["user"])}


def log(hub: Hub, _: Query) -> JsonObject:
    return hub.journal.wire()


def transcript(hub: Hub, _: Query) -> JsonObject:
    """Everything that was shown to anyone; never what people typed into forms."""
    return {"entries": hub.journal.transcript}


def connections(hub: Hub, _: Query) -> JsonObject:
    return {"mode": hub.delivery.mode, "sockets": hub.delivery.socket.connected}


READS: Mapping[str, Callable[[Hub, Query], JsonObject]] = {
    "bootstrap": bootstrap,
    "conversations": conversations,
    "messages": messages,
    "home": home,
    "modals": modals,
    "log": log,
    "transcript": transcript,
    "connections": connections,
}
