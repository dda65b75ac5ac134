"""What Slack has delivered: so that a second delivery of one act does nothing."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, select, update
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
        return await self._scalar(select(deliveries.c.key).where(*self._named(key))) is not None

    async def keep_answer(self, key: str, answer: Mapping[str, Any]) -> None:
        """What the act was answered with."""
        await self._run(update(deliveries).where(*self._named(key)).values(answer=dict(answer)))

    async def answer(self, key: str) -> dict[str, Any] | None:
        """The answer that was kept; None while there is none."""
        found = await self._scalar(select(deliveries.c.answer).where(*self._named(key)))
        return dict(found) if isinstance(found, dict) else None

    async def prune(self, now: datetime) -> int:
        return await self._run(
            delete(deliveries).where(
                deliveries.c.tenant_id == self.tenant_id, deliveries.c.at < now - KEPT_FOR
            )
        )

    def _named(self, key: str) -> tuple[ColumnElement[bool], ...]:
        return (deliveries.c.tenant_id == self.tenant_id, deliveries.c.key == key)
