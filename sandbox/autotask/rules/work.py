"""Opportunities, projects, phases, tasks, and the approval of time."""

from decimal import Decimal

from sandbox.autotask.errors import rejected
from sandbox.autotask.rules.service_desk import check_role
from sandbox.autotask.rules.shared import Rules
from sandbox.autotask.table import moment, number
from sandbox.autotask.values import Row, midnight
from sandbox.autotask.write import Write

COMPLETE = 5
_LOST, _CLOSED = 2, 3
_BASELINE = 8


def before_opportunity(write: Write) -> None:
    """Probability is a percentage; losing and closing leave their dates."""
    probability = number(write.row, "probability")
    if probability is not None and not 0 <= probability <= 100:
        raise rejected("The probability must be between 0 and 100.")
    for status, name in ((_LOST, "lostDate"), (_CLOSED, "closedDate")):
        if write.becomes("status", status):
            write.row[name] = write.row.get(name) or write.now


def before_project(write: Write) -> None:
    """Dates that hold the work, a number, completion."""
    row = write.row
    start, end = moment(row, "startDateTime"), moment(row, "endDateTime")
    if row.get("projectType") == _BASELINE:
        raise rejected("Projects of type Baseline are read-only.")
    if start is not None and end is not None:
        if end < start:
            raise rejected("The endDateTime must not be earlier than the startDateTime.")
        row["duration"] = (end - start).days + 1
    if write.creating:
        row["projectNumber"] = write.now.strftime("P%Y%m%d.") + f"{write.record_id % 10000:04d}"
    else:
        _check_work_within(write)
    if write.becomes("status", COMPLETE):
        row.update(completedDateTime=row.get("completedDateTime") or write.now, completedPercentage=100)


def _check_work_within(write: Write) -> None:
    tasks, phases = _of_project(write, "Tasks"), _of_project(write, "Phases")
    if tasks and write.changed("startDateTime"):
        raise rejected("The startDateTime of a project with tasks cannot be changed.")
    ends = [moment(task, "endDateTime") for task in tasks] + [moment(phase, "dueDate") for phase in phases]
    end = moment(write.row, "endDateTime")
    if (
        write.changed("endDateTime")
        and end is not None
        and any(each and midnight(each) > end for each in ends)
    ):
        raise rejected("The endDateTime must not be earlier than the end of the project's phases and tasks.")


def _of_project(write: Write, name: str) -> list[Row]:
    table = write.database.table(name)
    return [table.rows[each] for each in table.having("projectID", write.record_id)]


def before_phase(write: Write) -> None:
    """A number, and dates in order."""
    start, due = moment(write.row, "startDate"), moment(write.row, "dueDate")
    if start is not None and due is not None and due < start:
        raise rejected("The dueDate must not be earlier than the startDate.")
    if write.creating:
        write.row["phaseNumber"] = write.now.strftime("T%Y%m%d.") + f"{write.record_id % 10000:04d}"
    write.row["isScheduled"] = start is not None and due is not None


def before_task(write: Write) -> None:
    """An assigned task needs role and work type; completion ends what remains."""
    row = write.row
    if row.get("assignedResourceID") is not None:
        missing = [name for name in ("assignedResourceRoleID", "billingCodeID") if row.get(name) is None]
        if missing:
            raise rejected(*(f"Missing Required Field: {name}" for name in missing))
    check_role(write, "assignedResourceID", "assignedResourceRoleID")
    if write.creating:
        row["taskNumber"] = write.now.strftime("T%Y%m%d.") + f"{write.record_id % 10000:04d}"
    if write.becomes("status", COMPLETE):
        row.update(
            completedDateTime=write.now,
            completedByResourceID=write.identity.author,
            completedByType=1,
            remainingHours=Decimal("0.0000"),
        )
    elif write.changed("status") and row.get("status") != COMPLETE:
        row.update(completedDateTime=None, completedByResourceID=None, completedByType=None)


def after_approval(write: Write) -> None:
    """An approval level bumps the level on its time entry, nothing else."""
    entry_id, level = number(write.row, "timeEntryID"), number(write.row, "approvalLevel")
    if entry_id is not None:
        write.database.update("TimeEntries", entry_id, {"billingApprovalLevelMostRecent": level})


WORK = {
    "Opportunities": Rules(before=before_opportunity),
    "Projects": Rules(before=before_project),
    "Phases": Rules(before=before_phase),
    "Tasks": Rules(before=before_task),
    "BillingItemApprovalLevels": Rules(after=after_approval),
}
