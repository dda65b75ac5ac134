"""A running sandbox and a pool that talks to it, for the tests of the Autotask client."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from pydantic import SecretStr

from bot.autotask.client import AutotaskClient
from bot.autotask.pool import AutotaskPool, Credentials, Limits, Pauses
from sandbox.autotask import server
from sandbox.autotask.accounts import SECRET, TRACKING_ID, USERNAME
from sandbox.autotask.control import Control
from sandbox.autotask.database import Database
from sandbox.autotask.settings import ServerSettings

OWN = 0
QUEUE = 29_682_833


@dataclass
class HandClock:
    """A clock that moves when somebody sleeps by it."""

    moment: datetime = field(default_factory=lambda: datetime(2026, 3, 2, 9, tzinfo=UTC))
    slept: list[float] = field(default_factory=list)

    def now(self) -> datetime:
        return self.moment

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.moment += timedelta(seconds=seconds)
        await asyncio.sleep(0)


@dataclass
class World:
    """A running sandbox, and a pool that talks to it."""

    url: str
    control: Control
    database: Database
    pool: AutotaskPool
    clock: HandClock

    def client(self, key: str = "T1", *, secret: str = SECRET) -> AutotaskClient:
        return self.pool.for_connection(key, credentials(secret=secret))

    def count(self, entity: str) -> int:
        return len(self.control.log(entity=entity))


def credentials(
    *, username: str = USERNAME, secret: str = SECRET, tracking_id: str = TRACKING_ID
) -> Credentials:
    return Credentials(username, SecretStr(secret), SecretStr(tracking_id))


@asynccontextmanager
async def world(
    *,
    companies: int = 0,
    settings: ServerSettings | None = None,
    limits: Limits | None = None,
    pauses: Pauses | None = None,
) -> AsyncIterator[World]:
    database = Database.minimal()
    database.insert_many("Companies", (company(n) for n in range(companies)))
    clock = HandClock()
    database.clock.set(clock.moment, scale=0)  # simulated latency takes no time
    pauses = pauses or Pauses(sleep=clock.sleep, jitter=lambda: 0.0)
    async with server.serve(database, settings=settings) as running:
        pool = AutotaskPool(running.discovery_url, clock=clock, limits=limits, pauses=pauses)
        async with pool:
            yield World(running.url, running.control, database, pool, clock)


def company(n: int) -> dict[str, str | int | bool]:
    return {
        "companyName": f"Company {n:05}",
        "companyType": 1,
        "phone": "555-0100",
        "ownerResourceID": 29_682_886,
        "isActive": n % 10 != 0,
    }


def ticket(title: str = "Printer on fire") -> dict[str, str | int]:
    return {
        "companyID": OWN,
        "title": title,
        "status": 1,
        "priority": 2,
        "queueID": QUEUE,
        "externalID": "ref-1",
    }


async def drain(walk: AsyncIterator[object]) -> None:
    async for _ in walk:
        pass


@asynccontextmanager
async def discovery(answers: list[str]) -> AsyncIterator[str]:
    """A discovery service that tells the addresses one after the other, and the last one for ever."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        url = answers.pop(0) if len(answers) > 1 else answers[0]
        body = f'{{"zoneName":"Z","url":"{url}ATServicesRest/","webUrl":"{url}","ci":30595}}'
        head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        writer.write((head + body).encode())
        await writer.drain()
        writer.close()

    service = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with service:
        yield f"http://127.0.0.1:{service.sockets[0].getsockname()[1]}"
