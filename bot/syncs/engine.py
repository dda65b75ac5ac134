"""A sync is one declarative value; the engine fetches pages and saves each with its cursor."""

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from sqlalchemy import ColumnElement, Table

from bot.autotask.client import AutotaskClient
from bot.autotask.entities import Entity
from bot.autotask.paging import Page
from bot.autotask.query import Condition, all_of, everything, field
from bot.clock import Clock
from bot.db.mirror import Stored
from bot.db.session import Database, UnitOfWork
from bot.db.syncs import Cursor, Span
from bot.domain.sync_logs import LogEntry
from bot.domain.syncs import Change, Scope, SyncCounts, SyncType
from bot.errors import PermissionMissing

Row = TypeVar("Row", bound=Entity)
T = TypeVar("T")
Progress = Callable[[str, SyncCounts], Awaitable[None]]
"""Told after each page: the sync's name, and what its pass has done so far."""

OVERLAP = timedelta(minutes=10)
"""How far an incremental pass reaches back before the last one began: clocks differ, replicas lag."""
DAY = timedelta(days=1)


async def quietly(_sync: str, _counts: SyncCounts) -> None:
    return None


async def whole(_uow: UnitOfWork, _scope: Scope) -> Condition:
    """Every record of the entity."""
    return everything()


@dataclass(frozen=True)
class Saving:
    """The page that is being saved: of which run, when, and whether the mirror had been filled before.

    ``is_first``: the sync's first pass, in which everything is new and nothing is news.
    """

    run_id: int
    at: datetime
    scope: Scope
    is_first: bool


async def unnoticed(_uow: UnitOfWork, _changes: Sequence[Change], _saving: Saving) -> None:
    return None


async def always(_uow: UnitOfWork, _scope: Scope) -> bool:
    return True


def untold(_change: Change) -> LogEntry | None:
    return None


def everywhere(_scope: Scope) -> ColumnElement[bool] | None:
    return None


@dataclass(frozen=True, kw_only=True)
class Sync(Generic[Row]):
    """What is mirrored: which records and fields of an entity, how a record becomes a row, and what follows."""

    name: str
    """Names the cursor; once released it stays."""
    kind: SyncType
    entity: type[Row]
    fields: tuple[str, ...] | None
    """Autotask's names; a field that cannot be queried must not be among them. None: whole records, such fields too."""
    table: Table
    columns: Callable[[Row], Mapping[str, object]]
    """A record as its row, without the id and the mirror's own columns."""
    condition: Callable[[UnitOfWork, Scope], Awaitable[Condition]] = whole
    """Which records a pass covers, besides what the last-modified field narrows."""
    parents: Callable[[UnitOfWork, Scope], Awaitable[Sequence[int]]] | None = None
    """Ids for ``parent_field``: then records are asked for by lists of 500 of them."""
    parent_field: str = ""
    since: Callable[[UnitOfWork, datetime], Awaitable[Condition]] | None = None
    """What changed since a moment, where no last-modified field says it. The same throughout a pass."""
    wanted: Callable[[UnitOfWork, Scope], Awaitable[bool]] = always
    """Whether this run makes a pass at all: some are due once a day, some only for who asks."""
    within: Callable[[Scope], ColumnElement[bool] | None] = everywhere
    """``condition`` in the mirror's terms: what a full pass covers may be found gone, nothing else."""
    full_every: timedelta = DAY
    """How often a full pass looks for what disappeared; only entities without last-modified field need no more."""
    told: Callable[[Change], LogEntry | None] = untold
    """The log line of a change, if it deserves one."""
    react: Callable[[UnitOfWork, Sequence[Change], Saving], Awaitable[None]] = unnoticed
    """What follows from changes, in the transaction that saves them."""
    windowed: bool = False
    """Whether ``Scope.window`` narrows it: such a pass looks at all of the window, and has a cursor of its own."""

    def cursor_name(self, scope: Scope) -> str:
        """A pass over a window says nothing of what changed outside it: the usual cursor stays where it is."""
        return f"{self.name}:window" if self.windowed and scope.window else self.name


@dataclass(frozen=True)
class Work:
    """What a run works with."""

    client: AutotaskClient
    database: Database
    clock: Clock
    tenant_id: int
    run_id: int
    scope: Scope
    progress: Progress = quietly


async def run_sync(sync: Sync[Row], work: Work) -> SyncCounts:
    """One pass: what changed since the last one, or everything; a pass that died goes on after its last saved page.

    Rows and cursor are saved in one transaction per page. What disappeared upstream is marked, never deleted, and
    only after a full pass. Raises ``PermissionMissing`` where nothing at all is shown of an entity of which we have
    rows, and whatever the client raises.
    """
    counts = SyncCounts()
    async with work.database.unit(work.tenant_id) as uow:
        if not await sync.wanted(uow, work.scope):
            return counts
    plan = await _plan(sync, work)
    started = time.perf_counter()
    async with aclosing(one_ahead(_pages(sync, work, plan))) as pages:
        async for page in pages:
            plan, stored = await _save(sync, work, plan, page, started=started)
            counts += stored.counts
            await work.progress(sync.name, counts)
            started = time.perf_counter()
    gone = await _conclude(sync, work, plan)
    return counts.with_gone(gone)


@dataclass(frozen=True)
class _Plan:
    """A pass: its cursor while it lasts, and what to ask for."""

    cursor: Cursor
    condition: Condition
    parents: tuple[int, ...] | None

    @property
    def started(self) -> datetime:
        assert self.cursor.pass_started is not None
        return self.cursor.pass_started

    @property
    def is_full(self) -> bool:
        return self.cursor.scope.startswith("full")


async def _plan(sync: Sync[Row], work: Work) -> _Plan:
    """The pass that was interrupted, if it covers the same; else a new one."""
    async with work.database.unit(work.tenant_id) as uow:
        cursor = await uow.syncs.cursor(sync.cursor_name(work.scope))
        scope = _scope_words(sync, work.scope, cursor)
        if cursor.pass_started is None or cursor.scope != scope:
            cursor = replace(cursor, scope=scope, pass_started=work.scope.now, spans=(Span(),), seen=0)
            await uow.syncs.set_cursor(sync.cursor_name(work.scope), cursor)
        condition = await sync.condition(uow, work.scope)
        parents = None if sync.parents is None else tuple(await sync.parents(uow, work.scope))
        if not cursor.scope.startswith("full"):
            condition = all_of(condition, await _changed(sync, uow, cursor))
    return _Plan(cursor, condition, parents)


async def _changed(sync: Sync[Row], uow: UnitOfWork, cursor: Cursor) -> Condition:
    """What may have changed since the last complete pass."""
    assert cursor.since is not None
    if sync.since is not None:
        return await sync.since(uow, cursor.since - OVERLAP)
    assert sync.entity.endpoint.modified_field is not None
    return field(sync.entity.endpoint.modified_field).gte(cursor.since - OVERLAP)


def _scope_words(sync: Sync[Row], scope: Scope, cursor: Cursor) -> str:
    """What a pass covers, in words that are the same for the same."""
    dated = sync.since is not None or sync.entity.endpoint.modified_field is not None
    tracked = dated and not cursor.untracked
    due = cursor.full_at is None or scope.now - cursor.full_at >= sync.full_every
    window = " {} to {}".format(*scope.window) if sync.windowed and scope.window else ""
    is_full = scope.full or due or not tracked or cursor.since is None or bool(window)
    return ("full" if is_full else "changes") + window


def _pages(sync: Sync[Row], work: Work, plan: _Plan) -> AsyncIterator[Page[Row]]:
    after = plan.cursor.spans[0].after if plan.cursor.spans else None
    if plan.parents is not None:
        return work.client.by_parents(
            sync.entity, sync.parent_field, plan.parents, condition=plan.condition, fields=sync.fields
        )
    return work.client.pages(sync.entity, plan.condition, fields=sync.fields, after_id=after)


async def _save(
    sync: Sync[Row], work: Work, plan: _Plan, page: Page[Row], *, started: float
) -> tuple[_Plan, Stored]:
    rows = [{"autotask_id": row.id, **sync.columns(row)} for row in page.items]
    now = work.clock.now()
    async with work.database.unit(work.tenant_id) as uow:
        await uow.connections.hold_open()  # a removal leaves no mirror behind
        stored = await uow.mirror.upsert(sync.table, rows, now)
        saving = Saving(work.run_id, now, work.scope, is_first=plan.cursor.since is None)
        await sync.react(uow, stored.changes, saving)
        lines = [line for line in map(sync.told, stored.changes) if line is not None]
        took = round((time.perf_counter() - started) * 1000 / max(1, len(rows)))
        await uow.sync_logs.add(work.run_id, [_timed(line, took) for line in lines], now)
        spans = (Span(page.last_id),) if plan.parents is None else plan.cursor.spans
        cursor = replace(plan.cursor, spans=spans, seen=plan.cursor.seen + len(rows))
        await uow.syncs.set_cursor(sync.cursor_name(work.scope), cursor)
    return replace(plan, cursor=cursor), stored


def _timed(line: LogEntry, milliseconds: int) -> LogEntry:
    """A record's share of its page's time, unless the line was measured by itself."""
    return line if line.duration_ms is not None else replace(line, duration_ms=milliseconds)


async def _conclude(sync: Sync[Row], work: Work, plan: _Plan) -> int:
    """The pass is complete: what a full one did not see is gone, and the next one begins where this one did."""
    async with work.database.unit(work.tenant_id) as uow:
        gone: list[int] = []
        if plan.is_full:
            gone = await uow.mirror.mark_gone(sync.table, plan.started, within=sync.within(work.scope))
        if gone and not plan.cursor.seen and plan.parents is None:
            # A right that was lost shows nothing, without an error: nobody deletes everything at once.
            raise PermissionMissing(sync.entity.endpoint.name, "query")
        await uow.syncs.set_cursor(
            sync.cursor_name(work.scope),
            replace(
                plan.cursor,
                pass_started=None,
                spans=(),
                since=plan.started,
                full_at=plan.started if plan.is_full else plan.cursor.full_at,
            ),
        )
    return len(gone)


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
