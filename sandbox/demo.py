"""The demo: both servers with a seeded MSP, and the bot as a child process that knows only its environment."""

import asyncio
import fcntl
import shutil
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sandbox.autotask.database import Database
from sandbox.autotask.server import RunningAutotask
from sandbox.autotask.server import serve as serve_autotask
from sandbox.child import Child, ChildDied, Program, bot_command, clean_environment, running
from sandbox.data import establish, populate
from sandbox.keep.autotask import autotask_keeper, load_autotask
from sandbox.keep.files import kept
from sandbox.keep.slack import load_slack, slack_keeper
from sandbox.ports import choose_ports
from sandbox.ready import autotask_line, say_ready, slack_line, stop_signal
from sandbox.slack.manifest import read_manifest
from sandbox.slack.seed import SALES, VIEWER
from sandbox.slack.server import RunningSlack
from sandbox.slack.server import serve as serve_slack
from sandbox.slack.workspace import Workspace

ROOT = Path(__file__).parents[1]
_LOCK = "demo.lock"


@dataclass(frozen=True, slots=True)
class DemoOptions:
    """`port` is the page's (None: the usual one); `folder` is where the demo remembers."""

    port: int | None = None
    reset: bool = False
    folder: Path = Path("var/demo")
    companies: int = 120
    seed: int = 1
    ready_within_s: float = 60.0


class CannotStart(Exception):
    """The demo cannot start; the text says why."""


@dataclass(frozen=True, slots=True)
class _World:
    slack: RunningSlack
    autotask: RunningAutotask
    bot_port: int

    @property
    def health_url(self) -> str:
        return f"http://127.0.0.1:{self.bot_port}/readyz"


async def run_demo(options: DemoOptions, *, command: Sequence[str] | None = None) -> int:
    """Run everything until told to stop; gives the exit code. `command` stands in for the bot's."""
    stop = stop_signal()
    try:
        with _alone_in(options.folder) as lock:
            if options.reset:
                _forget(options.folder)
            async with _world(options) as world:
                program = _bot(world, options.folder.resolve(), command or bot_command(), lock)
                async with running(program) as bot:
                    await _serve(world, bot, stop, options)
    except (ChildDied, CannotStart) as problem:
        _tell(str(problem))
        return 1
    return 0


async def _serve(world: _World, bot: Child, stop: asyncio.Event, options: DemoOptions) -> None:
    stopped, ended = asyncio.create_task(stop.wait()), asyncio.create_task(bot.ended())
    started = asyncio.create_task(bot.ready(world.health_url, within_s=options.ready_within_s))
    try:
        await asyncio.wait({stopped, started}, return_when=asyncio.FIRST_COMPLETED)
        if started.done():
            started.result()
            _announce(world, options.folder)
            await asyncio.wait({stopped, ended}, return_when=asyncio.FIRST_COMPLETED)
        if not stopped.done():
            raise bot.last_words()
        _tell("Stopping.")
    finally:
        for task in (stopped, ended, started):
            task.cancel()


@contextmanager
def _alone_in(folder: Path) -> Iterator[int]:
    """Hold the folder's lock; the bot inherits it, so that one left behind is noticed. Raises CannotStart."""
    if folder.is_dir() and any(folder.iterdir()) and not (folder / _LOCK).exists():
        raise CannotStart(f"{folder} holds something else than a demo.")
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / _LOCK).open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise CannotStart(f"A demo is already running in {folder}. Stop it first.") from None
        yield lock.fileno()


def _forget(folder: Path) -> None:
    for entry in folder.iterdir():
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        elif entry.name != _LOCK:
            entry.unlink()


@asynccontextmanager
async def _world(options: DemoOptions) -> AsyncIterator[_World]:
    """Both servers with what they held before, or with fresh data; kept in files from now on."""
    ports, remarks = choose_ports(options.folder / "ports.json", page=options.port)
    for remark in remarks:
        _tell(remark)
    autotask_file, slack_file = options.folder / "autotask.json.gz", options.folder / "slack.json.gz"
    database, workspace = _database(autotask_file, options), _workspace(slack_file)
    async with (
        kept(autotask_keeper(autotask_file, database).save, slack_keeper(slack_file, workspace).save),
        serve_autotask(database, port=ports["autotask"]) as autotask,
        serve_slack(port=ports["page"], workspace=workspace) as slack,
    ):
        yield _World(slack, autotask, ports["bot"])


def _database(file: Path, options: DemoOptions) -> Database:
    database = Database(options.seed)
    establish(database)
    if not load_autotask(file, database):
        today = datetime.now(UTC).date()
        populate(database, companies=options.companies, seed=options.seed, today=today)
    return database


def _workspace(file: Path) -> Workspace:
    workspace = Workspace(app=read_manifest(ROOT / "slack-manifest.yaml"))
    load_slack(file, workspace)
    return workspace


def _bot(world: _World, folder: Path, command: Sequence[str], lock: int) -> Program:
    own = {
        "SLACK_BOT_TOKEN": world.slack.bot_token,
        "SLACK_APP_TOKEN": world.slack.app_token,
        "SLACK_SIGNING_SECRET": world.slack.signing_secret,
        "SLACK_CLIENT_ID": world.slack.client_id,
        "SLACK_CLIENT_SECRET": world.slack.client_secret,
        "BOT_SLACK_API_URL": world.slack.api_url,
        "BOT_AUTOTASK_DISCOVERY_URL": world.autotask.discovery_url,
        "BOT_DATA_DIR": str(folder),
        "BOT_MODE": "socket",
        "BOT_PORT": str(world.bot_port),
        "BOT_PUBLIC_URL": f"http://127.0.0.1:{world.bot_port}",
        "BOT_LOG_FORMAT": "console",
        "BOT_ROLES": f"{SALES}=sales,{VIEWER}=viewer",  # as their titles say; Admins change it
    }
    # Run from the demo's folder, where no .env of somebody's real workspace lies.
    environment = clean_environment(ROOT, own)
    return Program(command, folder, environment, log=folder / "bot.log", holds=(lock,))


def _announce(world: _World, folder: Path) -> None:
    who = world.autotask.credentials
    _tell(
        f"""
Deskhand is running. Open the workspace and type /autotask in any channel:

    {world.slack.url}

To connect Autotask, type /autotask connect and give it the sandbox's API user:

    Username       {who.username}
    Secret         {who.secret}
    Tracking id    {who.tracking_id}

The sandbox's Autotask: {world.autotask.url}   The bot's log: {folder / "bot.log"}
Ctrl-C stops everything and keeps the data; make demo RESET=1 starts afresh.
"""
    )
    say_ready(
        {
            "service": "demo",
            "ready": True,
            "page": world.slack.url,
            "slack": slack_line(world.slack),
            "autotask": autotask_line(world.autotask),
            "bot": {"health_url": world.health_url},
        }
    )


def _tell(words: str) -> None:
    print(words, file=sys.stderr, flush=True)
