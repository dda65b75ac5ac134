"""Which workspace the token is for: asked at start, asked again while Slack does not answer."""

import asyncio
from dataclasses import dataclass, replace
from typing import Final

from pydantic import SecretStr

from bot.db.session import Database
from bot.domain.context import Tenant
from bot.errors import SlackUnavailable
from bot.settings import SettingsProblem
from bot.slack.health import Health
from bot.slack.installs import Install, Installs
from bot.slack.problems import SlackRefused, slack_errors

WRONG_TOKEN: Final = frozenset({"invalid_auth", "not_authed", "account_inactive", "token_revoked"})
LONGEST_PAUSE: Final = 30.0
PATIENCE: Final = 15.0
FIRST_PATIENCE: Final = 2.0
"""Seconds: at start the web server waits for this answer, and whoever watches over us asks it soon."""


@dataclass(frozen=True)
class Identity:
    """``timezone`` is the zone of a workspace that is new to us; with ``zone_is_set``, of every one."""

    installs: Installs
    database: Database
    health: Health
    token: SecretStr
    timezone: str
    zone_is_set: bool = False

    async def find(self, *, patience: float = PATIENCE) -> Tenant | None:
        """The workspace, with its row up to date; None while Slack does not answer (``patience`` in seconds).

        Raises ``SettingsProblem`` when Slack refuses the token or answers with a code we do not expect.
        """
        install = await self._install(patience)
        if install is None:
            return None
        async with self.database.directory() as directory:
            known = await directory.tenant_by_team(install.team_id)
            tenant = await directory.ensure_tenant(
                install.team_id,
                install.team_name,
                self.timezone if known is None or self.zone_is_set else "",
                bot_user_id=install.bot_user_id,
            )
            if self.zone_is_set:
                await directory.move(tenant.id, self.timezone)
            await directory.environment_is(install.team_id)
            if not tenant.is_installed:
                await directory.arrived(tenant.id)
        self.health.well("slack")
        return replace(tenant, by_environment=True, is_installed=True)

    async def _install(self, patience: float) -> Install | None:
        try:
            with slack_errors():
                return await asyncio.wait_for(self.installs.identify(self.token), patience)
        except SlackRefused as problem:
            raise _refused(problem.code) from problem
        except SlackUnavailable as problem:
            if problem.detail in WRONG_TOKEN:
                raise _refused(problem.detail) from problem
            self.health.wrong("slack", problem.detail)
            return None

    async def keep_finding(self) -> None:
        """Returns once Slack has answered."""
        pause = 1.0
        while await self.find() is None:
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)


def _refused(code: str) -> SettingsProblem:
    return SettingsProblem(f"Slack does not accept SLACK_BOT_TOKEN: {code}.")
