"""Saving what a pass brought: rows, what follows from them, log lines and the cursor in one transaction."""

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Generic

from pydantic import JsonValue

from bot.autotask.answers import Odd
from bot.autotask.budget import Urgency
from bot.autotask.query import everything
from bot.db.mirror import Fresh, fresh
from bot.db.session import UnitOfWork
from bot.db.syncs import Cursor, Told
from bot.domain.codes import Code
from bot.domain.problems import EventKind, ProblemReport, Severity
from bot.domain.sync_logs import LogEntry, LogStatus, Operation
from bot.domain.syncs import Change, SyncCounts
from bot.errors import PermissionMissing
from bot.syncs import aside, rights
from bot.syncs.aside import BIGGEST, limits_of, too_large
from bot.syncs.declared import Row, Work
from bot.syncs.fetching import Fetched
from bot.syncs.frontier import Frontier
from bot.syncs.passes import Plan

LINES_PER_OPERATION = 200
"""Lines of one sync and one operation in one run about what went well; the rest is one line with their number."""
LINES_OF_TROUBLE = 2_000
FIRST_READ = "first"
"""The kind of line that stands for all records of a sync's first pass."""
BIG = 40
"""From so many rows on, more than half of them gone at once is doubted."""
_DONE = {Operation.CREATE: "created", Operation.UPDATE: "updated", Operation.SKIP: "left alone"}
_TROUBLE = frozenset({LogStatus.WARNING, LogStatus.ERROR})


@dataclass(frozen=True)
class Outcome:
    """What a pass did; ``problems`` are there now, those with the fingerprints ``over`` are no more."""

    counts: SyncCounts = field(default_factory=SyncCounts)
    problems: tuple[ProblemReport, ...] = ()
    over: tuple[str, ...] = ()


class Saver(Generic[Row]):
    """Saves the pages of one pass as they come."""

    def __init__(self, plan: Plan[Row], work: Work, frontier: Frontier) -> None:
        self._plan, self._work = plan, work
        self._frontier = frontier
        self._limits = limits_of(plan.sync.table)
        self._since = self._began = time.perf_counter()
        self.cursor = plan.cursor

    async def save(self, pages: Sequence[Fetched[Row]]) -> SyncCounts:
        """Rows, consequences, lines and the cursor that speaks of them; what did not differ leaves no trace."""
        rows, odd = await self._rows(pages)
        for page in pages:
            self._frontier.saved(page.walk, page.last, is_last=page.is_last)
        async with self._work.database.unit(self._work.tenant_id) as uow:
            await uow.connections.hold_open()  # a removal leaves no mirror behind
            standing = await uow.syncs.cursor(self._plan.name, locked=True)
            self._hear(standing)
            await self._put_aside(uow, odd)
            counts = await self._store(uow, rows)
            await self._move(uow, standing, len(rows) + len(odd))
        self._since = time.perf_counter()
        return counts

    def _hear(self, standing: Cursor) -> None:
        """What another worker of the same pass has told and counted meanwhile is told and counted."""
        if standing.pass_started == self._plan.started:
            self.cursor = replace(self.cursor, told=standing.told)

    async def _rows(self, pages: Sequence[Fetched[Row]]) -> tuple[list[Fresh], list[Odd]]:
        """Each record once, though it had been on two pages; and what has to be put aside."""
        found = {row.id: row for page in pages for row in page.rows}
        rows = await self._work.client.turns.each(self._fresh, list(found.values()))
        odd = [each for page in pages for each in page.odd] + [row for row in rows if isinstance(row, Odd)]
        return [row for row in rows if isinstance(row, Fresh)], odd

    def _fresh(self, record: Row) -> Fresh | Odd | None:
        content = self._plan.sync.columns(record)
        row = {"autotask_id": record.id, **content}
        if not self._plan.wants(row):
            return None
        misfits = too_large(self._limits, row)
        return Odd(record.id, misfits) if misfits else fresh(record.id, content)

    async def _put_aside(self, uow: UnitOfWork, odd: Sequence[Odd]) -> None:
        """What is mirrored of them stays as it is, and is not taken for gone."""
        if not odd:
            return
        sync, at, run_id = self._plan.sync, self._at(), self._work.run_id
        kept, told = bounded(aside.lines(sync, odd), _of_run(self.cursor.told, run_id))
        await uow.mirror.seen(sync.table, [each.id for each in odd if abs(each.id) <= BIGGEST], at)
        await uow.sync_logs.add(run_id, kept, at)
        self.cursor = replace(self.cursor, told=told)

    def _at(self) -> datetime:
        """A clock that lags must not make rows look unseen."""
        return max(self._work.clock.now(), self._plan.started)

    async def _store(self, uow: UnitOfWork, rows: Sequence[Fresh]) -> SyncCounts:
        at = self._at()
        stored = await uow.mirror.store(self._plan.sync.table, rows, at)
        if stored.changes:
            await self._plan.sync.react(uow, stored.changes, self._plan.saving(self._work.run_id, at))
        told = _of_run(self.cursor.told, self._work.run_id)
        if self._plan.is_first:
            told = _one_more(told, FIRST_READ, stored.counts.inserted)
        lines = [line for line in map(self._told, stored.changes) if line is not None]
        took = round((time.perf_counter() - self._since) * 1000 / max(1, len(rows)))
        kept, told = bounded(lines, told)
        await uow.sync_logs.add(self._work.run_id, [_timed(line, took) for line in kept], at)
        self.cursor = replace(self.cursor, told=told)
        return stored.counts

    def _told(self, change: Change) -> LogEntry | None:
        """The line of a change; a new record of the first pass is counted, in one line for all of them."""
        line = self._plan.sync.told(change)
        is_counted = self._plan.is_first and change.before is None
        return None if is_counted and line is not None and line.status not in _TROUBLE else line

    async def _move(self, uow: UnitOfWork, standing: Cursor, seen: int) -> None:
        """The cursor goes on, unless another run has begun or ended a pass meanwhile."""
        moved = replace(self.cursor, spans=self._frontier.spans, seen=self.cursor.seen + seen)
        self.cursor = moved
        if standing.pass_started == self._plan.started:
            await uow.syncs.set_cursor(self._plan.name, moved)

    async def conclude(self) -> Outcome:
        """The pass is complete: what a full one did not see is gone, and the next one begins where this one did.

        Raises:
            PermissionMissing: nothing at all was shown of an entity of which we have rows.
        """
        is_lost = await self._shows_nothing()
        async with self._work.database.unit(self._work.tenant_id) as uow:
            standing = await uow.syncs.cursor(self._plan.name, locked=True)
            if standing.pass_started != self._plan.started:
                return Outcome()  # another run has taken the pass over
            self._hear(standing)
            if not is_lost:
                return await self._settle(uow)
            given_up = replace(standing, pass_started=None, spans=(), told=Told())
            await uow.syncs.set_cursor(self._plan.name, given_up)
        raise PermissionMissing(self._plan.sync.entity.endpoint.name, "query")

    async def _shows_nothing(self) -> bool:
        """A right that was lost shows nothing, without an error: nobody deletes everything at once.

        A part of an entity may well be empty; then one more request asks whether all of it is. So it does where
        much is missing: the right may have been lost in the middle of the pass.
        """
        plan, work = self._plan, self._work
        if not plan.is_full:
            return False
        async with work.database.unit(work.tenant_id) as uow:
            _, missing = await uow.mirror.missing(plan.sync.table, plan.started, within=plan.within)
        if not missing or (self.cursor.seen and missing <= BIG):
            return False
        return await work.client.count(plan.sync.entity, everything(), urgency=Urgency.BACKGROUND) == 0

    async def _settle(self, uow: UnitOfWork) -> Outcome:
        outcome, doubted_at = await self._look_for_gone(uow)
        took = round((time.perf_counter() - self._began) * 1000)
        lines = summaries(self.cursor.told, self._plan, took)
        await uow.sync_logs.add(self._work.run_id, lines, self._work.clock.now())
        await uow.syncs.set_cursor(self._plan.name, self._at_rest(doubted_at))
        sync = self._plan.sync
        return replace(outcome, over=(*outcome.over, rights.fingerprint(sync))) if sync.optional else outcome

    async def _look_for_gone(self, uow: UnitOfWork) -> tuple[Outcome, datetime | None]:
        plan, at = self._plan, self._work.clock.now()
        covers = await plan.sync.covers(uow, plan.scope)
        if (
            not plan.is_full or covers != plan.covers
        ):  # of what was chosen meanwhile, the pass has not seen all
            return Outcome(), plan.cursor.doubted_at
        alive, missing = await uow.mirror.missing(plan.sync.table, plan.started, within=plan.within)
        if alive > BIG and missing * 2 > alive and plan.cursor.doubted_at is None:
            problem = _big_change(plan, alive, missing)
            await uow.sync_logs.add(self._work.run_id, [_doubt(plan, problem)], at)
            return Outcome(problems=(problem,)), plan.started
        gone = await uow.mirror.mark_gone(plan.sync.table, plan.started, within=plan.within)
        if gone:
            await plan.sync.missed(uow, gone, plan.saving(self._work.run_id, at))
        return Outcome(SyncCounts(gone=len(gone)), over=(_fingerprint(plan),)), None

    def _at_rest(self, doubted_at: datetime | None) -> Cursor:
        return replace(
            self.cursor,
            pass_started=None,
            spans=(),
            since=self._plan.started,
            full_at=self._plan.started if self._plan.is_full else self.cursor.full_at,
            doubted_at=doubted_at,
            told=Told(),
        )


def _of_run(told: Told, run_id: int) -> Told:
    """A pass that another run goes on with may write as many lines as any."""
    return told if told.run_id == run_id else Told(run_id, {}, told.kept_back)


def bounded(lines: Sequence[LogEntry], told: Told) -> tuple[list[LogEntry], Told]:
    """Those of the lines that are written, and the count of all so far."""
    written, kept_back = Counter(told.written), Counter(told.kept_back)
    kept = []
    for line in lines:
        is_trouble = line.status in _TROUBLE
        key = "trouble" if is_trouble else line.operation.value
        if written[key] < (LINES_OF_TROUBLE if is_trouble else LINES_PER_OPERATION):
            written[key] += 1
            kept.append(line)
        else:
            kept_back[key] += 1
    return kept, Told(told.run_id, dict(written), dict(kept_back))


def _one_more(told: Told, key: str, number: int) -> Told:
    return replace(told, kept_back={**told.kept_back, key: told.kept_back.get(key, 0) + number})


def summaries(told: Told, plan: Plan[Row], milliseconds: int) -> list[LogEntry]:
    """One line for each kind of line that was kept back; the pass took ``milliseconds``."""
    kept_back = [(key, number) for key, number in sorted(told.kept_back.items()) if number]
    return [
        _first_read(plan, number, milliseconds) if key == FIRST_READ else _summary(plan, key, number)
        for key, number in kept_back
    ]


def _first_read(plan: Plan[Row], number: int, milliseconds: int) -> LogEntry:
    subject = plan.sync.name.replace("_", " ")
    what = f"1 record of {subject}" if number == 1 else f"{number:,} {subject}"
    return LogEntry(
        plan.sync.kind,
        Operation.CREATE,
        LogStatus.SUCCESS,
        f"{what} read for the first time",
        duration_ms=milliseconds,
        details={"sync": plan.sync.name, "count": number},
        count=number,
    )


def _summary(plan: Plan[Row], key: str, number: int) -> LogEntry:
    subject = plan.sync.name.replace("_", " ")
    details: Mapping[str, JsonValue] = {"sync": plan.sync.name, "count": number}
    if key == "trouble":
        words = f"And {number:,} more warnings and errors of {subject}"
        return LogEntry(
            plan.sync.kind,
            Operation.UPDATE,
            LogStatus.WARNING,
            words,
            details=details,
            code=Code.LINES_LEFT_OUT,
            count=number,
        )
    operation = Operation(key)
    status = LogStatus.SKIP if operation is Operation.SKIP else LogStatus.SUCCESS
    words = f"And {number:,} more {_DONE.get(operation, key)}: {subject}"
    return LogEntry(plan.sync.kind, operation, status, words, details=details, count=number)


def _timed(line: LogEntry, milliseconds: int) -> LogEntry:
    """A record's share of its pages' time, unless the line was measured by itself."""
    return line if line.duration_ms is not None else replace(line, duration_ms=milliseconds)


def _fingerprint(plan: Plan[Row]) -> str:
    return f"big-change:{plan.sync.name}"


def _big_change(plan: Plan[Row], alive: int, missing: int) -> ProblemReport:
    subject = plan.sync.name.replace("_", " ")
    return ProblemReport(
        fingerprint=_fingerprint(plan),
        kind=EventKind.SYNC,
        severity=Severity.WARNING,
        title=f"{missing:,} of {alive:,} {subject} are no longer shown by Autotask",
        detail=(
            "Nothing was changed here. If they were removed in Autotask on purpose, run a full sync once more and it"
            " will be believed. If not, look at the API user's security level and its lines of business."
        ),
        code=Code.BIG_CHANGE.value,
    )


def _doubt(plan: Plan[Row], problem: ProblemReport) -> LogEntry:
    return LogEntry(
        plan.sync.kind,
        Operation.SKIP,
        LogStatus.WARNING,
        f"{problem.title}. {problem.detail}",
        code=problem.code,
        details={"sync": plan.sync.name},
    )
