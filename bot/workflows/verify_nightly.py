"""Every night the API user's rights are looked at; the Admins hear of it only when they got worse, or well again."""

from blocks import verification as blocks
from bot.errors import CredentialsRejected, NotConnected
from bot.jobs import Attempt, Job, VerifyNightly
from bot.services.verification import VerificationService
from bot.workflows.admins import Admins
from bot.workflows.engine import After, TenantOf, go_on

STEPS = ("looked", "told")


class VerifyNightlyWorkflow:
    job_type: type[Job] = VerifyNightly

    def __init__(
        self,
        verification: VerificationService,
        admins: Admins,
        *,
        tenant_of: TenantOf,
        after: After = go_on,
    ) -> None:
        self._verification = verification
        self._admins = admins
        self._tenant_of = tenant_of
        self._after = after

    async def run(self, job: Job, attempt: Attempt) -> None:  # noqa: ARG002 - all workflows are called alike
        """Looks once per slot and keeps the news; then each Admin gets them once."""
        assert isinstance(job, VerifyNightly)
        tenant = await self._tenant_of(job.tenant_id)
        try:
            night = await self._verification.night(job.tenant_id, job.slot)
        except (NotConnected, CredentialsRejected):
            return  # nothing to look at; a refused login is told by itself
        await self._after("looked")
        if night.is_news:
            await self._admins.tell(tenant, f"verify:{job.slot}", blocks.night(night), after=self._after)
