"""The workspaces that installed us, each with its token and the clients that carry it.

The environment's token (SLACK_BOT_TOKEN) stands for its own workspace; every other workspace's is in the
encrypted installation store, read when the workspace is first heard of and when its installation changes.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final, TypeAlias

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

from bot.domain.context import Tenant
from bot.errors import SlackUnavailable
from bot.slack.problems import slack_errors
from bot.slack.void_tokens import VoidTokens

_TIMEOUT: Final = aiohttp.ClientTimeout(total=15, connect=5)


@dataclass(frozen=True)
class Install:
    """One workspace's installation; ``team_id`` is the organization's id for org-wide installs.

    ``number`` is the tenant's ``installation`` that this is.
    """

    team_id: str
    team_name: str
    bot_user_id: str
    bot_id: str
    token: SecretStr
    number: int = 0


Stored: TypeAlias = Callable[[str], Awaitable[Install | None]]
"""Reads a workspace's installation from the store, by Slack's id; None when there is none, or it has left."""


async def _nothing_stored(_team_id: str) -> Install | None:
    return None


async def _nobody_minds(_install: Install, _code: str) -> None:
    return None


def _keep(_token: SecretStr) -> None:
    """There is no log to hide it from."""


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
    """Finds the token and the clients of a workspace. Open until ``close``.

    ``hide`` is told each token, so that the log never shows it; ``refused``, when Slack takes one no more.
    """

    base_url: str
    session: aiohttp.ClientSession
    stored: Stored = _nothing_stored
    hide: Callable[[SecretStr], None] = _keep
    refused: Callable[[Install, str], Awaitable[None]] = _nobody_minds
    _known: dict[str, Install] = field(default_factory=dict)
    _clients: dict[str, Clients] = field(default_factory=dict)
    _environments: str = ""

    @classmethod
    def opened(
        cls, base_url: str, *, stored: Stored = _nothing_stored, hide: Callable[[SecretStr], None] = _keep
    ) -> "Installs":
        """Needs a running event loop."""
        return cls(base_url, aiohttp.ClientSession(timeout=_TIMEOUT), stored, hide)

    async def close(self) -> None:
        await self.session.close()

    async def identify(self, token: SecretStr) -> Install:
        """Asks Slack whose the environment's token is, and remembers it. Raises ``SlackUnavailable``."""
        with slack_errors():
            said = await self.client(token).auth_test()
        install = Install(
            team_id=str(said.get("enterprise_id") if said.get("is_enterprise_install") else said["team_id"]),
            team_name=str(said.get("team", "")),
            bot_user_id=str(said.get("user_id", "")),
            bot_id=str(said.get("bot_id", "")),
            token=token,
        )
        self._environments = install.team_id
        self.add(install)
        return install

    def add(self, install: Install) -> None:
        self.hide(install.token)
        self._known[install.team_id] = install
        self._clients[install.team_id] = Clients(
            prompt=self._client(install, []),
            posting=self._client(install, [AsyncRateLimitErrorRetryHandler(max_retry_count=2)]),
            reading=self._client(install, _patient()),
        )

    def forget(self, team_id: str) -> None:
        """The workspace has uninstalled us, or its token is void."""
        self._known.pop(team_id, None)
        self._clients.pop(team_id, None)
        if team_id == self._environments:  # its token is void; should it come back, it is by the store
            self._environments = ""

    async def keep_up(self, tenant: Tenant) -> None:
        """Takes notice of what another replica knows: that the workspace left, or has another token by now."""
        if not tenant.is_installed:
            self.forget(tenant.team_id)
        elif tenant.team_id != self._environments:
            known = self.of(tenant.team_id)
            if known is None or known.number != tenant.installation:
                await self._read(tenant.team_id)

    def of(self, team_id: str) -> Install | None:
        return self._known.get(team_id)

    def clients(self, team_id: str) -> Clients:
        """Raises ``SlackUnavailable`` while the workspace is not identified (Slack was down at start)."""
        found = self._clients.get(team_id)
        if found is None:
            raise SlackUnavailable("workspace not identified yet")
        return found

    async def authorize(self, enterprise_id: str | None, team_id: str | None) -> AuthorizeResult | None:
        """Bolt's question whether this delivery is from a workspace that installed us, or from its organization."""
        install = await self._found(team_id) or await self._found(enterprise_id)
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

    def client(self, token: SecretStr) -> AsyncWebClient:
        """A client that never retries, for a token that is still to be proven."""
        return AsyncWebClient(
            token=token.get_secret_value(), base_url=self.base_url, session=self.session, retry_handlers=[]
        )

    async def _found(self, team_id: str | None) -> Install | None:
        if not team_id:
            return None
        return self.of(team_id) or await self._read(team_id)

    async def _read(self, team_id: str) -> Install | None:
        found = await self.stored(team_id)
        if found is None:
            self.forget(team_id)
        else:
            self.add(found)
        return found

    def _client(self, install: Install, retry: list[AsyncRetryHandler]) -> AsyncWebClient:
        async def refused(code: str) -> None:
            await self.refused(install, code)

        return AsyncWebClient(
            token=install.token.get_secret_value(),
            base_url=self.base_url,
            session=self.session,
            retry_handlers=[VoidTokens(refused), *retry],
        )


def _patient() -> list[AsyncRetryHandler]:
    return [
        AsyncConnectionErrorRetryHandler(max_retry_count=2),
        AsyncRateLimitErrorRetryHandler(max_retry_count=2),
        AsyncServerErrorRetryHandler(max_retry_count=2),
    ]
