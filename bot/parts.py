"""What the running application consists of."""

import asyncio
from collections.abc import Coroutine
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field

from slack_bolt.async_app import AsyncApp

from bot.autotask.pool import AutotaskPool
from bot.background import in_background
from bot.db.session import Database
from bot.jobs import Jobs
from bot.secretbox import SecretBox
from bot.services.clients import Clients
from bot.settings import Settings
from bot.slack.health import Health
from bot.slack.identity import Identity
from bot.slack.installs import Installs
from bot.slack.notifier import Notifier
from handlers.tools import Services, Tools


@dataclass(frozen=True)
class Ground:
    """What every command of the command line stands on: the database at its place, and the keys."""

    settings: Settings
    url: str
    database: Database
    secrets: SecretBox


@dataclass(frozen=True)
class Bot:
    """The running application. ``address`` is where the web server listens; "" in a worker."""

    ground: Ground
    autotask: AutotaskPool
    installs: Installs
    clients: Clients
    tools: Tools
    bolt: AsyncApp
    health: Health = field(default_factory=Health)
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    address: str = ""

    @property
    def identity(self) -> Identity:
        settings = self.settings
        assert settings.slack_bot_token is not None
        return Identity(
            self.installs,
            self.database,
            self.health,
            settings.slack_bot_token,
            settings.timezone,
            zone_is_set="timezone" in settings.model_fields_set,
        )

    def beside(self, name: str, work: Coroutine[object, object, None]) -> AbstractAsyncContextManager[None]:
        """Runs ``work`` beside the block; when it breaks, the application asks to be stopped and started anew."""
        return in_background(name, work, broke=self.stop.set)

    @property
    def settings(self) -> Settings:
        return self.ground.settings

    @property
    def database(self) -> Database:
        return self.ground.database

    @property
    def services(self) -> Services:
        return self.tools.services

    @property
    def notifier(self) -> Notifier:
        return self.tools.notifier

    @property
    def jobs(self) -> Jobs:
        return self.tools.jobs
