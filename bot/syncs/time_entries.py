"""Time entries of the usual days, or of those that somebody asked for; then what becomes of each is decided.

A pass also asks for whatever was changed since the last one, however long ago it was worked: what lies outside the
days that are imported is reported, not taken over (product TE4).
"""

from collections.abc import Mapping
from datetime import date, timedelta

from sqlalchemy import ColumnElement, Integer, and_, cast, func, literal, select

from bot.autotask import entities
from bot.autotask.query import Condition, all_of, any_of, field
from bot.db.session import UnitOfWork
from bot.db.tables import preferences, time_entries
from bot.db.time_entries import CURSOR
from bot.domain.switches import Capability
from bot.domain.syncs import Group, Scope, SyncType
from bot.domain.time_entries import WINDOW_DAYS, WINDOW_SETTING, window
from bot.syncs import billing_items
from bot.syncs.engine import OVERLAP, Sync
from bot.syncs.groups import SyncGroup
from bot.syncs.time_conclusions import conclude, window_days

SUMMARY_LENGTH = 200
"""Characters of the summary that are kept, to know an entry by."""
FIELDS = (
    "id", "resourceID", "ticketID", "taskID", "contractID", "contractServiceID", "contractServiceBundleID",
    "dateWorked", "startDateTime", "hoursWorked", "hoursToBill", "isNonBillable", "summaryNotes",
)  # fmt: skip


def _columns(row: entities.TimeEntry) -> Mapping[str, object]:
    return {
        "resource_id": row.resource_id,
        "ticket_id": row.ticket_id,
        "task_id": row.task_id,
        "contract_id": row.contract_id,
        "contract_service_id": row.contract_service_id or row.contract_service_bundle_id,
        "date_worked": _worked_on(row),
        "hours_worked": row.hours_worked or 0,
        "hours_to_bill": row.hours_to_bill or 0,
        "is_non_billable": row.is_non_billable,
        "summary": row.summary_notes[:SUMMARY_LENGTH],
    }


def _worked_on(row: entities.TimeEntry) -> date:
    """The literal day: a date without time of day is the same in every zone."""
    if row.date_worked is not None:
        return row.date_worked
    return row.start_date_time.date() if row.start_date_time else date.min


async def _condition(uow: UnitOfWork, scope: Scope) -> Condition:
    first, last = window(scope.today, await window_days(uow), scope.window)
    worked = field("dateWorked")
    if last is not None:  # some answers have a time of day with the date
        return all_of(worked.gte(first), worked.lt(last + timedelta(days=1)))
    since = (await uow.syncs.cursor(CURSOR)).since
    if since is None:
        return worked.gte(first)
    return any_of(worked.gte(first), field("lastModifiedDateTime").gte(since - OVERLAP))


async def _covers(uow: UnitOfWork, scope: Scope) -> str:
    return "" if scope.window else f" since {await window_days(uow)} days"


def _within(scope: Scope) -> ColumnElement[bool]:
    if scope.window:
        return time_entries.c.date_worked.between(*scope.window)
    return time_entries.c.date_worked >= literal(scope.today) - _days()


def _days() -> ColumnElement[int]:
    """The setting, where it counts: in the statement that marks what is gone."""
    chosen = select(cast(preferences.c.value["value"].astext, Integer)).where(
        and_(preferences.c.tenant_id == time_entries.c.tenant_id, preferences.c.name == WINDOW_SETTING)
    )
    return func.coalesce(chosen.scalar_subquery(), WINDOW_DAYS)


SYNC = Sync(
    name=CURSOR,
    kind=SyncType.TIME_ENTRY,
    entity=entities.TimeEntry,
    fields=FIELDS,
    table=time_entries,
    columns=_columns,
    condition=_condition,
    covers=_covers,
    within=_within,
    windowed=True,
)
GROUP = SyncGroup(Group.TIME, (SYNC, *billing_items.SYNCS), conclude, Capability.TIME)
"""With the billing items, which alone prove that an entry was approved and posted."""
