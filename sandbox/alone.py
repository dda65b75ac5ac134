"""One server alone."""

import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sandbox.autotask.database import Database
from sandbox.autotask.server import serve as serve_autotask
from sandbox.autotask.settings import ServerSettings
from sandbox.data import populate
from sandbox.ports import is_free
from sandbox.ready import autotask_line, say_ready, slack_line, stop_signal
from sandbox.slack.server import serve as serve_slack
from sandbox.slack.settings import SlackSettings

_NEVER_REACHED = 1_000_000_000


@dataclass(frozen=True, slots=True)
class AutotaskOptions:
    """`no_latency` puts the hourly threshold out of reach."""

    port: int
    companies: int
    seed: int
    today: date
    thread_limit: int = 3
    no_latency: bool = False
    latency_ms: float = 0

    @property
    def settings(self) -> ServerSettings:
        return ServerSettings(
            thread_limit=self.thread_limit,
            request_threshold=_NEVER_REACHED if self.no_latency else 10_000,
            page_latency_ms=self.latency_ms,
        )


@dataclass(frozen=True, slots=True)
class SlackOptions:
    """With `request_url` the workspace delivers signed HTTP requests, else by Socket Mode."""

    port: int
    manifest: Path | None = None
    request_url: str | None = None

    @property
    def settings(self) -> SlackSettings:
        return SlackSettings(
            delivery="http" if self.request_url else "socket",
            request_url=self.request_url,
        )


async def run_autotask(options: AutotaskOptions) -> int:
    """Serve a filled Autotask until told to stop; gives the exit code."""
    stop = stop_signal()
    if options.port and not is_free(options.port):  # uvicorn would leave the program with a log line
        return _cannot_listen(options.port)
    database = Database(options.seed)
    populate(database, companies=options.companies, seed=options.seed, today=options.today)
    async with serve_autotask(database, port=options.port, settings=options.settings) as autotask:
        say_ready(autotask_line(autotask))
        await stop.wait()
    return 0


async def run_slack(options: SlackOptions) -> int:
    """Serve a workspace until told to stop; gives the exit code."""
    stop = stop_signal()
    if options.port and not is_free(options.port):
        return _cannot_listen(options.port)
    async with serve_slack(port=options.port, manifest=options.manifest, settings=options.settings) as slack:
        say_ready(slack_line(slack))
        await stop.wait()
    return 0


def _cannot_listen(port: int) -> int:
    print(f"Port {port} is taken. Give another with --port, or 0 for a free one.", file=sys.stderr)
    return 1
