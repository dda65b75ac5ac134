"""Tickets, their notes and the time spent on them."""

from decimal import Decimal

from sandbox.autotask.errors import rejected
from sandbox.autotask.rules.shared import Rules, touch
from sandbox.autotask.table import having_role, moment, number
from sandbox.autotask.values import midnight, money
from sandbox.autotask.write import Write

COMPLETE = 5
_OWNER = (
    "assignedResourceID, assignedResourceRoleID, and queueID cannot all be empty. Supply a queueID or both an"
    " assignedResourceID and assignedResourceRoleID."
)
_HALF = "When assigning a resource, you must assign both an assignedResourceID and assignedResourceRoleID."
_TICKET_TIME = 2
_TASK_TIME = 6


def before_ticket(write: Write) -> None:
    """An owner, a whole assignment, a number, and the dates of completion."""
    row = write.row
    assigned = [row.get("assignedResourceID"), row.get("assignedResourceRoleID")]
    if assigned == [None, None] and row.get("queueID") is None:
        raise rejected(_OWNER)
    if assigned.count(None) == 1:
        raise rejected(_HALF)
    check_role(write, "assignedResourceID", "assignedResourceRoleID")
    if write.creating:
        row["ticketNumber"] = write.database.ticket_number(write.now)
    if write.becomes("status", COMPLETE):
        row.update(
            completedDate=write.now, completedByResourceID=write.identity.author, resolvedDateTime=write.now
        )
    elif write.changed("status") and row.get("status") != COMPLETE:
        row.update(completedDate=None, completedByResourceID=None, resolvedDateTime=None)
    row["lastActivityPersonType"] = 1


def check_role(write: Write, person: str, role: str) -> None:
    """Refuse a role that the resource does not hold, in the database's own words."""
    resource_id, role_id = number(write.row, person), number(write.row, role)
    if resource_id is None or role_id is None or not write.sent & {person, role}:
        return
    if not having_role(write.database.table("ResourceRoles"), resource_id, role_id):
        raise rejected("There is no row at position 0.")


def before_time_entry(write: Write) -> None:
    """Ticket time needs role, start and stop; hours are computed."""
    row = write.row
    on_ticket, on_task = row.get("ticketID") is not None, row.get("taskID") is not None
    if (on_ticket or on_task) and row.get("roleID") is None:
        raise rejected(f"TimeEntries for {'Tickets' if on_ticket else 'Tasks'} must have a roleID.")
    start, stop = moment(row, "startDateTime"), moment(row, "endDateTime")
    if on_ticket and (start is None or stop is None):
        raise rejected("TimeEntries for Service tickets require a start and stop time.")
    if start is not None and stop is not None:
        row["hoursWorked"] = money(Decimal((stop - start).total_seconds()) / 3600)
        row.setdefault("dateWorked", midnight(start))
    check_role(write, "resourceID", "roleID")
    row["timeEntryType"] = _TICKET_TIME if on_ticket else _TASK_TIME if on_task else 5
    _check_hours(write)


def _check_hours(write: Write) -> None:
    row = write.row
    worked, offset = row.get("hoursWorked"), row.get("offsetHours")
    if row.get("dateWorked") is None:
        raise rejected("Missing Required Field: dateWorked")
    if not isinstance(worked, Decimal) or not 0 < worked <= 24:
        raise rejected("hoursWorked must be greater than 0 and cannot exceed 24.")
    billable = worked + (offset if isinstance(offset, Decimal) else 0)
    row["hoursToBill"] = money(0 if row.get("isNonBillable") is True else max(billable, Decimal(0)))


def after_time_entry(write: Write) -> None:
    """Time is activity of its ticket or task."""
    for reference in ("ticketID", "taskID"):
        touch(write, reference)


SERVICE_DESK = {
    "Tickets": Rules(before=before_ticket),
    "TimeEntries": Rules(before=before_time_entry, after=after_time_entry),
}
