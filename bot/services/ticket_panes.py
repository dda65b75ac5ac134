"""Tickets as people look at them: the list, the card's facts as Autotask has them now, the archive."""

from collections.abc import Sequence
from datetime import timedelta

from bot.autotask import entities
from bot.autotask import query as q
from bot.autotask.client import AutotaskClient
from bot.autotask.ensure import INVISIBLE
from bot.autotask.facts import person_of
from bot.autotask.links import ticket_url
from bot.autotask.pool import ClientFor
from bot.clock import Clock
from bot.db.session import Database, UnitOfWork
from bot.domain.context import Ctx, Right
from bot.domain.switches import Capability
from bot.domain.ticket_lists import TicketFilter, TicketPage
from bot.domain.tickets import TITLE_LENGTH, Ticket, TicketFacts, outgoing
from bot.errors import AlreadyDone, NotFound

NAMES_LIVE = timedelta(days=1)
"""How long a resource's name is taken as still true."""


class TicketPanes:
    def __init__(self, database: Database, client_for: ClientFor, *, clock: Clock) -> None:
        self._database = database
        self._client_for = client_for
        self._clock = clock

    async def url(self, tenant_id: int, ticket: Ticket) -> str:
        """The address that opens the ticket in Autotask, or "" while there is none."""
        return (await self.urls(tenant_id, [ticket]))[0]

    async def urls(self, tenant_id: int, tickets: Sequence[Ticket]) -> list[str]:
        async with self._database.unit(tenant_id) as uow:
            connection = await uow.connections.get()
        base = connection.zone.web_url if connection else ""
        return [
            ticket_url(base, each.autotask_id) if base and each.autotask_id is not None else ""
            for each in tickets
        ]

    async def page(self, ctx: Ctx, wanted: TicketFilter, *, offset: int = 0, limit: int = 10) -> TicketPage:
        """One page of the tickets that the person may see, the newest first. Raises ``SwitchedOff``."""
        ctx.require(Right.READ)
        mine = ctx.person.user_id if wanted.whose == "mine" else None
        async with self._database.unit_for(ctx) as uow:
            await uow.switches.require(Capability.TICKETS, writing=False)
            found, total = await uow.tickets.page(
                offset, limit, created_by=mine, archived=wanted.whose == "archived", words=wanted.words
            )
        return TicketPage(tuple(found), total)

    async def refresh(self, ctx: Ctx, ticket_id: int) -> Ticket:
        """The ticket as Autotask has it now (product TK11); one that is still under way as it is."""
        return (await self.refresh_all(ctx, [await self.seen(ctx, ticket_id)]))[0]

    async def refresh_all(self, ctx: Ctx, tickets: Sequence[Ticket]) -> list[Ticket]:
        """The same for all that are shown, in one query however many they are."""
        ctx.require(Right.READ)
        async with self._database.unit_for(ctx) as uow:
            await uow.switches.require(Capability.TICKETS, writing=False)
        ids = [each.autotask_id for each in tickets if each.autotask_id is not None]
        if not ids:
            return list(tickets)
        client = await self._client_for(ctx.tenant.id)
        rows = await client.list_all(entities.Ticket, q.field("id").in_(ids), limit=len(ids))
        names = await self._names(client, ctx.tenant.id, rows)
        found = {row.id: row for row in rows}
        async with self._database.unit_for(ctx) as uow:
            return [await self._kept(uow, each, found.get(each.autotask_id or 0), names) for each in tickets]

    async def archive(self, ctx: Ctx, ticket_id: int) -> Ticket:
        """Puts the ticket away in Deskhand alone (product TK12). Raises ``AlreadyDone``."""
        return await self._archive(ctx, ticket_id, away=True)

    async def unarchive(self, ctx: Ctx, ticket_id: int) -> Ticket:
        """Takes it out again. Raises ``AlreadyDone``."""
        return await self._archive(ctx, ticket_id, away=False)

    async def _archive(self, ctx: Ctx, ticket_id: int, *, away: bool) -> Ticket:
        ctx.require(Right.CREATE_TICKETS)
        now = self._clock.now()
        async with self._database.unit_for(ctx) as uow:
            ticket = await uow.tickets.locked(ticket_id)
            if ticket is None:
                raise NotFound("ticket", str(ticket_id))
            if (ticket.archived_at is not None) is away:
                raise AlreadyDone(f"This ticket is {'archived' if away else 'not archived'} already.")
            changed = await uow.tickets.archive(ticket_id, now if away else None)
            await uow.audit.record(
                at=now,
                by=ctx.person.user_id,
                action="archive ticket" if away else "un-archive ticket",
                subject=ticket.summary,
                autotask_id=ticket.autotask_id,
            )
        return changed

    async def seen(self, ctx: Ctx, ticket_id: int) -> Ticket:
        """The ticket as we have it. Raises ``NotFound``, also for one that the person may not see."""
        ctx.require(Right.READ)
        async with self._database.unit_for(ctx) as uow:
            ticket = await uow.tickets.get(ticket_id)
        if ticket is None:
            raise NotFound("ticket", str(ticket_id))
        return ticket

    async def _kept(
        self, uow: UnitOfWork, ticket: Ticket, row: entities.Ticket | None, names: dict[int, str]
    ) -> Ticket:
        now = self._clock.now()
        if ticket.autotask_id is None:
            return ticket
        if row is None:
            fresh = ticket.created_at is not None and now - ticket.created_at < INVISIBLE
            return ticket if fresh else await uow.tickets.gone(ticket.id, now)
        title_length = await uow.fields.max_length("Tickets", "title", TITLE_LENGTH)
        sent = outgoing(
            ticket.summary, ticket.description, requester=ticket.requester_name, title_length=title_length
        )
        facts = TicketFacts(
            number=row.ticket_number or ticket.number,
            status_label=await uow.fields.label("Tickets", "status", row.status),
            queue_label=await uow.fields.label("Tickets", "queueID", row.queue_id),
            assigned_to=names.get(row.assigned_resource_id or 0, ""),
            due_at=row.due_date_time,
            summary=ticket.summary if _same(row.title, sent.title) else row.title,
            description=ticket.description if _same(row.description, sent.description) else row.description,
        )
        return await uow.tickets.refreshed(ticket.id, facts, now)

    async def _names(
        self, client: AutotaskClient, tenant_id: int, rows: Sequence[entities.Ticket]
    ) -> dict[int, str]:
        """Who the tickets are assigned to: kept for a day, the rest asked for in one query."""
        wanted = {row.assigned_resource_id for row in rows if row.assigned_resource_id is not None}
        if not wanted:
            return {}
        now = self._clock.now()
        async with self._database.unit(tenant_id) as uow:
            known = await uow.resources.names(wanted, since=now - NAMES_LIVE)
        missing = sorted(wanted - set(known))
        if not missing:
            return known
        found = await client.list_all(entities.Resource, q.field("id").in_(missing), limit=len(missing))
        fresh = [person_of(each) for each in found]
        async with self._database.unit(tenant_id) as uow:
            await uow.resources.save(fresh, now)
        return {**known, **{each.id: each.name for each in fresh}}


def _same(text: str, sent: str) -> bool:
    """Blanks and line ends aside, which Autotask changes as it likes."""
    return text.split() == sent.split()
