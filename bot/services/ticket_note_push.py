"""The push of a saved note: it is on its ticket in Autotask exactly once when this is through."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.autotask import entities
from bot.autotask import query as q
from bot.autotask.client import AutotaskClient
from bot.autotask.ensure import Ensure, Probe, no_probe
from bot.autotask.picklists import EntityFields, PicklistValue
from bot.autotask.pool import ClientFor
from bot.clock import Clock
from bot.db.session import Database, UnitOfWork
from bot.domain.authors import refusal_key
from bot.domain.switches import Capability
from bot.domain.ticket_notes import TicketNote, outgoing_text, outgoing_title
from bot.domain.tickets import Ticket, TicketState
from bot.errors import AutotaskRejected, NotFound, PermissionMissing

MOST_NOTES = 5_000
"""Of one ticket; ours is among the newest."""
TASK_NOTES = 3
"""``noteType`` of a plain note (autotask-api: picklist values)."""
INTERNAL = 2
"""``publish``: the MSP's own people, not the client's portal."""


@dataclass(frozen=True)
class NoteOf:
    """A note and the ticket it belongs to."""

    note: TicketNote
    ticket: Ticket


class TicketNotePush:
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
        self._ensure = Ensure(database, clock=clock, pause=pause, probe=probe)

    async def get(self, tenant_id: int, note_id: int) -> NoteOf:
        """Raises ``NotFound``, also when the ticket is gone."""
        async with self._database.unit(tenant_id) as uow:
            note = await uow.ticket_notes.get(note_id)
            ticket = await uow.tickets.get(note.ticket_id) if note else None
        if note is None or ticket is None:
            raise NotFound("note", str(note_id))
        return NoteOf(note, ticket)

    async def ensure(self, tenant_id: int, found: NoteOf, *, holder: str, author: int | None = None) -> int:
        """The id of the note in Autotask: found by our reference, else created under a lease.

        Raises ``SwitchedOff``, ``AutotaskBusy``, ``AutotaskRejected`` or an ``UpstreamError``.
        """
        note, ticket = found.note, found.ticket
        if note.autotask_id is not None:
            return note.autotask_id
        async with self._database.unit(tenant_id) as uow:
            await uow.switches.require(Capability.TICKETS, writing=False)
            if await uow.ticket_notes.sent_at(note.id) is not None:
                author = None  # what answered nothing of use may do so for as long as the name is sent
        assert ticket.autotask_id is not None
        client = await self._client_for(tenant_id)
        record = NoteRecord(client, note, ticket.autotask_id, author)
        try:
            return await self._ensure(tenant_id, record, holder=holder)
        finally:
            if author is not None and record.author_refused:
                await self._remember_refusal(tenant_id, author)

    async def _remember_refusal(self, tenant_id: int, author: int) -> None:
        key = refusal_key(entities.TicketNote.endpoint.name, author, self._clock.now())
        async with self._database.unit(tenant_id) as uow:
            await uow.deliveries.first_time(key, self._clock.now())

    async def record(self, tenant_id: int, note_id: int, autotask_id: int) -> TicketNote:
        async with self._database.unit(tenant_id) as uow:
            return await uow.ticket_notes.created(note_id, autotask_id)

    async def fail(self, tenant_id: int, note_id: int, reason: str, *, code: str = "") -> TicketNote:
        """Marks the note as not added; one that another worker has added meanwhile stays so."""
        async with self._database.unit(tenant_id) as uow:
            note = await uow.ticket_notes.get(note_id)
            if note is not None and note.state is TicketState.CREATED:
                return note
            return await uow.ticket_notes.failed(note_id, reason, code=code)


@dataclass
class NoteRecord:
    """A note on its way to Autotask. Notes have no field of ours: the text ends with our reference."""

    client: AutotaskClient
    note: TicketNote
    ticket_id: int
    author: int | None = None
    author_refused: bool = False
    fields: Mapping[str, str | int] = field(default_factory=dict)

    @property
    def reference(self) -> str:
        return self.note.reference

    async def find(self) -> int | None:
        """The ticket's note whose text holds our reference; nothing is taken for ours unread.

        A database that does not search in texts is asked for all notes of the ticket.
        """
        of_ticket = q.field("ticketID").eq(self.ticket_id)
        holds_it = q.field("description").contains(self.reference)
        try:
            return _ours(await self._list(q.all_of(of_ticket, holds_it)), self.note)
        except AutotaskRejected:
            return _ours(await self._list(of_ticket), self.note)

    async def prepare(self) -> None:
        kinds = await self.client.fields(entities.TicketNote)
        self.fields = {
            "title": outgoing_title(self.note),
            "description": outgoing_text(self.note),
            "noteType": _preferred(kinds, "noteType", TASK_NOTES, "note"),
            "publish": _preferred(kinds, "publish", INTERNAL, "internal"),
        }

    async def send(self) -> int:
        """A refusal to write in somebody's name had no effect: the note is sent again as the API user's own."""
        if self.author is None:
            return await self._send_as_ourselves()
        try:
            return await self.client.create(
                entities.TicketNote, self.fields, parent_id=self.ticket_id, impersonate=self.author
            )
        except (PermissionMissing, AutotaskRejected):
            created = await self._send_as_ourselves()
        self.author_refused = True  # for nothing else was wrong with it
        return created

    async def _send_as_ourselves(self) -> int:
        return await self.client.create(entities.TicketNote, self.fields, parent_id=self.ticket_id)

    async def read(self, autotask_id: int) -> int | None:
        """Nothing more is to be known of a note than its id."""
        return autotask_id

    def unread(self, autotask_id: int) -> int:
        return autotask_id

    async def sent_at(self, uow: UnitOfWork) -> datetime | None:
        return await uow.ticket_notes.sent_at(self.note.id)

    async def sending(self, uow: UnitOfWork, at: datetime) -> None:
        """Raises ``SwitchedOff`` when tickets are not to be written any more."""
        await uow.switches.require(Capability.TICKETS)
        await uow.ticket_notes.sending(self.note.id, at)

    async def still_sending(self, uow: UnitOfWork, at: datetime) -> None:
        await uow.ticket_notes.sending(self.note.id, at)

    async def not_sent(self, uow: UnitOfWork) -> None:
        await uow.ticket_notes.not_sent(self.note.id)

    async def known(self, uow: UnitOfWork, autotask_id: int) -> None:
        await uow.ticket_notes.known(self.note.id, autotask_id)

    async def _list(self, where: q.Condition) -> list[entities.TicketNote]:
        return await self.client.list_all(entities.TicketNote, where, limit=MOST_NOTES)


def _ours(found: Sequence[entities.TicketNote], note: TicketNote) -> int | None:
    wanted = note.reference.casefold()
    return next((row.id for row in found if wanted in row.description.casefold()), None)


def _preferred(fields: EntityFields, name: str, value: int, word: str) -> int:
    """The usual value where this database has it, else the one named alike, else the first there is."""
    choices = fields.choices(name)
    by_value = (each for each in choices if each.value == value)
    by_word = (each for each in choices if word in each.label.casefold())
    chosen: PicklistValue | None = next(iter((*by_value, *by_word, *choices)), None) if choices else None
    if chosen is None or not isinstance(chosen.value, int):
        raise AutotaskRejected("TicketNote", (f"No value of {name} is active.",))
    return chosen.value
