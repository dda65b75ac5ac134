"""What syncs logged."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import insert

from bot.db.repository import Repository
from bot.db.tables import sync_logs
from bot.domain.sync_logs import LogEntry


class SyncLogs(Repository):
    async def add(self, run_id: int | None, entries: Sequence[LogEntry], at: datetime) -> None:
        """Writes the lines in their order; ``at`` is when it happened."""
        if not entries:
            return
        await self._run(
            insert(sync_logs),
            [
                {
                    "tenant_id": self.tenant_id,
                    "run_id": run_id,
                    "at": at,
                    "type": each.type.value,
                    "operation": each.operation.value,
                    "status": each.status.value,
                    "message": each.message,
                    "duration_ms": each.duration_ms,
                    "code": each.code,
                    "record_id": each.record_id,
                    "organization_id": each.organization_id,
                    "details": dict(each.details),
                }
                for each in entries
            ],
        )
