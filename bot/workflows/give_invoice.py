"""A printed invoice for who asked: from what is kept or from Autotask, given once, refused in words."""

from blocks import errors as words
from blocks import invoices as blocks
from bot.domain.context import Ctx
from bot.errors import BotError
from bot.jobs import Attempt, GiveInvoice, Job
from bot.services.invoices import InvoicesService
from bot.slack.files import Files
from bot.slack.notifier import Notifier
from bot.workflows.engine import After, PersonOf, TenantOf, go_on

STEPS = ("print", "give")


class GiveInvoiceWorkflow:
    job_type: type[Job] = GiveInvoice

    def __init__(
        self,
        invoices: InvoicesService,
        files: Files,
        notifier: Notifier,
        *,
        tenant_of: TenantOf,
        person_of: PersonOf,
        after: After = go_on,
    ) -> None:
        self._invoices = invoices
        self._files = files
        self._notifier = notifier
        self._tenant_of = tenant_of
        self._person_of = person_of
        self._after = after

    async def run(self, job: Job, attempt: Attempt) -> None:
        """Rights count as they are at the moment of giving; who lost sight of the invoice is told so, without it."""
        assert isinstance(job, GiveInvoice)
        tenant = await self._tenant_of(job.tenant_id)
        try:
            await self._give(Ctx(tenant, await self._person_of(tenant, job.requested_by)), job)
        except BotError as error:
            if self.job_type.retry.after(error, attempt.number) is not None:
                raise
            said = blocks.not_given(words.field_text(error), job.invoice_id)
            await self._notifier.dm(tenant, job.requested_by, f"{_key(job)}:failed", said)
            raise

    async def _give(self, ctx: Ctx, job: GiveInvoice) -> None:
        printed = await self._invoices.printed(ctx, job.invoice_id)
        await self._after("print")
        await self._files.upload(
            ctx.tenant,
            _key(job),
            job.requested_by,
            name=printed.name,
            content=printed.content,
            title=printed.title,
        )
        await self._after("give")


def _key(job: GiveInvoice) -> str:
    return f"invoice:{job.request_key}"
