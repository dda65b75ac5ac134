"""Mirroring every company: time, requests and memory, beside the same pages fetched and inserted raw."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from statistics import median
from typing import Any

import httpx
import psycopg

from bot.db.urls import libpq_url
from bot.jobs import MirrorCompanies
from bot.syncs.companies import SYNC
from tests.benchmarks.figures import Figure, pages
from tests.benchmarks.processes import Program, ProgramFailed
from tests.benchmarks.stage import Stage, connect, settled

RUNS = """SELECT state, extract(epoch FROM finished_at - started_at)::float, counts FROM sync_runs
          WHERE name = 'companies' ORDER BY id"""
FLOOR_TABLE = """CREATE TABLE bench_floor (id bigint PRIMARY KEY, name text NOT NULL, number text, kind bigint,
                 city text, active boolean)"""
ASKED = ("ZoneInformation", "ThresholdInformation", "Companies")
"""What a mirror of companies asks; the syncs that follow the first one begin as soon as it ends."""
COPY = "COPY bench_floor (id, name, number, kind, city, active) FROM STDIN"


@dataclass(frozen=True)
class Effort:
    """By the clock, and of the processor: the second hardly depends on what else the machine does."""

    seconds: float
    processor_s: float


@dataclass(frozen=True)
class Mirrored:
    effort: Effort
    requests: int
    rows: int
    changed: int


async def first(stage: Stage, bot: Program) -> Mirrored:
    """What a person who connects waits for first: every page. Returns when the other first syncs are through, too."""
    found = await _measured(stage, bot, lambda: connect(stage))
    await settled(stage)
    bot.forget_peak()
    return found


async def again(stage: Stage, bot: Program) -> Mirrored:
    """One more run of the bot."""
    return await _measured(stage, bot, lambda: _enqueue(stage))


async def empty(stage: Stage) -> None:
    """Forgets the mirror (and what was mapped to it)."""
    await stage.rows("TRUNCATE companies CASCADE")


@asynccontextmanager
async def under_way(stage: Stage) -> AsyncIterator[None]:
    """A mirror runs when the block begins and has ended well after it."""
    before = len(await stage.rows(RUNS))
    await _enqueue(stage)

    async def begun() -> bool:
        return len(await stage.rows(RUNS)) > before

    await stage.until(begun, "a mirror to begin")
    yield
    await _finished(stage, before)


async def raw(stage: Stage) -> Effort:
    """The floor: the same pages by httpx, each copied into a bare table in its own transaction."""
    await stage.rows("DROP TABLE IF EXISTS bench_floor")
    await stage.rows(FLOOR_TABLE)
    given = stage.autotask.credentials
    headers = {
        "UserName": given["username"],
        "Secret": given["secret"],
        "ApiIntegrationCode": given["tracking_id"],
    }
    started, worked = time.perf_counter(), time.process_time()
    async with (
        httpx.AsyncClient(headers=headers, trust_env=False, timeout=60) as http,
        await psycopg.AsyncConnection.connect(libpq_url(stage.url)) as connection,
    ):
        last = -1
        while page := await _page(http, f"{stage.autotask.api_url}Companies/query", last):
            async with connection.transaction(), connection.cursor() as cursor, cursor.copy(COPY) as copy:
                for row in page:
                    await copy.write_row([row["id"], row["companyName"], row["companyNumber"],
                                          row["companyType"], row["city"], row["isActive"]])  # fmt: skip
            last = page[-1]["id"]
            if len(page) < 500:
                break
    return Effort(time.perf_counter() - started, time.process_time() - worked)


async def _page(http: httpx.AsyncClient, url: str, last: int) -> list[dict[str, Any]]:
    asked = {
        "filter": [{"op": "gt", "field": "id", "value": last}],
        "includeFields": list(SYNC.fields),
        "maxRecords": 500,
    }
    answer = await http.post(url, json=asked)
    answer.raise_for_status()
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


@dataclass(frozen=True)
class Series:
    """Runs of one kind and their floors, in turns, so that a busy machine is unkind to both."""

    ours: tuple[Mirrored, ...]
    floor: tuple[Effort, ...]

    @property
    def requests(self) -> int:
        return max(each.requests for each in self.ours)

    def seconds(self, key: str, label: str) -> Figure:
        ours = median(each.effort.seconds for each in self.ours)
        return Figure(key, label, ours, "s", median(each.seconds for each in self.floor))

    def processor(self, key: str, label: str) -> Figure:
        ours = median(each.effort.processor_s for each in self.ours)
        return Figure(key, label, ours, "s", median(each.processor_s for each in self.floor))


async def series(stage: Stage, bot: Program, count: int, *, afresh: bool) -> Series:
    ours, floor = [], []
    for _ in range(count):
        if afresh:
            await empty(stage)
        floor.append(await raw(stage))
        ours.append(await again(stage, bot))
    return Series(tuple(ours), tuple(floor))


async def figures(stage: Stage, bot: Program, start: Mirrored) -> list[Figure]:
    """Every kind of run; the first has been made by connecting."""
    least, rows = pages(start.rows), f"{start.rows:,} companies"
    full = await series(stage, bot, stage.plan.mirrors, afresh=True)
    same = await series(stage, bot, stage.plan.mirrors, afresh=False)
    if any(each.changed for each in same.ours):
        raise ProgramFailed("a mirror without changes has changed rows")
    await stage.autotask.latency(stage.plan.latency_ms)
    slow = await series(stage, bot, 1, afresh=True)
    await stage.autotask.latency(0)
    at = f"at {stage.plan.latency_ms} ms a request"
    return [
        Figure("mirror.first.requests", f"{rows}, first run: requests", start.requests, "", least),
        Figure("mirror.full.requests", f"{rows}, later runs: requests", full.requests, "", least),
        full.seconds("mirror.full.seconds", f"{rows}, all of them new"),
        same.seconds("mirror.same.seconds", f"{rows}, nothing changed"),
        slow.seconds("mirror.slow.seconds", f"{rows}, all of them new, {at}"),
        full.processor("mirror.full.processor", f"{rows}, all of them new: processor time"),
        same.processor("mirror.same.processor", f"{rows}, nothing changed: processor time"),
        Figure("memory.mirror.peak", "bot's memory, peak while mirroring", bot.peak_mib(), "MiB"),
    ]


async def _enqueue(stage: Stage) -> None:
    await stage.autotask.forget_requests()
    async with stage.bot.database.unit(stage.ctx.tenant.id) as uow:
        await stage.bot.jobs.enqueue(uow, MirrorCompanies(tenant_id=stage.ctx.tenant.id))


async def _measured(stage: Stage, bot: Program, begin: Callable[[], Awaitable[None]]) -> Mirrored:
    before, worked = len(await stage.rows(RUNS)), bot.processor_s()
    await begin()
    seconds, counts = await _finished(stage, before)
    effort = Effort(seconds, bot.processor_s() - worked)
    asked = (await stage.autotask.requests())["by_entity"]
    seen = counts["inserted"] + counts["updated"] + counts["unchanged"]
    return Mirrored(
        effort, sum(asked.get(name, 0) for name in ASKED), seen, seen - counts["unchanged"] + counts["gone"]
    )


async def _finished(stage: Stage, before: int) -> tuple[float, dict[str, int]]:
    found: list[tuple[str, float, dict[str, int]]] = []

    async def ended() -> bool:
        found[:] = (await stage.rows(RUNS))[before:]
        return bool(found) and found[0][0] != "running"

    await stage.until(ended, "a mirror to end")
    state, seconds, counts = found[0]
    if state != "succeeded":
        raise ProgramFailed(f"a mirror {state}")
    return seconds, counts
