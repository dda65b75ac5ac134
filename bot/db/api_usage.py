"""The API budget as the processes last knew it: read by whoever shows it, without a request to Autotask."""

from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert

from bot.db.repository import Repository
from bot.db.tables import api_usage
from bot.domain.status import ApiUsage

HOUR = timedelta(hours=1)


class ApiUsages(Repository):
    async def note(self, process: str, usage: ApiUsage) -> None:
        """``process`` tells the processes on this database apart; ``usage.own`` is that one's alone."""
        row = {"used": usage.used, "allowed": usage.limit, "own": usage.own, "noted_at": usage.as_of}
        made = insert(api_usage).values(tenant_id=self.tenant_id, process=process, **row)
        await self._run(made.on_conflict_do_update(index_elements=["tenant_id", "process"], set_=row))
        await self._run(
            delete(api_usage).where(
                api_usage.c.tenant_id == self.tenant_id, api_usage.c.noted_at < usage.as_of - 2 * HOUR
            )
        )

    async def latest(self, now: datetime) -> ApiUsage | None:
        """The newest reading within the hour, and what all our processes sent; None where nothing was sent."""
        own = api_usage.c.tenant_id == self.tenant_id
        recent = api_usage.c.noted_at > now - HOUR
        row = await self._first(
            select(
                func.sum(api_usage.c.own).label("own"),
                func.max(api_usage.c.used).label("used"),
                func.max(api_usage.c.allowed).label("allowed"),
                func.max(api_usage.c.noted_at).label("noted_at"),
            ).where(own, recent)
        )
        if row is None or row["noted_at"] is None:
            return None
        return ApiUsage(row["used"], row["allowed"], int(row["own"]), row["noted_at"])
