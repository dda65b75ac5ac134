"""What may be sold, and the projects that follow."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal

from sandbox.data import msp, words
from sandbox.data.build import Build, Customer, midnight
from sandbox.data.desk import worked

_STAGES = (29_682_778, 29_682_779, 29_682_780, 29_682_781)
_WON_STAGE, _LOST_STAGE = 29_682_782, 29_682_783
_ACTIVE, _LOST, _CLOSED = 1, 2, 3
_NEW, _COMPLETE, _IN_PROGRESS = 1, 5, 2
_PROJECT_TIME = 6


def add_opportunities(build: Build) -> None:
    """Add open opportunities, and as many that were won or lost."""
    open_ones = [_opportunity(build, won=None) for _ in range(build.volumes.opportunities)]
    decided = [_opportunity(build, won=build.chance(0.6)) for _ in range(build.volumes.opportunities)]
    build.add("Opportunities", decided + open_ones)


def _opportunity(build: Build, *, won: bool | None) -> dict[str, object]:
    dice = build.random
    customer = dice.choice(build.customers)
    made = build.work_moment(dice.randrange(40, 300) if won is not None else dice.randrange(1, 120))
    amount = Decimal(dice.randrange(8, 480) * 100)
    close = midnight(build.day(dice.randrange(5, 40) if won is not None else -dice.randrange(5, 150)))
    decided: dict[str, object] = {}
    if won is not None:
        decided = {("closedDate" if won else "lostDate"): close}
    return {
        "companyID": customer.id,
        "contactID": customer.people[0],
        "ownerResourceID": customer.owner,
        "title": f"{dice.choice(words.OPPORTUNITIES)} - {customer.name}"[:128],
        "status": _ACTIVE if won is None else _CLOSED if won else _LOST,
        "stage": dice.choice(_STAGES) if won is None else _WON_STAGE if won else _LOST_STAGE,
        "probability": dice.choice((10, 25, 50, 75, 90)) if won is None else 100 if won else 0,
        "amount": amount,
        "cost": (amount * 6 / 10).quantize(Decimal("0.01")),
        "onetimeRevenue": amount,
        "monthlyRevenue": Decimal(dice.randrange(0, 20) * 50),
        "opportunityCategoryID": 1,
        "leadSource": 3,
        "rating": dice.choice((1, 2, 3)),
        "useQuoteTotals": False,
        "createDate": made,
        "startDate": made,
        "projectedCloseDate": close,
        "lastActivity": made,
        **decided,
    }


def add_projects(build: Build) -> None:
    """Add projects with phases, tasks and the time spent on them; a third are complete."""
    rows = [_project(build, number) for number in range(build.volumes.projects)]
    projects = build.add("Projects", [row for row, _ in rows])
    for project, (row, phases) in zip(projects, rows, strict=True):
        _add_plan(build, project, row, phases)


def _project(build: Build, number: int) -> tuple[dict[str, object], tuple[str, ...]]:
    dice = build.random
    customer: Customer = dice.choice(build.customers)
    name, phases = words.PROJECTS[number % len(words.PROJECTS)]
    complete = number % 3 == 0
    begin = midnight(build.day(dice.randrange(60, 150) if complete else dice.randrange(5, 60)))
    end = begin + timedelta(days=50 if complete else dice.randrange(70, 160))
    row: dict[str, object] = {
        "companyID": customer.id,
        "projectName": f"{name} - {customer.name}"[:100],
        "projectNumber": f"P{begin:%Y%m%d}.{number + 1:04d}",
        "projectType": 5,
        "status": _COMPLETE if complete else dice.choice((_NEW, _IN_PROGRESS, _IN_PROGRESS)),
        "startDateTime": begin,
        "endDateTime": end,
        "completedDateTime": end if complete else None,
        "completedPercentage": 100 if complete else dice.randrange(0, 90, 5),
        "projectLeadResourceID": dice.choice(build.owners),
        "department": msp.PROJECT_TEAM,
        "estimatedTime": Decimal(8 * len(phases)),
        "createDateTime": begin,
        "lastActivityDateTime": begin,
    }
    return row, phases


def _add_plan(build: Build, project: int, row: Mapping[str, object], phases: tuple[str, ...]) -> None:
    begin = row["startDateTime"]
    assert isinstance(begin, datetime)
    dated = [(title, begin + timedelta(days=14 * number)) for number, title in enumerate(phases)]
    ids = build.add(
        "Phases",
        [
            {
                "projectID": project,
                "title": title,
                "startDate": start,
                "dueDate": start + timedelta(days=13),
                "createDate": begin,
            }
            for title, start in dated
        ],
    )
    tasks = [
        _task(build, row, title, start) | {"projectID": project, "phaseID": phase}
        for phase, (_, start) in zip(ids, dated, strict=True)
        for title in words.TASKS
    ]
    _add_time(build, build.add("Tasks", tasks), tasks)


def _task(build: Build, project: Mapping[str, object], title: str, start: datetime) -> dict[str, object]:
    worker = build.random.choice(build.technicians)
    over = project["status"] == _COMPLETE or (start < midnight(build.day(20)) and build.chance(0.8))
    return {
        "title": title,
        "status": 5 if over else 1,
        "taskType": 1,
        "priority": 0,
        "priorityLabel": 2,
        "assignedResourceID": worker.id,
        "assignedResourceRoleID": worker.role,
        "billingCodeID": msp.ONSITE,
        "departmentID": msp.PROJECT_TEAM,
        "estimatedHours": Decimal(2),
        "startDateTime": start,
        "endDateTime": start + timedelta(days=10),
        "completedDateTime": start + timedelta(days=9) if over else None,
        "createDateTime": project["startDateTime"],
        "isTaskBillable": True,
    }


def _add_time(build: Build, tasks: list[int], rows: list[dict[str, object]]) -> None:
    entries = []
    for task, row in zip(tasks, rows, strict=True):
        start = row["startDateTime"]
        assert isinstance(start, datetime)
        if row["status"] == 5 and midnight(build.day(90)) < start < midnight(build.day(1)):
            entries.append(
                {
                    "taskID": task,
                    "resourceID": row["assignedResourceID"],
                    "roleID": row["assignedResourceRoleID"],
                    "billingCodeID": msp.ONSITE,
                    "timeEntryType": _PROJECT_TIME,
                    "summaryNotes": row["title"],
                }
                | worked(build, start + timedelta(hours=10), billable=True)
            )
    build.add("TimeEntries", entries)
