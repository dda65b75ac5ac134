"""Deskhand as a host for several workspaces: Northwind by the environment's token, others by OAuth."""

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx
from pydantic import SecretStr

from bot.app import Bot, Role, running
from bot.clock import Clock
from bot.domain.context import Tenant
from bot.settings import Settings
from sandbox.slack import feed
from sandbox.slack.model import Message
from sandbox.slack.people import People
from sandbox.slack.server import RunningSlack
from tests.factories import HASTY, UNPACED
from tests.integration.slack_world import NOBODY

HARBOR: Final = "T0HARBOR1"
NORTHWIND: Final = "T0NORTHWD"
HARBOR_DESK: Final = "C0HDESK"


def free_port() -> int:
    """A port that nobody listens on: the public address must be known before the server is up."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


@dataclass(frozen=True)
class Hosting:
    """One application, a browser, and Slack with both workspaces."""

    slack: RunningSlack
    bot: Bot
    browser: httpx.AsyncClient

    @property
    def people(self) -> People:
        return self.slack.people

    @property
    def url(self) -> str:
        return self.bot.settings.public_url

    async def begin(self) -> str:
        """Presses *Add to Slack*; the address of Slack's consent page."""
        answer = await self.browser.post(f"{self.url}/slack/install")
        assert answer.status_code == 303, answer.text
        return answer.headers["location"]

    async def install(self, user: str) -> httpx.Response:
        """The whole way as one person; the page at its end."""
        return await self.browser.get(self.people.allow(user, await self.begin()))

    async def tenant(self, team_id: str) -> Tenant | None:
        async with self.bot.database.directory() as directory:
            return await directory.tenant_by_team(team_id)

    def direct(self, user: str) -> list[Message]:
        """What the app has written to a person."""
        hub = self.slack.hub.knowing(user)
        return list(hub.workspace.app_im(user).messages.values())

    def posts(self, team_id: str) -> int:
        """How often the app has posted or written anything in a workspace."""
        methods = {"chat.postMessage", "chat.update", "chat.postEphemeral", "views.publish", "views.open"}
        return sum(call.team == team_id and call.method in methods for call in self.slack.journal.calls)


def words(page: httpx.Response | Message) -> str:
    return page.text if isinstance(page, httpx.Response) else feed.words_of_message(page)


def hosting_settings(
    slack: RunningSlack, database_url: str, folder: Path, *, autotask_url: str = NOBODY, **more: object
) -> Settings:
    """Both ways in: the environment's token and OAuth; ``more`` goes over them."""
    port = free_port()
    given = {
        "slack_bot_token": SecretStr(slack.bot_token),
        "slack_app_token": SecretStr(slack.app_token),
        "slack_signing_secret": SecretStr(slack.signing_secret),
        "slack_client_id": slack.client_id,
        "slack_client_secret": SecretStr(slack.client_secret),
        "slack_api_url": slack.api_url,
        "autotask_discovery_url": autotask_url,
        "database_url": SecretStr(database_url),
        "data_dir": folder,
        "public_url": f"http://127.0.0.1:{port}",
        "port": port,
        "migrate": "never",
    }
    return Settings(_env_file=None, **(given | more))


@asynccontextmanager
async def hosting(
    slack: RunningSlack, settings: Settings, *, role: Role = "all", clock: Clock | None = None
) -> AsyncIterator[Hosting]:
    """The application, ready for Slack."""
    async with (
        running(settings, role=role, clock=clock, pace=UNPACED, pauses=HASTY) as bot,
        httpx.AsyncClient(trust_env=False) as browser,
    ):
        if settings.mode == "socket":
            await slack.wait_connected()
        else:
            slack.hub.delivery.http.request_url = f"{bot.address}/slack/events"
            slack.hub.delivery.mode = "http"
        yield Hosting(slack, bot, browser)
