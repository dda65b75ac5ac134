"""Sync runs and where each sync stands."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from bot.db.repository import Repository
from bot.db.tables import sync_cursors, sync_runs
from bot.domain.syncs import SyncCounts, SyncState

RUNS_KEPT_FOR = timedelta(days=90)


@dataclass(frozen=True)
class Cursor:
    """``after_id`` is the last saved row of a run under way; ``watermark`` is when that run began."""

    after_id: int | None
    watermark: datetime | None


@dataclass(frozen=True)
class SyncRun:
    id: int
    name: str
    state: SyncState
    counts: SyncCounts
    error: str
    started_at: datetime
    finished_at: datetime | None


class Syncs(Repository):
    async def start(self, name: str, trigger: str, by: str, at: datetime) -> int:
        made = insert(sync_runs).values(
            tenant_id=self.tenant_id, name=name, trigger=trigger, requested_by=by, started_at=at
        )
        return int(await self._scalar(made.returning(sync_runs.c.id)))

    async def progress(self, run_id: int, counts: SyncCounts) -> None:
        await self._change(run_id, counts=asdict(counts))

    async def finish(
        self, run_id: int, state: SyncState, counts: SyncCounts | None, *, error: str = "", at: datetime
    ) -> None:
        """Ends the run; without ``counts`` those of its last page stay."""
        kept = {"counts": asdict(counts)} if counts is not None else {}
        await self._change(run_id, state=state.value, error=error, finished_at=at, **kept)

    async def last(self, name: str) -> SyncRun | None:
        chosen = select(sync_runs).where(sync_runs.c.tenant_id == self.tenant_id, sync_runs.c.name == name)
        row = await self._first(chosen.order_by(sync_runs.c.id.desc()).limit(1))
        if row is None:
            return None
        return SyncRun(
            row["id"],
            row["name"],
            SyncState(row["state"]),
            SyncCounts(**row["counts"]),
            row["error"],
            row["started_at"],
            row["finished_at"],
        )

    async def cursor(self, name: str) -> Cursor | None:
        row = await self._first(
            select(sync_cursors).where(
                sync_cursors.c.tenant_id == self.tenant_id, sync_cursors.c.name == name
            )
        )
        return Cursor(row["after_id"], row["watermark"]) if row else None

    async def set_cursor(self, name: str, after_id: int | None, watermark: datetime | None) -> None:
        row = {"after_id": after_id, "watermark": watermark}
        made = upsert(sync_cursors).values(tenant_id=self.tenant_id, name=name, **row)
        await self._run(made.on_conflict_do_update(index_elements=["tenant_id", "name"], set_=row))

    async def prune(self, now: datetime) -> int:
        """Forgets old runs; the newest of each sync stays, whatever its age."""
        newest = select(func.max(sync_runs.c.id)).where(sync_runs.c.tenant_id == self.tenant_id)
        return await self._run(
            delete(sync_runs).where(
                sync_runs.c.tenant_id == self.tenant_id,
                sync_runs.c.started_at < now - RUNS_KEPT_FOR,
                sync_runs.c.id.not_in(newest.group_by(sync_runs.c.name)),
            )
        )

    async def _change(self, run_id: int, **values: object) -> None:
        await self._run(
            update(sync_runs)
            .where(sync_runs.c.tenant_id == self.tenant_id, sync_runs.c.id == run_id)
            .values(**values)
        )
