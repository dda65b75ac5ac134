"""Everything that is kept of a workspace, as files: one JSON document, and its tables as CSV in one archive."""

import asyncio
import io
import zipfile
from dataclasses import dataclass

from bot.clock import Clock
from bot.db.exports import EXPORTED
from bot.db.session import Database
from bot.documents.exports import Table, csv_file, json_file
from bot.domain.context import Ctx, Right
from bot.jobs import ExportEverything, Jobs

_SAME_ALWAYS = (1980, 1, 1, 0, 0, 0)
"""The date of every entry of the archive (the format's earliest), so that the same rows are the same bytes."""


@dataclass(frozen=True)
class ExportFile:
    """``part`` names the file within its export, whatever day it is made."""

    part: str
    name: str
    content: bytes


class ExportsService:
    def __init__(self, database: Database, *, jobs: Jobs, clock: Clock) -> None:
        self._database = database
        self._jobs = jobs
        self._clock = clock

    async def begin(self, ctx: Ctx, *, run_key: str) -> None:
        """Queues the export for the Admin who asks; the files come as direct messages."""
        ctx.require(Right.REMOVE_CONNECTION)
        async with self._database.unit(ctx.tenant.id) as uow:
            if not await uow.deliveries.first_time(f"export:{run_key}", self._clock.now()):
                return
            await uow.audit.record(
                at=self._clock.now(), by=ctx.person.user_id, action="export everything", subject="workspace"
            )
            job = ExportEverything(tenant_id=ctx.tenant.id, user_id=ctx.person.user_id, run_key=run_key)
            await self._jobs.enqueue(uow, job)

    async def gather(self, ctx: Ctx) -> tuple[ExportFile, ...]:
        """The files, with what the person may see. Raises ``NotAllowed`` for who is no Admin any more."""
        ctx.require(Right.REMOVE_CONNECTION)
        now = self._clock.now()
        async with self._database.unit_for(ctx) as uow:
            tables = [Table(each.name, *await uow.exports.rows(each)) for each in EXPORTED]
        facts = {"workspace": ctx.tenant.name, "exported_at": now, "exported_by": ctx.person.name}
        stem = f"deskhand-{now:%Y-%m-%d}"
        as_json = await asyncio.to_thread(json_file, facts, tables)
        return (
            ExportFile("json", f"{stem}.json", as_json),
            ExportFile("csv", f"{stem}-csv.zip", await asyncio.to_thread(_archive, tables)),
        )


def _archive(tables: list[Table]) -> bytes:
    """One CSV file per table that has rows."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for table in tables:
            if table.rows:
                archive.writestr(zipfile.ZipInfo(f"{table.name}.csv", _SAME_ALWAYS), csv_file(table))
    return content.getvalue()
