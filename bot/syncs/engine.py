"""A sync is one declarative value; the engine fetches pages and saves each with its cursor."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from bot.autotask.client import AutotaskClient
from bot.autotask.entities import Entity
from bot.autotask.query import Condition
from bot.clock import Clock
from bot.db.session import Database, UnitOfWork
from bot.domain.syncs import SyncCounts, SyncState
from bot.errors import BotError, PermissionMissing

Row = TypeVar("Row", bound=Entity)
T = TypeVar("T")
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
    Raises ``PermissionMissing`` where nothing at all is shown of an entity of which we have rows.
    The run's row says how it ended, and why if it failed.
    """
    run = await _start(sync, database, tenant_id, clock=clock, requested_by=requested_by)
    try:
        return await _carry_out(sync, client, database, run, clock=clock, progress=progress)
    except Exception as error:
        reason = str(error) if isinstance(error, BotError) else type(error).__name__
        async with database.unit(tenant_id) as uow:
            await uow.syncs.finish(run.id, SyncState.FAILED, None, error=reason, at=clock.now())
        raise


@dataclass(frozen=True)
class _Run:
    """``started`` is the pass's moment: rows seen before it are gone; ``after_id`` is where it goes on."""

    id: int
    tenant_id: int
    started: datetime
    after_id: int | None


async def _carry_out(
    sync: Sync[Row],
    client: AutotaskClient,
    database: Database,
    run: _Run,
    *,
    clock: Clock,
    progress: Progress,
) -> SyncCounts:
    counts = SyncCounts()
    fetched = client.pages(sync.entity, sync.condition, fields=sync.fields, after_id=run.after_id)
    async with aclosing(one_ahead(fetched)) as pages:
        async for page in pages:
            async with database.unit(run.tenant_id) as uow:
                await uow.connections.hold_open()  # a removal leaves no mirror behind
                counts += await sync.store(uow, page.items, clock.now())
                await uow.syncs.set_cursor(sync.name, page.last_id, run.started)
                await uow.syncs.progress(run.id, counts)
            await progress(counts)
    async with database.unit(run.tenant_id) as uow:
        gone = await sync.sweep(uow, run.started)
        if gone and not counts.seen and run.after_id is None:
            # A right that was lost shows nothing, without an error: nobody deletes everything at once.
            raise PermissionMissing(sync.entity.endpoint.name, "query")
        counts = counts.with_gone(gone)
        await uow.syncs.set_cursor(sync.name, None, run.started)
        await uow.syncs.finish(run.id, SyncState.SUCCEEDED, counts, at=clock.now())
    return counts


async def one_ahead(pages: AsyncIterator[T]) -> AsyncGenerator[T, None]:
    """The same pages in the same order; while one is worked on, the next is on its way, and never more than that.

    What goes wrong on the way is raised after the page before it is done with.
    """
    coming = _next(pages)
    try:
        while (page := await coming) is not None:
            coming = _next(pages)
            yield page
    finally:
        coming.cancel()
        await asyncio.gather(coming, return_exceptions=True)


def _next(pages: AsyncIterator[T]) -> asyncio.Task[T | None]:
    async def fetch() -> T | None:
        return await anext(pages, None)

    return asyncio.create_task(fetch())


async def _start(
    sync: Sync[Row], database: Database, tenant_id: int, *, clock: Clock, requested_by: str
) -> _Run:
    """A new run; where an interrupted pass stopped it goes on, with that pass's moment."""
    now = clock.now()
    trigger = "manual" if requested_by else "schedule"
    async with database.unit(tenant_id) as uow:
        cursor = await uow.syncs.cursor(sync.name)
        run_id = await uow.syncs.start(sync.name, trigger, requested_by, now)
    if cursor is None or cursor.after_id is None or cursor.watermark is None:
        return _Run(run_id, tenant_id, now, None)
    return _Run(run_id, tenant_id, cursor.watermark, cursor.after_id)
