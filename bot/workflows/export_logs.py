"""The sync log as a file: written to disk some lines at a time, given once, one message that says how it stands."""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from blocks import errors as words
from blocks import log_exports as blocks
from bot.documents import logs as documents
from bot.domain.context import Ctx
from bot.domain.logs import read_code
from bot.errors import BotError
from bot.jobs import Attempt, ExportLogs, Job
from bot.services.logs import LogsService
from bot.slack.files import Files
from bot.slack.notifier import Notifier
from bot.workflows.engine import After, PersonOf, TenantOf, go_on

MOST_LINES: Final = 500_000
"""A spreadsheet takes a million; who needs older lines narrows the days."""
STEPS: Final = ("announce", "give", "tell")


@dataclass(frozen=True)
class _Written:
    lines: int
    total: int


class ExportLogsWorkflow:
    job_type: type[Job] = ExportLogs

    def __init__(
        self,
        logs: LogsService,
        files: Files,
        notifier: Notifier,
        *,
        tenant_of: TenantOf,
        person_of: PersonOf,
        after: After = go_on,
    ) -> None:
        self._logs = logs
        self._files = files
        self._notifier = notifier
        self._tenant_of = tenant_of
        self._person_of = person_of
        self._after = after

    async def run(self, job: Job, attempt: Attempt) -> None:
        """Announces, gives the file, tells. What the person may no longer see is not in it."""
        assert isinstance(job, ExportLogs)
        tenant = await self._tenant_of(job.tenant_id)
        key = f"logs:{job.run_key}"
        await self._notifier.dm(tenant, job.user_id, key, blocks.exporting())
        await self._after("announce")
        try:
            written = await self._give(Ctx(tenant, await self._person_of(tenant, job.user_id)), job)
        except BotError as error:
            if self.job_type.retry.after(error, attempt.number) is None:
                failed = blocks.export_failed(words.field_text(error), error.code)
                await self._notifier.update(tenant, key, failed)
            raise
        name = documents.file_name(tenant.team_id, job.until)
        await self._notifier.update(tenant, key, blocks.exported(name, written.lines, written.total))
        await self._after("tell")

    async def _give(self, ctx: Ctx, job: ExportLogs) -> _Written:
        with TemporaryDirectory(prefix="deskhand-") as folder:
            path = Path(folder) / "log.csv"
            written = await self._write(ctx, job, path)
            await self._files.upload(
                ctx.tenant,
                f"logs:{job.run_key}",
                job.user_id,
                name=documents.file_name(ctx.tenant.team_id, job.until),
                content=path,
                title="Sync log",
            )
            await self._after("give")
        return written

    async def _write(self, ctx: Ctx, job: ExportLogs, path: Path) -> _Written:
        wanted, count = read_code(job.filter), 0
        total = await self._logs.count(ctx, wanted)
        with path.open("wb") as file:
            file.write(documents.head(has_bom=job.has_bom))
            async for lines in self._logs.stream(ctx, wanted, until=job.until):
                kept = lines[: MOST_LINES - count]
                file.write(await asyncio.to_thread(documents.rows, kept))
                count += len(kept)
                self._notifier.progress(ctx.tenant, f"logs:{job.run_key}", blocks.exporting(count, total))
                if count >= MOST_LINES:
                    break
        return _Written(count, max(count, total))
