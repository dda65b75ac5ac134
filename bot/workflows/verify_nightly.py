"""Every night the API user's rights are looked at; the Admins hear of it only when they got worse, or well again."""

from blocks import verification as blocks
from bot.db.session import Database
from bot.errors import CredentialsRejected, NotConnected, NotFound
from bot.jobs import Attempt, Job, VerifyNightly
from bot.services.verification import VerificationService
from bot.slack.notifier import Notifier
from bot.slack.problems import SlackRefused
from bot.workflows.engine import After, TenantOf, go_on

STEPS = ("looked", "told")


class VerifyNightlyWorkflow:
    job_type: type[Job] = VerifyNightly

    def __init__(
        self,
        database: Database,
        verification: VerificationService,
        notifier: Notifier,
        *,
        tenant_of: TenantOf,
        after: After = go_on,
    ) -> None:
        self._database = database
        self._verification = verification
        self._notifier = notifier
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
        if not night.is_news:
            return
        for admin in await self._admins(job.tenant_id):
            try:
                await self._notifier.post(tenant, f"verify:{job.slot}:{admin}", admin, blocks.night(night))
            except (NotFound, SlackRefused):
                continue
            await self._after("told")

    async def _admins(self, tenant_id: int) -> list[str]:
        async with self._database.unit(tenant_id) as uow:
            connection = await uow.connections.get()
            admins = await uow.people.admins()
        return admins or ([connection.connected_by] if connection and connection.connected_by else [])
