"""Socket Mode kept alive: Bolt's client reconnects by itself, and a watchdog starts afresh when it does not."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import aiohttp
import structlog
from pydantic import SecretStr
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.health import Health

CONNECT_WITHIN: Final = 20.0
"""Seconds for one attempt: a handshake address is used once, so a hanging attempt is given up as a whole."""
CHECK_EVERY: Final = 2.0
DEAD_AFTER: Final = 20.0
"""Seconds without a live connection after which Bolt's client is replaced by a new one."""
LONGEST_PAUSE: Final = 30.0

log = structlog.get_logger(__name__)


class SocketLink:
    """Receives Slack's deliveries until cancelled; ``health`` says whether it does and why not."""

    def __init__(self, bolt: AsyncApp, token: SecretStr, web_client: AsyncWebClient, health: Health) -> None:
        self._bolt = bolt
        self._token = token
        self._web_client = web_client
        self._health = health
        health.wrong("socket", "not connected yet")  # until it is, nobody may count on us

    async def run(self) -> None:
        """Connects, watches, and connects anew, with growing pauses while Slack does not take us."""
        pause = 1.0
        while True:
            async with self._handler() as handler:
                if await self._connects(handler):
                    pause = 1.0
                    await self._until_dead(handler)
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    @asynccontextmanager
    async def _handler(self) -> AsyncIterator[AsyncSocketModeHandler]:
        handler = AsyncSocketModeHandler(
            self._bolt, self._token.get_secret_value(), web_client=self._web_client
        )
        try:
            yield handler
        finally:
            self._health.wrong("socket", "not connected")
            await asyncio.shield(handler.client.close())  # type: ignore[no-untyped-call]

    async def _connects(self, handler: AsyncSocketModeHandler) -> bool:
        """The first address is asked for here, because Bolt's own loop would hide why Slack refuses."""
        try:
            async with asyncio.timeout(CONNECT_WITHIN):
                handler.client.wss_uri = await handler.client.issue_new_wss_url()
                await handler.client.connect()  # type: ignore[no-untyped-call]
        except (SlackClientError, aiohttp.ClientError, OSError, TimeoutError) as problem:
            reason = _reason(problem)
            self._health.wrong("socket", reason)
            log.warning("Slack does not take our connection", reason=reason)
            return False
        self._health.well("socket")
        log.info("connected to Slack")
        return True

    async def _until_dead(self, handler: AsyncSocketModeHandler) -> None:
        """Returns when there has been no live connection for a while."""
        loop = asyncio.get_running_loop()
        alive_at = loop.time()
        while loop.time() - alive_at < DEAD_AFTER:
            await asyncio.sleep(CHECK_EVERY)
            if await handler.client.is_connected():
                alive_at = loop.time()
                self._health.well("socket")
            else:
                self._health.wrong("socket", "reconnecting")
        log.warning("connection to Slack is dead, starting afresh")


def _reason(problem: Exception) -> str:
    response = getattr(problem, "response", None)
    return str(response["error"]) if response else type(problem).__name__
