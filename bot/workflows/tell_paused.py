"""The connection is paused: every Admin is told, once."""

from blocks import connection_card as blocks
from bot.db.session import Database
from bot.jobs import Attempt, Job, TellPaused
from bot.workflows.admins import Admins
from bot.workflows.engine import After, TenantOf, go_on


class TellPausedWorkflow:
    job_type: type[Job] = TellPaused

    def __init__(
        self, database: Database, admins: Admins, tenant_of: TenantOf, *, after: After = go_on
    ) -> None:
        self._database = database
        self._admins = admins
        self._tenant_of = tenant_of
        self._after = after

    async def run(self, job: Job, attempt: Attempt) -> None:  # noqa: ARG002 - all workflows are called alike
        """One message per Admin and pause; none once the connection is removed."""
        assert isinstance(job, TellPaused)
        tenant = await self._tenant_of(job.tenant_id)
        async with self._database.unit(tenant.id) as uow:
            if await uow.connections.get() is None:
                return
        await self._admins.tell(tenant, f"paused:{job.proven_at}", blocks.paused(), after=self._after)
