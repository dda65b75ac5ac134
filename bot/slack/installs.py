"""The workspaces that installed us, each with its token and the clients that carry it.

Today one workspace, by SLACK_BOT_TOKEN; a store of encrypted installations (OAuth) fills the same table.
"""

from dataclasses import dataclass, field
from typing import Final

import aiohttp
from pydantic import SecretStr
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.http_retry.async_handler import AsyncRetryHandler
from slack_sdk.http_retry.builtin_async_handlers import (
    AsyncConnectionErrorRetryHandler,
    AsyncRateLimitErrorRetryHandler,
    AsyncServerErrorRetryHandler,
)
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import SlackUnavailable
from bot.slack.problems import slack_errors

_TIMEOUT: Final = aiohttp.ClientTimeout(total=15, connect=5)


@dataclass(frozen=True)
class Install:
    """One workspace's installation; ``team_id`` is the organization's id for org-wide installs."""

    team_id: str
    team_name: str
    bot_user_id: str
    bot_id: str
    token: SecretStr


@dataclass(frozen=True)
class Clients:
    """Slack's Web API for one workspace, by patience.

    ``prompt`` never retries: for calls a person waits for within 3 seconds.
    ``posting`` retries only what surely was not carried out (429), so that nothing is posted twice.
    ``reading`` retries everything that a repeat cannot harm.
    """

    prompt: AsyncWebClient
    posting: AsyncWebClient
    reading: AsyncWebClient


@dataclass
class Installs:
    """Finds the token and the clients of a workspace. Open until ``close``."""

    base_url: str
    session: aiohttp.ClientSession
    _known: dict[str, Install] = field(default_factory=dict)
    _clients: dict[str, Clients] = field(default_factory=dict)

    @classmethod
    def opened(cls, base_url: str) -> "Installs":
        """Needs a running event loop."""
        return cls(base_url, aiohttp.ClientSession(timeout=_TIMEOUT))

    async def close(self) -> None:
        await self.session.close()

    async def identify(self, token: SecretStr) -> Install:
        """Asks Slack whose token this is and remembers it. Raises ``SlackUnavailable``."""
        with slack_errors():
            said = await self._client(token, []).auth_test()
        install = Install(
            team_id=str(said.get("enterprise_id") if said.get("is_enterprise_install") else said["team_id"]),
            team_name=str(said.get("team", "")),
            bot_user_id=str(said.get("user_id", "")),
            bot_id=str(said.get("bot_id", "")),
            token=token,
        )
        self.add(install)
        return install

    def add(self, install: Install) -> None:
        self._known[install.team_id] = install
        self._clients[install.team_id] = Clients(
            prompt=self._client(install.token, []),
            posting=self._client(install.token, [AsyncRateLimitErrorRetryHandler(max_retry_count=2)]),
            reading=self._client(install.token, _patient()),
        )

    def of(self, team_id: str) -> Install | None:
        return self._known.get(team_id)

    def clients(self, team_id: str) -> Clients:
        """Raises ``SlackUnavailable`` while the workspace is not identified (Slack was down at start)."""
        found = self._clients.get(team_id)
        if found is None:
            raise SlackUnavailable("workspace not identified yet")
        return found

    async def authorize(self, enterprise_id: str | None, team_id: str | None) -> AuthorizeResult | None:
        """Bolt's question whether this delivery is from a workspace that installed us."""
        install = self.of(team_id or "") or self.of(enterprise_id or "")
        if install is None:
            return None
        return AuthorizeResult(
            enterprise_id=enterprise_id,
            team_id=team_id,
            bot_user_id=install.bot_user_id,
            bot_id=install.bot_id,
            bot_token=install.token.get_secret_value(),
        )

    def anonymous(self) -> AsyncWebClient:
        """A client without token, for Bolt and Socket Mode to start from."""
        return AsyncWebClient(base_url=self.base_url, session=self.session, retry_handlers=[])

    def _client(self, token: SecretStr, retry: list[AsyncRetryHandler]) -> AsyncWebClient:
        return AsyncWebClient(
            token=token.get_secret_value(), base_url=self.base_url, session=self.session, retry_handlers=retry
        )


def _patient() -> list[AsyncRetryHandler]:
    return [
        AsyncConnectionErrorRetryHandler(max_retry_count=2),
        AsyncRateLimitErrorRetryHandler(max_retry_count=2),
        AsyncServerErrorRetryHandler(max_retry_count=2),
    ]
