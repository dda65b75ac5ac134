"""Passes: which one is due, what it asks Autotask for, and what its end means for the mirror."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Generic

from sqlalchemy import ColumnElement, and_, false

from bot.autotask.query import Condition, all_of, chunks
from bot.autotask.query import field as autotask_field
from bot.db.repository import one_of
from bot.db.session import UnitOfWork
from bot.db.syncs import Cursor, Span, Told
from bot.domain.syncs import Scope
from bot.syncs.declared import DAY, Row, Saving, Sync, Work
from bot.syncs.frontier import Frontier, cut_at, even_bounds

OVERLAP = timedelta(minutes=10)
"""How far an incremental pass reaches back before the last one began: clocks differ, replicas lag."""
STALE = DAY
"""A pass that was interrupted so long ago begins anew: what it saw then says little of now."""


@dataclass(frozen=True)
class Plan(Generic[Row]):
    """A pass: its cursor while it lasts, and what to ask for."""

    sync: Sync[Row]
    scope: Scope
    cursor: Cursor
    conditions: tuple[Condition, ...]
    """One for each part; an id range narrows it further."""
    parents: frozenset[int] | None = None
    """Whose records are wanted; None: everybody's."""
    is_first: bool = False
    rows_known: int | None = None
    """How many records the mirror knows of what the pass covers; None: unknown."""
    left_out: frozenset[str] = field(default=frozenset())
    """Fields that this Autotask database does not know."""
    covers: str = ""
    """The settings that ``conditions`` follow."""

    @property
    def started(self) -> datetime:
        assert self.cursor.pass_started is not None
        return self.cursor.pass_started

    @property
    def is_full(self) -> bool:
        return self.cursor.scope.startswith("full")

    @property
    def name(self) -> str:
        return self.sync.cursor_name(self.scope)

    @property
    def fields(self) -> tuple[str, ...] | None:
        if self.sync.fields is None:
            return None
        return tuple(name for name in self.sync.fields if name.casefold() not in self.left_out)

    @property
    def within(self) -> ColumnElement[bool] | None:
        """What the pass covers, in the mirror's terms."""
        covered = self.sync.within(self.scope)
        if self.parents is None:
            return covered
        column = self.sync.parents_in_mirror
        asked = false() if column is None else one_of(column, sorted(self.parents))
        return asked if covered is None else and_(covered, asked)

    def frontier(self, at_once: int, page: int) -> Frontier:
        """The ranges that are still to be fetched."""
        return Frontier.of(self.cursor.spans, at_once=at_once, rows=self.rows_known, page=page)

    def wants(self, row: Mapping[str, object]) -> bool:
        """Whether a record belongs into the mirror: a pass over everything also brings those of other parents."""
        column = self.sync.parents_in_mirror
        return self.parents is None or column is None or row[column.name] in self.parents

    def saving(self, run_id: int, at: datetime) -> Saving:
        return Saving(run_id, at, self.scope, is_first=self.is_first)


async def plan_pass(sync: Sync[Row], work: Work) -> Plan[Row]:
    """The pass that was interrupted, if it covers the same; else a new one."""
    async with work.database.unit(work.tenant_id) as uow:
        cursor = await uow.syncs.cursor(sync.cursor_name(work.scope), locked=True)
        usual = await uow.syncs.cursor(sync.name) if sync.windowed and work.scope.window else cursor
        wanted = None if sync.parents is None else sorted(set(await sync.parents(uow, work.scope)))
        covers = await sync.covers(uow, work.scope)
        words = _scope_words(sync, work.scope, cursor, wanted, covers=covers)
        conditions = await _conditions(uow, sync, work.scope, wanted, since=_since(words, cursor))
        plan = Plan(
            sync,
            work.scope,
            cursor,
            conditions,
            parents=None if wanted is None else frozenset(wanted),
            is_first=usual.since is None,
            left_out=frozenset({(sync.entity.endpoint.modified_field or "").casefold()})
            if cursor.untracked
            else frozenset(),
            covers=covers,
        )
        if cursor.scope == words and _goes_on(cursor, work.scope):
            return plan
        return await _begin(uow, plan, words, work)


async def remember_untracked(plan: Plan[Row], work: Work) -> None:
    """This database does not know the entity's last-modified field: from now on every pass is a full one."""
    async with work.database.unit(work.tenant_id) as uow:
        cursor = await uow.syncs.cursor(plan.name, locked=True)
        forgotten = replace(cursor, untracked=True, pass_started=None, spans=())
        await uow.syncs.set_cursor(plan.name, forgotten)


def _goes_on(cursor: Cursor, scope: Scope) -> bool:
    return cursor.pass_started is not None and scope.now - cursor.pass_started < STALE


async def _begin(uow: UnitOfWork, plan: Plan[Row], words: str, work: Work) -> Plan[Row]:
    parts = len(plan.conditions)
    spans, rows = tuple(Span(part=part) for part in range(parts)), None
    begun = replace(plan, cursor=replace(plan.cursor, scope=words))
    if parts == 1 and begun.is_full and not plan.is_first:
        covered = plan.sync.within(plan.scope) if plan.sync.all_parents else plan.within
        rows = await uow.mirror.count(plan.sync.table, within=covered)
        bounds = even_bounds(rows, work.client.at_once, work.page_size)
        spans = cut_at(await uow.mirror.ids_at(plan.sync.table, bounds, within=covered))
    told = Told(kept_back=plan.cursor.told.kept_back)
    cursor = replace(begun.cursor, pass_started=plan.scope.now, spans=spans, seen=0, told=told)
    await uow.syncs.set_cursor(plan.name, cursor)
    return replace(begun, cursor=cursor, rows_known=rows)


def _scope_words(
    sync: Sync[Row], scope: Scope, cursor: Cursor, wanted: Sequence[int] | None, *, covers: str
) -> str:
    """What a pass covers, in words that are the same for the same; those of ``covers`` at the end."""
    window = " {} to {}".format(*scope.window) if sync.windowed and scope.window else ""
    organization = f" of {scope.organization_id}" if scope.organization_id is not None else ""
    is_full = scope.full or bool(window) or _is_full_due(sync, scope, cursor, covers)
    asked = "" if wanted is None else f" by {sha256(repr(wanted).encode()).hexdigest()[:12]}"
    return ("full" if is_full else "changes") + window + organization + asked + covers


def _is_full_due(sync: Sync[Row], scope: Scope, cursor: Cursor, covers: str) -> bool:
    """By its age, because nothing tells what changed, or because one was begun or something else is covered now."""
    if cursor.full_at is None or cursor.since is None or scope.now - cursor.full_at >= sync.full_every:
        return True
    is_begun = cursor.pass_started is not None and cursor.scope.startswith("full")
    return cursor.untracked or not sync.is_dated or is_begun or not cursor.scope.endswith(covers)


def _since(words: str, cursor: Cursor) -> datetime | None:
    return None if words.startswith("full") else cursor.since


async def _conditions(
    uow: UnitOfWork, sync: Sync[Row], scope: Scope, wanted: Sequence[int] | None, *, since: datetime | None
) -> tuple[Condition, ...]:
    condition = await sync.condition(uow, scope)
    if since is not None:
        condition = all_of(condition, await _changed(uow, sync, since - OVERLAP))
    if wanted is None or await _is_most(uow, sync, wanted):
        return (condition,)
    asked = autotask_field(sync.parent_field)
    return tuple(all_of(condition, asked.in_(some)) for some in chunks(wanted))


async def _changed(uow: UnitOfWork, sync: Sync[Row], since: datetime) -> Condition:
    """What may have changed since then; ``gte``, for several records can bear the same moment."""
    if sync.since is not None:
        return await sync.since(uow, since)
    assert sync.entity.endpoint.modified_field is not None
    return autotask_field(sync.entity.endpoint.modified_field).gte(since)


async def _is_most(uow: UnitOfWork, sync: Sync[Row], wanted: Sequence[int]) -> bool:
    """Whether more than half of all parents are wanted, and more than fit into one list."""
    if sync.all_parents is None or sync.parents_in_mirror is None:
        return False
    return len(list(chunks(wanted))) > 1 and 2 * len(wanted) > await sync.all_parents(uow)
