"""Tickets raised through Deskhand: saved first, then linked to Autotask's record."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, Select, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from bot.db.companies import escaped_like
from bot.db.repository import Repository, one_of
from bot.db.tables import organizations, tickets
from bot.domain.organizations import fold
from bot.domain.tickets import Ticket, TicketFacts, TicketForm, TicketState
from bot.errors import InvalidInput


class Tickets(Repository):
    async def add(
        self,
        form: TicketForm,
        reference: str,
        company_id: int,
        *,
        by: str,
        by_name: str,
        at: datetime,
    ) -> tuple[Ticket, bool]:
        """The saved ticket, and whether this call saved it: the same ``request_key`` is the same ticket.

        Raises ``InvalidInput`` when somebody else has just raised the n-th ticket of that question.
        """
        row = {
            "reference": reference,
            "request_key": form.request_key,
            "organization_id": form.organization_id,
            "company_id": company_id,
            "review_id": form.review_id,
            "question_id": form.question_id,
            "n": form.n,
            "summary": form.summary,
            "description": form.description,
            "queue_id": form.queue_id,
            "priority": form.priority,
            "requested_by": by,
            "requester_name": by_name,
            "channel_id": form.channel_id,
            "saved_at": at,
            "extra": dict(form.extra),
            "search_text": fold(form.summary),
        }
        made = insert(tickets).values(tenant_id=self.tenant_id, **row).on_conflict_do_nothing()
        is_new = await self._scalar(made.returning(tickets.c.id)) is not None
        found = await self._one(tickets.c.request_key == form.request_key)
        if found is None:
            raise InvalidInput(
                "summary",
                "Somebody has just raised a ticket from this question. "
                "Close this and open it again to raise another one.",
            )
        return found, is_new

    async def get(self, ticket_id: int) -> Ticket | None:
        return await self._one(tickets.c.id == ticket_id)

    async def locked(self, ticket_id: int) -> Ticket | None:
        """The ticket; nobody else changes it until this transaction ends."""
        await self._run(select(tickets.c.id).where(*self._named(ticket_id)).with_for_update())
        return await self.get(ticket_id)

    async def by_reference(self, reference: str) -> Ticket | None:
        return await self._one(tickets.c.reference == reference)

    async def by_references(self, references: Sequence[str]) -> list[Ticket]:
        chosen = self._chosen().where(tickets.c.reference.in_(list(references)))
        return [_ticket(row) for row in await self._all(chosen.order_by(tickets.c.id))]

    async def followed(self) -> list[int]:
        """Autotask's ids of the tickets that are there and not archived."""
        chosen = select(tickets.c.autotask_id).where(
            tickets.c.tenant_id == self.tenant_id,
            tickets.c.autotask_id.is_not(None),
            tickets.c.archived_at.is_(None),
        )
        return sorted({row["autotask_id"] for row in await self._all(chosen)})

    async def by_autotask_ids(self, ids: Sequence[int]) -> list[Ticket]:
        rows = await self._all(self._chosen().where(one_of(tickets.c.autotask_id, ids)))
        return [_ticket(row) for row in rows]

    async def held(self, saved_before: datetime, limit: int) -> list[Ticket]:
        """Tickets that are not created as far as we know, the newest first."""
        chosen = self._chosen().where(
            tickets.c.state != TicketState.CREATED.value, tickets.c.saved_at < saved_before
        )
        return [_ticket(row) for row in await self._all(chosen.order_by(tickets.c.id.desc()).limit(limit))]

    async def list_for(self, review_id: int, question_id: int | None = None) -> list[Ticket]:
        """A review's tickets, or one question's, oldest first."""
        chosen = self._chosen().where(tickets.c.review_id == review_id)
        if question_id is not None:
            chosen = chosen.where(tickets.c.question_id == question_id)
        return [_ticket(row) for row in await self._all(chosen.order_by(tickets.c.id))]

    async def recent(self, limit: int, created_by: str | None = None) -> list[Ticket]:
        """The newest tickets first."""
        chosen = self._chosen().where(tickets.c.archived_at.is_(None))
        if created_by is not None:
            chosen = chosen.where(tickets.c.requested_by == created_by)
        return [_ticket(row) for row in await self._all(chosen.order_by(tickets.c.id.desc()).limit(limit))]

    async def page(
        self, offset: int, limit: int, *, created_by: str | None, archived: bool, words: str
    ) -> tuple[list[Ticket], int]:
        """A page, the newest first, and how many there are in all; each word is in summary, number or organization."""
        put_away = tickets.c.archived_at.is_not(None) if archived else tickets.c.archived_at.is_(None)
        chosen = self._chosen().where(put_away)
        if created_by is not None:
            chosen = chosen.where(tickets.c.requested_by == created_by)
        for word in fold(words).split():
            like = f"%{escaped_like(word)}%"
            found = or_(tickets.c.search_text.like(like), organizations.c.search_name.like(like))
            chosen = chosen.where(found)
        total = await self._scalar(select(func.count()).select_from(chosen.subquery()))
        page = chosen.order_by(tickets.c.id.desc()).offset(offset).limit(limit)
        return [_ticket(row) for row in await self._all(page)], int(total)

    async def sent_at(self, ticket_id: int) -> datetime | None:
        """When a create was last sent, whose reply may never have come."""
        found = await self._scalar(select(tickets.c.sent_at).where(*self._named(ticket_id)))
        return found if isinstance(found, datetime) else None

    async def sending(self, ticket_id: int, at: datetime) -> None:
        """Written before the create is sent."""
        await self._change(ticket_id, sent_at=at)

    async def not_sent(self, ticket_id: int) -> None:
        """The create surely had no effect: nothing can surface later."""
        await self._change(ticket_id, sent_at=None)

    async def known(self, ticket_id: int, autotask_id: int) -> None:
        """Autotask has given the record its id; whatever goes wrong from here on, it is not created again."""
        await self._change(ticket_id, autotask_id=autotask_id)

    async def created(
        self,
        ticket_id: int,
        *,
        autotask_id: int,
        number: str,
        status_label: str,
        queue_label: str,
        due_at: datetime | None = None,
        at: datetime,
    ) -> Ticket:
        return await self._change(
            ticket_id,
            state=TicketState.CREATED.value,
            error="",
            error_code="",
            due_at=due_at,
            autotask_id=autotask_id,
            number=number,
            status_label=status_label,
            queue_label=queue_label,
            created_at=at,
            refreshed_at=at,
            search_text=func.concat(tickets.c.search_text, " ", fold(number)),
        )

    async def failed(self, ticket_id: int, reason: str, *, code: str = "") -> Ticket:
        """Not created: the reason people read, and its number in the catalogue."""
        return await self._change(ticket_id, state=TicketState.FAILED.value, error=reason, error_code=code)

    async def kept_from_autotask(self, code_prefix: str, limit: int) -> list[Ticket]:
        """Tickets that failed for a reason whose number begins so, oldest first."""
        chosen = self._chosen().where(
            tickets.c.state == TicketState.FAILED.value, tickets.c.error_code.startswith(code_prefix)
        )
        return [_ticket(row) for row in await self._all(chosen.order_by(tickets.c.id).limit(limit))]

    async def retry(self, ticket_id: int) -> Ticket:
        """Saved and on its way again, whatever kept it from Autotask."""
        return await self._change(ticket_id, state=TicketState.SAVED.value, error="", error_code="")

    async def edit(self, ticket_id: int, form: TicketForm, at: datetime) -> Ticket:
        """The same ticket with other words; its reference stays, so it still is one ticket."""
        return await self._change(
            ticket_id,
            summary=form.summary,
            description=form.description,
            queue_id=form.queue_id,
            priority=form.priority,
            extra=dict(form.extra),
            search_text=fold(form.summary),
            edited_at=at,
        )

    async def edited_since_sent(self, ticket_id: int) -> bool:
        """Whether its words are newer than what Autotask can have of it."""
        chosen = select(tickets.c.id).where(
            *self._named(ticket_id),
            tickets.c.edited_at.is_not(None),
            or_(tickets.c.sent_at.is_(None), tickets.c.edited_at > tickets.c.sent_at),
        )
        return await self._scalar(chosen) is not None

    async def edit_sent(self, ticket_id: int) -> None:
        """Autotask has the latest words."""
        await self._change(ticket_id, edited_at=None)

    async def belongs_to(self, ticket_id: int, company_id: int) -> None:
        """The organization was mapped anew since; only for a ticket of which nothing was sent."""
        await self._change(ticket_id, company_id=company_id)

    async def refreshed(self, ticket_id: int, facts: TicketFacts, at: datetime) -> Ticket:
        found = f"{fold(facts.summary)} {fold(facts.number)}"
        return await self._change(
            ticket_id, **asdict(facts), search_text=found, refreshed_at=at, gone_at=None
        )

    async def gone(self, ticket_id: int, at: datetime) -> Ticket:
        """Autotask no longer has it, or hides it from us."""
        return await self._change(ticket_id, gone_at=at, refreshed_at=at)

    async def archive(self, ticket_id: int, at: datetime | None) -> Ticket:
        """Put away since ``at``; None takes it out again."""
        return await self._change(ticket_id, archived_at=at)

    def _named(self, ticket_id: int) -> tuple[Any, ...]:
        return (tickets.c.tenant_id == self.tenant_id, tickets.c.id == ticket_id)

    async def _change(self, ticket_id: int, **values: Any) -> Ticket:
        await self._run(update(tickets).where(*self._named(ticket_id)).values(**values))
        changed = await self.get(ticket_id)
        assert changed is not None
        return changed

    async def _one(self, condition: Any) -> Ticket | None:
        row = await self._first(self._chosen().where(condition))
        return _ticket(row) if row else None

    def _chosen(self) -> Select[Any]:
        return (
            select(tickets, organizations.c.name.label("organization_name"))
            .join(
                organizations,
                (organizations.c.tenant_id == tickets.c.tenant_id)
                & (organizations.c.id == tickets.c.organization_id),
            )
            .where(tickets.c.tenant_id == self.tenant_id)
        )


def _ticket(row: RowMapping) -> Ticket:
    facts = {name: row[name] for name in Ticket.__dataclass_fields__ if name != "state"}
    return Ticket(state=TicketState(row["state"]), **facts)
