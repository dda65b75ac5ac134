"""Autotask's people, as far as anybody needed them."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from bot.db.repository import Repository
from bot.db.tables import resources


class Resources(Repository):
    async def save(self, names: Sequence[tuple[int, str]], at: datetime) -> None:
        """Keeps the names by Autotask's ids."""
        for autotask_id, name in names:
            row = {"name": name, "synced_at": at}
            made = insert(resources).values(tenant_id=self.tenant_id, autotask_id=autotask_id, **row)
            await self._run(made.on_conflict_do_update(index_elements=["tenant_id", "autotask_id"], set_=row))

    async def names(self, ids: Collection[int], *, since: datetime) -> dict[int, str]:
        """The names read since then."""
        chosen = select(resources).where(
            resources.c.tenant_id == self.tenant_id,
            resources.c.autotask_id.in_(list(ids)),
            resources.c.synced_at >= since,
        )
        return {row["autotask_id"]: row["name"] for row in await self._all(chosen)}
