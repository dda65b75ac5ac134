"""The whole application in a sandbox workspace, one database per test."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet

from bot.app import Bot, running
from bot.app import Role as AppRole
from bot.clock import Clock
from bot.domain.context import Role, Tenant
from bot.settings import Settings
from bot.slack.budget import REGULAR
from handlers import FEATURES
from handlers.command import Feature, Listener
from sandbox.slack import feed, seed
from sandbox.slack.model import Message, View
from sandbox.slack.people import People
from sandbox.slack.server import RunningSlack, serve
from sandbox.slack.settings import SlackSettings
from tests.factories import UNHURRIED, UNPACED

DESK = "C0SERVICE"
"""A channel with the app and a guest in it."""
SALES_ROOM = "C0SALES"
"""A channel without the app."""
SHARED = "C0ACMESHARED"
"""A channel shared with a client."""
MANIFEST = Path(__file__).parents[2] / "slack-manifest.yaml"
NOBODY = "http://127.0.0.1:9"
"""An address where nothing listens."""


@dataclass(frozen=True)
class Office:
    """A running workspace with the application in it."""

    slack: RunningSlack
    bot: Bot

    @property
    def people(self) -> People:
        return self.slack.people

    async def tenant(self) -> Tenant:
        async with self.bot.database.directory() as directory:
            found = await directory.tenant_by_team(seed.HOME_TEAM.id)
        assert found is not None
        return found

    async def give_role(self, user_id: str, role: Role) -> None:
        tenant = await self.tenant()
        async with self.bot.database.unit(tenant.id) as uow:
            await uow.people.set_role(user_id, role, "test", self.bot.tools.clock.now())

    async def answer(self, user_id: str, line: str, contains: str, *, channel: str = DESK) -> Message:
        """Types a line and waits for the reply to it."""
        before = {message.ts for message in self.people.messages(user_id, channel)}
        outcome = await self.people.type_command(user_id, channel, line)
        assert outcome.ok, outcome

        def look() -> Message | None:
            fresh = (each for each in self.people.messages(user_id, channel) if each.ts not in before)
            return next((each for each in fresh if contains in words(each)), None)

        return await self.people.until(look, f"{contains!r} after {line!r}")

    def calls(self, method: str) -> list[Mapping[str, Any]]:
        return [call.args for call in self.slack.journal.calls if call.method == method]


def words(seen: Message | View) -> str:
    """All text of a message or a view."""
    return feed.words_of_message(seen) if isinstance(seen, Message) else feed.words_of(seen.body)


def settings_for(slack: RunningSlack, database_url: str, **more: object) -> Settings:
    given = {
        "slack_bot_token": slack.bot_token,
        "slack_app_token": slack.app_token,
        "slack_signing_secret": slack.signing_secret,
        "slack_api_url": slack.api_url,
        "autotask_discovery_url": NOBODY,
        "database_url": database_url,
        "encryption_keys": Fernet.generate_key().decode(),
        "port": 0,
        "migrate": "never",
    }
    return Settings(_env_file=None, **(given | more))


@asynccontextmanager
async def opened_office(
    database_url: str,
    *,
    slack_settings: SlackSettings | None = None,
    listeners: tuple[Listener, ...] = (),
    runs: AppRole = "web",
    clock: Clock | None = None,
    paced: bool = False,
    **more: object,
) -> AsyncIterator[Office]:
    """Slack first, then the application; in socket mode it is connected when the block begins.

    With ``runs="all"`` it carries out jobs, too. ``paced``: it posts as slowly as a real Slack demands.
    """
    slack_settings = slack_settings or replace(UNHURRIED, rate_limits=paced)
    async with serve(settings=slack_settings, manifest=MANIFEST) as slack:
        settings = settings_for(slack, database_url, **more)
        features = (Feature(listeners=listeners), *FEATURES)
        async with running(
            settings, role=runs, features=features, clock=clock, pace=REGULAR if paced else UNPACED
        ) as bot:
            if settings.mode == "socket":
                await slack.wait_connected()
            yield Office(slack, bot)
