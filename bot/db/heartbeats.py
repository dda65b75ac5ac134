"""Signs of life of the processes that serve schedules, whatever tenants there are."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.db.tables import heartbeats

KEPT_FOR = timedelta(days=30)


@dataclass(frozen=True)
class Heartbeats:
    connection: AsyncConnection

    async def beat(self, process: str, at: datetime) -> datetime | None:
        """Notes that the process lives; the last sign of any before that, None when there never was one.

        Of several that beat at once, each sees the one before: the list is locked until the transaction ends.
        """
        await self.connection.execute(select(func.pg_advisory_xact_lock(716243053)))
        last = (await self.connection.execute(select(func.max(heartbeats.c.beat_at)))).scalar()
        await self.connection.execute(delete(heartbeats).where(heartbeats.c.beat_at < at - KEPT_FOR))
        made = insert(heartbeats).values(process=process, started_at=at, beat_at=at)
        seen = made.on_conflict_do_update(index_elements=["process"], set_={"beat_at": at})
        await self.connection.execute(seen)
        return last if isinstance(last, datetime) else None

    async def living(self, since: datetime) -> int:
        """Processes that gave a sign since then."""
        chosen = select(func.count()).select_from(heartbeats).where(heartbeats.c.beat_at >= since)
        return int((await self.connection.execute(chosen)).scalar() or 0)
