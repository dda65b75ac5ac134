"""The composition root, with bot/assembly.py and bot/performing.py: opened in reading order, closed in reverse."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final, Literal, TypeAlias
from uuid import uuid4

import structlog

import handlers
from bot import keys
from bot.assembly import (
    bolt_of,
    credential_pages,
    install_pages,
    installations_of,
    managed_credentials,
    refused,
    services_of,
    stored,
)
from bot.autotask.pool import AutotaskPool, Limits, Pauses
from bot.clock import Clock, SystemClock
from bot.db.embedded import EmbeddedServerProblem, embedded_server
from bot.db.migrate import is_current, migrate
from bot.db.session import Database
from bot.domain.context import Tenant
from bot.jobs import Jobs
from bot.log import Redactor
from bot.parts import Bot, Ground
from bot.performing import budget_watch, heartbeat_of, performer
from bot.scheduler import Scheduler
from bot.services.api_usage import UsageNotes
from bot.services.clients import Clients
from bot.services.log_retention import LogRetention
from bot.services.pausing import Pausing
from bot.services.proofs import ProofsService
from bot.settings import Settings, SettingsProblem
from bot.slack.budget import REGULAR, Pace
from bot.slack.directory import People
from bot.slack.files import Files
from bot.slack.health import Health
from bot.slack.identity import FIRST_PATIENCE
from bot.slack.installs import Installs
from bot.slack.notifier import Notifier
from bot.slack.socket import SocketLink
from bot.slack.views import Views
from bot.slack.web import serving, web_app
from bot.slack.workspaces import Workspaces
from handlers.command import Feature
from handlers.tools import Tools

__all__ = [
    "Bot", "Ground", "Role", "at_hand", "at_rest", "backups_of", "database_at", "grounded", "managed_credentials",
    "performer", "running",
]  # fmt: skip

Role: TypeAlias = Literal["all", "web", "worker"]

DRAIN: Final = 10.0
"""Seconds that requests and jobs under way get at a stop; the rest is left to takeover."""

logger = structlog.get_logger(__name__)


@asynccontextmanager
async def grounded(settings: Settings) -> AsyncIterator[Ground]:
    """Starts or finds PostgreSQL, brings it up to date and opens the key box. Raises ``SettingsProblem``."""
    async with database_at(settings) as url:
        if settings.migrate == "auto":
            await migrate(url, backups=backups_of(settings))
        elif not await is_current(url):
            raise SettingsProblem("The database is not up to date and BOT_MIGRATE=never: run `bot migrate`.")
        async with Database(url) as database:
            yield Ground(settings, url, database, await keys.secret_box(settings, database))


def backups_of(settings: Settings) -> Path | None:
    """Where the embedded server is backed up before each migration; an outside server has its own backups."""
    return settings.data_dir / "backups" if settings.database_url is None else None


@asynccontextmanager
async def database_at(settings: Settings) -> AsyncIterator[str]:
    """The address of the database in use; the embedded server runs while the block does."""
    if settings.database_url is not None:
        yield settings.database_url.get_secret_value()
        return
    try:
        async with embedded_server(settings.data_dir) as url:
            yield url
    except EmbeddedServerProblem as problem:
        raise SettingsProblem(f"The embedded PostgreSQL cannot run: {problem}") from problem


@asynccontextmanager
async def running(
    settings: Settings,
    *,
    role: Role = "all",
    clock: Clock | None = None,
    redactor: Redactor | None = None,
    features: Sequence[Feature] = handlers.FEATURES,
    pace: Pace = REGULAR,
    pauses: Pauses | None = None,
) -> AsyncIterator[Bot]:
    """The application, from here until the block ends: it stops taking work first and closes clients last.

    Slack may be down: then it keeps trying and ``health`` says why. Raises ``SettingsProblem`` for what only
    a person can mend (a missing or refused token, the wrong key).
    """
    settings.require_slack()
    async with AsyncExitStack() as stack:
        bot = await stack.enter_async_context(
            _built(settings, clock or SystemClock(), redactor, pace=pace, pauses=pauses)
        )
        handlers.register(bot.bolt, bot.tools, features)
        if not await _knows_its_own(bot):
            await stack.enter_async_context(bot.beside("slack", bot.identity.keep_finding()))
        usage = UsageNotes(bot.database, bot.autotask, bot.tools.clock, uuid4().hex)
        await stack.enter_async_context(bot.beside("usage", usage.keep_noting()))
        await bot.jobs.release()
        if role != "web":
            await stack.enter_async_context(bot.jobs.working(performer(bot), grace=DRAIN))
            scheduler = Scheduler(
                bot.database,
                bot.jobs,
                bot.tools.clock,
                tick=settings.tick_seconds,
                tidies=(bot.services.installations.purge, LogRetention(bot.database, bot.tools.clock).tidy),
                heartbeat=heartbeat_of(bot),
            )
            await stack.enter_async_context(scheduler.ringing())
            watching = budget_watch(bot).keep_looking(settings.tick_seconds)
            await stack.enter_async_context(bot.beside("budget", watching))
        if role != "worker":
            stack.push_async_callback(_drain, bot)
            bot = replace(bot, address=await stack.enter_async_context(_serving(bot)))
            if settings.mode == "socket":
                await stack.enter_async_context(bot.beside("socket", _socket(bot).run()))
        logger.info("running", role=role, mode=settings.mode, address=bot.address)
        yield bot


async def _knows_its_own(bot: Bot) -> bool:
    """Finds the workspace of SLACK_BOT_TOKEN, if there is one; False while Slack does not answer."""
    if bot.settings.slack_bot_token is not None:
        return await bot.identity.find(patience=FIRST_PATIENCE) is not None
    async with bot.database.directory() as directory:
        await directory.environment_is("")
    return True


@asynccontextmanager
async def at_rest(settings: Settings) -> AsyncIterator[Bot]:
    """The application for one command of the command line: nothing runs beside it."""
    async with _built(settings, SystemClock(), None) as bot:
        yield bot


@asynccontextmanager
async def at_hand(settings: Settings, team_id: str = "") -> AsyncIterator[tuple[Bot, Tenant]]:
    """The same with a workspace: the named one, else that of SLACK_BOT_TOKEN, else the only one there is."""
    async with at_rest(settings) as bot:
        yield bot, await _workspace(bot, team_id)


async def _workspace(bot: Bot, team_id: str) -> Tenant:
    if bot.settings.slack_bot_token is not None:
        found = await bot.identity.find()
        if found is None:
            raise SettingsProblem(f"Slack does not answer: {bot.health.report['slack']}.")
        if team_id in {"", found.team_id}:
            return found
    async with bot.database.directory() as directory:
        installed = [each for each in await directory.installed() if team_id in {"", each.team_id}]
    if len(installed) == 1:
        return installed[0]
    if team_id or not installed:
        raise SettingsProblem(f"No workspace {team_id} has Deskhand installed.".replace("  ", " "))
    names = ", ".join(f"{each.team_id} ({each.name})" for each in installed)
    raise SettingsProblem(f"Which workspace? Say it with --team: {names}.")


@asynccontextmanager
async def _built(
    settings: Settings,
    clock: Clock,
    redactor: Redactor | None,
    *,
    pace: Pace = REGULAR,
    pauses: Pauses | None = None,
) -> AsyncIterator[Bot]:
    """Everything that has to be opened and closed, and what is made from it."""
    async with AsyncExitStack() as stack:
        ground = await stack.enter_async_context(grounded(settings))
        limits = Limits(at_once=settings.autotask_concurrency, ceiling=settings.autotask_hourly_ceiling)
        autotask = await stack.enter_async_context(
            AutotaskPool(settings.autotask_discovery_url, clock=clock, limits=limits, pauses=pauses)
        )
        jobs = await stack.enter_async_context(Jobs(ground.url))
        hide, health = (redactor or Redactor()).add, Health()
        installations = installations_of(ground, jobs, clock)
        installs = Installs.opened(settings.slack_api_url, stored=partial(stored, installations), hide=hide)
        stack.push_async_callback(installs.close)
        workspaces = Workspaces(ground.database, installs)
        installs.refused = partial(refused, installations, workspaces, health)
        views = Views(installs)
        notifier = Notifier(installs, ground.database, views, pace=pace)
        stack.push_async_callback(notifier.close)
        clients = Clients(
            ground.database,
            autotask,
            ground.secrets,
            managed=managed_credentials(settings),
            hide=hide,
            refused=Pausing(ground.database, jobs, clock).refused,
        )
        proofs = ProofsService(
            ground.database,
            autotask,
            secrets=ground.secrets,
            jobs=jobs,
            clock=clock,
            managed=managed_credentials(settings),
            hide=hide,
        )
        services = services_of(
            ground, autotask, clients, installations, proofs=proofs, jobs=jobs, clock=clock
        )
        tools = Tools(
            settings=settings,
            clock=clock,
            database=ground.database,
            jobs=jobs,
            services=services,
            notifier=notifier,
            views=views,
            people=People(installs),
            files=Files(installs, ground.database),
            workspaces=workspaces,
        )
        yield Bot(ground, autotask, installs, clients, tools, bolt_of(settings, installs), health=health)


def _socket(bot: Bot) -> SocketLink:
    token = bot.settings.slack_app_token
    assert token is not None
    return SocketLink(bot.bolt, token, bot.installs.anonymous(), bot.health)


def _serving(bot: Bot) -> AbstractAsyncContextManager[str]:
    by_http = bot.bolt if bot.settings.mode == "http" else None
    own = [*install_pages(bot), *credential_pages(bot)]
    app = web_app(bot.health, partial(_database_says, bot.database), by_http, own)
    return serving(app, bot.settings.host, bot.settings.port)


async def _database_says(database: Database) -> str:
    """What is wrong with it, or nothing."""
    try:
        await asyncio.wait_for(database.ping(), 2)
    except Exception as problem:  # noqa: BLE001 - whatever it is, the database is not ready
        return type(problem).__name__
    return ""


async def _drain(bot: Bot) -> None:
    """Waits for the requests under way, but not for long."""
    try:
        await asyncio.wait_for(bot.tools.inflight.idle(), DRAIN)
    except TimeoutError:
        logger.warning("requests still under way at the stop")
