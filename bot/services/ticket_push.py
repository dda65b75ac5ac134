"""The push of a saved ticket: Autotask has it exactly once when this is through."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from secrets import token_hex

from bot.autotask import entities
from bot.autotask.client import AutotaskClient
from bot.autotask.ensure import LEASE, Ensure, Probe, no_probe
from bot.autotask.facts import demand_of
from bot.autotask.pool import ClientFor
from bot.autotask.ticket_record import Ensured, TicketRecord
from bot.clock import Clock
from bot.db.session import Database, UnitOfWork
from bot.domain.authors import refusal_key
from bot.domain.switches import Capability
from bot.domain.tickets import Ticket, TicketState
from bot.domain.troubles import ticket_name, ticket_not_created
from bot.errors import AutotaskRejected, BotError, NotFound, PermissionMissing
from bot.jobs import Jobs, NoteTicket, TellProblem

__all__ = ["LEASE", "Ensured", "TicketPush"]


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
            if await uow.tickets.sent_at(ticket_id) is not None:
                author = None  # what answered nothing of use may do so for as long as the name is sent
        client = await self._client_for(tenant_id)
        record = TicketRecord(self._database, client, tenant_id, ticket, clock=self._clock, author=author)
        if ticket.autotask_id is not None:
            ensured = await self._ensure.read_back(record, ticket.autotask_id)
            return await self._with_latest_words(record, ensured)
        try:
            ensured = await self._ensure(tenant_id, record, holder=holder)
            return await self._with_latest_words(record, ensured)
        finally:
            await self._learn(tenant_id, client, record.demanded)
            if record.author is not None and record.author_refused:
                await self._remember_refusal(tenant_id, record.author)

    async def _with_latest_words(self, record: TicketRecord, ensured: Ensured) -> Ensured:
        """A create had got through unseen, and its person has changed the ticket since: what they gave last counts.

        Where Autotask refuses the change, it is put on the ticket as a note.
        """
        tenant_id, ticket = record.tenant_id, record.ticket
        async with self._database.unit(tenant_id) as uow:
            if not await uow.tickets.edited_since_sent(ticket.id):
                return ensured
            await uow.switches.require(Capability.TICKETS)
        await record.prepare()
        try:
            await record.client.update(entities.Ticket, ensured.autotask_id, record.words())
        except (PermissionMissing, AutotaskRejected):
            await self._note_latest_words(tenant_id, ticket)
            return ensured
        async with self._database.unit(tenant_id) as uow:
            await uow.tickets.edit_sent(ticket.id)
        return replace(ensured, queue_id=ticket.queue_id)

    async def _note_latest_words(self, tenant_id: int, ticket: Ticket) -> None:
        """Kept until the ticket is recorded, which sends it on."""
        async with self._database.unit(tenant_id) as uow:
            await uow.ticket_notes.add(
                ticket.id,
                key=f"edited:{ticket.reference}",
                reference=f"dhn-{token_hex(8)}",
                title="Changed before it was created",
                text=f"{ticket.summary}\n\n{ticket.description}".strip(),
                by=ticket.requested_by,
                by_name=ticket.requester_name,
                at=self._clock.now(),
            )
            await uow.tickets.edit_sent(ticket.id)

    async def _learn(self, tenant_id: int, client: AutotaskClient, names: Sequence[str]) -> None:
        """What Autotask demanded is an input of the form from now on, so that nobody is refused for it again.

        Only fields that tickets have: no input could answer anything else, a user-defined field for one.
        """
        if not names:
            return
        try:
            fields = await client.fields(entities.Ticket)
        except BotError:
            return
        demands = [demand_of(name, fields) for name in names if fields.field(name) is not None]
        async with self._database.unit(tenant_id) as uow:
            await uow.ticket_forms.demand(demands, self._clock.now())

    async def _remember_refusal(self, tenant_id: int, author: int) -> None:
        now = self._clock.now()
        async with self._database.unit(tenant_id) as uow:
            await uow.deliveries.first_time(refusal_key(entities.Ticket.endpoint.name, author, now), now)

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
                await self._tell(uow, await uow.problems.recover(ticket_name(ticket_id), now))
        return recorded

    async def fail(self, tenant_id: int, ticket_id: int, reason: str, *, code: str = "") -> Ticket:
        """Marks the ticket as not created, with the reason people read; a retry is possible.

        One that another worker has created meanwhile stays created.
        """
        async with self._database.unit(tenant_id) as uow:
            ticket = await uow.tickets.locked(ticket_id)
            if ticket is not None and ticket.state is TicketState.CREATED:
                return ticket
            failed = await uow.tickets.failed(ticket_id, reason, code=code)
            problem = ticket_not_created(failed, reason)
            await self._tell(uow, await uow.problems.report(problem, self._clock.now()))
            return failed

    async def _tell(self, uow: UnitOfWork, problem_id: int | None) -> None:
        if problem_id is not None:
            await self._jobs.enqueue(uow, TellProblem(tenant_id=uow.tenant_id, problem_id=problem_id))
