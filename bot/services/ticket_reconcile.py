"""The nightly look at our tickets in Autotask: twins are reported, and what exists there is adopted here."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from bot.autotask import entities
from bot.autotask import query as q
from bot.autotask.budget import Urgency
from bot.autotask.client import AutotaskClient
from bot.autotask.facts import demand_of
from bot.autotask.links import ticket_url
from bot.autotask.pool import ClientFor
from bot.clock import Clock
from bot.db.session import Database, UnitOfWork
from bot.domain.switches import Capability
from bot.domain.ticket_forms import OURS
from bot.domain.tickets import Ticket, TicketState, Twin, references_of
from bot.errors import AutotaskRejected
from bot.jobs import Jobs, NoteTicket, PushTicket

LOOK_BACK = timedelta(days=35)
"""How old a twin may be to be found: each is looked for on as many nights."""
UNDER_WAY = timedelta(hours=1)
"""How long a saved ticket is left to its own job."""
MOST = 5_000


@dataclass(frozen=True)
class Reconciled:
    twins: tuple[Twin, ...] = ()
    adopted: int = 0
    """Tickets that we held for not created and that are there; their push is queued and will find them."""


class TicketReconcile:
    def __init__(self, database: Database, client_for: ClientFor, *, jobs: Jobs, clock: Clock) -> None:
        self._database = database
        self._client_for = client_for
        self._jobs = jobs
        self._clock = clock

    async def run(self, tenant_id: int, team_id: str) -> Reconciled:
        """Looks at everything in two queries. Raises ``NotConnected``, ``CredentialsRejected``, ``UpstreamError``."""
        async with self._database.unit(tenant_id) as uow:
            if not (await uow.switches.all()).may_read(Capability.TICKETS):
                return Reconciled()
            held = await uow.tickets.held(self._clock.now() - UNDER_WAY, q.MOST)
        client = await self._client_for(tenant_id)
        await self._learn_demands(tenant_id, client)
        try:
            found = await self._found(client, team_id, held)
        except AutotaskRejected:  # this database does not look up by externalID
            found = {}
        adopted = [each for each in held if found.get(each.reference.casefold())]
        async with self._database.unit(tenant_id) as uow:
            await self._go_on(uow, adopted)
            twins = await self._twins(uow, found)
        return Reconciled(twins, len(adopted))

    async def _found(
        self, client: AutotaskClient, team_id: str, held: Iterable[Ticket]
    ) -> dict[str, list[entities.Ticket]]:
        """Autotask's tickets by our reference: the recent ones, and those that we think are not there."""
        since = q.field("createDate").gte(self._clock.now() - LOOK_BACK)
        wanted = [q.all_of(q.field("externalID").begins_with(references_of(team_id)), since)]
        missing = [each.reference for each in held]
        if missing:
            wanted.append(q.field("externalID").in_(missing))
        by_reference: dict[str, dict[int, entities.Ticket]] = defaultdict(dict)
        for where in wanted:
            rows = await client.list_all(
                entities.Ticket, where, limit=MOST, fields=_FIELDS, urgency=Urgency.BACKGROUND
            )
            for row in rows:
                by_reference[row.external_id.casefold()][row.id] = row
        return {name: list(rows.values()) for name, rows in by_reference.items()}

    async def _go_on(self, uow: UnitOfWork, adopted: Iterable[Ticket]) -> None:
        for each in adopted:
            ticket = await uow.tickets.locked(each.id)
            if ticket is None or ticket.state is TicketState.CREATED:
                continue  # meanwhile
            if ticket.state is TicketState.FAILED:
                await uow.tickets.retry(ticket.id)
            await self._jobs.enqueue(uow, PushTicket(tenant_id=uow.tenant_id, ticket_id=ticket.id))
        for note in await uow.ticket_notes.overdue(self._clock.now() - UNDER_WAY, q.MOST):
            await self._jobs.enqueue(uow, NoteTicket(tenant_id=uow.tenant_id, note_id=note.id))

    async def _twins(self, uow: UnitOfWork, found: dict[str, list[entities.Ticket]]) -> tuple[Twin, ...]:
        several = {name: rows for name, rows in found.items() if name and len(rows) > 1}
        connection = await uow.connections.get()
        base = connection.zone.web_url if connection else ""
        ours = await uow.tickets.by_references([row.external_id for rows in several.values() for row in rows])
        return tuple(
            Twin(
                ticket,
                tuple(
                    (row.ticket_number or str(row.id), ticket_url(base, row.id))
                    for row in several[ticket.reference.casefold()]
                ),
            )
            for ticket in ours
        )

    async def _learn_demands(self, tenant_id: int, client: AutotaskClient) -> None:
        """Fields that this database's own description calls required become inputs of the form."""
        fields = await client.fields(entities.Ticket, urgency=Urgency.BACKGROUND)
        names = [name for name in fields.required if name.casefold() not in OURS]
        if names:
            async with self._database.unit(tenant_id) as uow:
                await uow.ticket_forms.demand([demand_of(name, fields) for name in names], self._clock.now())


_FIELDS = ("externalID", "ticketNumber")
