"""The push of a saved ticket: Autotask has it exactly once when this is through."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from bot.autotask import entities
from bot.autotask import query as q
from bot.autotask.budget import Urgency
from bot.autotask.client import AutotaskClient
from bot.autotask.ensure import LEASE, Ensure, Probe, no_probe
from bot.autotask.facts import demand_of
from bot.autotask.pool import ClientFor
from bot.autotask.wire import Value
from bot.clock import Clock
from bot.db.session import Database, UnitOfWork
from bot.domain.authors import refusal_key
from bot.domain.switches import Capability
from bot.domain.ticket_forms import DUE, DUE_WITHIN, Demand, demanded_by
from bot.domain.tickets import TITLE_LENGTH, Ticket, TicketState, outgoing
from bot.errors import AutotaskRejected, BotError, NotFound, PermissionMissing
from bot.jobs import Jobs, NoteTicket

__all__ = ["LEASE", "Ensured", "TicketPush"]

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


class TicketPush:
    def __init__(
        self,
        database: Database,
        client_for: ClientFor,
        *,
        jobs: Jobs,
        clock: Clock,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
        probe: Probe = no_probe,
    ) -> None:
        self._database = database
        self._client_for = client_for
        self._jobs = jobs
        self._clock = clock
        self._ensure = Ensure(database, clock=clock, pause=pause, probe=probe)

    async def get(self, tenant_id: int, ticket_id: int) -> Ticket:
        async with self._database.unit(tenant_id) as uow:
            ticket = await uow.tickets.get(ticket_id)
        if ticket is None:
            raise NotFound("ticket", str(ticket_id))
        return ticket

    async def ensure(
        self, tenant_id: int, ticket_id: int, *, holder: str, author: int | None = None
    ) -> Ensured:
        """Autotask has the ticket when this returns: found by our reference, else created under a lease.

        Raises ``SwitchedOff`` while tickets are not written, ``AutotaskBusy`` while another worker holds the lease
        or a lost reply may still surface, ``AutotaskRejected`` with Autotask's reasons, or an ``UpstreamError``.
        ``author`` is the resource who shall appear as author, where Autotask allows it.
        """
        ticket = await self.get(tenant_id, ticket_id)
        async with self._database.unit(tenant_id) as uow:
            await uow.switches.require(Capability.TICKETS, writing=False)
        client = await self._client_for(tenant_id)
        record = TicketRecord(self._database, client, tenant_id, ticket, clock=self._clock, author=author)
        if ticket.autotask_id is not None:
            return await self._ensure.read_back(record, ticket.autotask_id)
        try:
            return await self._ensure(tenant_id, record, holder=holder)
        finally:
            await self._learn(tenant_id, client, record.demanded)
            if record.author_refused:
                await self._remember_refusal(tenant_id)

    async def _learn(self, tenant_id: int, client: AutotaskClient, names: Sequence[str]) -> None:
        """What Autotask demanded is an input of the form from now on, so that nobody is refused for it again."""
        if not names:
            return
        try:
            fields = await client.fields(entities.Ticket)
        except BotError:
            return
        async with self._database.unit(tenant_id) as uow:
            await uow.ticket_forms.demand([demand_of(name, fields) for name in names], self._clock.now())

    async def _remember_refusal(self, tenant_id: int) -> None:
        now = self._clock.now()
        async with self._database.unit(tenant_id) as uow:
            await uow.deliveries.first_time(refusal_key(entities.Ticket.endpoint.name, now), now)

    async def record(self, tenant_id: int, ticket_id: int, ensured: Ensured) -> Ticket:
        """Keeps the link to Autotask's record, once, with its audit row; notes that waited for it go on."""
        now = self._clock.now()
        async with self._database.unit(tenant_id) as uow:
            ticket = await uow.tickets.locked(ticket_id)
            if ticket is None:
                raise NotFound("ticket", str(ticket_id))
            recorded = await uow.tickets.created(
                ticket_id,
                autotask_id=ensured.autotask_id,
                number=ensured.number,
                status_label=await uow.fields.label("Tickets", "status", ensured.status),
                queue_label=await uow.fields.label("Tickets", "queueID", ensured.queue_id or ticket.queue_id),
                due_at=ensured.due_at,
                at=now,
            )
            if ticket.state is not TicketState.CREATED:
                await uow.audit.record(
                    at=now,
                    by=ticket.requested_by,
                    action="create ticket",
                    subject=ticket.summary,
                    after={"number": ensured.number, "organization": ticket.organization_name},
                    autotask_id=ensured.autotask_id,
                )
                for note in await uow.ticket_notes.waiting(ticket_id):
                    await self._jobs.enqueue(uow, NoteTicket(tenant_id=tenant_id, note_id=note.id))
        return recorded

    async def fail(self, tenant_id: int, ticket_id: int, reason: str, *, code: str = "") -> Ticket:
        """Marks the ticket as not created, with the reason people read; a retry is possible.

        One that another worker has created meanwhile stays created.
        """
        async with self._database.unit(tenant_id) as uow:
            ticket = await uow.tickets.locked(ticket_id)
            if ticket is not None and ticket.state is TicketState.CREATED:
                return ticket
            return await uow.tickets.failed(ticket_id, reason, code=code)


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

    async def send(self) -> int:
        """A refusal had no effect: the ticket is sent again as the API user's own, and with a due date if one is demanded."""
        if self.author is not None:
            try:
                return await self.client.create(entities.Ticket, self.fields, impersonate=self.author)
            except (PermissionMissing, AutotaskRejected):
                self.author_refused = True
        return await self._send_as_ourselves()

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
