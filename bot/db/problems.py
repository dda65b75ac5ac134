"""Problems by their fingerprint."""

from datetime import datetime

from sqlalchemy import func, update
from sqlalchemy.dialects.postgresql import insert

from bot.db.repository import Repository
from bot.db.tables import problems
from bot.domain.problems import ProblemReport


class Problems(Repository):
    async def report(self, found: ProblemReport, at: datetime) -> int:
        """Opens the problem, or counts it once more; its id. Part of the caller's transaction."""
        row = {
            "kind": found.kind.value,
            "severity": found.severity.value,
            "title": found.title,
            "detail": found.detail,
            "code": found.code,
            "organization_id": found.organization_id,
            "retry": dict(found.retry),
            "last_seen": at,
        }
        made = insert(problems).values(
            tenant_id=self.tenant_id, fingerprint=found.fingerprint, first_seen=at, **row
        )
        counted = made.on_conflict_do_update(
            index_elements=["tenant_id", "fingerprint"],
            index_where=problems.c.recovered_at.is_(None),
            set_={**row, "count": problems.c.count + 1},
        )
        return int(await self._scalar(counted.returning(problems.c.id)))

    async def recover(self, fingerprint: str, at: datetime) -> int | None:
        """Closes the problem of that name; its id, or None where none was open."""
        closed = (
            update(problems)
            .where(
                problems.c.tenant_id == self.tenant_id,
                problems.c.fingerprint == fingerprint,
                problems.c.recovered_at.is_(None),
            )
            .values(recovered_at=at, state="recovered", last_seen=func.greatest(problems.c.last_seen, at))
        )
        found = await self._scalar(closed.returning(problems.c.id))
        return None if found is None else int(found)
