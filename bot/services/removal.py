"""Removing the connection: what would go, the kill switch, and each step that carries a removal through."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

from bot.autotask import entities
from bot.autotask.client import AutotaskClient
from bot.autotask.ensure import LOOK_WELL_AFTER
from bot.autotask.pool import AutotaskPool, ClientFor
from bot.autotask.query import field
from bot.clock import Clock
from bot.db.session import Database
from bot.domain.context import Ctx, Right, Tenant
from bot.domain.removal import (
    SETTLES_WITHIN,
    Inventory,
    Removal,
    RemovalForm,
    Settled,
    names_match,
)
from bot.domain.tickets import Ticket
from bot.errors import AlreadyDone, AutotaskBusy, BotError, InvalidInput, NotConnected, NotFound
from bot.jobs import Jobs, RemoveConnection

LOOKS = 60
"""How often, a second apart, jobs under way are waited for before the removal goes on without them."""
BUSY = timedelta(seconds=5)
MOST_TWINS = 5


@dataclass(frozen=True)
class Offer:
    """What the dialog lists, and the name that has to be typed."""

    inventory: Inventory
    name: str
    closed_label: str
    """The status that closed tickets get; "" when none was chosen."""


class RemovalService:
    def __init__(
        self,
        database: Database,
        client_for: ClientFor,
        pool: AutotaskPool,
        *,
        jobs: Jobs,
        clock: Clock,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """``client_for`` gives a client of a connection that is being removed, and of no other."""
        self._database = database
        self._client_for = client_for
        self._pool = pool
        self._jobs = jobs
        self._clock = clock
        self._pause = pause

    async def offer(self, ctx: Ctx) -> Offer:
        """What a removal would drop and keep. Raises ``NotAllowed``, ``NotConnected``, ``AlreadyDone``."""
        ctx.require(Right.REMOVE_CONNECTION)
        async with self._database.unit(ctx.tenant.id) as uow:
            if await uow.removals.under_way() is not None:
                raise AlreadyDone("The connection is being removed already.")
            connection = await uow.connections.get()
            if connection is None:
                raise NotConnected
            closed = connection.defaults.status_closed.label if connection.defaults else ""
            return Offer(await uow.removals.inventory(), name_of(ctx.tenant), closed)

    async def begin(self, ctx: Ctx, form: RemovalForm, *, channel_id: str = "") -> Removal:
        """The kill switch, and the job that does the rest, in one transaction: nothing is sent from then on.

        Raises ``NotAllowed`` for who is no Admin now, ``InvalidInput("name")``, ``AlreadyDone``, ``NotConnected``.
        """
        ctx.require(Right.REMOVE_CONNECTION)
        if not names_match(form.typed_name, name_of(ctx.tenant)):
            raise InvalidInput("name", f"Type {name_of(ctx.tenant)}, as it is written above.")
        now = self._clock.now()
        async with self._database.unit(ctx.tenant.id) as uow:
            connection = await uow.connections.get()
            if connection is None or not await uow.removals.stop_connection():
                raise NotConnected
            removal = await uow.removals.begin(
                await uow.removals.inventory(),
                by=ctx.person.user_id,
                by_name=ctx.person.name,
                channel_id=channel_id,
                close_tickets=form.close_tickets,
                mark_lost=form.mark_lost,
                status_closed=connection.defaults.status_closed.value if connection.defaults else None,
                at=now,
            )
            if removal is None:
                raise AlreadyDone("The connection is being removed already.")
            await uow.removals.stop_schedules()
            await uow.audit.record(
                at=now,
                by=ctx.person.user_id,
                action="remove connection",
                subject=f"Autotask database {connection.zone.ci}",
                before={"zone": connection.zone.name, "username": connection.username},
                after={"close tickets": form.close_tickets, "mark opportunities lost": form.mark_lost},
            )
            await self._jobs.enqueue(uow, RemoveConnection(tenant_id=ctx.tenant.id, removal_id=removal.id))
        return removal

    async def go_on(self, ctx: Ctx) -> None:
        """Sets a removal going again that seems to have stopped; harmless while it is running.

        Raises ``NotAllowed``, and ``NotConnected`` when none is under way.
        """
        ctx.require(Right.REMOVE_CONNECTION)
        async with self._database.unit(ctx.tenant.id) as uow:
            removal = await uow.removals.under_way()
            if removal is None:
                raise NotConnected
            await self._jobs.enqueue(uow, RemoveConnection(tenant_id=ctx.tenant.id, removal_id=removal.id))

    async def get(self, tenant_id: int, removal_id: int) -> Removal:
        async with self._database.unit(tenant_id) as uow:
            removal = await uow.removals.get(removal_id)
        if removal is None:
            raise NotFound("removal", str(removal_id))
        return removal

    async def stop(self, tenant_id: int) -> int:
        """Takes out of the queue what waits, and waits for what runs; how many were taken out.

        What runs is refused by its next request to Autotask; a worker that hangs is not waited for.
        """
        cancelled = await self._jobs.cancel_waiting(tenant_id)
        for _ in range(LOOKS):
            if not await self._jobs.running(tenant_id):
                break
            await self._pause(1.0)
        return cancelled + await self._jobs.cancel_waiting(tenant_id)

    async def settle(self, tenant_id: int, removal: Removal, *, is_last: bool = False) -> list[Settled]:
        """The tickets that Autotask does not have and will not get any more.

        Their leases are taken, so that no push can send; one whose send is not answered for is waited for, and
        adopted if it came to light. Raises ``AutotaskBusy`` while that is open, unless this attempt ``is_last``.
        """
        async with self._database.unit(tenant_id) as uow:
            ids = await uow.removals.unsent()
        settled = [await self._settled(tenant_id, removal, each, is_last=is_last) for each in ids]
        return [each for each in settled if each is not None]

    async def forget(self, tenant_id: int, removal: Removal) -> None:
        """Drops everything that hangs on the connection, in one transaction with the end of the removal."""
        now = self._clock.now()
        async with self._database.unit(tenant_id) as uow:
            if not await uow.removals.finish(removal.id, now):
                return
            await uow.removals.forget()
            await uow.audit.record(
                at=now,
                by=removal.requested_by,
                action="connection removed",
                subject="Autotask",
                after=removal.inventory.as_counts(),
            )
        self._pool.forget(tenant_id)

    async def _settled(
        self, tenant_id: int, removal: Removal, ticket_id: int, *, is_last: bool
    ) -> Settled | None:
        """None for a ticket that Autotask turned out to have."""
        now = self._clock.now()
        async with self._database.unit(tenant_id) as uow:
            ticket = await uow.tickets.get(ticket_id)
            if ticket is None or ticket.autotask_id is not None:
                return None
            token = await uow.leases.take(ticket.reference, f"removal-{removal.id}", SETTLES_WITHIN, now)
            sent_at = await uow.tickets.sent_at(ticket_id)
        if token is None and not is_last:
            raise AutotaskBusy(BUSY)
        if sent_at is None:
            return Settled(ticket, is_certain=token is not None)
        if now - sent_at < SETTLES_WITHIN and not is_last:
            raise AutotaskBusy(SETTLES_WITHIN - (now - sent_at))
        return await self._looked_up(tenant_id, ticket, is_last=is_last)

    async def _looked_up(self, tenant_id: int, ticket: Ticket, *, is_last: bool) -> Settled | None:
        """Adopts the record if Autotask has it; where it cannot be asked, nobody knows, and that is said."""
        try:
            found = await self._find_in_a_while(await self._client_for(tenant_id), ticket)
        except BotError as error:
            if error.retryable and not is_last:
                raise
            return Settled(ticket, is_certain=False)
        if found is None:
            return Settled(ticket)
        async with self._database.unit(tenant_id) as uow:
            await uow.tickets.known(ticket.id, found.id)
        return None

    async def _find_in_a_while(self, client: AutotaskClient, ticket: Ticket) -> entities.Ticket | None:
        """Looked for more than once: a record may stay hidden for a number of reads, not only for a time."""
        for seconds in (0.0, *LOOK_WELL_AFTER):
            if seconds:
                await self._pause(seconds)
            found = await self._find(client, ticket)
            if found is not None:
                return found
        return None

    async def _find(self, client: AutotaskClient, ticket: Ticket) -> entities.Ticket | None:
        of_ours = field("externalID").eq(ticket.reference)
        rows = await client.list_all(entities.Ticket, of_ours, limit=MOST_TWINS)
        return next((row for row in rows if row.external_id.casefold() == ticket.reference.casefold()), None)


def name_of(tenant: Tenant) -> str:
    """What has to be typed."""
    return tenant.name or tenant.team_id
