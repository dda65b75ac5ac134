"""Changing user groups, as a workspace's owner does in Slack's settings."""

from collections.abc import Sequence
from dataclasses import replace

from sandbox.slack import payloads
from sandbox.slack.acts.outcome import Outcome
from sandbox.slack.errors import Refused
from sandbox.slack.hub import Hub
from sandbox.slack.model import UserGroup
from sandbox.slack.render import user_group_object
from sandbox.slack.shapes import JsonObject


def change(
    hub: Hub, group_id: str, users: Sequence[str] | None = None, *, enabled: bool | None = None
) -> Outcome:
    """Give the group these members, or disable or enable it; the app hears of it when it subscribes."""
    ws = hub.workspace
    before = ws.user_groups.get(group_id)
    if before is None:
        raise Refused("no_such_subteam", f"no user group {group_id!r}")
    members = before.users if users is None else tuple(dict.fromkeys(users))
    _refuse_strangers(hub, members)
    after = _changed(hub, before, members, enabled=enabled)
    ws.user_groups[group_id] = after
    _tell(hub, before, after)
    _refresh_pages(hub)
    return Outcome()


def create(hub: Hub, handle: str, name: str, users: Sequence[str]) -> UserGroup:
    """A new group; raises Refused `name_already_exists`, `invalid_users`."""
    ws = hub.workspace
    if any(group.handle == handle for group in ws.user_groups.values()):
        raise Refused("name_already_exists", f"there is a user group @{handle}")
    _refuse_strangers(hub, users)
    now, owner = int(ws.clock.now()), next(m.id for m in ws.members.values() if m.kind == "admin")
    made = UserGroup(ws.ids.new("S"), handle, name, tuple(users), created_by=owner, created=now, updated=now)
    ws.user_groups[made.id] = made
    inner: JsonObject = {
        "type": "subteam_created",
        "subteam": user_group_object(ws, made, with_users=True, with_count=True),
        "event_ts": ws.ids.ts(),
    }
    payloads.raise_event(hub, "subteam_created", inner)
    _refresh_pages(hub)
    return made


def _refuse_strangers(hub: Hub, users: Sequence[str]) -> None:
    known = hub.workspace.members
    strangers = [user for user in users if user not in known or known[user].kind == "bot"]
    if strangers:
        raise Refused("invalid_users", f"not members of this workspace: {', '.join(strangers)}")


def _changed(hub: Hub, before: UserGroup, users: tuple[str, ...], *, enabled: bool | None) -> UserGroup:
    now = int(hub.workspace.clock.now())
    disabled_at = before.disabled_at
    if enabled is not None:
        disabled_at = 0 if enabled else (before.disabled_at or now)
    return replace(before, users=users, updated=now, disabled_at=disabled_at)


def _tell(hub: Hub, before: UserGroup, after: UserGroup) -> None:
    whole: JsonObject = {
        "type": "subteam_updated",
        "subteam": user_group_object(hub.workspace, after, with_users=True, with_count=True),
        "event_ts": hub.workspace.ids.ts(),
    }
    payloads.raise_event(hub, "subteam_updated", whole)
    if before.users != after.users:
        payloads.raise_event(hub, "subteam_members_changed", _difference(hub, before, after))


def _refresh_pages(hub: Hub) -> None:
    team = hub.workspace.team.id
    hub.broker.publish(list(hub.workspace.members), {"type": "members_changed", "team": team})


def _difference(hub: Hub, before: UserGroup, after: UserGroup) -> JsonObject:
    """Counts are texts, as in Slack's reference of this event."""
    added = [user for user in after.users if user not in before.users]
    removed = [user for user in before.users if user not in after.users]
    return {
        "type": "subteam_members_changed",
        "subteam_id": after.id,
        "team_id": hub.workspace.team.id,
        "date_previous_update": before.updated,
        "date_update": after.updated,
        "added_users": added,
        "added_users_count": str(len(added)),
        "removed_users": removed,
        "removed_users_count": str(len(removed)),
        "event_ts": hub.workspace.ids.ts(),
    }
