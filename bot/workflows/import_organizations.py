"""A file's organizations are saved, a chunk at a time; who gave the file watches one message."""

from blocks import errors as words
from blocks import imports as blocks
from bot.domain.context import Ctx, Tenant
from bot.domain.imports import Import, ImportState
from bot.errors import BotError
from bot.jobs import Attempt, ImportOrganizations, Job
from bot.services.imports import ImportsService
from bot.slack.notifier import Notifier
from bot.workflows.engine import After, PersonOf, TenantOf, go_on, post_somewhere

_ENDED = (ImportState.DONE, ImportState.CANCELLED)


class ImportOrganizationsWorkflow:
    job_type: type[Job] = ImportOrganizations

    def __init__(
        self,
        imports: ImportsService,
        notifier: Notifier,
        *,
        tenant_of: TenantOf,
        person_of: PersonOf,
        after: After = go_on,
    ) -> None:
        self._imports = imports
        self._notifier = notifier
        self._tenant_of = tenant_of
        self._person_of = person_of
        self._after = after

    async def run(self, job: Job, attempt: Attempt) -> None:
        """Announces, saves chunk by chunk, tells: each of them may be repeated."""
        assert isinstance(job, ImportOrganizations)
        tenant = await self._tenant_of(job.tenant_id)
        found = await self._imports.get(tenant.id, job.import_id)
        await self._announce(tenant, job, found)
        await self._after("announce")
        try:
            found = await self._save(tenant, job, found)
        except BotError as error:
            if self.job_type.retry.after(error, attempt.number) is None:
                failed = blocks.stopped(found, words.field_text(error))
                await self._notifier.update(tenant, message_key(found), failed)
            raise
        brings = await self._imports.brings_contracts(tenant.id, found)
        await self._notifier.update(tenant, message_key(found), blocks.done(found, brings_contracts=brings))
        await self._after("tell")

    async def _save(self, tenant: Tenant, job: ImportOrganizations, found: Import) -> Import:
        ctx = Ctx(tenant, await self._person_of(tenant, job.requested_by))
        while found.state not in _ENDED:
            found = await self._imports.save_chunk(ctx, found.id)
            self._notifier.progress(tenant, message_key(found), blocks.running(found))
            await self._after("chunk")
        return found

    async def _announce(self, tenant: Tenant, job: ImportOrganizations, found: Import) -> None:
        await post_somewhere(
            self._notifier, tenant, message_key(found), [job.requested_by], blocks.running(found)
        )


def message_key(found: Import) -> str:
    return f"import:{found.id}"
