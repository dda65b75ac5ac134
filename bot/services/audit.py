"""The audit trail: searched, read in full, taken along as a file (product PA5)."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from bot.clock import Clock
from bot.db.session import Database
from bot.documents.audit import written
from bot.domain.audit import Act, AuditQuery, read_query
from bot.domain.context import Ctx, Right
from bot.errors import NotFound

MOST_ROWS = 50_000
"""Rows of one file; who needs older ones narrows the days."""
AT_ONCE = 1_000


@dataclass(frozen=True)
class Export:
    """A CSV file. ``is_whole`` is false when there was more than ``MOST_ROWS``."""

    content: bytes
    rows: int
    is_whole: bool


class AuditService:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def page(
        self, ctx: Ctx, text: str = "", *, offset: int = 0, limit: int = 10
    ) -> tuple[list[Act], int]:
        """The newest acts that match what was typed first, and how many there are."""
        ctx.require(Right.READ_AUDIT)
        async with self._database.unit(ctx.tenant.id) as uow:
            return await uow.audit.page(self._query(ctx, text), offset, limit)

    async def get(self, ctx: Ctx, act_id: int) -> Act:
        """Raises ``NotFound``."""
        ctx.require(Right.READ_AUDIT)
        async with self._database.unit(ctx.tenant.id) as uow:
            found = await uow.audit.get(act_id)
        if found is None:
            raise NotFound("audit entry", str(act_id))
        return found

    async def export(self, ctx: Ctx, text: str = "") -> Export:
        """What matches as a file, the newest first; taking it along is an act of its own in the trail."""
        ctx.require(Right.READ_AUDIT)
        acts = [act async for act in self._all(ctx, self._query(ctx, text))]
        kept = acts[:MOST_ROWS]
        async with self._database.unit(ctx.tenant.id) as uow:
            await uow.audit.record(
                at=self._clock.now(),
                by=ctx.person.user_id,
                action="export audit trail",
                subject=text or "everything",
                after={"rows": len(kept)},
            )
        return Export(written(kept), len(kept), is_whole=len(kept) == len(acts))

    async def _all(self, ctx: Ctx, query: AuditQuery) -> AsyncIterator[Act]:
        """A thousand rows a transaction, and one more than a file takes."""
        last, count = None, 0
        while count <= MOST_ROWS:
            async with self._database.unit(ctx.tenant.id) as uow:
                found = await uow.audit.before(query, last, AT_ONCE)
            for act in found:
                yield act
            if len(found) < AT_ONCE:
                return
            last, count = found[-1].id, count + len(found)

    def _query(self, ctx: Ctx, text: str) -> AuditQuery:
        return read_query(text, self._clock.now(), ctx.person.zone)
