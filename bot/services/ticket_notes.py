"""Notes on tickets: saved with what caused them, and put on the ticket in Autotask by a job."""

from secrets import token_hex

from bot.clock import Clock
from bot.db.session import Database, UnitOfWork
from bot.domain.context import Ctx, Person, Right
from bot.domain.switches import Capability
from bot.domain.ticket_notes import TicketNote
from bot.domain.tickets import TicketState
from bot.errors import AlreadyDone, NotFound
from bot.jobs import Jobs, NoteTicket


class TicketNotesService:
    def __init__(self, database: Database, *, jobs: Jobs, clock: Clock) -> None:
        self._database = database
        self._jobs = jobs
        self._clock = clock

    async def add(self, ctx: Ctx, ticket_id: int, *, key: str, title: str, text: str) -> TicketNote:
        """Saves the note and queues it; the same ``key`` again is the same note.

        Raises ``SwitchedOff`` unless tickets are written, ``NotFound``.
        """
        ctx.require(Right.CREATE_TICKETS)
        async with self._database.unit_for(ctx) as uow:
            await uow.switches.require(Capability.TICKETS)
            return await self.add_note_in(uow, ticket_id, key=key, title=title, text=text, person=ctx.person)

    async def add_note_in(
        self,
        uow: UnitOfWork,
        ticket_id: int,
        *,
        key: str,
        title: str,
        text: str,
        person: Person | None = None,
    ) -> TicketNote:
        """The same within the caller's transaction, whatever the switches say: a note saved while tickets are
        read-only is kept and put on the ticket once they are on.

        ``key`` names the cause (``review:7:completed``). ``person`` is named in the note. Raises ``NotFound``.
        """
        ticket = await uow.tickets.locked(ticket_id)  # so that it is not created unseen just now
        if ticket is None:
            raise NotFound("ticket", str(ticket_id))
        note, is_new = await uow.ticket_notes.add(
            ticket_id,
            key=key,
            reference=f"dhn-{token_hex(8)}",
            title=title,
            text=text,
            by=person.user_id if person else "",
            by_name=person.name if person else "",
            at=self._clock.now(),
        )
        if is_new:
            await self._jobs.enqueue(uow, NoteTicket(tenant_id=uow.tenant_id, note_id=note.id))
        return note

    async def retry(self, ctx: Ctx, note_id: int) -> TicketNote:
        """Queues a failed note once more; raises ``AlreadyDone`` when somebody did so before."""
        ctx.require(Right.CREATE_TICKETS)
        async with self._database.unit_for(ctx) as uow:
            await uow.switches.require(Capability.TICKETS)
            note = await uow.ticket_notes.get(note_id)
            if note is None or await uow.tickets.get(note.ticket_id) is None:
                raise NotFound("note", str(note_id))
            if note.state is TicketState.CREATED:
                raise AlreadyDone("This note is on the ticket already.")
            if not await uow.ticket_notes.retry(note_id):
                raise AlreadyDone("Somebody has just tried this note again; it is on its way.")
            await self._jobs.enqueue(uow, NoteTicket(tenant_id=ctx.tenant.id, note_id=note_id))
        return note
