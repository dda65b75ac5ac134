"""Autotask's people: who is assigned, who may be named as author, and who is still there."""

from collections.abc import Mapping

from bot.autotask import entities
from bot.autotask.facts import person_of
from bot.db.tables import resources
from bot.domain.sync_logs import LogEntry, Operation, succeeded
from bot.domain.syncs import Change, Group, SyncType
from bot.syncs.engine import Sync
from bot.syncs.groups import SyncGroup


def _columns(row: entities.Resource) -> Mapping[str, object]:
    person = person_of(row)
    return {
        "name": person.name,
        "emails": list(person.emails),
        "is_active": row.is_active,
        "first_name": row.first_name,
        "last_name": row.last_name,
        "user_name": row.user_name,
        "user_type": row.user_type,
    }


def _told(change: Change) -> LogEntry:
    name = str(change.after["name"])
    if change.before is None:
        return succeeded(SyncType.RESOURCE, Operation.CREATE, f"Resource {name} is new")
    left = change.before.get("is_active") and not change.after["is_active"]
    message = f"Resource {name} is no longer active" if left else f"Resource {name} changed"
    return succeeded(SyncType.RESOURCE, Operation.UPDATE, message, changed=list(change.changed))


SYNC = Sync(
    name="resources",
    kind=SyncType.RESOURCE,
    entity=entities.Resource,
    fields=("id", "firstName", "lastName", "userName", "email", "email2", "email3", "isActive", "userType"),
    table=resources,
    columns=_columns,
    told=_told,
)
GROUP = SyncGroup(Group.RESOURCES, (SYNC,))
