"""Bots as operators run them: child processes that know nothing but their environment."""

import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from sandbox.autotask.server import RunningAutotask
from sandbox.slack.server import RunningSlack
from tests.factories import until

ROOT = Path(__file__).parents[2]
START_WITHIN = 60.0
"""Seconds; a first start makes a database, and the machine may be busy."""
LAST_WORDS = 3000
"""Characters of a bot's log that a failing test quotes."""


@dataclass(frozen=True)
class Stopped:
    """How a bot ended: its exit code, and the seconds from SIGTERM until then."""

    code: int
    took: float
    last_words: str = ""
    """Of one that did not end well."""


class BotProcess:
    """One replica; everything it prints is in ``log``."""

    def __init__(self, process: asyncio.subprocess.Process, log: Path) -> None:
        self._process = process
        self.log = log

    @property
    def is_alive(self) -> bool:
        return self._process.returncode is None

    @property
    def words(self) -> str:
        """What it has printed so far."""
        return self.log.read_text(errors="replace")

    async def started(self) -> str:
        """Its address once everything is up; "" of a worker, which has none."""

        async def look() -> dict[str, str] | None:
            assert self.is_alive, f"the bot ended:\n{self.words[-3000:]}"
            return self._line("running")

        found = await until(look, within=START_WITHIN)
        return str(found["address"])

    async def ready(self) -> None:
        """Returns once ``/readyz`` says yes."""
        await self.started()

        async def look() -> bool:
            return (await self.readiness()).status_code == 200

        await until(look, within=START_WITHIN)

    async def readiness(self) -> httpx.Response:
        async with httpx.AsyncClient(trust_env=False) as client:
            return await client.get(f"{await self.started()}/readyz")

    async def stop(self) -> Stopped:
        """SIGTERM, as every supervisor stops a service."""
        began = time.monotonic()
        self._process.send_signal(signal.SIGTERM)
        code = await asyncio.wait_for(self._process.wait(), 30)
        return Stopped(code, time.monotonic() - began, self.words[-400:] if code else "")

    async def kill(self) -> None:
        """SIGKILL: no line of it runs after this."""
        if self.is_alive:
            self._process.kill()
        await self._process.wait()

    def pause(self) -> None:
        self._process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        self._process.send_signal(signal.SIGCONT)

    def _line(self, event: str) -> dict[str, str] | None:
        lines = (json.loads(line) for line in self.words.splitlines() if line.startswith("{"))
        return next((line for line in lines if line.get("event") == event), None)


@dataclass
class Processes:
    """Starts bots with one environment, and leaves none behind."""

    folder: Path
    environment: Mapping[str, str]
    started: list[BotProcess] = field(default_factory=list)

    async def start(self, role: str = "all", **settings: str) -> BotProcess:
        """A bot on its way up; ``settings`` go over the common environment."""
        log = self.folder / f"bot-{len(self.started)}.log"
        with log.open("wb") as output:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "bot", "run", "--role", role,
                cwd=self.folder, env=_clean() | dict(self.environment) | settings,
                stdin=asyncio.subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True,
            )  # fmt: skip
        self.started.append(BotProcess(process, log))
        return self.started[-1]

    def last_words(self) -> str:
        """The end of each one's log, for the report of a test that failed."""
        return "\n".join(f"{bot.log.name} ends with\n{bot.words[-LAST_WORDS:]}" for bot in self.started)

    async def kill_all(self) -> None:
        for bot in self.started:
            await bot.kill()


@asynccontextmanager
async def processes(
    autotask: RunningAutotask, slack: RunningSlack, folder: Path, **settings: str
) -> AsyncIterator[Processes]:
    """A place to start bots that serve these two sandboxes."""
    environment = {
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_APP_TOKEN": slack.app_token,
        "SLACK_SIGNING_SECRET": slack.signing_secret,
        "BOT_SLACK_API_URL": slack.api_url,
        "BOT_AUTOTASK_DISCOVERY_URL": autotask.discovery_url,
        "BOT_DATA_DIR": str(folder / "var"),
        "BOT_PORT": "0",
    }
    async with AsyncExitStack() as stack:
        found = Processes(folder, environment | settings)
        stack.push_async_callback(found.kill_all)
        try:
            yield found
        except Exception as problem:
            problem.add_note(found.last_words())
            raise


def _clean() -> dict[str, str]:
    """This process's environment without anybody's settings for a bot."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("BOT_", "SLACK_"))}
    return inherited | {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
