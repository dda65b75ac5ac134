"""Whose turn it is to fetch by hand: one row per kind, locked while somebody takes it."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, RowMapping, func, select
from sqlalchemy.dialects.postgresql import insert

from bot.db.repository import Repository
from bot.db.tables import fetch_turns, sync_logs, sync_runs
from bot.domain.fetches import Correction, Fetch, Turn
from bot.domain.sync_logs import Operation
from bot.domain.syncs import SyncState, SyncType


class Fetches(Repository):
    async def take(self, fetch: Fetch, run_key: str, by: str, now: datetime) -> Turn:
        """The turn as it stands now: ours, if its run key is ours; else that of who was first.

        Two people at once: the second waits for the first one's transaction, and finds the turn taken.
        """
        key = func.hashtextextended(f"fetch:{fetch.value}:{self.tenant_id}", 0)
        await self._scalar(select(func.pg_advisory_xact_lock(key)))
        standing = await self.get(fetch)
        if standing is not None and standing.holds(now):
            return standing
        row = {"run_key": run_key, "taken_by": by, "taken_at": now}
        made = insert(fetch_turns).values(tenant_id=self.tenant_id, kind=fetch.value, **row)
        await self._run(made.on_conflict_do_update(index_elements=["tenant_id", "kind"], set_=row))
        return Turn(fetch, run_key, by, now)

    async def get(self, fetch: Fetch) -> Turn | None:
        return next((each for each in await self.all() if each.fetch is fetch), None)

    async def all(self) -> tuple[Turn, ...]:
        """The last turn of each kind; free again where what it began has failed."""
        failed = (
            select(sync_runs.c.id)
            .where(
                sync_runs.c.tenant_id == self.tenant_id,
                sync_runs.c.key == fetch_turns.c.run_key,
                sync_runs.c.state == SyncState.FAILED.value,
            )
            .exists()
        )
        chosen = select(fetch_turns, failed.label("failed")).where(fetch_turns.c.tenant_id == self.tenant_id)
        return tuple(_turn(row) for row in await self._all(chosen))

    async def corrections(self, run_key: str, limit: int) -> tuple[Sequence[Correction], int]:
        """What the run found to differ, as far as the unit sees it; and how many there are."""
        mine = self._of_run(run_key)
        chosen = select(sync_logs.c.message, sync_logs.c.at).where(*mine).order_by(sync_logs.c.id)
        rows = await self._all(chosen.limit(limit))
        count = await self._scalar(select(func.count()).select_from(sync_logs).where(*mine))
        return [Correction(row["message"], row["at"]) for row in rows], int(count)

    def _of_run(self, run_key: str) -> tuple[ColumnElement[bool], ...]:
        runs = select(sync_runs.c.id).where(
            sync_runs.c.tenant_id == self.tenant_id, sync_runs.c.key == run_key
        )
        return (
            sync_logs.c.tenant_id == self.tenant_id,
            sync_logs.c.run_id.in_(runs),
            sync_logs.c.type == SyncType.INVOICE.value,
            sync_logs.c.operation == Operation.UPDATE.value,
        )


def _turn(row: RowMapping) -> Turn:
    return Turn(Fetch(row["kind"]), row["run_key"], row["taken_by"], row["taken_at"], is_free=row["failed"])
