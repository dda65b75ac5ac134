"""What is measured, set up: PostgreSQL, a big Autotask, a workspace, and the bot in a process of its own."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psycopg
from cryptography.fernet import Fernet
from pydantic import SecretStr

from bot.app import Bot, at_hand
from bot.db.embedded import embedded_server
from bot.db.urls import libpq_url
from bot.domain.context import Ctx
from bot.domain.credentials import CredentialsForm
from bot.domain.switches import Mode
from bot.services.connections import ChosenDefaults
from bot.settings import Settings
from sandbox.slack.seed import STAFF
from sandbox.slack.server import RunningSlack
from sandbox.slack.server import serve as serve_slack
from sandbox.slack.settings import SlackSettings
from tests.benchmarks.processes import ROOT, Program, ProgramFailed, first_line, program
from tests.world import admin_of

DESK = "C0SERVICE"
"""A channel with the app in it."""
PEOPLE = STAFF
POLL_S = 0.02
WAITING = """SELECT count(*)::int FROM procrastinate_jobs
             WHERE status IN ('todo', 'doing') AND queue_name = 'bulk'"""
AT_ONCE = 3
"""Requests per endpoint: as many as Autotask takes from one integration. (Unless told, the bot keeps one free.)"""


@dataclass(frozen=True)
class Plan:
    """How much is measured."""

    companies: int = 10_000
    burst: int = 200
    rounds: int = 3
    mirrors: int = 3
    latency_ms: int = 250
    searches: int = 100
    lists: int = 30
    tickets: int = 50
    share: float = 1.0
    """Of the volumes of a full sync."""


QUICK = Plan(
    companies=1_500,
    burst=100,
    rounds=1,
    mirrors=1,
    latency_ms=100,
    searches=25,
    lists=8,
    tickets=10,
    share=0.2,
)


@dataclass(frozen=True)
class Autotask:
    """The simulated Autotask in its own process, by its control surface."""

    said: Mapping[str, Any]
    http: httpx.AsyncClient

    @property
    def credentials(self) -> Mapping[str, str]:
        found: Mapping[str, str] = self.said["credentials"]
        return found

    @property
    def api_url(self) -> str:
        return f"{self.said['zone_url']}v1.0/"

    async def latency(self, ms: float) -> None:
        """Every request takes so long besides its work."""
        await self._asked("POST", "settings", {"page_latency_ms": ms})

    async def forget_requests(self) -> None:
        await self._asked("DELETE", "log")

    async def requests(self) -> Mapping[str, Any]:
        """Since they were last forgotten: ``count``, ``by_entity``, ``by_status``…"""
        summary: Mapping[str, Any] = (await self._asked("GET", "log?summary=1"))["summary"]
        return summary

    async def _asked(self, method: str, path: str, body: Mapping[str, object] | None = None) -> Any:
        answer = await self.http.request(method, f"{self.said['control_url']}{path}", json=body)
        answer.raise_for_status()
        return answer.json()


@dataclass(frozen=True)
class Stage:
    """Everything around the measured bot; ``bot`` is the application at hand in this process, idle."""

    plan: Plan
    folder: Path
    url: str
    watch: psycopg.AsyncConnection
    """The database's owner looks on by this one: a new connection each time would cost what is measured."""
    autotask: Autotask
    slack: RunningSlack
    settings: Settings
    bot: Bot
    ctx: Ctx

    async def rows(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """What a query finds; nothing for a statement that finds nothing."""
        cursor = await self.watch.execute(statement.encode(), values or None)
        return await cursor.fetchall() if cursor.description else []

    async def until(self, look: Callable[[], Awaitable[bool]], what: str, *, within_s: float = 90.0) -> None:
        """Returns once ``look`` is true. Raises ProgramFailed."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + within_s
        while not await look():
            if loop.time() > deadline:
                raise ProgramFailed(f"waited {within_s:.0f} s for {what}")
            await asyncio.sleep(POLL_S)

    @asynccontextmanager
    async def serving(self, *arguments: str) -> AsyncIterator[Program]:
        """An app connected to the workspace, alone: no other one takes its deliveries."""
        await self.until(self._nobody_connected, "the app before to leave")
        log = self.folder / f"{arguments[0]}.log"
        async with program(*arguments, log=log, environment=_environment(self.settings)) as running:
            try:
                await self.slack.wait_connected(60)
            except TimeoutError:
                raise ProgramFailed(f"never connected to the workspace:\n{running.last_words()}") from None
            yield running
            running.check()

    async def _nobody_connected(self) -> bool:
        return not self.slack.hub.delivery.socket.connected


@asynccontextmanager
async def staged(plan: Plan, folder: Path, autotask: Sequence[str] = ()) -> AsyncIterator[Stage]:
    """Sandboxes and database, running; the bot is not connected to Autotask yet.

    ``autotask`` is the module (and its arguments) that serves one, else the usual sandbox.
    """
    async with AsyncExitStack() as stack:
        served = program(*(autotask or _autotask(plan)), log=folder / "autotask.log")
        crowd = await stack.enter_async_context(served)
        url = await stack.enter_async_context(embedded_server(folder))
        slack = await stack.enter_async_context(
            serve_slack(manifest=ROOT / "slack-manifest.yaml", settings=SlackSettings(event_retry_seconds=()))
        )
        http = await stack.enter_async_context(httpx.AsyncClient(trust_env=False, timeout=60))
        simulated = Autotask(await first_line(crowd), http)
        settings = _settings(simulated, slack, url, folder)
        bot, _ = await stack.enter_async_context(at_hand(settings))
        watch = await psycopg.AsyncConnection.connect(libpq_url(url), autocommit=True)
        stack.push_async_callback(watch.close)
        yield Stage(plan, folder, url, watch, simulated, slack, settings, bot, await admin_of(bot, slack))


async def connect(stage: Stage) -> None:
    """Connects Autotask as the Admin would; the bot that runs then mirrors the companies."""
    services, given = stage.bot.services, stage.autotask.credentials
    form = CredentialsForm(given["username"], SecretStr(given["secret"]), SecretStr(given["tracking_id"]))
    draft_id = await services.proofs.save_draft(stage.ctx, form)
    proof = await services.proofs.prove(stage.ctx, draft_id)
    queue, priority = proof.options("queueID")[0].value, proof.options("priority")[0].value
    status = [option.value for option in proof.options("status")]
    chosen = ChosenDefaults(queue, status[0], status[0], status[-1], priority, tickets=Mode.ON)
    await stage.autotask.forget_requests()
    await services.connections.finish(stage.ctx, draft_id, chosen)


async def settled(stage: Stage) -> None:
    """Waits for all that connecting set going, and stops the clock: from now on only what is asked for runs."""
    await stage.rows("UPDATE schedules SET enabled = false")

    async def idle() -> bool:
        [(waiting,)] = await stage.rows(WAITING)
        return not waiting

    await stage.until(idle, "the first syncs to end", within_s=300)


def _autotask(plan: Plan) -> tuple[str, ...]:
    """The hourly threshold is out of reach, so that what is measured is us."""
    return ("sandbox", "autotask", "--companies", str(plan.companies), "--no-latency")


def _settings(autotask: Autotask, slack: RunningSlack, url: str, folder: Path) -> Settings:
    return Settings(
        _env_file=None,
        slack_bot_token=SecretStr(slack.bot_token),
        slack_app_token=SecretStr(slack.app_token),
        slack_signing_secret=SecretStr(slack.signing_secret),
        slack_api_url=slack.api_url,
        autotask_discovery_url=str(autotask.said["discovery_url"]),
        autotask_hourly_ceiling=1_000_000,
        autotask_concurrency=AT_ONCE,
        database_url=SecretStr(url),
        data_dir=folder,
        encryption_keys=SecretStr(Fernet.generate_key().decode()),
        port=0,
    )


def _environment(settings: Settings) -> dict[str, str]:
    """The same settings for another process; ``SLACK_API_URL`` is for the bare app."""
    given = {
        "SLACK_BOT_TOKEN": settings.slack_bot_token,
        "SLACK_APP_TOKEN": settings.slack_app_token,
        "SLACK_SIGNING_SECRET": settings.slack_signing_secret,
        "BOT_DATABASE_URL": settings.database_url,
        "BOT_ENCRYPTION_KEYS": settings.encryption_keys,
    }
    return {name: value.get_secret_value() for name, value in given.items() if value is not None} | {
        "SLACK_API_URL": settings.slack_api_url,
        "BOT_SLACK_API_URL": settings.slack_api_url,
        "BOT_AUTOTASK_DISCOVERY_URL": settings.autotask_discovery_url,
        "BOT_AUTOTASK_CONCURRENCY": str(settings.autotask_concurrency),
        "BOT_AUTOTASK_HOURLY_CEILING": str(settings.autotask_hourly_ceiling),
        "BOT_DATA_DIR": str(settings.data_dir),
        "BOT_PORT": "0",
    }


def staff(count: int) -> Sequence[str]:
    """Members of the workspace in turn."""
    return [PEOPLE[number % len(PEOPLE)] for number in range(count)]
