"""Changes of organizations, kept for as long as they can be undone."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta

from sqlalchemy import RowMapping, delete, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from bot.db.repository import Repository
from bot.db.tables import mapping_batches, mapping_changes
from bot.domain.mapping import Act, Batch, Change, Standing

KEPT = timedelta(days=1)


class MappingChanges(Repository):
    async def open(self, kind: Act, by: str, at: datetime, *, request_key: str | None = None) -> int | None:
        """A new batch's id; None when one of the same ``request_key`` exists. Old batches are forgotten."""
        await self._forget(at - KEPT)
        made = upsert(mapping_batches).values(
            tenant_id=self.tenant_id, kind=kind.value, by=by, at=at, request_key=request_key
        )
        added = await self._scalar(made.on_conflict_do_nothing().returning(mapping_batches.c.id))
        return None if added is None else int(added)

    async def drop(self, batch_id: int) -> None:
        """Forgets a batch that nothing was added to."""
        await self._run(
            delete(mapping_batches).where(
                mapping_batches.c.tenant_id == self.tenant_id, mapping_batches.c.id == batch_id
            )
        )

    async def add(self, batch_id: int, changes: Sequence[Change]) -> None:
        rows = [
            {
                "tenant_id": self.tenant_id,
                "batch_id": batch_id,
                "organization_id": each.organization_id,
                "before": asdict(each.before) if each.before else None,
                "after": asdict(each.after),
            }
            for each in changes
        ]
        if rows:
            await self._run(insert(mapping_changes), rows)

    async def get(self, batch_id: int) -> Batch | None:
        """The batch with its changes, locked until this unit of work ends."""
        chosen = select(mapping_batches).where(
            mapping_batches.c.tenant_id == self.tenant_id, mapping_batches.c.id == batch_id
        )
        row = await self._first(chosen.with_for_update())
        if row is None:
            return None
        changes = await self._all(
            select(mapping_changes)
            .where(mapping_changes.c.tenant_id == self.tenant_id, mapping_changes.c.batch_id == batch_id)
            .order_by(mapping_changes.c.id)
        )
        made = tuple(_change(each) for each in changes)
        return Batch(
            row["id"], Act(row["kind"]), row["by"], row["at"], made, row["undone_by"], row["undone_at"]
        )

    async def mark_undone(self, batch_id: int, by: str, at: datetime) -> None:
        await self._run(
            update(mapping_batches)
            .where(mapping_batches.c.tenant_id == self.tenant_id, mapping_batches.c.id == batch_id)
            .values(undone_by=by, undone_at=at)
        )

    async def _forget(self, before: datetime) -> None:
        old = select(mapping_batches.c.id).where(
            mapping_batches.c.tenant_id == self.tenant_id, mapping_batches.c.at < before
        )
        await self._run(
            delete(mapping_changes).where(
                mapping_changes.c.tenant_id == self.tenant_id, mapping_changes.c.batch_id.in_(old)
            )
        )
        await self._run(
            delete(mapping_batches).where(
                mapping_batches.c.tenant_id == self.tenant_id,
                mapping_batches.c.at < before,
                mapping_batches.c.id.not_in(
                    select(mapping_changes.c.batch_id).where(mapping_changes.c.tenant_id == self.tenant_id)
                ),
            )
        )


def _change(row: RowMapping) -> Change:
    before = Standing(**row["before"]) if row["before"] else None
    return Change(row["organization_id"], before, Standing(**row["after"]))
