"""The connection is paused: every Admin is told, once."""

from blocks import connection_card as blocks
from bot.db.session import Database
from bot.errors import NotFound
from bot.jobs import Attempt, Job, TellPaused
from bot.slack.notifier import Notifier
from bot.slack.problems import SlackRefused
from bot.workflows.engine import After, TenantOf, go_on


class TellPausedWorkflow:
    job_type: type[Job] = TellPaused

    def __init__(
        self, database: Database, notifier: Notifier, tenant_of: TenantOf, *, after: After = go_on
    ) -> None:
        self._database = database
        self._notifier = notifier
        self._tenant_of = tenant_of
        self._after = after

    async def run(self, job: Job, attempt: Attempt) -> None:  # noqa: ARG002 - all workflows are called alike
        """One message per Admin and pause; who cannot be written to does not keep the others from knowing."""
        assert isinstance(job, TellPaused)
        tenant = await self._tenant_of(job.tenant_id)
        for admin in await self._admins(job.tenant_id):
            try:
                await self._notifier.post(tenant, f"paused:{job.proven_at}:{admin}", admin, blocks.paused())
            except (NotFound, SlackRefused):
                continue
            await self._after("told")

    async def _admins(self, tenant_id: int) -> list[str]:
        """The Admins, or who connected where there are none; nobody once the connection is removed."""
        async with self._database.unit(tenant_id) as uow:
            connection = await uow.connections.get()
            if connection is None:
                return []
            return [each for each in await uow.people.admins() or [connection.connected_by] if each]
