"""The embedded server: shared by processes, indifferent to their deaths, gone after the last of them."""

import asyncio
import sys
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
import pytest

from bot.db.embedded import EmbeddedServerProblem, embedded_server

ROOT = Path(__file__).parents[2]


@pytest.fixture
def folder():
    """Not pytest's own: each pytest run closes those to other users, and for root the server is one."""
    with TemporaryDirectory(prefix="deskhand-tests-") as place:
        yield Path(place) / "var"


def postmaster(folder):
    """The server's process by its number; None when nobody runs."""
    try:
        return int((folder / "postgres" / "postmaster.pid").read_text().splitlines()[0])
    except FileNotFoundError:
        return None


@asynccontextmanager
async def user_of(folder):
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.integration.embedded_user", str(folder), cwd=ROOT,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    process.url = (await asyncio.wait_for(process.stdout.readline(), 30)).decode().strip()
    try:
        yield process
    finally:
        process.stdin.close()
        await asyncio.wait_for(process.wait(), 30)


def ask(connection):
    return connection.execute("SELECT 1").fetchone()


async def test_two_processes_share_it_and_a_killed_one_is_not_waited_for(folder):
    async with user_of(folder) as survivor:
        with psycopg.connect(survivor.url) as connection:
            async with user_of(folder) as doomed:
                assert doomed.url == survivor.url
                doomed.kill()
                await doomed.wait()
                assert ask(connection) == (1,)
            assert ask(connection) == (1,)
    assert postmaster(folder) is None


async def test_who_leaves_first_leaves_it_running(folder):
    async with embedded_server(folder) as url:
        started = postmaster(folder)
        async with user_of(folder):
            pass
        async with embedded_server(folder):
            pass
        assert postmaster(folder) == started
        with psycopg.connect(url) as connection:
            assert ask(connection) == (1,)
    assert postmaster(folder) is None


async def test_what_was_written_is_there_after_a_restart(folder):
    async with embedded_server(folder) as url:
        with psycopg.connect(url) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 7 AS n")
    # after a power cut or in a container, the number may be another program's
    (folder / "postgres" / "postmaster.pid").write_text(f"{1}\n{folder}\n0\n5432\n\n\n\nready\n")
    async with embedded_server(folder) as url:
        with psycopg.connect(url) as connection:
            assert connection.execute("SELECT n FROM kept").fetchone() == (7,)


async def test_a_half_made_folder_is_made_anew(folder):
    half = folder / "postgres.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    async with embedded_server(folder) as url:
        with psycopg.connect(url) as connection:
            assert ask(connection) == (1,)
    assert not half.exists()


async def test_a_path_too_long_for_a_socket_is_no_obstacle(folder):
    async with embedded_server(folder / ("long" * 30)) as url:
        with psycopg.connect(url) as connection:
            assert ask(connection) == (1,)


async def test_it_listens_on_a_socket_only(folder):
    async with embedded_server(folder) as url:
        with psycopg.connect(url) as connection:
            assert connection.execute("SHOW listen_addresses").fetchone() == ("",)


async def test_a_folder_of_another_version_is_refused_with_the_way_out(folder):
    async with embedded_server(folder):
        pass
    (folder / "postgres" / "PG_VERSION").write_text("17\n")
    with pytest.raises(EmbeddedServerProblem, match=r"PostgreSQL 17.*bot backup"):
        async with embedded_server(folder):
            pass
