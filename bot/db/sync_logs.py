"""What syncs logged."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy import (
    ColumnElement,
    RowMapping,
    Select,
    Subquery,
    delete,
    false,
    func,
    insert,
    literal,
    or_,
    select,
    tuple_,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by

from bot.db.repository import Repository, one_of
from bot.db.tables import sync_logs
from bot.domain.logs import SLOW_MS, LogFilter, Span, Spot
from bot.domain.numbers import whole
from bot.domain.sync_logs import LogEntry, LogLine, LogStatus, Operation, Troubles
from bot.domain.syncs import SyncType

LOOKED_AT = 3_000
"""Of the newest lines, to tell the last things that happened: more than one run of a group writes."""
Breakdown: TypeAlias = Mapping[tuple[SyncType, LogStatus], int]


@dataclass(frozen=True)
class Wanted:
    """The lines of ``filter`` within ``span`` (its days as moments), without ``hidden`` types."""

    filter: LogFilter
    span: Span = field(default_factory=lambda: Span(None, None))
    hidden: tuple[SyncType, ...] = ()


@dataclass(frozen=True)
class Durations:
    """How long the operations of one type took, in milliseconds; ``slow`` are those above 500."""

    type: SyncType
    measured: int
    p50: int
    p95: int
    slow: int


class SyncLogs(Repository):
    async def add(self, run_id: int | None, entries: Sequence[LogEntry], at: datetime) -> None:
        """Writes the lines in their order; ``at`` is when it happened."""
        if not entries:
            return
        await self._run(
            insert(sync_logs),
            [
                {
                    "tenant_id": self.tenant_id,
                    "run_id": run_id,
                    "at": at,
                    "type": each.type.value,
                    "operation": each.operation.value,
                    "status": each.status.value,
                    "message": each.message,
                    "duration_ms": each.duration_ms,
                    "code": each.code,
                    "record_id": each.record_id,
                    "organization_id": each.organization_id,
                    "details": dict(each.details),
                    "count": each.count,
                }
                for each in entries
            ],
        )

    # --- reading ---

    async def page(self, wanted: Wanted, spot: Spot) -> list[LogLine]:
        """The lines of one page, the newest first and without their details; few steps, however far back it is."""
        size = wanted.filter.per_page
        ahead = spot.is_back or spot.is_last
        chosen = self._matching(wanted, *_LISTED)
        if spot.anchor is not None:
            key, anchor = tuple_(sync_logs.c.at, sync_logs.c.id), tuple_(*map(literal, spot.anchor))
            chosen = chosen.where(key > anchor if ahead else key < anchor)
        elif spot.is_last and spot.total:
            size = spot.total - spot.number * size
        order = (sync_logs.c.at, sync_logs.c.id)
        ordered = chosen.order_by(*(order if ahead else (each.desc() for each in order)))
        found = [_line(row) for row in await self._all(ordered.limit(size))]
        return found[::-1] if ahead else found

    async def count(self, wanted: Wanted) -> int:
        return int(await self._scalar(self._matching(wanted, func.count())))

    async def get(self, line_id: int) -> LogLine | None:
        """One line with its details."""
        chosen = select(sync_logs).where(sync_logs.c.tenant_id == self.tenant_id, sync_logs.c.id == line_id)
        row = await self._first(chosen)
        return _line(row) if row else None

    async def newest(self, limit: int, hidden: Collection[SyncType] = ()) -> list[LogLine]:
        """The last things that syncs did; of one run, what is alike in type, operation, status and code is one."""
        is_main = sync_logs.c.details["sync"].astext.in_(_MAIN).label("is_main")
        latest = self._matching(Wanted(LogFilter(), hidden=tuple(hidden)), *_LISTED, is_main)
        latest = latest.order_by(sync_logs.c.at.desc(), sync_logs.c.id.desc()).limit(LOOKED_AT)
        groups = _alike(latest.subquery(), limit).subquery()
        chosen = select(*_LISTED, groups.c.alike).join(groups, groups.c.spoken == sync_logs.c.id)
        chosen = chosen.where(sync_logs.c.tenant_id == self.tenant_id)
        rows = await self._all(chosen.order_by(groups.c.at.desc(), groups.c.newest.desc()))
        return [replace(_line(row), alike=int(row["alike"])) for row in rows]

    async def counts(self, since: datetime | None, hidden: Collection[SyncType] = ()) -> Breakdown:
        """How many records the log speaks of from ``since`` on, by type and status."""
        chosen = self._matching(
            Wanted(LogFilter(), Span(since, None), tuple(hidden)),
            sync_logs.c.type,
            sync_logs.c.status,
            func.sum(sync_logs.c["count"]).label("records"),
        )
        rows = await self._all(chosen.group_by(sync_logs.c.type, sync_logs.c.status))
        return {(SyncType(row["type"]), LogStatus(row["status"])): int(row["records"]) for row in rows}

    async def troubles(self, run_ids: Sequence[int]) -> dict[int, Troubles]:
        """How many records those runs found wrong or left alone, as the breakdown counts them."""
        table = sync_logs.c
        chosen = (
            select(
                table.run_id,
                *(_records(each).label(name) for name, each in _TROUBLES),
            )
            .where(table.tenant_id == self.tenant_id, one_of(table.run_id, run_ids))
            .group_by(table.run_id)
        )
        return {
            row["run_id"]: Troubles(*(row[name] for name, _ in _TROUBLES)) for row in await self._all(chosen)
        }

    async def durations(self, since: datetime, until: datetime | None = None) -> list[Durations]:
        """How long operations took, by type: half of them at most ``p50``, 95 of 100 at most ``p95`` (ms)."""
        took = sync_logs.c.duration_ms // sync_logs.c["count"]
        chosen = self._matching(
            Wanted(LogFilter(), Span(since, until)),
            sync_logs.c.type,
            func.count().label("measured"),
            func.percentile_disc(0.5).within_group(took).label("p50"),
            func.percentile_disc(0.95).within_group(took).label("p95"),
            func.count().filter(took > SLOW_MS).label("slow"),
        ).where(took.is_not(None))
        rows = await self._all(chosen.group_by(sync_logs.c.type).order_by(sync_logs.c.type))
        return [Durations(SyncType(row["type"]), *(row[name] for name in _MEASURES)) for row in rows]

    async def prune(self, before: datetime, at_most: int) -> int:
        """Forgets the oldest lines from before that moment, at most so many at once; how many."""
        old = select(sync_logs.c.id).where(sync_logs.c.tenant_id == self.tenant_id, sync_logs.c.at < before)
        oldest = old.order_by(sync_logs.c.at, sync_logs.c.id).limit(at_most)
        return await self._run(
            delete(sync_logs).where(sync_logs.c.tenant_id == self.tenant_id, sync_logs.c.id.in_(oldest))
        )

    def _matching(self, wanted: Wanted, *columns: ColumnElement[Any]) -> Select[tuple[Any, ...]]:
        chosen = select(*columns).where(sync_logs.c.tenant_id == self.tenant_id, *_conditions(wanted))
        return chosen.where(*(_has(word) for word in wanted.filter.words.split()))


def _conditions(wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    what, span, table = wanted.filter, wanted.span, sync_logs.c
    if what.types:
        yield table.type.in_(what.types)
    if wanted.hidden:
        yield table.type.not_in(wanted.hidden)
    if what.statuses:
        yield table.status.in_(what.statuses)
    if span.since:
        yield table.at >= span.since
    if span.until:
        yield table.at < span.until
    if what.organization_id:
        yield table.organization_id == what.organization_id
    if what.run_id:
        yield table.run_id == what.run_id
    if what.is_slow:
        yield table.duration_ms > SLOW_MS * table["count"]


def _alike(line: Subquery, limit: int) -> Select[tuple[Any, ...]]:
    """Lines in groups, the newest group first, each with the line that speaks for it.

    That is the newest of one record; else, of those that sum up, the one about what the sync is for (invoices, not
    their currencies), or the one for most records.
    """
    at, newest, kind = line.c.at, line.c.id, (line.c.type, line.c.operation, line.c.status, line.c.code)
    by_itself = func.max(newest).filter(line.c["count"] == 1, line.c.record_id.is_not(None))
    largest = (func.coalesce(line.c.is_main, false()).desc(), line.c["count"].desc(), newest.desc())
    chosen = select(
        func.coalesce(by_itself, func.array_agg(aggregate_order_by(newest, *largest))[1]).label("spoken"),
        func.sum(line.c["count"]).label("alike"),
        func.max(at).label("at"),
        func.max(newest).label("newest"),
    )
    grouped = chosen.group_by(func.coalesce(line.c.run_id, -newest), *kind)
    return grouped.order_by(func.max(at).desc(), func.max(newest).desc()).limit(limit)


_MAIN = (
    "companies", "contracts", "invoices", "time_entries", "opportunities", "tickets", "resources", "billing_items",
)  # fmt: skip
"""The syncs that their type is named after, as the details of a summary name them."""
_LISTED = tuple(column for column in sync_logs.columns if column.name != "details")
_TROUBLES = (("warnings", LogStatus.WARNING), ("errors", LogStatus.ERROR), ("skips", LogStatus.SKIP))
_MEASURES = ("measured", "p50", "p95", "slow")


def _records(status: LogStatus) -> ColumnElement[int]:
    """What lines of the status speak of; one line may stand for many that are alike."""
    return func.coalesce(func.sum(sync_logs.c["count"]).filter(sync_logs.c.status == status.value), 0)


def _has(word: str) -> ColumnElement[bool]:
    """In the message, or the error's number, or Autotask's id."""
    found = sync_logs.c.message.icontains(word, autoescape=True)
    if (number := whole(word)) is not None:
        return or_(found, sync_logs.c.record_id == number)
    return or_(found, sync_logs.c.code == word.upper()) if word.upper().startswith("AT-") else found


def _line(row: RowMapping) -> LogLine:
    entry = LogEntry(
        type=SyncType(row["type"]),
        operation=Operation(row["operation"]),
        status=LogStatus(row["status"]),
        message=row["message"],
        duration_ms=row["duration_ms"],
        details=row.get("details") or {},
        code=row["code"],
        record_id=row["record_id"],
        organization_id=row["organization_id"],
        count=row["count"],
    )
    return LogLine(row["id"], row["at"], row["run_id"], entry)
