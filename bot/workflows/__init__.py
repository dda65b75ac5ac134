"""Jobs and what performs them."""

from collections.abc import Sequence

from bot.jobs import Attempt, Job
from bot.workflows.engine import Workflow


class Performer:
    """Finds a job's workflow by its type."""

    def __init__(self, workflows: Sequence[Workflow]) -> None:
        self._workflows = {workflow.job_type: workflow for workflow in workflows}

    async def __call__(self, job: Job, attempt: Attempt) -> None:
        await self._workflows[type(job)].run(job, attempt)
