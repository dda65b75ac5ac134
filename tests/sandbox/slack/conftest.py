"""A running workspace, and a Bolt app connected to it over Socket Mode."""

from dataclasses import dataclass

import pytest
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.slack.people import People
from sandbox.slack.server import RunningSlack, serve
from sandbox.slack.settings import SlackSettings
from tests.sandbox.slack.demo_app import Seen, build_app


@dataclass
class Office:
    slack: RunningSlack
    seen: Seen
    client: AsyncWebClient

    @property
    def people(self) -> People:
        return self.slack.people


@pytest.fixture
async def slack():
    async with serve(settings=SlackSettings(file_processing_seconds=0.01)) as running:
        yield running


@pytest.fixture
async def client(slack):
    return AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)


@pytest.fixture
async def office(slack, client):
    """The demo app over Socket Mode."""
    seen = Seen()
    app = build_app(client, "", seen)
    handler = AsyncSocketModeHandler(app, slack.app_token)
    await handler.connect_async()
    await slack.wait_connected()
    yield Office(slack, seen, client)
    await handler.close_async()
