"""What every test stands on: a clean environment, and a database of its own, cloned from a migrated template."""

import gc
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

import psycopg
import pytest
import structlog

from bot.db.embedded import embedded_server
from bot.db.migrate import migrate
from bot.db.session import Database
from bot.db.urls import libpq_url
from bot.jobs import Jobs
from tests.factories import FrozenClock

_OURS = ("BOT_", "SLACK_")


def pytest_configure() -> None:
    """What is imported and collected from here on stays: nothing of it is garbage."""
    gc.disable()


def pytest_collection_finish() -> None:
    """To look through all of that for garbage again and again took a sixth of the time."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
    gc.enable()


@pytest.fixture(scope="session", autouse=True)
def plain_tracebacks() -> None:
    """Logs as a test that fails shows them; drawing a traceback with every local takes seconds."""
    face = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(
        processors=[structlog.contextvars.merge_contextvars, structlog.processors.add_log_level, face]
    )


@pytest.fixture(scope="session", autouse=True)
def clean_environment() -> Iterator[None]:
    """No setting of the machine leaks into a test."""
    kept = {name: os.environ.pop(name) for name in list(os.environ) if name.startswith(_OURS)}
    yield
    os.environ.update(kept)


@pytest.fixture(scope="session")
async def server() -> AsyncIterator[str]:
    """A PostgreSQL for the whole run: ``TEST_POSTGRES_URL``, else the embedded one.

    Its folder is not pytest's: each pytest run closes that to other users, and for root the server is one.
    """
    given = os.environ.get("TEST_POSTGRES_URL")
    if given:
        yield given
        return
    with TemporaryDirectory(prefix="deskhand-tests-", dir=_roomy_memory()) as folder:
        async with embedded_server(Path(folder)) as url:
            await _forgetful(url)
            yield url


@pytest.fixture(scope="session")
async def template(server: str) -> str:
    """The name of a database that the migrations built; tests get clones of it (about 50 ms)."""
    name = f"template_{uuid4().hex[:8]}"
    await _administer(server, f"CREATE DATABASE {name}")
    await migrate(at_database(server, name))
    return name


@pytest.fixture
async def database_url(server: str, template: str) -> AsyncIterator[str]:
    """The address of a fresh, migrated, empty database."""
    name = f"test_{uuid4().hex[:12]}"
    await _administer(server, f"CREATE DATABASE {name} TEMPLATE {template}")
    yield at_database(server, name)
    await _administer(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="module")
async def module_database(server: str, template: str) -> AsyncIterator[str]:
    """The address of a migrated database that the tests of one module share."""
    name = f"test_{uuid4().hex[:12]}"
    await _administer(server, f"CREATE DATABASE {name} TEMPLATE {template}")
    yield at_database(server, name)
    await _administer(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    async with Database(database_url) as opened:
        yield opened


@pytest.fixture
async def jobs(database_url: str) -> AsyncIterator[Jobs]:
    async with Jobs(database_url) as opened:
        yield opened


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock()


def at_database(url: str, name: str) -> str:
    """The same server's address for another database."""
    head, _, query = url.partition("?")
    base = head.rpartition("/")[0]
    return f"{base}/{name}" + (f"?{query}" if query else "")


def _roomy_memory() -> Path | None:
    """A file system in memory, if there is room in it: a clone is 600 files, and to make them takes a disk 0.1 s."""
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > 2**30
    return memory if roomy else None


async def _forgetful(url: str) -> None:
    """No test survives a power cut: without waiting for the disk a clone costs a quarter."""
    for setting in ("fsync", "full_page_writes", "synchronous_commit"):
        await _administer(url, f"ALTER SYSTEM SET {setting} = off")
    await _administer(url, "ALTER SYSTEM SET max_wal_size = '128MB'")
    await _administer(url, "SELECT pg_reload_conf()")


async def _administer(url: str, statement: str) -> None:
    async with await psycopg.AsyncConnection.connect(libpq_url(url), autocommit=True) as connection:
        await connection.execute(statement)
