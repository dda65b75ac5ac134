"""A sync is one declarative value; the engine fetches pages and saves each with its cursor."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from bot.autotask.client import AutotaskClient
from bot.autotask.entities import Entity
from bot.autotask.query import Condition
from bot.clock import Clock
from bot.db.session import Database, UnitOfWork
from bot.domain.syncs import SyncCounts, SyncState

Row = TypeVar("Row", bound=Entity)
Progress = Callable[[SyncCounts], Awaitable[None]]


async def quietly(_counts: SyncCounts) -> None:
    return None


@dataclass(frozen=True)
class Sync(Generic[Row]):
    """What is mirrored: the entity, which of its rows and fields, and how a page is stored."""

    name: str
    entity: type[Row]
    condition: Condition
    fields: tuple[str, ...]
    store: Callable[[UnitOfWork, Sequence[Row], datetime], Awaitable[SyncCounts]]
    sweep: Callable[[UnitOfWork, datetime], Awaitable[int]]
    """Marks what was not seen since a moment; called after a full pass. Returns how many."""


async def run_sync(
    sync: Sync[Row],
    client: AutotaskClient,
    database: Database,
    *,
    tenant_id: int,
    clock: Clock,
    requested_by: str = "",
    progress: Progress = quietly,
) -> SyncCounts:
    """Mirrors the entity in full; a run that died goes on after its last saved page.

    Rows and cursor are saved in one transaction per page. What disappeared upstream is marked, never deleted.
    """
    run_id, started, after = await _start(sync, database, tenant_id, clock, requested_by)
    counts = SyncCounts()
    async for page in client.pages(sync.entity, sync.condition, fields=sync.fields, after_id=after):
        async with database.unit(tenant_id) as uow:
            counts += await sync.store(uow, page.items, clock.now())
            await uow.syncs.set_cursor(sync.name, page.last_id, started)
            await uow.syncs.progress(run_id, counts)
        await progress(counts)
    async with database.unit(tenant_id) as uow:
        gone = await sync.sweep(uow, started)
        counts = counts.with_gone(gone)
        await uow.syncs.set_cursor(sync.name, None, started)
        await uow.syncs.finish(run_id, SyncState.SUCCEEDED, counts, at=clock.now())
    return counts


async def _start(
    sync: Sync[Row], database: Database, tenant_id: int, clock: Clock, requested_by: str
) -> tuple[int, datetime, int | None]:
    """A new run, its moment, and where an interrupted one stopped (then its moment is kept)."""
    now = clock.now()
    async with database.unit(tenant_id) as uow:
        cursor = await uow.syncs.cursor(sync.name)
        run_id = await uow.syncs.start(sync.name, "manual" if requested_by else "schedule", requested_by, now)
    resumes = cursor is not None and cursor.after_id is not None
    if cursor is not None and resumes and cursor.watermark is not None:
        return run_id, cursor.watermark, cursor.after_id
    return run_id, now, None
