"""Our own database out of reach: waited for a moment, then told, and nothing is lost."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest

from bot.db.session import AGAIN_AFTER, Database
from bot.db.urls import libpq_url
from bot.errors import DatabaseUnavailable
from sandbox.slack.seed import ADMIN
from tests.conftest import at_database
from tests.integration.slack_world import opened_office, words

ENDED = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"


class Doorkeeper:
    """A way to the server that turns the first few away."""

    def __init__(self, socket: str, refusals: int) -> None:
        self._socket, self._refusals = socket, refusals
        self.came = 0

    async def meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.came += 1
        if self.came <= self._refusals:
            writer.close()
            return
        there = await asyncio.open_unix_connection(self._socket)
        await asyncio.gather(_pass_on(reader, there[1]), _pass_on(there[0], writer))


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65_536):
        writer.write(data)
        await writer.drain()
    writer.close()


@asynccontextmanager
async def guarded(database_url: str, refusals: int) -> AsyncIterator[tuple[str, Doorkeeper]]:
    """The database by way of a port."""
    parts = urlsplit(database_url)
    hosts = parse_qs(parts.query).get("host", [""])
    if not hosts[0].startswith("/"):
        pytest.skip("a server with a socket is needed")
    keeper = Doorkeeper(f"{hosts[0]}/.s.PGSQL.5432", refusals)
    server = await asyncio.start_server(keeper.meet, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    try:
        yield f"postgresql://{parts.username}@127.0.0.1:{port}{parts.path}", keeper
    finally:
        server.close()


@asynccontextmanager
async def administrator(server: str) -> AsyncIterator[psycopg.AsyncConnection]:
    url = libpq_url(at_database(server, "postgres"))
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
        yield connection


async def test_a_server_that_refuses_for_a_moment_is_waited_for(database_url):
    async with guarded(database_url, len(AGAIN_AFTER)) as (url, keeper), Database(url) as database:
        async with database.directory() as directory:
            assert await directory.tenants() == []
        assert keeper.came == len(AGAIN_AFTER) + 1


async def test_one_that_goes_on_refusing_is_told_within_the_time_of_a_command(database_url):
    began = time.monotonic()
    async with guarded(database_url, 1_000) as (url, keeper), Database(url) as database:
        with pytest.raises(DatabaseUnavailable):
            async with database.unit(1):
                pass
        assert keeper.came == len(AGAIN_AFTER) + 1
    assert time.monotonic() - began < 2.5


async def test_a_command_says_so_and_works_again_when_the_database_is_back(database_url, server):
    name = urlsplit(database_url).path.lstrip("/")
    async with opened_office(database_url) as office, administrator(server) as admin:
        await office.answer(ADMIN, "/autotask help", "What Deskhand understands")
        await admin.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        try:
            await admin.execute(ENDED, [name])
            said = await office.answer(ADMIN, "/autotask who", "own database does not answer")
        finally:
            await admin.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
        assert "AT-304" in words(said)
        assert await office.answer(ADMIN, "/autotask help", "What Deskhand understands")
