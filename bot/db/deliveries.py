"""What Slack has delivered: so that a second delivery of one act does nothing."""

from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from bot.db.repository import Repository
from bot.db.tables import deliveries

KEPT_FOR = timedelta(days=2)


class Deliveries(Repository):
    async def first_time(self, key: str, at: datetime) -> bool:
        """True once per key; committed with the act that it guards."""
        made = insert(deliveries).values(tenant_id=self.tenant_id, key=key, at=at)
        return await self._run(made.on_conflict_do_nothing()) == 1

    async def seen(self, key: str) -> bool:
        chosen = select(deliveries.c.key).where(
            deliveries.c.tenant_id == self.tenant_id, deliveries.c.key == key
        )
        return await self._scalar(chosen) is not None

    async def prune(self, now: datetime) -> int:
        return await self._run(
            delete(deliveries).where(
                deliveries.c.tenant_id == self.tenant_id, deliveries.c.at < now - KEPT_FOR
            )
        )
