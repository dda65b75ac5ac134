"""What the nightly verification found last, and what it told the Admins."""

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from bot.db.repository import Repository
from bot.db.tables import verifications
from bot.domain.checks import Night


class Verifications(Repository):
    async def last(self) -> Night | None:
        row = await self._first(select(verifications).where(verifications.c.tenant_id == self.tenant_id))
        if row is None:
            return None
        return Night(row["slot"], *(tuple(row[name]) for name in ("missing", "told", "worse", "recovered")))

    async def save(self, night: Night, at: datetime) -> None:
        """Takes the place of the night before."""
        kept = {name: list(value) if name != "slot" else value for name, value in asdict(night).items()}
        row = {**kept, "checked_at": at}
        made = insert(verifications).values(tenant_id=self.tenant_id, **row)
        await self._run(made.on_conflict_do_update(index_elements=["tenant_id"], set_=row))

    async def forget(self) -> None:
        """Another API user: what the former one lacked says nothing of it."""
        await self._run(delete(verifications).where(verifications.c.tenant_id == self.tenant_id))
