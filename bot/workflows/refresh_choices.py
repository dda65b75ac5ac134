"""A queue, status or priority that new tickets get is gone from Autotask: every Admin is told, once per value."""

from blocks import settings as blocks
from bot.domain.settings import Problem
from bot.errors import CredentialsRejected, NotConnected
from bot.jobs import Attempt, Job, RefreshChoices
from bot.services.settings import SettingsService
from bot.workflows.admins import Admins
from bot.workflows.engine import After, TenantOf, go_on

STEPS = ("looked", "told")


class RefreshChoicesWorkflow:
    job_type: type[Job] = RefreshChoices

    def __init__(
        self,
        settings: SettingsService,
        admins: Admins,
        tenant_of: TenantOf,
        *,
        after: After = go_on,
    ) -> None:
        self._settings = settings
        self._admins = admins
        self._tenant_of = tenant_of
        self._after = after

    async def run(self, job: Job, attempt: Attempt) -> None:  # noqa: ARG002 - all workflows are called alike
        """Reads the picklists, then tells what is gone."""
        assert isinstance(job, RefreshChoices)
        tenant = await self._tenant_of(job.tenant_id)
        problems = await self._look(job)
        await self._after("looked")
        if problems:
            message = blocks.gone_from_autotask(problems)
            await self._admins.tell(tenant, _key(problems), message, after=self._after)

    async def _look(self, job: RefreshChoices) -> tuple[Problem, ...]:
        if not job.slot:
            return await self._settings.problems(job.tenant_id)
        try:
            return (await self._settings.refresh_for(job.tenant_id)).problems
        except (NotConnected, CredentialsRejected):
            return ()  # nothing to look at; a refused login is told by itself


def _key(problems: tuple[Problem, ...]) -> str:
    """One message per cause, however often it is looked at."""
    causes = ",".join(f"{each.setting.value}={each.label}" for each in problems)
    return f"choices:{causes}"
