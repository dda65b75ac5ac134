"""What one sync run found worth telling: one message in each channel that subscribed to such news."""

from collections.abc import Iterable

import structlog

from blocks import news as blocks
from bot.db.session import Database, UnitOfWork
from bot.domain.alerts import Subscription
from bot.domain.context import Tenant
from bot.errors import NotFound, SlackUnavailable
from bot.jobs import Attempt, Job, TellNews
from bot.slack.notifier import Notifier
from bot.slack.problems import SlackRefused
from bot.workflows.engine import After, TenantOf, go_on

STEPS = ("told",)

log = structlog.get_logger(__name__)


class TellNewsWorkflow:
    job_type: type[Job] = TellNews

    def __init__(
        self, database: Database, notifier: Notifier, *, tenant_of: TenantOf, after: After = go_on
    ) -> None:
        self._database = database
        self._notifier = notifier
        self._tenant_of = tenant_of
        self._after = after

    async def run(self, job: Job, attempt: Attempt) -> None:  # noqa: ARG002 - all workflows are called alike
        """Nothing where nobody subscribed, or nothing that they want was found.

        Raises ``SlackUnavailable`` when a channel could not be told; the others have been.
        """
        assert isinstance(job, TellNews)
        tenant = await self._tenant_of(job.tenant_id)
        async with self._database.unit(tenant.id) as uow:
            wanted = _by_channel(await uow.alert_channels.all())
            told = {channel: await _news(uow, job.run_id, wants) for channel, wants in wanted.items()}
        trouble: list[SlackUnavailable] = []
        for channel, found in told.items():
            if not found.sums:
                continue
            try:
                await self._tell(tenant, job.run_id, channel, found)
            except SlackUnavailable as problem:
                trouble.append(problem)
        if trouble:
            raise trouble[0]

    async def _tell(self, tenant: Tenant, run_id: int, channel: str, found: blocks.Found) -> None:
        key = f"news:{run_id}:{channel}"
        try:
            await self._notifier.post(tenant, key, channel, blocks.message(found, run_id), person_waits=False)
        except (NotFound, SlackRefused) as problem:
            log.warning("news not told", run=run_id, channel=channel, reason=str(problem))
        await self._after("told")


def _by_channel(subscriptions: Iterable[Subscription]) -> dict[str, list[Subscription]]:
    found: dict[str, list[Subscription]] = {}
    for each in subscriptions:
        found.setdefault(each.channel_id, []).append(each)
    return found


async def _news(uow: UnitOfWork, run_id: int, wants: list[Subscription]) -> blocks.Found:
    """What a channel's wishes cover together, each kind by the widest of them."""
    sums, items = [], []
    for kind in sorted({kind for each in wants for kind in each.kinds}):
        about = [each.organizations for each in wants if kind in each.kinds]
        wide = None if None in about else frozenset().union(*(each for each in about if each is not None))
        sums += await uow.news.sums(run_id=run_id, kinds=[kind], organizations=wide)
        items += await uow.news.some_of_run(run_id, kinds=[kind], organizations=wide, limit=blocks.MOST_LINES)
    may = any(each.money for each in wants)
    return blocks.Found(tuple(sums), tuple(items), may, await uow.contracts.currency())
