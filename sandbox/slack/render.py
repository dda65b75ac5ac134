"""The JSON that Slack shows of people, conversations, messages, views and files."""

import zoneinfo
from datetime import UTC, datetime

from sandbox.slack.fileview import file_object
from sandbox.slack.model import Channel, Member, Message, UserGroup, View
from sandbox.slack.shapes import JsonObject, as_objects, present
from sandbox.slack.workspace import Workspace


def user_object(ws: Workspace, member: Member, *, with_email: bool) -> JsonObject:
    """A member as users.info gives it; the e-mail address needs users:read.email.

    People of other workspaces come without the flags of this one, and with `is_stranger`.
    """
    return {
        "id": member.id,
        "team_id": member.team_id,
        "name": member.name,
        "deleted": member.kind == "deactivated",
        "color": member.color,
        "real_name": member.real_name,
        "tz": member.tz,
        "tz_label": member.tz.rsplit("/", 1)[-1].replace("_", " "),
        "tz_offset": _offset(ws, member.tz),
        "profile": _profile(member, with_email=with_email),
        **(_standing(member) if member.team_id == ws.team.id else {"is_stranger": _stranger(ws, member)}),
        "is_bot": member.kind == "bot" or member.id == ws.bot.id,
        "is_app_user": False,
        "is_email_confirmed": bool(member.email),
        "updated": 1_735_689_600,
    }


def _standing(member: Member) -> JsonObject:
    is_admin = member.kind == "admin"
    return {
        "is_admin": is_admin,
        "is_owner": is_admin,
        "is_primary_owner": is_admin,
        "is_restricted": member.kind == "guest",
        "is_ultra_restricted": False,
    }


def _stranger(ws: Workspace, member: Member) -> bool:
    """True unless they are in a shared channel that the app can see ("user" in Slack's reference)."""
    shared = (channel for channel in ws.channels.values() if channel.is_ext_shared)
    seen = (channel for channel in shared if channel.kind == "public" or ws.bot.id in channel.members)
    return not any(member.id in channel.members for channel in seen)


def _profile(member: Member, *, with_email: bool) -> JsonObject:
    first, _, last = member.real_name.partition(" ")
    return present(
        {
            "real_name": member.real_name,
            "display_name": member.name if member.kind == "bot" else first,
            "first_name": first,
            "last_name": last,
            "title": member.title,
            "phone": "",
            "status_text": "",
            "status_emoji": "",
            "team": member.team_id,
            "email": member.email if with_email and member.email else None,
        }
    )


def _offset(ws: Workspace, tz: str) -> int:
    there = datetime.fromtimestamp(ws.clock.now(), UTC).astimezone(zoneinfo.ZoneInfo(tz))
    offset = there.utcoffset()
    return int(offset.total_seconds()) if offset else 0


def channel_object(ws: Workspace, channel: Channel, *, num_members: bool = False) -> JsonObject:
    """A conversation as conversations.info gives it to the app."""
    if channel.kind == "im":
        return _im_object(ws, channel)
    return present(
        {
            "id": channel.id,
            "name": channel.name,
            "name_normalized": channel.name,
            "is_channel": channel.kind == "public",
            "is_group": channel.kind == "private",
            "is_im": False,
            "is_mpim": channel.kind == "mpim",
            "is_private": channel.kind != "public",
            "is_archived": channel.is_archived,
            "is_general": channel.is_general,
            **_sharing(ws, channel),
            "is_member": ws.bot.id in channel.members,
            "created": channel.created,
            "creator": channel.creator,
            "unlinked": 0,
            "topic": {"value": channel.topic, "creator": channel.creator, "last_set": channel.created},
            "purpose": {"value": channel.purpose, "creator": channel.creator, "last_set": channel.created},
            "previous_names": [],
            "context_team_id": ws.team.id,
            "updated": channel.created * 1000,
            "num_members": len(channel.members) if num_members else None,
        }
    )


def _sharing(ws: Workspace, channel: Channel) -> JsonObject:
    """Slack Connect; the workspaces that share the channel come with this one first."""
    teams = [ws.members[user].team_id for user in channel.members if user in ws.members]
    together = list(dict.fromkeys([ws.team.id, *teams]))
    return {
        "is_shared": channel.is_ext_shared,
        "is_ext_shared": channel.is_ext_shared,
        "is_org_shared": False,
        "is_pending_ext_shared": False,
        "shared_team_ids": together if channel.is_ext_shared else None,
    }


def _im_object(ws: Workspace, channel: Channel) -> JsonObject:
    other = next((m for m in channel.members if m != ws.bot.id), ws.bot.id)
    return {
        "id": channel.id,
        "created": channel.created,
        "is_im": True,
        "is_org_shared": False,
        "user": other,
        "is_user_deleted": ws.members[other].kind == "deactivated",
        "is_archived": False,
        "priority": 0,
        "context_team_id": ws.team.id,
    }


def message_object(ws: Workspace, message: Message, *, with_metadata: bool = False) -> JsonObject:
    """A message as conversations.history gives it."""
    return present(
        {
            "type": "message",
            "subtype": message.subtype,
            "user": message.user,
            "text": message.text,
            "ts": message.ts,
            "team": ws.members[message.user].team_id if message.user in ws.members else ws.team.id,
            "bot_id": ws.bot_id if message.bot else None,
            "app_id": ws.app_id if message.bot else None,
            "bot_profile": bot_profile(ws) if message.bot else None,
            "blocks": message.blocks,
            "attachments": message.attachments,
            "thread_ts": message.thread_ts,
            "edited": {"user": message.user, "ts": message.edited_ts} if message.edited_ts else None,
            "files": [file_object(ws, ws.files[f]) for f in message.files] or None,
            "reactions": _reactions(message) or None,
            "metadata": message.metadata if with_metadata else None,
            **_thread_fields(ws, message),
        }
    )


def _reactions(message: Message) -> list[JsonObject]:
    return [{"name": n, "users": list(u), "count": len(u)} for n, u in message.reactions.items()]


def _thread_fields(ws: Workspace, message: Message) -> JsonObject:
    channel = ws.channels.get(message.channel)
    replies = channel.replies(message.ts) if channel is not None and not message.is_reply else []
    if not replies:
        return {}
    repliers = list(dict.fromkeys(reply.user for reply in replies))
    return {
        "thread_ts": message.ts,
        "reply_count": len(replies),
        "reply_users_count": len(repliers),
        "reply_users": repliers,
        "latest_reply": replies[-1].ts,
        "subscribed": False,
    }


def bot_profile(ws: Workspace) -> JsonObject:
    return {
        "id": ws.bot_id,
        "app_id": ws.app_id,
        "name": ws.bot.real_name,
        "icons": {},
        "deleted": False,
        "updated": 1_735_689_600,
        "team_id": ws.team.id,
    }


def page_message(ws: Workspace, message: Message) -> JsonObject:
    """A message as the workspace page draws it."""
    wire = message_object(ws, message, with_metadata=True)
    wire["channel"] = message.channel
    if message.ephemeral_to is not None:
        wire["ephemeral"] = True
    if message.subtype == "tombstone":
        wire["deleted"] = True
    if message.state:
        wire["state"] = {"values": message.state}
    return wire


def view_object(ws: Workspace, view: View) -> JsonObject:
    """A view as views.* and interaction payloads give it."""
    blocks = as_objects(view.body.get("blocks"))
    return {
        "id": view.id,
        "team_id": ws.team.id,
        "type": view.type,
        "title": view.body.get("title"),
        "submit": view.body.get("submit"),
        "close": view.body.get("close"),
        "blocks": blocks,
        "private_metadata": view.text("private_metadata"),
        "callback_id": view.text("callback_id"),
        "external_id": view.text("external_id"),
        "state": {"values": view.values},
        "hash": view.hash,
        "clear_on_close": bool(view.body.get("clear_on_close")),
        "notify_on_close": bool(view.body.get("notify_on_close")),
        "submit_disabled": bool(view.body.get("submit_disabled")),
        "root_view_id": view.root_view_id,
        "previous_view_id": view.previous_view_id,
        "app_id": ws.app_id,
        "app_installed_team_id": ws.team.id,
        "bot_id": ws.bot_id,
    }


def user_group_object(
    ws: Workspace, group: UserGroup, *, with_users: bool = False, with_count: bool = False
) -> JsonObject:
    """A user group as usergroups.list and the subteam events give it."""
    shown: JsonObject = {
        "id": group.id,
        "team_id": ws.team.id,
        "is_usergroup": True,
        "is_subteam": True,
        "name": group.name,
        "description": group.description,
        "handle": group.handle,
        "is_external": False,
        "date_create": group.created,
        "date_update": group.updated,
        "date_delete": group.disabled_at,
        "auto_type": None,
        "auto_provision": False,
        "enterprise_subteam_id": "",
        "created_by": group.created_by,
        "updated_by": group.created_by,
        "deleted_by": group.created_by if group.disabled_at else None,
        "prefs": {"channels": [], "groups": []},
    }
    if with_users:
        shown["users"] = list(group.users)
    return shown | ({"user_count": len(group.users)} if with_count else {})
