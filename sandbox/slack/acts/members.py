"""Changing a member, as a workspace's owner or the member does in Slack's settings."""

from collections.abc import Mapping
from dataclasses import replace
from typing import get_args

from sandbox.slack import payloads
from sandbox.slack.acts.outcome import Outcome
from sandbox.slack.errors import Refused
from sandbox.slack.hub import Hub
from sandbox.slack.model import Member, MemberKind
from sandbox.slack.render import user_object
from sandbox.slack.shapes import JsonObject

CHANGEABLE = ("name", "real_name", "title", "email", "tz")


def change(
    hub: Hub, user: str, fields: Mapping[str, str] | None = None, *, kind: MemberKind | None = None
) -> Outcome:
    """Give a member other words (`CHANGEABLE`) or another standing; the app gets `user_change`.

    A member who is deactivated loses their modals; their memberships stay as they were.
    """
    ws = hub.workspace
    before = ws.members.get(user)
    if before is None or before.kind == "bot":
        raise Refused("user_not_found", f"no member {user!r}")
    after = _with(before, fields or {})
    after = after if kind is None else _standing(after, kind)
    ws.members[user] = after
    if after.kind == "deactivated":
        hub.views.clear(user)
    shown = user_object(ws, after, with_email="users:read.email" in ws.scopes)
    inner: JsonObject = {
        "type": "user_change",
        "user": shown,
        "cache_ts": int(ws.clock.now()),
        "event_ts": ws.ids.ts(),
    }
    payloads.raise_event(hub, "user_change", inner)
    hub.broker.publish(list(ws.members), {"type": "members_changed", "team": ws.team.id})
    return Outcome()


def _with(member: Member, fields: Mapping[str, str]) -> Member:
    unknown = set(fields) - set(CHANGEABLE)
    if unknown:
        raise Refused("invalid_arguments", f"these cannot be changed: {', '.join(sorted(unknown))}")
    return Member(
        member.id,
        member.team_id,
        fields.get("name", member.name),
        fields.get("real_name", member.real_name),
        fields.get("title", member.title),
        fields.get("email", member.email),
        fields.get("tz", member.tz),
        member.kind,
        member.color,
    )


def _standing(member: Member, kind: MemberKind) -> Member:
    if kind not in get_args(MemberKind) or kind in {"bot", "external"}:
        raise Refused("invalid_arguments", f"a member cannot become {kind!r}")
    return replace(member, kind=kind)
