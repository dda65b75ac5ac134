"""Ninety days of the service desk: tickets, notes, time."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from sandbox.data import msp, words
from sandbox.data.build import Build, Customer, Technician, midnight, month_start

HISTORY_DAYS = 90
NEW, COMPLETE, WAITING_CUSTOMER, IN_PROGRESS, SCHEDULED, WAITING_VENDOR = 1, 5, 7, 8, 10, 12
_OPEN = (NEW, NEW, IN_PROGRESS, IN_PROGRESS, WAITING_CUSTOMER, SCHEDULED, WAITING_VENDOR)
_TICKET_TIME, _NOTE = 2, 3
WITHIN = 4
"""Every so many tickets of a customer with a contract are work that it covers; the others are billed by the hour."""
_UNTIL_POSTED = 2
"""Whole days after which an entry may have been approved and posted."""
_POSTED_OF_FIVE = 2
"""Of five entries of the current month, so many have been."""
_PRIORITIES, _PRIORITY_WEIGHTS = (4, 1, 2, 3), (3, 15, 60, 22)


def add_service_desk(build: Build, agreements: Mapping[int, Sequence[int]]) -> None:
    """Add tickets (`agreements`: by company, the contract and the one before), with notes and time entries."""
    build.random.shuffle(build.technicians)
    active = [each for each in build.customers if each.is_active] or build.customers
    weights = [each.seats for each in active]
    chosen = build.random.choices(active, weights, k=build.volumes.tickets)
    ages = sorted((build.random.randrange(HISTORY_DAYS) for _ in chosen), reverse=True)
    rows = [
        _ticket(build, customer, _agreement(build, agreements.get(customer.id, ())), ago)
        for customer, ago in zip(chosen, ages, strict=True)
    ]
    rows.sort(key=lambda row: str(row["createDate"]))
    tickets = list(zip(build.add("Tickets", rows), rows, strict=True))
    build.add("TicketNotes", [_note(number, row) for number, row in tickets if build.chance(0.5)])
    times = [entry for number, row in tickets for entry in _times(build, number, row)]
    build.add("TimeEntries", times + _meetings(build))


def _agreement(build: Build, known: Sequence[int]) -> int | None:
    """The one in force; now and then somebody takes the one before, which has ended."""
    return (known[-1] if build.chance(0.2) else known[0]) if known else None


def _ticket(build: Build, customer: Customer, contract: int | None, ago: int) -> dict[str, object]:
    dice = build.random
    title, issue, sub_issue = dice.choice(words.TICKETS)
    worker: Technician = dice.choice(build.technicians)
    created = build.work_moment(ago)
    over = build.chance(0.97 if ago > 21 else 0.55)
    status = COMPLETE if over else dice.choice(_OPEN)
    done = min(created + timedelta(hours=dice.randrange(1, 90)), midnight(build.today)) if over else None
    assigned = status != NEW
    return {
        "companyID": customer.id,
        "contactID": dice.choice(customer.people),
        "contractID": contract if build.chance(0.96) else None,
        "title": title,
        "description": f"{title}. Reported by phone; {dice.choice(('one person', 'the whole team'))} affected.",
        "status": status,
        "priority": dice.choices(_PRIORITIES, _PRIORITY_WEIGHTS)[0],
        "queueID": dice.choice(msp.QUEUES),
        "issueType": issue,
        "subIssueType": sub_issue,
        "ticketType": 1 if issue == 12 else 2,
        "ticketCategory": 3,
        "source": dice.choice((2, 4, -1, 8)),
        "billingCodeID": msp.REMOTE,
        "assignedResourceID": worker.id if assigned else None,
        "assignedResourceRoleID": worker.role if assigned else None,
        "createDate": created,
        "creatorResourceID": worker.id,
        "dueDateTime": created + timedelta(days=dice.choice((1, 2, 5))),
        "estimatedHours": Decimal(1),
        "completedDate": max(done, created) if done else None,
        "completedByResourceID": worker.id if done else None,
        "resolution": "Fixed and confirmed with the person who called." if done else None,
        "lastActivityDate": max(done, created) if done else created,
        "lastTrackedModificationDateTime": max(done, created) if done else created,
        "serviceLevelAgreementID": 1,
    }


def _note(ticket: int, row: Mapping[str, object]) -> dict[str, object]:
    return {
        "ticketID": ticket,
        "title": "Called back",
        "description": "Spoke with the caller and gathered the details.",
        "noteType": _NOTE,
        "publish": 1,
        "createDateTime": row["createDate"],
        "creatorResourceID": row["creatorResourceID"],
    }


def _times(build: Build, ticket: int, row: Mapping[str, object]) -> list[dict[str, object]]:
    worker, role, created = row["assignedResourceID"], row["assignedResourceRoleID"], row["createDate"]
    if worker is None:
        return []
    assert isinstance(created, datetime)
    common = {
        "ticketID": ticket,
        "contractID": row["contractID"],
        "resourceID": worker,
        "roleID": role,
        "billingCodeID": msp.REMOTE,
        "timeEntryType": _TICKET_TIME,
        "summaryNotes": f"Worked on: {row['title']}",
    }
    count = build.random.choice((1, 1, 1, 2, 2, 3))
    billable = row["contractID"] is None or ticket % WITHIN != 0
    return [common | worked(build, created + timedelta(hours=number), billable) for number in range(count)]


def worked(build: Build, begin: datetime, billable: bool) -> dict[str, object]:  # noqa: FBT001
    """The hours of one entry. Past months are approved and posted; of this one, what somebody got round to."""
    quarters = build.random.choice((1, 1, 2, 2, 3, 4, 6))
    hours = Decimal(quarters) / 4
    end = begin + timedelta(minutes=15 * quarters)
    is_past = begin < midnight(month_start(build.today))
    approved = begin < midnight(build.day(_UNTIL_POSTED)) and (is_past or begin.minute % 5 < _POSTED_OF_FIVE)
    return {
        "startDateTime": begin,
        "endDateTime": end,
        "dateWorked": begin,
        "hoursWorked": hours,
        "hoursToBill": hours if billable else Decimal(0),
        "isNonBillable": not billable,
        "createDateTime": end,
        "lastModifiedDateTime": end,
        "billingApprovalDateTime": end + timedelta(days=2) if approved else None,
        "billingApprovalResourceID": build.owners[0] if approved else None,
        "billingApprovalLevelMostRecent": 0,
    }


def _meetings(build: Build) -> list[dict[str, object]]:
    """Everyone's weekly meeting: internal time, never billed."""
    return [
        {
            "resourceID": worker.id,
            "internalBillingCodeID": msp.MEETING,
            "timeEntryType": 5,
            "summaryNotes": "Team meeting",
        }
        | worked(build, build.work_moment(ago), billable=False)
        for worker in build.technicians
        for ago in range(3, HISTORY_DAYS, 7)
    ]
