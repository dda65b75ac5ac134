"""Which workspace something is for, with its token as it stands now."""

from collections.abc import Iterable
from dataclasses import dataclass

from bot.db.session import Database
from bot.domain.context import Tenant
from bot.errors import NotFound, SlackUnavailable
from bot.slack.installs import Installs
from bot.slack.problems import SlackRefused, slack_errors


@dataclass(frozen=True)
class Workspaces:
    """Each look-up takes notice of installations and uninstallations that another replica was told of."""

    database: Database
    installs: Installs

    async def by_team(self, team_ids: Iterable[str]) -> Tenant | None:
        """The first of these workspaces or organizations that has Deskhand installed."""
        async with self.database.directory() as directory:
            found = [await directory.tenant_by_team(team_id) for team_id in team_ids]
        known = [tenant for tenant in found if tenant is not None]
        for tenant in known:
            await self.installs.keep_up(tenant)
        return next((tenant for tenant in known if tenant.is_installed), None)

    async def is_alive(self, tenant: Tenant) -> bool:
        """Whether Slack still takes the workspace's token. Where Slack does not answer: no."""
        try:
            with slack_errors():
                await self.installs.clients(tenant.team_id).prompt.auth_test()
        except (SlackUnavailable, SlackRefused):
            return False
        return True

    async def by_id(self, tenant_id: int) -> Tenant:
        """The workspace, installed or not. Raises ``NotFound`` for one whose data was deleted."""
        async with self.database.directory() as directory:
            found = await directory.tenant(tenant_id)
        if found is None:
            raise NotFound("workspace", str(tenant_id))
        await self.installs.keep_up(found)
        return found
