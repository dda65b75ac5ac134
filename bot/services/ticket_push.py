"""The push of a saved ticket: Autotask has it exactly once when this is through."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.autotask import entities
from bot.autotask.budget import Urgency
from bot.autotask.client import AutotaskClient
from bot.autotask.pool import ClientFor
from bot.autotask.query import all_of, field
from bot.clock import Clock
from bot.db.session import Database
from bot.domain.tickets import TITLE_LENGTH, Ticket, TicketState, fit_title
from bot.errors import AutotaskBusy, AutotaskRejected, AutotaskUnavailable, BotError, NotFound

SLOWEST_REPLY = 75.0
"""Seconds after which a create whose sender is gone has had its effect, or never will."""
SEND_WITHIN = 95.0
"""Seconds after which a create counts as one whose reply was lost; the client itself gives up at 90."""
LEASE = timedelta(seconds=SEND_WITHIN + 15)
"""Longer than the send, so that another job never overtakes a live one; the same job takes its own lease over,
because its earlier run lost its worker, and the new token stops that run at its last check."""
INVISIBLE = timedelta(seconds=20)
"""How long a fresh record may stay invisible to a query (autotask-api: replication lag)."""
SURFACES_WITHIN = timedelta(seconds=SLOWEST_REPLY) + INVISIBLE
"""How long after its send a create of another run may still come to light."""
LOOK_AGAIN_AFTER = (0.5, 1.0, 2.0, 4.0)
"""Seconds between look-ups after a reply was lost."""
LOOK_WELL_AFTER = (0.5, 0.5, *(1.0,) * 8)
"""The same before a create is sent again: a record may stay hidden for a number of reads, not only for a time."""
MOST_TWINS = 5
MOST_RECENT = 500
DUE_WITHIN = timedelta(days=3)
"""The due date of a ticket where its category demands one."""
Probe = Callable[[str], Awaitable[None]]
"""Called after each effect with its name; the crash tests die there."""


async def no_probe(_effect: str) -> None:
    return None


@dataclass(frozen=True)
class Ensured:
    """Autotask has the ticket: its id, and the number people know (empty while it is not readable yet)."""

    autotask_id: int
    number: str
    status: int | None
    queue_id: int | None


class TicketPush:
    def __init__(
        self,
        database: Database,
        client_for: ClientFor,
        *,
        clock: Clock,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
        probe: Probe = no_probe,
    ) -> None:
        self._database = database
        self._client_for = client_for
        self._clock = clock
        self._pause = pause
        self._probe = probe

    async def get(self, tenant_id: int, ticket_id: int) -> Ticket:
        async with self._database.unit(tenant_id) as uow:
            ticket = await uow.tickets.get(ticket_id)
        if ticket is None:
            raise NotFound("ticket", str(ticket_id))
        return ticket

    async def ensure(self, tenant_id: int, ticket_id: int, *, holder: str) -> Ensured:
        """Autotask has the ticket when this returns: found by our reference, else created under a lease.

        Raises ``AutotaskBusy`` while another worker holds the lease or a lost reply may still surface,
        ``AutotaskRejected`` with Autotask's reasons, or an ``UpstreamError``.
        """
        ticket = await self.get(tenant_id, ticket_id)
        if ticket.autotask_id is not None:
            return await self._read_back(tenant_id, ticket.autotask_id)
        client = await self._client_for(tenant_id)
        token = await self._lease(tenant_id, ticket, holder)
        try:
            return await self._find_or_create(client, tenant_id, ticket, token)
        finally:
            async with self._database.unit(tenant_id) as uow:
                await uow.leases.release(ticket.reference, token)

    async def record(self, tenant_id: int, ticket_id: int, ensured: Ensured) -> Ticket:
        """Keeps the link to Autotask's record, once, with its audit row."""
        now = self._clock.now()
        async with self._database.unit(tenant_id) as uow:
            ticket = await uow.tickets.get(ticket_id)
            if ticket is None:
                raise NotFound("ticket", str(ticket_id))
            recorded = await uow.tickets.created(
                ticket_id,
                autotask_id=ensured.autotask_id,
                number=ensured.number,
                status_label=await uow.fields.label("Tickets", "status", ensured.status),
                queue_label=await uow.fields.label("Tickets", "queueID", ensured.queue_id or ticket.queue_id),
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
        return recorded

    async def fail(self, tenant_id: int, ticket_id: int, reason: str, *, code: str = "") -> Ticket:
        """Marks the ticket as not created, with the reason people read; a retry is possible.

        One that another worker has created meanwhile stays created.
        """
        async with self._database.unit(tenant_id) as uow:
            ticket = await uow.tickets.get(ticket_id)
            if ticket is not None and ticket.state is TicketState.CREATED:
                return ticket
            return await uow.tickets.failed(ticket_id, reason, code=code)

    async def _lease(self, tenant_id: int, ticket: Ticket, holder: str) -> int:
        async with self._database.unit(tenant_id) as uow:
            token = await uow.leases.take(ticket.reference, holder, LEASE, self._clock.now())
        if token is None:
            raise AutotaskBusy(timedelta(seconds=5))
        await self._probe("lease")
        return token

    async def _find_or_create(
        self, client: AutotaskClient, tenant_id: int, ticket: Ticket, token: int
    ) -> Ensured:
        found = await self._find(client, ticket) or await self._find_earlier_send(client, tenant_id, ticket)
        if found is not None:
            return found
        fields = await self._fields(tenant_id, ticket)
        await self._mark_sending(tenant_id, ticket, token)
        autotask_id = await self._send(client, tenant_id, ticket, fields)
        if autotask_id is None:
            return await self._look_again(client, ticket)
        await self._probe("send")
        async with self._database.unit(tenant_id) as uow:
            await uow.tickets.known(ticket.id, autotask_id)
        return await self._read_back(tenant_id, autotask_id)

    async def _find(self, client: AutotaskClient, ticket: Ticket) -> Ensured | None:
        """Autotask's record with our reference.

        A database that does not look up by ``externalID`` is searched by company and time instead: what the
        filter gives is never taken for ours unread.
        """
        try:
            found = await client.list_all(
                entities.Ticket,
                field("externalID").eq(ticket.reference),
                limit=MOST_TWINS,
                urgency=Urgency.PERSON,
            )
        except AutotaskRejected:
            found = []
        else:
            if not found:
                return None
        return _ours(found, ticket) or await self._find_among_recent(client, ticket)

    async def _find_among_recent(self, client: AutotaskClient, ticket: Ticket) -> Ensured | None:
        since = ticket.saved_at - timedelta(minutes=5)
        where = all_of(field("companyID").eq(ticket.company_id), field("createDate").gte(since))
        found = await client.list_all(entities.Ticket, where, limit=MOST_RECENT, urgency=Urgency.PERSON)
        return _ours(found, ticket)

    async def _find_earlier_send(
        self, client: AutotaskClient, tenant_id: int, ticket: Ticket
    ) -> Ensured | None:
        """What an earlier run sent whose reply nobody kept: waited for, then looked for more than once."""
        async with self._database.unit(tenant_id) as uow:
            sent_at = await uow.tickets.sent_at(ticket.id)
        if sent_at is None:
            return None
        age = self._clock.now() - sent_at
        if age < SURFACES_WITHIN:
            raise AutotaskBusy(SURFACES_WITHIN - age)
        return await self._find_in_a_while(client, ticket, LOOK_WELL_AFTER)

    async def _mark_sending(self, tenant_id: int, ticket: Ticket, token: int) -> None:
        """The last check before the send, and the note that it happens, in one transaction."""
        now = self._clock.now()
        async with self._database.unit(tenant_id) as uow:
            if not await uow.leases.renew(ticket.reference, token, now + LEASE):
                raise AutotaskBusy(timedelta(seconds=5))
            await uow.tickets.sending(ticket.id, now)
        await self._probe("mark")

    async def _send(
        self, client: AutotaskClient, tenant_id: int, ticket: Ticket, fields: Mapping[str, str | int]
    ) -> int | None:
        """Autotask's id of the new record; None when the reply was lost. A refusal leaves nothing to look for."""
        try:
            async with asyncio.timeout(SEND_WITHIN):
                return await self._create(client, fields)
        except TimeoutError:
            return None
        except BotError as error:
            if isinstance(error, AutotaskUnavailable) and error.ambiguous:
                return None
            async with self._database.unit(tenant_id) as uow:
                await uow.tickets.not_sent(ticket.id)
            raise

    async def _create(self, client: AutotaskClient, fields: Mapping[str, str | int]) -> int:
        """A category may demand a due date: the refusal had no effect, so it is given and sent again."""
        try:
            return await client.create(entities.Ticket, fields)
        except AutotaskRejected as refusal:
            if not any("duedatetime" in reason.casefold() for reason in refusal.reasons):
                raise
        due = (self._clock.now() + DUE_WITHIN).strftime("%Y-%m-%dT%H:%M:%SZ")
        return await client.create(entities.Ticket, {**fields, "dueDateTime": due})

    async def _look_again(self, client: AutotaskClient, ticket: Ticket) -> Ensured:
        found = await self._find_in_a_while(client, ticket, LOOK_AGAIN_AFTER)
        if found is None:
            raise AutotaskUnavailable("the reply to the create was lost and the record is not visible yet")
        return found

    async def _find_in_a_while(
        self, client: AutotaskClient, ticket: Ticket, pauses: Sequence[float]
    ) -> Ensured | None:
        for seconds in pauses:
            await self._pause(seconds)
            found = await self._find(client, ticket)
            if found is not None:
                return found
        return None

    async def _read_back(self, tenant_id: int, autotask_id: int) -> Ensured:
        """What people know the ticket by; that it exists is settled, so nothing that goes wrong here counts."""
        nothing_more = Ensured(autotask_id, "", None, None)
        try:
            client = await self._client_for(tenant_id)
            for seconds in (0.0, *LOOK_AGAIN_AFTER):
                if seconds:
                    await self._pause(seconds)
                found = await client.get(entities.Ticket, autotask_id)
                if found is not None:
                    return _ensured(found)
        except BotError:
            return nothing_more
        return nothing_more

    async def _fields(self, tenant_id: int, ticket: Ticket) -> dict[str, str | int]:
        async with self._database.unit(tenant_id) as uow:
            defaults = await uow.connections.ticket_defaults()
            text = fit_title(
                ticket.summary,
                ticket.description,
                max_length=await uow.fields.max_length("Tickets", "title", TITLE_LENGTH),
            )
            requester = await uow.tickets.requester(ticket.id)
        signed = f"{text.description}\n\nRaised from Slack by {requester}.".strip()
        return {
            "companyID": ticket.company_id,
            "title": text.title,
            "description": signed,
            "queueID": ticket.queue_id,
            "priority": ticket.priority,
            "status": defaults.status_new.value,
            "externalID": ticket.reference,
        }


def _ours(found: Sequence[entities.Ticket], ticket: Ticket) -> Ensured | None:
    wanted = ticket.reference.casefold()
    return next((_ensured(row) for row in found if row.external_id.casefold() == wanted), None)


def _ensured(found: entities.Ticket) -> Ensured:
    return Ensured(found.id, found.ticket_number or "", found.status, found.queue_id)
