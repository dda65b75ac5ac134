"""What every listener can reach: built once by ``bot.app``, handed to each request."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.db.session import Database
from bot.jobs import Jobs
from bot.settings import Settings
from bot.slack.directory import People
from bot.slack.notifier import Notifier
from bot.slack.views import Views

from bot.clock import Clock
from bot.services.access import AccessService


@dataclass(frozen=True)
class Services:
    """One service per noun; a new noun is one more field, filled in ``bot.app.services_of``."""

    access: AccessService


@dataclass(frozen=True)
class Tools:
    """The application as listeners see it."""

    settings: Settings
    clock: Clock
    database: Database
    jobs: Jobs
    services: Services
    notifier: Notifier
    views: Views
    people: People
    bot_user_ids: Sequence[str] = ()
