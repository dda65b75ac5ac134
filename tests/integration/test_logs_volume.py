"""A log of many entries: every page once, old entries in batches. ``tests.benchmarks.logs`` has the times of 300,000."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.clock import SystemClock
from bot.db.session import Database
from bot.db.sync_logs import Wanted
from bot.domain.logs import RETENTION, LogFilter, LogPage, Spot
from bot.domain.settings import Chosen
from bot.domain.status import ApiUsage
from bot.domain.sync_logs import LogEntry, LogStatus, Operation
from bot.domain.syncs import SyncType
from bot.services.log_retention import LogRetention
from tests.benchmarks.logs import FILL

LINES = 9_000


@pytest.fixture
async def tenant(database: Database) -> int:
    """An entry every half minute."""
    async with database.directory() as directory:
        found = await directory.ensure_tenant("T1", "Northwind IT", "UTC")
    async with database.unit(found.id) as uow:
        await uow.connection.execute(FILL, {"tenant": found.id, "lines": LINES, "every": 1_200})
    return found.id


async def test_turning_pages_forward_and_back_shows_every_entry_once(database: Database, tenant: int):
    wanted = Wanted(LogFilter(types=(SyncType.CONTRACT,), statuses=(LogStatus.SUCCESS,), per_page=50))
    now = SystemClock().now()
    async with database.unit(tenant) as uow:
        total = await uow.sync_logs.count(wanted)
        spot: Spot | None = Spot(total=total)
        forward: list[list[int]] = []
        while spot is not None:
            page = LogPage(tuple(await uow.sync_logs.page(wanted, spot)), wanted.filter, spot, now)
            forward.append([line.id for line in page.lines])
            spot = page.steps.get("next")
        spot = Spot(len(forward) - 1, total, is_last=True)
        back: list[list[int]] = []
        while spot is not None:
            page = LogPage(tuple(await uow.sync_logs.page(wanted, spot)), wanted.filter, spot, now)
            back.append([line.id for line in page.lines])
            spot = page.steps.get("back")
    assert back[::-1] == forward
    assert len({each for page in forward for each in page}) == total > 2_000


def read(sync: str, number: int, *, kind: SyncType = SyncType.INVOICE) -> LogEntry:
    text = f"{number:,} {sync} read for the first time"
    details = {"sync": sync, "count": number}
    return LogEntry(kind, Operation.CREATE, LogStatus.SUCCESS, text, details=details, count=number)


async def test_what_speaks_for_a_run_is_what_it_is_about_else_the_largest_else_one_record(
    database: Database, tenant: int
):
    now, one = (
        SystemClock().now(),
        replace(read("contracts", 1, kind=SyncType.CONTRACT), record_id=7, message="One"),
    )
    contracts = [
        read(*each, kind=SyncType.CONTRACT) for each in (("contracts", 150), ("contract_units", 3_859))
    ]
    runs = (
        [read("payment_terms", 300), read("invoices", 120), read("currencies", 1)],
        [read("payment_terms", 3), read("currencies", 1)],
        [one, *contracts],
    )
    async with database.unit(tenant) as uow:
        for number, lines in enumerate(runs):
            run = await uow.syncs.start("invoices", "manual", "", now, key=f"r{number}")
            await uow.sync_logs.add(run, lines, now + timedelta(minutes=number))
        found = await uow.sync_logs.newest(3)
    assert [(line.entry.message, line.alike) for line in found] == [
        ("One", 4_010),
        ("3 payment_terms read for the first time", 4),
        ("120 invoices read for the first time", 421),
    ]


async def test_old_entries_go_in_batches_after_as_many_days_as_were_chosen(database: Database, tenant: int):
    clock = SystemClock()
    retention = LogRetention(database, clock)
    gone = await retention.tidy()
    assert 0 < gone < LINES
    async with database.unit(tenant) as uow:
        kept = await uow.sync_logs.count(Wanted(LogFilter()))
        await uow.settings.prefer(RETENTION, Chosen("7", "7 days"), by="U1", at=clock.now())
    assert gone + kept == LINES
    assert await retention.tidy() > 5_000
    async with database.unit(tenant) as uow:
        oldest = (await uow.sync_logs.page(Wanted(LogFilter()), Spot(0, 1, is_last=True)))[0]
    assert clock.now() - oldest.at < timedelta(days=7)


async def test_durations_and_the_budget_of_all_processes(database: Database, tenant: int):
    now = SystemClock().now()
    async with database.unit(tenant) as uow:
        found = await uow.sync_logs.durations(now - timedelta(days=30))
        await uow.api_usage.note("web", ApiUsage(None, None, 7, now))
        await uow.api_usage.note("worker", ApiUsage(1_240, 10_000, 303, now))
        await uow.api_usage.note("gone", ApiUsage(9_000, 10_000, 900, now - timedelta(minutes=70)))
        usage = await uow.api_usage.latest(now)
    assert [each.type for each in found] == sorted(each.type for each in found)
    assert all(each.p50 < each.p95 and each.slow < each.measured for each in found)
    assert str(usage) == "API 1,240/10,000 · us 310"
