"""Desks for whole files: starting bots is what costs time here."""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Mapping
from contextlib import asynccontextmanager
from uuid import uuid4

import psycopg
import pytest

from bot.db.urls import libpq_url
from tests.conftest import at_database


@asynccontextmanager
async def empty_database(server: str, template: str) -> AsyncIterator[str]:
    """The address of a migrated database of one's own, for longer than one test."""
    name = f"e2e_{uuid4().hex[:12]}"
    async with await psycopg.AsyncConnection.connect(libpq_url(server), autocommit=True) as connection:
        await connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        try:
            yield at_database(server, name)
        finally:
            await connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@asynccontextmanager
async def side_by_side(
    scenes: Mapping[str, Coroutine[object, object, None]],
) -> AsyncIterator[Mapping[str, asyncio.Task[None]]]:
    """Plays scenes that mostly wait at the same time; each test awaits its own."""
    tasks = {name: asyncio.create_task(scene) for name, scene in scenes.items()}
    try:
        yield tasks
    finally:
        for task in tasks.values():
            task.cancel()
        await asyncio.gather(*tasks.values(), return_exceptions=True)


@pytest.fixture(scope="module")
async def shared_database_url(server: str, template: str) -> AsyncIterator[str]:
    async with empty_database(server, template) as url:
        yield url
