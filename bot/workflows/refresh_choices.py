"""A queue, status or priority that new tickets get is gone from Autotask: every Admin is told, once per value."""

from blocks import settings as blocks
from bot.domain.settings import Problem
from bot.errors import CredentialsRejected, NotConnected, NotFound
from bot.jobs import Attempt, Job, RefreshChoices
from bot.services.settings import SettingsService
from bot.slack.notifier import Notifier
from bot.slack.problems import SlackRefused
from bot.workflows.engine import After, TenantOf, go_on

STEPS = ("looked", "told")


class RefreshChoicesWorkflow:
    job_type: type[Job] = RefreshChoices

    def __init__(
        self,
        settings: SettingsService,
        notifier: Notifier,
        tenant_of: TenantOf,
        *,
        after: After = go_on,
    ) -> None:
        self._settings = settings
        self._notifier = notifier
        self._tenant_of = tenant_of
        self._after = after

    async def run(self, job: Job, attempt: Attempt) -> None:  # noqa: ARG002 - all workflows are called alike
        """Reads the picklists, then tells what is gone; who cannot be written to keeps no other from knowing."""
        assert isinstance(job, RefreshChoices)
        tenant = await self._tenant_of(job.tenant_id)
        problems = await self._look(job)
        await self._after("looked")
        for admin in await self._settings.admins(job.tenant_id) if problems else []:
            try:
                await self._notifier.dm(
                    tenant, admin, _key(problems, admin), blocks.gone_from_autotask(problems)
                )
            except (NotFound, SlackRefused):
                continue
            await self._after("told")

    async def _look(self, job: RefreshChoices) -> tuple[Problem, ...]:
        if not job.slot:
            return await self._settings.problems(job.tenant_id)
        try:
            return (await self._settings.refresh_for(job.tenant_id)).problems
        except (NotConnected, CredentialsRejected):
            return ()  # nothing to look at; a refused login is told by itself


def _key(problems: tuple[Problem, ...], admin: str) -> str:
    """One message per cause and Admin, however often it is looked at."""
    causes = ",".join(f"{each.setting.value}={each.label}" for each in problems)
    return f"choices:{causes}:{admin}"
