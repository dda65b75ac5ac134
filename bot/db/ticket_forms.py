"""What ticket forms need kept: fields that the database demands, and what was typed into a half-filled form."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from bot.db.repository import Repository
from bot.db.tables import ticket_demands, ticket_drafts
from bot.domain.connections import Choice, PicklistOption
from bot.domain.ticket_forms import Demand, Typed

KEPT_FOR = timedelta(days=1)
"""How long a half-filled form waits for its organization to be mapped."""


class TicketForms(Repository):
    async def demands(self) -> tuple[Demand, ...]:
        """The fields that tickets need in this database beyond the usual ones, as far as we know."""
        chosen = select(ticket_demands).where(ticket_demands.c.tenant_id == self.tenant_id)
        rows = await self._all(chosen.order_by(ticket_demands.c.seen_at, ticket_demands.c.name))
        return tuple(
            Demand(
                row["name"],
                row["data_type"],
                row["max_length"],
                tuple(PicklistOption(**option) for option in row["options"]),
            )
            for row in rows
        )

    async def demand(self, demands: Sequence[Demand], at: datetime) -> None:
        """Keeps what was learned, or what is new about it."""
        for each in demands:
            row = {
                "data_type": each.data_type,
                "max_length": each.max_length,
                "options": [asdict(option) for option in each.options],
            }
            made = insert(ticket_demands).values(tenant_id=self.tenant_id, name=each.name, seen_at=at, **row)
            await self._run(made.on_conflict_do_update(index_elements=["tenant_id", "name"], set_=row))

    async def forget_demands(self) -> None:
        """It is another database now, with rules of its own."""
        await self._run(delete(ticket_demands).where(ticket_demands.c.tenant_id == self.tenant_id))

    async def keep(self, key: str, typed: Typed, at: datetime) -> None:
        """What was typed, until the form is drawn again; what others left behind long ago is dropped."""
        await self._run(
            delete(ticket_drafts).where(
                ticket_drafts.c.tenant_id == self.tenant_id, ticket_drafts.c.saved_at < at - KEPT_FOR
            )
        )
        made = insert(ticket_drafts).values(
            tenant_id=self.tenant_id, key=key, typed=asdict(typed), saved_at=at
        )
        new = {"typed": made.excluded.typed, "saved_at": made.excluded.saved_at}
        await self._run(made.on_conflict_do_update(index_elements=["tenant_id", "key"], set_=new))

    async def kept(self, key: str) -> Typed | None:
        """What ``keep`` was given; None when it is too long ago."""
        row = await self._first(
            select(ticket_drafts.c.typed).where(
                ticket_drafts.c.tenant_id == self.tenant_id, ticket_drafts.c.key == key
            )
        )
        if row is None:
            return None
        given = row["typed"]
        queue = Choice(**given["queue"]) if given["queue"] else None
        return Typed(**{**given, "descriptions": tuple(given["descriptions"]), "queue": queue})
