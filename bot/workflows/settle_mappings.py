"""Organizations got or lost their companies: contracts and time entries are looked at again, in the mirror alone."""

from zoneinfo import ZoneInfo

from bot.clock import Clock
from bot.db.contract_judging import Occasion, judge_contracts
from bot.db.session import Database
from bot.domain.switches import Capability
from bot.domain.syncs import Group, Scope
from bot.jobs import Attempt, Job, SettleMappings
from bot.syncs.groups import Conclusion
from bot.syncs.time_conclusions import conclude_again
from bot.workflows.alarms import Alarms
from bot.workflows.engine import After, TenantOf, go_on

STEPS = ("contracts", "time", "told")


class SettleMappingsWorkflow:
    job_type: type[Job] = SettleMappings

    def __init__(
        self, database: Database, alarms: Alarms, tenant_of: TenantOf, *, clock: Clock, after: After = go_on
    ) -> None:
        self._database = database
        self._alarms = alarms
        self._tenant_of = tenant_of
        self._clock = clock
        self._after = after

    async def run(self, job: Job, attempt: Attempt) -> None:  # noqa: ARG002 - all workflows are called alike
        """Doing it again changes nothing again; nothing of what is switched off. Autotask is not asked."""
        assert isinstance(job, SettleMappings)
        tenant = await self._tenant_of(job.tenant_id)
        now = self._clock.now()
        scope = Scope(now, now.astimezone(ZoneInfo(tenant.timezone)).date())
        await self._settle_contracts(tenant.id, scope)
        await self._after("contracts")
        async with self._database.unit(tenant.id) as uow:
            found = await conclude_again(uow, scope, None, now)
        await self._after("time")
        await self._tell(tenant.id, found)
        await self._after("told")

    async def _settle_contracts(self, tenant_id: int, scope: Scope) -> None:
        """Nothing of it is news: whoever mapped is told what came."""
        async with self._database.unit(tenant_id) as uow:
            if (await uow.switches.all()).may_read(Capability.CONTRACTS):
                await judge_contracts(uow, Occasion(scope.now, scope.today, tells=False))

    async def _tell(self, tenant_id: int, found: Conclusion) -> None:
        if found.problems:
            await self._alarms.report_all(tenant_id, Group.TIME.value, found.problems)
        for each in found.over:
            await self._alarms.over(tenant_id, each)
