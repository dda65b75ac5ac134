"""Jobs and what performs them."""

from collections.abc import Awaitable, Callable, Sequence

from bot.errors import CredentialsRejected
from bot.jobs import Attempt, Job
from bot.workflows.engine import Workflow

Refused = Callable[[int, CredentialsRejected], Awaitable[None]]
"""Called with the tenant whose Autotask login was refused."""


class Performer:
    """Finds a job's workflow by its type; a refused login pauses the tenant's connection."""

    def __init__(self, workflows: Sequence[Workflow], refused: Refused) -> None:
        self._workflows = {workflow.job_type: workflow for workflow in workflows}
        self._refused = refused

    async def __call__(self, job: Job, attempt: Attempt) -> None:
        try:
            await self._workflows[type(job)].run(job, attempt)
        except CredentialsRejected as error:
            await self._refused(job.tenant_id, error)
            raise
