"""The push of a saved ticket: Autotask has it exactly once when this is through."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from bot.autotask import entities
from bot.autotask.client import AutotaskClient
from bot.autotask.pool import ClientFor
from bot.autotask.query import field
from bot.clock import Clock
from bot.db.session import Database
from bot.domain.tickets import TITLE_LENGTH, Ticket, TicketState, fit_title
from bot.errors import AutotaskBusy, AutotaskUnavailable, BotError, NotFound

SEND_WITHIN = 30.0
"""Seconds after which a create counts as one whose reply was lost."""
LEASE = timedelta(seconds=45)
"""Longer than the send, so that another job never overtakes a live one; the same job takes its own lease over,
because its earlier run lost its worker, and the new token stops that run at its last check."""
INVISIBLE = timedelta(seconds=20)
"""How long a fresh record may stay invisible to a query (autotask-api: replication lag)."""
SURFACES_WITHIN = timedelta(seconds=SEND_WITHIN) + INVISIBLE
"""How long after its send a create of another run may still come to light."""
LOOK_AGAIN_AFTER = (0.5, 1.0, 2.0, 4.0)
"""Seconds between look-ups after a reply was lost."""
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
        client = await self._client_for(tenant_id)
        if ticket.autotask_id is not None:
            return await self._read_back(client, ticket.autotask_id)
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

    async def fail(self, tenant_id: int, ticket_id: int, reason: str) -> Ticket:
        """Marks the ticket as not created, with the reason people read; a retry is possible.

        One that another worker has created meanwhile stays created.
        """
        async with self._database.unit(tenant_id) as uow:
            ticket = await uow.tickets.get(ticket_id)
            if ticket is not None and ticket.state is TicketState.CREATED:
                return ticket
            return await uow.tickets.failed(ticket_id, reason)

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
        return await self._read_back(client, autotask_id)

    async def _find(self, client: AutotaskClient, ticket: Ticket) -> Ensured | None:
        found = await client.first(entities.Ticket, field("externalID").eq(ticket.reference))
        return _ensured(found) if found else None

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
        return await self._find_in_a_while(client, ticket)

    async def _mark_sending(self, tenant_id: int, ticket: Ticket, token: int) -> None:
        """The last check before the send, and the note that it happens, in one transaction."""
        now = self._clock.now()
        async with self._database.unit(tenant_id) as uow:
            if not await uow.leases.holds(ticket.reference, token, now):
                raise AutotaskBusy(timedelta(seconds=5))
            await uow.tickets.sending(ticket.id, now)
        await self._probe("mark")

    async def _send(
        self, client: AutotaskClient, tenant_id: int, ticket: Ticket, fields: Mapping[str, str | int]
    ) -> int | None:
        """Autotask's id of the new record; None when the reply was lost. A refusal leaves nothing to look for."""
        try:
            async with asyncio.timeout(SEND_WITHIN):
                return await client.create(entities.Ticket, fields)
        except TimeoutError:
            return None
        except BotError as error:
            if isinstance(error, AutotaskUnavailable) and error.ambiguous:
                return None
            async with self._database.unit(tenant_id) as uow:
                await uow.tickets.not_sent(ticket.id)
            raise

    async def _look_again(self, client: AutotaskClient, ticket: Ticket) -> Ensured:
        found = await self._find_in_a_while(client, ticket)
        if found is None:
            raise AutotaskUnavailable("the reply to the create was lost and the record is not visible yet")
        return found

    async def _find_in_a_while(self, client: AutotaskClient, ticket: Ticket) -> Ensured | None:
        for seconds in LOOK_AGAIN_AFTER:
            await self._pause(seconds)
            found = await self._find(client, ticket)
            if found is not None:
                return found
        return None

    async def _read_back(self, client: AutotaskClient, autotask_id: int) -> Ensured:
        for seconds in (0.0, *LOOK_AGAIN_AFTER):
            if seconds:
                await self._pause(seconds)
            found = await client.get(entities.Ticket, autotask_id)
            if found is not None:
                return _ensured(found)
        return Ensured(autotask_id, "", None, None)

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


def _ensured(found: entities.Ticket) -> Ensured:
    return Ensured(found.id, found.ticket_number or "", found.status, found.queue_id)
