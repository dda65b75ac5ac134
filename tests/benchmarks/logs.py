"""A sync log of 300,000 entries: how long pages, counts, the status and the file of all of it take.

``python -m tests.benchmarks.logs`` prints them, with the memory that writing the file took.
"""

import asyncio
import resource
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from sqlalchemy import text

from bot.clock import SystemClock
from bot.db.embedded import embedded_server
from bot.db.migrate import migrate
from bot.db.session import Database
from bot.db.sync_logs import Wanted
from bot.documents import logs as documents
from bot.domain.logs import LogFilter, Spot
from bot.domain.sync_logs import LogStatus

LINES = 300_000
FILL = text("""
INSERT INTO sync_logs
    (tenant_id, run_id, at, type, operation, status, message, duration_ms, organization_id, details)
SELECT :tenant, n / 100, now() - (n * :every * interval '1 second'),
       (ARRAY['contract','time_entry','invoice','company'])[1 + n % 4], 'update',
       CASE WHEN n % 50 = 0 THEN 'error' WHEN n % 20 = 1 THEN 'warning' ELSE 'success' END,
       'Updated record ' || n || ' of Ünit & Söhne', n % 700, 1 + n % 40,
       jsonb_build_object('before', n, 'after', n + 1)
FROM generate_series(1, :lines) n
""")


async def measured(name: str, work: Callable[[], Awaitable[object]]) -> None:
    began = time.perf_counter()
    await work()
    print(f"{name:40} {(time.perf_counter() - began) * 1000:8.1f} ms")  # noqa: T201


async def pages(database: Database, tenant: int) -> None:
    for name, wanted in (
        ("all", LogFilter()),
        ("errors", LogFilter(statuses=(LogStatus.ERROR,))),
        ("slow", LogFilter(is_slow=True)),
        ("words", LogFilter(words="record 2999")),
    ):
        asked = Wanted(wanted)
        async with database.unit(tenant) as uow:
            await measured(f"{name}: count", lambda: uow.sync_logs.count(asked))  # noqa: B023
            total = await uow.sync_logs.count(asked)
            last = Spot(-(-total // 25) - 1, total, is_last=True)
            await measured(f"{name}: first page", lambda: uow.sync_logs.page(asked, Spot()))  # noqa: B023
            await measured(f"{name}: last page", lambda: uow.sync_logs.page(asked, last))  # noqa: B023


async def written(database: Database, tenant: int, path: Path) -> None:
    """As the job does it."""
    spot, wanted = Spot(), Wanted(replace(LogFilter(), per_page=2_000))
    with path.open("wb") as file:
        while True:
            async with database.unit(tenant) as uow:
                lines = await uow.sync_logs.page(wanted, spot)
            file.write(documents.rows(lines))
            if len(lines) < 2_000:
                return
            spot = Spot(anchor=(lines[-1].at, lines[-1].id))


async def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with embedded_server(Path(folder)) as url:
            await migrate(url)
            async with Database(url) as database:
                await measure(database, Path(folder))


async def measure(database: Database, folder: Path) -> None:
    async with database.directory() as directory:
        tenant = (await directory.ensure_tenant("T1", "Northwind IT", "UTC")).id
    async with database.unit(tenant) as uow:
        await uow.connection.execute(FILL, {"tenant": tenant, "lines": LINES, "every": 26})
    await pages(database, tenant)
    now = SystemClock().now()
    async with database.unit(tenant) as uow:
        await measured("by type and status, all", lambda: uow.sync_logs.counts(None))
        week = now - timedelta(days=7)
        await measured("p50 and p95 of a week", lambda: uow.sync_logs.durations(week))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    path = folder / "log.csv"
    await measured(f"CSV of {LINES:,} lines", lambda: written(database, tenant, path))
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024
    print(f"{path.stat().st_size:,} bytes, memory grown by {grown} MB")  # noqa: T201


if __name__ == "__main__":
    asyncio.run(main())
