"""The tickets that were raised here, as they stand in Autotask: asked for by lists of their ids, by last activity."""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime

from bot.autotask import entities
from bot.db.session import UnitOfWork
from bot.db.tables import ticket_mirror
from bot.domain.codes import Code
from bot.domain.switches import Capability
from bot.domain.sync_logs import LogEntry, LogStatus, Operation
from bot.domain.syncs import Change, Group, Scope, SyncType
from bot.domain.tickets import TITLE_LENGTH, Ticket, TicketFacts, outgoing
from bot.syncs.engine import Saving, Sync
from bot.syncs.groups import SyncGroup

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


def _columns(row: entities.Ticket) -> Mapping[str, object]:
    return {
        "number": row.ticket_number,
        "title": row.title,
        "company_id": row.company_id,
        "status": row.status,
        "queue_id": row.queue_id,
        "priority": row.priority,
        "assigned_resource_id": row.assigned_resource_id,
        "due_at": row.due_date_time,
        "completed_at": row.completed_date,
    }


async def _ours(uow: UnitOfWork, _scope: Scope) -> Sequence[int]:
    return await uow.tickets.followed()


async def _react(uow: UnitOfWork, changes: Sequence[Change], saving: Saving) -> None:
    """Our tickets say what Autotask says; what differs is in the log."""
    after = {each.record_id: each.after for each in changes}
    names = await _names(uow, after.values())
    length = await uow.fields.max_length("Tickets", "title", TITLE_LENGTH)
    lines = []
    for ticket in await uow.tickets.by_autotask_ids(sorted(after)):
        facts = await _facts(uow, ticket, after[ticket.autotask_id or 0], names=names, title_length=length)
        if ticket.gone_at is not None or _known(ticket) != facts:
            lines.append(_line(ticket, facts))
            await uow.tickets.refreshed(ticket.id, facts, saving.at)
    await uow.sync_logs.add(saving.run_id, lines, saving.at)


async def _missed(uow: UnitOfWork, ids: Sequence[int], saving: Saving) -> None:
    """Deleted in Autotask, or hidden from us."""
    lines = []
    for ticket in await uow.tickets.by_autotask_ids(ids):
        if ticket.gone_at is None:
            await uow.tickets.gone(ticket.id, saving.at)
            lines.append(_gone(ticket))
    await uow.sync_logs.add(saving.run_id, lines, saving.at)


async def _names(uow: UnitOfWork, rows: Collection[Mapping[str, object]]) -> dict[int, str]:
    """Who the tickets are assigned to, as far as the mirror knows them."""
    wanted = {found for row in rows if isinstance(found := row["assigned_resource_id"], int)}
    return await uow.resources.names(wanted, since=LONG_AGO)


async def _facts(
    uow: UnitOfWork,
    ticket: Ticket,
    row: Mapping[str, object],
    *,
    names: Mapping[int, str],
    title_length: int,
) -> TicketFacts:
    assigned, due, title = row["assigned_resource_id"], row["due_at"], str(row["title"])
    sent = outgoing(
        ticket.summary, ticket.description, requester=ticket.requester_name, title_length=title_length
    )
    ours = title.split() == sent.title.split() or await uow.tickets.edited_since_sent(ticket.id)
    return TicketFacts(
        number=str(row["number"]) or ticket.number,
        status_label=await uow.fields.label("Tickets", "status", _number(row["status"])),
        queue_label=await uow.fields.label("Tickets", "queueID", _number(row["queue_id"])),
        assigned_to=names.get(assigned, ticket.assigned_to) if isinstance(assigned, int) else "",
        due_at=due if isinstance(due, datetime) else None,
        summary=ticket.summary if ours else title,
        description=ticket.description,
    )


def _known(ticket: Ticket) -> TicketFacts:
    return TicketFacts(
        ticket.number,
        ticket.status_label,
        ticket.queue_label,
        ticket.assigned_to,
        ticket.due_at,
        ticket.summary,
        ticket.description,
    )


def _number(value: object) -> int | None:
    return value if isinstance(value, int) else None


def _line(ticket: Ticket, facts: TicketFacts) -> LogEntry:
    moved = ticket.status_label != facts.status_label
    what = f"{ticket.status_label} → {facts.status_label}" if moved else "brought up to date"
    return LogEntry(
        SyncType.TICKET,
        Operation.UPDATE,
        LogStatus.SUCCESS,
        f"Ticket {facts.number}: {what}",
        record_id=ticket.autotask_id,
        organization_id=ticket.organization_id,
    )


def _gone(ticket: Ticket) -> LogEntry:
    return LogEntry(
        SyncType.TICKET,
        Operation.UPDATE,
        LogStatus.WARNING,
        f"Ticket {ticket.number} is no longer in Autotask",
        record_id=ticket.autotask_id,
        organization_id=ticket.organization_id,
        code=Code.GONE_FROM_AUTOTASK.value,
    )


SYNC = Sync(
    name="tickets",
    kind=SyncType.TICKET,
    entity=entities.Ticket,
    fields=(
        "id", "ticketNumber", "title", "companyID", "status", "queueID", "priority", "assignedResourceID",
        "dueDateTime", "completedDate",
    ),
    table=ticket_mirror,
    columns=_columns,
    parents=_ours,
    parent_field="id",
    narrowed_by_parents=True,
    react=_react,
    missed=_missed,
)  # fmt: skip
GROUP = SyncGroup(Group.TICKETS, (SYNC,), capability=Capability.TICKETS)
