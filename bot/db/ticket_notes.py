"""Notes on tickets: saved first, then linked to Autotask's record."""

from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, select, update
from sqlalchemy.dialects.postgresql import insert

from bot.db.repository import Repository
from bot.db.tables import ticket_notes, tickets
from bot.domain.ticket_notes import TicketNote
from bot.domain.tickets import TicketState


class TicketNotes(Repository):
    async def add(
        self,
        ticket_id: int,
        *,
        key: str,
        reference: str,
        title: str,
        text: str,
        by: str,
        by_name: str,
        at: datetime,
    ) -> tuple[TicketNote, bool]:
        """The saved note, and whether this call saved it: the same ``key`` is the same note."""
        row = {
            "ticket_id": ticket_id,
            "key": key,
            "reference": reference,
            "title": title,
            "text": text,
            "requested_by": by,
            "requester_name": by_name,
            "saved_at": at,
        }
        made = insert(ticket_notes).values(tenant_id=self.tenant_id, **row).on_conflict_do_nothing()
        is_new = await self._scalar(made.returning(ticket_notes.c.id)) is not None
        found = await self._one(ticket_notes.c.key == key)
        assert found is not None
        return found, is_new

    async def get(self, note_id: int) -> TicketNote | None:
        return await self._one(ticket_notes.c.id == note_id)

    async def waiting(self, ticket_id: int) -> list[TicketNote]:
        """The ticket's notes that are saved and not in Autotask, oldest first."""
        rows = await self._all(
            select(ticket_notes)
            .where(
                ticket_notes.c.tenant_id == self.tenant_id,
                ticket_notes.c.ticket_id == ticket_id,
                ticket_notes.c.state == TicketState.SAVED.value,
            )
            .order_by(ticket_notes.c.id)
        )
        return [_note(row) for row in rows]

    async def kept_from_autotask(self, code_prefix: str, limit: int) -> list[TicketNote]:
        """Notes that failed for a reason whose number begins so, oldest first."""
        rows = await self._all(
            select(ticket_notes)
            .where(
                ticket_notes.c.tenant_id == self.tenant_id,
                ticket_notes.c.state == TicketState.FAILED.value,
                ticket_notes.c.error_code.startswith(code_prefix),
            )
            .order_by(ticket_notes.c.id)
            .limit(limit)
        )
        return [_note(row) for row in rows]

    async def overdue(self, saved_before: datetime, limit: int) -> list[TicketNote]:
        """Notes that are still not on their ticket although Autotask has it, oldest first."""
        there = (tickets.c.tenant_id == ticket_notes.c.tenant_id) & (tickets.c.id == ticket_notes.c.ticket_id)
        rows = await self._all(
            select(ticket_notes)
            .join(tickets, there)
            .where(
                ticket_notes.c.tenant_id == self.tenant_id,
                ticket_notes.c.state == TicketState.SAVED.value,
                ticket_notes.c.saved_at < saved_before,
                tickets.c.state == TicketState.CREATED.value,
            )
            .order_by(ticket_notes.c.id)
            .limit(limit)
        )
        return [_note(row) for row in rows]

    async def sent_at(self, note_id: int) -> datetime | None:
        """When a create was last sent, whose reply may never have come."""
        found = await self._scalar(select(ticket_notes.c.sent_at).where(*self._named(note_id)))
        return found if isinstance(found, datetime) else None

    async def sending(self, note_id: int, at: datetime) -> None:
        """Written before the create is sent."""
        await self._change(note_id, sent_at=at)

    async def not_sent(self, note_id: int) -> None:
        """The create surely had no effect: nothing can surface later."""
        await self._change(note_id, sent_at=None)

    async def known(self, note_id: int, autotask_id: int) -> None:
        """Autotask has given the record its id; it is not created again."""
        await self._change(note_id, autotask_id=autotask_id)

    async def created(self, note_id: int, autotask_id: int) -> TicketNote:
        return await self._change(
            note_id, state=TicketState.CREATED.value, error="", error_code="", autotask_id=autotask_id
        )

    async def failed(self, note_id: int, reason: str, *, code: str = "") -> TicketNote:
        return await self._change(note_id, state=TicketState.FAILED.value, error=reason, error_code=code)

    async def retry(self, note_id: int) -> bool:
        """Back to saved, if it had failed; False when somebody did so before."""
        changed = await self._run(
            update(ticket_notes)
            .where(*self._named(note_id), ticket_notes.c.state == TicketState.FAILED.value)
            .values(state=TicketState.SAVED.value, error="", error_code="")
        )
        return changed == 1

    def _named(self, note_id: int) -> tuple[Any, ...]:
        return (ticket_notes.c.tenant_id == self.tenant_id, ticket_notes.c.id == note_id)

    async def _change(self, note_id: int, **values: Any) -> TicketNote:
        await self._run(update(ticket_notes).where(*self._named(note_id)).values(**values))
        changed = await self.get(note_id)
        assert changed is not None
        return changed

    async def _one(self, condition: Any) -> TicketNote | None:
        row = await self._first(
            select(ticket_notes).where(ticket_notes.c.tenant_id == self.tenant_id, condition)
        )
        return _note(row) if row else None


def _note(row: RowMapping) -> TicketNote:
    facts = {name: row[name] for name in TicketNote.__dataclass_fields__ if name != "state"}
    return TicketNote(state=TicketState(row["state"]), **facts)
