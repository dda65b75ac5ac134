"""A ticket as it goes to Autotask: how it is found there, what is sent, what is read back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from bot.autotask import entities
from bot.autotask import query as q
from bot.autotask.budget import Urgency
from bot.autotask.client import AutotaskClient
from bot.autotask.wire import Value
from bot.clock import Clock
from bot.db.session import Database, UnitOfWork
from bot.domain.switches import Capability
from bot.domain.ticket_forms import DUE, DUE_WITHIN, Demand, demanded_by
from bot.domain.tickets import TITLE_LENGTH, Ticket, outgoing
from bot.errors import AutotaskRejected, PermissionMissing

MOST_TWINS = 5
MOST_RECENT = 500
AUTOTASK_TIME = "%Y-%m-%dT%H:%M:%SZ"


@dataclass(frozen=True)
class Ensured:
    """Autotask has the ticket: its id, and the number people know (empty while it is not readable yet)."""

    autotask_id: int
    number: str
    status: int | None
    queue_id: int | None
    due_at: datetime | None = None


@dataclass
class TicketRecord:
    """A ticket on its way to Autotask."""

    database: Database
    client: AutotaskClient
    tenant_id: int
    ticket: Ticket
    clock: Clock
    fields: Mapping[str, Value] = field(default_factory=dict)
    author: int | None = None
    author_refused: bool = False
    demanded: list[str] = field(default_factory=list)
    """Fields that Autotask missed."""

    @property
    def reference(self) -> str:
        return self.ticket.reference

    async def find(self) -> Ensured | None:
        """Autotask's record with our reference.

        A database that does not look up by ``externalID`` is searched by company and time instead: what the
        filter gives is never taken for ours unread.
        """
        try:
            found = await self._list(q.field("externalID").eq(self.reference), MOST_TWINS)
        except AutotaskRejected:
            found = []
        else:
            if not found:
                return None
        return _ours(found, self.ticket) or await self._find_among_recent()

    async def prepare(self) -> None:
        """The fields as this database wants them, the person's name at the end of the description."""
        async with self.database.unit(self.tenant_id) as uow:
            defaults = await uow.connections.ticket_defaults()
            title_length = await uow.fields.max_length("Tickets", "title", TITLE_LENGTH)
            demands = await uow.ticket_forms.demands()
        ticket = self.ticket
        text = outgoing(
            ticket.summary, ticket.description, requester=ticket.requester_name, title_length=title_length
        )
        self.fields = {
            "companyID": ticket.company_id,
            "title": text.title,
            "description": text.description,
            "queueID": ticket.queue_id,
            "priority": ticket.priority,
            "status": defaults.status_new.value,
            **_as_sent(ticket.extra, demands),
            "externalID": ticket.reference,
        }

    def words(self) -> Mapping[str, Value]:
        """What people give a ticket, of what was prepared."""
        ours = {"companyID", "status", "externalID"}
        return {name: value for name, value in self.fields.items() if name not in ours}

    async def send(self) -> int:
        """A refusal had no effect: the ticket is sent again as the API user's own, and with a due date if one is demanded."""
        if self.author is None:
            return await self._send_as_ourselves()
        try:
            return await self.client.create(entities.Ticket, self.fields, impersonate=self.author)
        except (PermissionMissing, AutotaskRejected):
            created = await self._send_as_ourselves()
        self.author_refused = not self.demanded  # for nothing else was wrong with it
        return created

    async def _send_as_ourselves(self) -> int:
        try:
            return await self.client.create(entities.Ticket, self.fields)
        except AutotaskRejected as refusal:
            self.demanded += demanded_by(refusal.reasons)
            demanded = any(DUE.casefold() in reason.casefold() for reason in refusal.reasons)
            if not demanded or DUE in self.fields:
                raise
        due = (self.clock.now() + DUE_WITHIN).strftime(AUTOTASK_TIME)
        return await self.client.create(entities.Ticket, {**self.fields, DUE: due})

    async def read(self, autotask_id: int) -> Ensured | None:
        found = await self.client.get(entities.Ticket, autotask_id)
        return _ensured(found) if found is not None else None

    def unread(self, autotask_id: int) -> Ensured:
        return Ensured(autotask_id, "", None, None)

    async def sent_at(self, uow: UnitOfWork) -> datetime | None:
        return await uow.tickets.sent_at(self.ticket.id)

    async def sending(self, uow: UnitOfWork, at: datetime) -> None:
        """Raises ``SwitchedOff`` when tickets are not to be written any more."""
        await uow.switches.require(Capability.TICKETS)
        await uow.tickets.sending(self.ticket.id, at)

    async def still_sending(self, uow: UnitOfWork, at: datetime) -> None:
        await uow.tickets.sending(self.ticket.id, at)

    async def not_sent(self, uow: UnitOfWork) -> None:
        await uow.tickets.not_sent(self.ticket.id)

    async def known(self, uow: UnitOfWork, autotask_id: int) -> None:
        await uow.tickets.known(self.ticket.id, autotask_id)

    async def _find_among_recent(self) -> Ensured | None:
        since = self.ticket.saved_at - timedelta(minutes=5)
        company = q.field("companyID").eq(self.ticket.company_id)
        found = await self._list(q.all_of(company, q.field("createDate").gte(since)), MOST_RECENT)
        return _ours(found, self.ticket)

    async def _list(self, where: q.Condition, limit: int) -> list[entities.Ticket]:
        return await self.client.list_all(entities.Ticket, where, limit=limit, urgency=Urgency.PERSON)


def _as_sent(extra: Mapping[str, str | int], demands: Sequence[Demand]) -> dict[str, Value]:
    """Numbers with decimals are kept as text and sent as numbers."""
    decimals = {each.name for each in demands if each.is_number}
    return {
        name: Decimal(value) if name in decimals and isinstance(value, str) else value
        for name, value in extra.items()
    }


def _ours(found: Sequence[entities.Ticket], ticket: Ticket) -> Ensured | None:
    wanted = ticket.reference.casefold()
    return next((_ensured(row) for row in found if row.external_id.casefold() == wanted), None)


def _ensured(found: entities.Ticket) -> Ensured:
    return Ensured(
        found.id, found.ticket_number or "", found.status, found.queue_id, due_at=found.due_date_time
    )
