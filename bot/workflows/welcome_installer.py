"""Whoever added Deskhand to a workspace is told what comes next, once."""

from blocks import installations as blocks
from bot.jobs import Attempt, Job, WelcomeInstaller
from bot.slack.notifier import Notifier
from bot.workflows.admins import Admins
from bot.workflows.engine import TenantOf


class WelcomeInstallerWorkflow:
    job_type: type[Job] = WelcomeInstaller

    def __init__(self, admins: Admins, notifier: Notifier, *, tenant_of: TenantOf, command: str) -> None:
        self._admins = admins
        self._notifier = notifier
        self._tenant_of = tenant_of
        self._command = command

    async def run(self, job: Job, attempt: Attempt) -> None:  # noqa: ARG002 - all workflows are called alike
        """One direct message for each installation."""
        assert isinstance(job, WelcomeInstaller)
        tenant = await self._tenant_of(job.tenant_id)
        has_admin = bool(await self._admins.of(tenant))
        message = blocks.welcome(is_back=job.is_back, has_admin=has_admin, command=self._command)
        await self._notifier.dm(tenant, job.user_id, f"welcome:{job.installation}", message)
