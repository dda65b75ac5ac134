"""Every night: tickets that Autotask has twice are told to the Admins once, and lost ones are found again."""

import structlog

from blocks import ticket_twins as blocks
from bot.errors import CredentialsRejected, NotConnected
from bot.jobs import Attempt, Job, ReconcileTickets
from bot.services.ticket_reconcile import TicketReconcile
from bot.workflows.admins import Admins
from bot.workflows.engine import After, TenantOf, go_on

STEPS = ("looked", "told")

log = structlog.get_logger(__name__)


class ReconcileTicketsWorkflow:
    job_type: type[Job] = ReconcileTickets

    def __init__(
        self,
        reconcile: TicketReconcile,
        admins: Admins,
        *,
        tenant_of: TenantOf,
        after: After = go_on,
    ) -> None:
        self._reconcile = reconcile
        self._admins = admins
        self._tenant_of = tenant_of
        self._after = after

    async def run(self, job: Job, attempt: Attempt) -> None:  # noqa: ARG002 - all workflows are called alike
        """Looks, queues what goes on, and tells each Admin of each pair once, however many nights it stands."""
        assert isinstance(job, ReconcileTickets)
        tenant = await self._tenant_of(job.tenant_id)
        try:
            found = await self._reconcile.run(tenant.id, tenant.team_id)
        except (NotConnected, CredentialsRejected):
            return  # nothing to look at; a refused login is told by itself
        await self._after("looked")
        for twin in found.twins:
            log.warning("a ticket is in Autotask more than once", ticket=twin.ticket.id)
            key = f"twins:{twin.ticket.reference}:{len(twin.records)}"
            await self._admins.tell(tenant, key, blocks.found(twin), after=self._after)
