"""A problem as it stands now: told to the Admins."""

from blocks import kit
from bot.db.session import Database
from bot.jobs import Attempt, Job, TellProblem
from bot.workflows.admins import Admins
from bot.workflows.engine import TenantOf


class TellProblemWorkflow:
    job_type: type[Job] = TellProblem

    def __init__(self, database: Database, admins: Admins, *, tenant_of: TenantOf) -> None:
        self._database = database
        self._admins = admins
        self._tenant_of = tenant_of

    async def run(self, job: Job, attempt: Attempt) -> None:  # noqa: ARG002 - all workflows are called alike
        assert isinstance(job, TellProblem)
        tenant = await self._tenant_of(job.tenant_id)
        text = "Something needs a look."
        await self._admins.tell(
            tenant, f"problem:{job.problem_id}", kit.Message(text, (kit.plain_section(text),))
        )
