"""Closing what we created in Autotask when the connection is removed: one note each, then the closing status."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.autotask import entities
from bot.autotask import query as q
from bot.autotask.client import AutotaskClient
from bot.autotask.ensure import Ensure, Probe, no_probe
from bot.autotask.picklists import EntityFields
from bot.autotask.pool import ClientFor
from bot.clock import Clock
from bot.db.session import Database, UnitOfWork
from bot.domain.context import Tenant
from bot.domain.removal import Closed, Closing, Removal, note_reference
from bot.errors import AutotaskRejected, BotError, PermissionMissing

MOST_NOTES = 500
CLOCKS_DIFFER = timedelta(days=1)
"""How far Autotask's clock may be from ours: notes older than that are not looked through."""
INTERNAL = "internal"
GONE = "Autotask has no such ticket any more."
NO_STATUS = "No status for closed tickets was chosen."
GAVE_UP = "Autotask did not answer."

Progress = Callable[[Closed], Awaitable[None]]


class ClosingService:
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
        self._probe = probe
        self._ensure = Ensure(database, clock=clock, pause=pause, probe=probe)

    async def close(
        self, tenant: Tenant, removal: Removal, *, holder: str, progress: Progress, is_last: bool = False
    ) -> Closed:
        """Closes each ticket of ours that is still open; what cannot be closed is kept with the reason.

        Raises an ``UpstreamError`` while Autotask does not answer, unless this attempt ``is_last``.
        """
        async with self._database.unit(tenant.id) as uow:
            await uow.removals.plan_closings(removal.id)
        outcome = await self.outcome(tenant.id, removal)
        try:
            if outcome.left:
                await self._close_open(tenant, removal, outcome, holder=holder, progress=progress)
        except BotError as error:
            if error.retryable and not is_last:
                raise
            await self._give_up(tenant.id, removal, _reason(error) if not error.retryable else GAVE_UP)
        return await self.outcome(tenant.id, removal)

    async def outcome(self, tenant_id: int, removal: Removal) -> Closed:
        """How far the closing has come."""
        async with self._database.unit(tenant_id) as uow:
            rows = await uow.removals.closings(removal.id)
        problems = tuple((row.number or str(row.autotask_id), row.problem) for row in rows if row.problem)
        return Closed(len(rows), sum(row.closed_at is not None for row in rows), problems)

    async def _close_open(
        self, tenant: Tenant, removal: Removal, so_far: Closed, *, holder: str, progress: Progress
    ) -> None:
        client = await self._client_for(tenant.id)
        for closing, found in await self._open(client, tenant.id, removal):
            try:
                await self._close_one(client, tenant, removal, (closing, found), holder=holder)
            except BotError as error:
                if error.retryable:
                    raise
                async with self._database.unit(tenant.id) as uow:
                    await uow.removals.not_closed(closing, _reason(error))
            so_far = replace(so_far, closed=so_far.closed + 1)
            await progress(so_far)

    async def _open(
        self, client: AutotaskClient, tenant_id: int, removal: Removal
    ) -> list[tuple[Closing, entities.Ticket | None]]:
        """What is still to be done, each with Autotask's record: one query for 500 of them."""
        async with self._database.unit(tenant_id) as uow:
            rows = await uow.removals.closings(removal.id)
        left = [row for row in rows if row.closed_at is None and not row.problem]
        known: dict[int, entities.Ticket] = {}
        async for page in client.by_parents(
            entities.Ticket, "id", [row.autotask_id for row in left], fields=("id", "status", "ticketNumber")
        ):
            known |= {each.id: each for each in page.items}
        return [(row, known.get(row.autotask_id)) for row in left]

    async def _close_one(
        self,
        client: AutotaskClient,
        tenant: Tenant,
        removal: Removal,
        pair: tuple[Closing, entities.Ticket | None],
        *,
        holder: str,
    ) -> None:
        """A ticket that is closed already is left as it is, without a note."""
        closing, found = pair
        status = removal.status_closed
        if found is None or status is None:
            raise AutotaskRejected("Ticket", (GONE if found is None else NO_STATUS,))
        if found.status != status:
            await self._note(client, tenant, removal, closing, holder=holder)
            await client.update(entities.Ticket, closing.autotask_id, {"status": status})
            await self._probe("status")
        async with self._database.unit(tenant.id) as uow:
            await uow.removals.closed(closing, self._clock.now())

    async def _note(
        self, client: AutotaskClient, tenant: Tenant, removal: Removal, closing: Closing, *, holder: str
    ) -> None:
        if closing.note_id is None:
            record = ClosingNote(client, tenant, removal, closing)
            await self._ensure(tenant.id, record, holder=holder)

    async def _give_up(self, tenant_id: int, removal: Removal, reason: str) -> None:
        async with self._database.unit(tenant_id) as uow:
            for row in await uow.removals.closings(removal.id):
                if row.closed_at is None and not row.problem:
                    await uow.removals.not_closed(row, reason)


@dataclass
class ClosingNote:
    """The note that says why a ticket is closed. Notes have no field of ours: the text ends with our reference."""

    client: AutotaskClient
    tenant: Tenant
    removal: Removal
    closing: Closing
    fields: Mapping[str, str | int] = field(default_factory=dict)

    @property
    def reference(self) -> str:
        return f"{note_reference(self.removal.id, self.tenant.team_id)}-{self.closing.autotask_id}"

    async def find(self) -> int | None:
        """The ticket's note whose text holds our reference."""
        since = self.removal.requested_at - CLOCKS_DIFFER
        of_ticket = q.field("ticketID").eq(self.closing.autotask_id)
        where = q.all_of(of_ticket, q.field("createDateTime").gte(since))
        found = await self.client.list_all(entities.TicketNote, where, limit=MOST_NOTES)
        return _ours(found, self.reference)

    async def prepare(self) -> None:
        kinds = await self.client.fields(entities.TicketNote)
        self.fields = {
            "title": "Closed: Deskhand was disconnected",
            "description": (
                f"Deskhand, which raised this ticket from Slack, was disconnected from Autotask by "
                f"{self.removal.requester_name}, who asked to have its tickets closed.\n\n[{self.reference}]"
            ),
            "noteType": _choice(kinds, "noteType", "note"),
            "publish": _choice(kinds, "publish", INTERNAL),
        }

    async def send(self) -> int:
        return await self.client.create(entities.TicketNote, self.fields, parent_id=self.closing.autotask_id)

    async def read(self, autotask_id: int) -> int | None:
        return autotask_id

    def unread(self, autotask_id: int) -> int:
        return autotask_id

    async def sent_at(self, uow: UnitOfWork) -> datetime | None:
        return await uow.removals.note_sent_at(self.closing)

    async def sending(self, uow: UnitOfWork, at: datetime) -> None:
        await uow.removals.note_sending(self.closing, at)

    async def still_sending(self, uow: UnitOfWork, at: datetime) -> None:
        await uow.removals.note_sending(self.closing, at)

    async def not_sent(self, uow: UnitOfWork) -> None:
        await uow.removals.note_not_sent(self.closing)

    async def known(self, uow: UnitOfWork, autotask_id: int) -> None:
        await uow.removals.noted(self.closing, autotask_id)


def _ours(found: Sequence[entities.TicketNote], reference: str) -> int | None:
    wanted = f"[{reference}]".casefold()
    return next((row.id for row in found if wanted in row.description.casefold()), None)


def _choice(fields: EntityFields, name: str, word: str) -> int:
    """The value named like ``word``, else the first there is."""
    choices = fields.choices(name)
    chosen = next(
        (each for each in choices if word in each.label.casefold()), choices[0] if choices else None
    )
    if chosen is None or not isinstance(chosen.value, int):
        raise AutotaskRejected("TicketNote", (f"No value of {name} is active.",))
    return chosen.value


def _reason(error: BotError) -> str:
    """Why it was not closed, in words that hold no secret."""
    if isinstance(error, AutotaskRejected):
        return " ".join(error.reasons)
    if isinstance(error, PermissionMissing):
        return f"Autotask does not let Deskhand {error.right} {error.entity}."
    return f"Autotask refused it ({error.code})."
