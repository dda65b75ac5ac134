"""An export: gathered anew in each attempt, each file given once, one message that says how it stands."""

from blocks import errors as words
from blocks import removal as blocks
from bot.domain.context import Ctx
from bot.errors import BotError
from bot.jobs import Attempt, ExportEverything, Job
from bot.services.exports import ExportsService
from bot.slack.files import Files
from bot.slack.notifier import Notifier
from bot.workflows.engine import After, PersonOf, TenantOf, go_on

STEPS = ("announce", "json", "csv", "tell")


class ExportEverythingWorkflow:
    job_type: type[Job] = ExportEverything

    def __init__(
        self,
        exports: ExportsService,
        files: Files,
        notifier: Notifier,
        *,
        tenant_of: TenantOf,
        person_of: PersonOf,
        after: After = go_on,
    ) -> None:
        self._exports = exports
        self._files = files
        self._notifier = notifier
        self._tenant_of = tenant_of
        self._person_of = person_of
        self._after = after

    async def run(self, job: Job, attempt: Attempt) -> None:
        """Announces, gives the files, tells; who is no Admin any more gets none."""
        assert isinstance(job, ExportEverything)
        tenant = await self._tenant_of(job.tenant_id)
        key = f"export:{job.run_key}"
        await self._notifier.dm(tenant, job.user_id, key, blocks.exporting())
        await self._after("announce")
        try:
            names = await self._give(Ctx(tenant, await self._person_of(tenant, job.user_id)), job)
        except BotError as error:
            if self.job_type.retry.after(error, attempt.number) is None:
                await self._notifier.update(tenant, key, blocks.export_failed(words.field_text(error)))
            raise
        await self._notifier.update(tenant, key, blocks.exported(names))
        await self._after("tell")

    async def _give(self, ctx: Ctx, job: ExportEverything) -> tuple[str, ...]:
        files = await self._exports.gather(ctx)
        for file in files:
            key = f"export:{job.run_key}:{file.part}"
            await self._files.upload(ctx.tenant, key, job.user_id, name=file.name, content=file.content)
            await self._after(file.part)
        return tuple(file.name for file in files)
