"""The audit trail: added to, read, never changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select

from bot.db.repository import Repository
from bot.db.tables import audit


@dataclass(frozen=True)
class Act:
    """Who did what, when; ``before`` and ``after`` hold labels, never secrets."""

    id: int
    at: datetime
    by: str
    action: str
    subject: str
    before: Mapping[str, object] | None
    after: Mapping[str, object] | None
    autotask_id: int | None


class Audit(Repository):
    async def record(
        self,
        *,
        at: datetime,
        by: str,
        action: str,
        subject: str,
        before: Mapping[str, object] | None = None,
        after: Mapping[str, object] | None = None,
        autotask_id: int | None = None,
    ) -> None:
        row = {"at": at, "by": by, "action": action, "subject": subject, "before": before, "after": after}
        await self._run(insert(audit).values(tenant_id=self.tenant_id, autotask_id=autotask_id, **row))

    async def recent(self, limit: int) -> list[Act]:
        """The newest acts first."""
        chosen = select(audit).where(audit.c.tenant_id == self.tenant_id)
        rows = await self._all(chosen.order_by(audit.c.at.desc(), audit.c.id.desc()).limit(limit))
        return [Act(**{name: row[name] for name in Act.__dataclass_fields__}) for row in rows]
