"""Who is told what concerns the whole workspace, and the telling."""

import structlog

from blocks.kit import Message
from bot.db.session import Database
from bot.domain.access import HouseRules
from bot.domain.context import Tenant
from bot.errors import NotFound
from bot.slack.notifier import Notifier
from bot.slack.problems import SlackRefused
from bot.workflows.engine import After, go_on

log = structlog.get_logger(__name__)


class Admins:
    """The Admins of every workspace; each is told a thing once, however often it is looked at."""

    def __init__(self, database: Database, notifier: Notifier, rules: HouseRules) -> None:
        """``rules`` are what the installation's settings say about people."""
        self._database = database
        self._notifier = notifier
        self._rules = rules

    async def of(self, tenant: Tenant) -> list[str]:
        """Slack ids: those whom the settings name, then those who were given the role."""
        async with self._database.unit(tenant.id) as uow:
            return self._rules.admins_in(tenant, await uow.people.admins())

    async def tell(
        self, tenant: Tenant, key: str, message: Message, *, but: str = "", after: After = go_on
    ) -> None:
        """One message for each Admin but one, or for who connected Autotask where there is no Admin.

        Who cannot be written to does not keep the others from knowing.
        """
        for user_id in await self.of(tenant) or await self._connected_by(tenant):
            if user_id == but:
                continue
            try:
                await self._notifier.dm(tenant, user_id, f"{key}:{user_id}", message)
            except (NotFound, SlackRefused) as problem:
                log.warning("admin not told", key=key, person=user_id, reason=str(problem))
                continue
            await after("told")

    async def _connected_by(self, tenant: Tenant) -> list[str]:
        async with self._database.unit(tenant.id) as uow:
            connection = await uow.connections.get()
        return [connection.connected_by] if connection and connection.connected_by else []
