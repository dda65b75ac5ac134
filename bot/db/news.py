"""News, by the run that found it."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import insert

from bot.db.repository import Repository
from bot.db.tables import news
from bot.domain.problems import News


class NewsBoard(Repository):
    async def add(self, run_id: int | None, found: Sequence[News], at: datetime) -> None:
        """Part of the transaction that saves what the news is about."""
        if found:
            await self._run(insert(news), [self._row(run_id, each, at) for each in found])

    def _row(self, run_id: int | None, each: News, at: datetime) -> dict[str, object]:
        return {
            "tenant_id": self.tenant_id,
            "run_id": run_id,
            "at": at,
            "kind": each.kind.value,
            "text": each.text,
            "organization_id": each.organization_id,
            "amount": each.amount,
            "record_id": each.record_id,
        }
