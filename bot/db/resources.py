"""Autotask's people, as far as anybody needed them."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from bot.db.repository import Repository
from bot.db.tables import resources
from bot.domain.authors import AutotaskPerson


class Resources(Repository):
    async def save(self, people: Sequence[AutotaskPerson], at: datetime) -> None:
        """Keeps them by Autotask's ids."""
        for each in people:
            row = {"name": each.name, "emails": list(each.emails), "synced_at": at}
            made = insert(resources).values(tenant_id=self.tenant_id, autotask_id=each.id, **row)
            await self._run(made.on_conflict_do_update(index_elements=["tenant_id", "autotask_id"], set_=row))

    async def names(self, ids: Collection[int], *, since: datetime) -> dict[int, str]:
        """The names read since then."""
        chosen = select(resources).where(
            resources.c.tenant_id == self.tenant_id,
            resources.c.autotask_id.in_(list(ids)),
            resources.c.synced_at >= since,
        )
        return {row["autotask_id"]: row["name"] for row in await self._all(chosen)}

    async def by_email(self, email: str, *, since: datetime) -> int | None:
        """The active one whose address (in small letters) it is; None when nobody, or several."""
        chosen = select(resources.c.autotask_id).where(
            resources.c.tenant_id == self.tenant_id,
            resources.c.emails.contains([email]),
            resources.c.is_active,
            resources.c.gone_at.is_(None),
            resources.c.synced_at >= since,
        )
        rows = await self._all(chosen.limit(2))
        return int(rows[0]["autotask_id"]) if len(rows) == 1 else None
