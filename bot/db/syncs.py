"""Sync runs and where each sync stands."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, RowMapping, delete, func, select, update
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.dialects.postgresql import insert as upsert

from bot.db.repository import Repository
from bot.db.tables import sync_cursors, sync_runs
from bot.domain.status import Tally
from bot.domain.syncs import Group, Size, SyncCounts, SyncRun, SyncState

RUNS_KEPT_FOR = timedelta(days=400)
"""At most; the workspace's own setting may be shorter."""


@dataclass(frozen=True)
class Span:
    """A range of ids still to be fetched: above ``after``, up to ``until`` (included; None: without end).

    ``part``: of which of the pass's lists of parents.
    """

    after: int | None = None
    until: int | None = None
    part: int = 0


@dataclass(frozen=True)
class Told:
    """How many lines a pass has written to the log of run ``run_id``, and how many it kept back, by kind of line."""

    run_id: int = 0
    written: Mapping[str, int] = field(default_factory=dict)
    kept_back: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Cursor:
    """Where a sync stands.

    ``pass_started`` is the moment the pass under way began, None while there is none; ``spans`` are what it has
    still to fetch and ``seen`` how many rows it saw; ``scope`` names what it covers. ``since`` is when the last
    complete pass began, ``full_at`` the last complete one over everything. ``untracked``: this Autotask database
    does not know the entity's last-modified field, so every pass is a full one. ``doubted_at``: since when a full
    pass misses so much that it was not believed. ``told`` keeps the log of a long pass short.
    """

    scope: str = ""
    pass_started: datetime | None = None
    spans: tuple[Span, ...] = ()
    seen: int = 0
    since: datetime | None = None
    full_at: datetime | None = None
    untracked: bool = False
    doubted_at: datetime | None = None
    told: Told = field(default_factory=Told)


class Syncs(Repository):
    # --- runs ---

    async def start(self, name: str, trigger: str, by: str, at: datetime, *, key: str | None = None) -> int:
        """A new run, or the one that an earlier attempt with this key began."""
        made = upsert(sync_runs).values(
            tenant_id=self.tenant_id, name=name, key=key, trigger=trigger, requested_by=by, started_at=at
        )
        again = made.on_conflict_do_update(
            index_elements=["tenant_id", "name", "key"],
            set_={"attempts": sync_runs.c.attempts + 1, "state": SyncState.RUNNING.value, "retry_at": None},
            where=sync_runs.c.state != SyncState.SUCCEEDED.value,
        )
        found = await self._scalar(again.returning(sync_runs.c.id))
        if found is not None:
            return int(found)
        return int(await self._scalar(select(sync_runs.c.id).where(*self._keyed(name, key))))

    async def lock(self) -> None:
        """Lets one person of this workspace start syncs at a time, until the transaction ends."""
        key = func.hashtextextended(f"syncs:{self.tenant_id}", 0)
        await self._scalar(select(func.pg_advisory_xact_lock(key)))

    async def alone(self, group: Group) -> None:
        """Lets one run at a time conclude from what a group fetched, until the transaction ends."""
        await self._scalar(select(func.pg_advisory_xact_lock(self._concluding(group))))

    async def free(self, group: Group) -> bool:
        """Whether nobody concludes from the group; nobody else then begins to until the transaction ends."""
        return bool(await self._scalar(select(func.pg_try_advisory_xact_lock(self._concluding(group)))))

    async def of_key(self, name: str, key: str) -> SyncRun | None:
        row = await self._first(select(sync_runs).where(*self._keyed(name, key)))
        return _run(row) if row else None

    async def progress(
        self, run_id: int, counts: SyncCounts, parts: Mapping[str, SyncCounts] | None = None
    ) -> None:
        each = {name: asdict(part) for name, part in (parts or {}).items()}
        await self._change(run_id, counts=asdict(counts), **({"parts": each} if parts else {}))

    async def finish(
        self, run_id: int, state: SyncState, counts: SyncCounts | None, *, error: str = "", at: datetime
    ) -> None:
        """Ends the run (or its attempt); without ``counts`` those of its last page stay."""
        kept = {"counts": asdict(counts)} if counts is not None else {}
        await self._change(run_id, state=state.value, error=error, finished_at=at, retry_at=None, **kept)

    async def measure(self, run_id: int, name: str, sizes: Mapping[str, int]) -> None:
        """Notes how many records each mirror holds now, beside how many it held after the last run that succeeded."""
        chosen = (
            select(sync_runs.c.sizes)
            .where(sync_runs.c.tenant_id == self.tenant_id, sync_runs.c.name == name)
            .where(sync_runs.c.state == SyncState.SUCCEEDED.value, sync_runs.c.id != run_id)
            .order_by(sync_runs.c.finished_at.desc().nulls_last(), sync_runs.c.id.desc())
        )
        before: Mapping[str, Mapping[str, int]] = await self._scalar(chosen.limit(1)) or {}
        last = {mirror: size["now"] for mirror, size in before.items()}
        both = {mirror: asdict(Size(now, last.get(mirror))) for mirror, now in sizes.items()}
        await self._change(run_id, sizes=both)

    async def waits(self, run_id: int, *, error: str, at: datetime, until: datetime) -> None:
        """An attempt ended without result; the next one begins ``until`` then."""
        await self._change(
            run_id, state=SyncState.RETRYING.value, error=error, finished_at=at, retry_at=until
        )

    async def last(self, name: str) -> SyncRun | None:
        chosen = select(sync_runs).where(sync_runs.c.tenant_id == self.tenant_id, sync_runs.c.name == name)
        row = await self._first(chosen.order_by(sync_runs.c.id.desc()).limit(1))
        return _run(row) if row else None

    async def last_of_each(self) -> dict[str, SyncRun]:
        """The last run of every group, by the group's name."""
        chosen = (
            select(sync_runs)
            .ext(distinct_on(sync_runs.c.name))
            .where(sync_runs.c.tenant_id == self.tenant_id)
            .order_by(sync_runs.c.name, sync_runs.c.id.desc())
        )
        return {row["name"]: _run(row) for row in await self._all(chosen)}

    async def tally(self) -> Tally:
        """The runs that are kept, by how they ended."""
        state = sync_runs.c.state
        chosen = select(
            func.count().label("total"),
            func.count().filter(state == SyncState.SUCCEEDED.value).label("succeeded"),
            func.count().filter(state == SyncState.FAILED.value).label("failed"),
            func.max(sync_runs.c.finished_at).label("last"),
        ).where(sync_runs.c.tenant_id == self.tenant_id)
        row = await self._first(chosen)
        return Tally(**row) if row else Tally()

    async def newest(self, limit: int) -> Sequence[SyncRun]:
        """The newest runs of every group."""
        chosen = select(sync_runs).where(sync_runs.c.tenant_id == self.tenant_id)
        return [_run(row) for row in await self._all(chosen.order_by(sync_runs.c.id.desc()).limit(limit))]

    async def prune(self, now: datetime, kept_for: timedelta = RUNS_KEPT_FOR) -> int:
        """Forgets old runs; the newest of each sync stays, whatever its age."""
        newest = select(func.max(sync_runs.c.id)).where(sync_runs.c.tenant_id == self.tenant_id)
        return await self._run(
            delete(sync_runs).where(
                sync_runs.c.tenant_id == self.tenant_id,
                sync_runs.c.started_at < now - kept_for,
                sync_runs.c.id.not_in(newest.group_by(sync_runs.c.name)),
            )
        )

    # --- cursors ---

    async def cursor(self, name: str, *, locked: bool = False) -> Cursor:
        """Where the sync stands; ``locked``: nobody else saves for it until this transaction ends."""
        chosen = select(sync_cursors).where(
            sync_cursors.c.tenant_id == self.tenant_id, sync_cursors.c.name == name
        )
        row = await self._first(chosen.with_for_update() if locked else chosen)
        if (
            row is None and locked
        ):  # a row that is not there is nobody's to lock: two would begin the first pass
            made = upsert(sync_cursors).values(tenant_id=self.tenant_id, name=name, **_kept(Cursor()))
            await self._run(made.on_conflict_do_nothing())
            row = await self._first(chosen.with_for_update())
        return _cursor(row) if row else Cursor()

    async def set_cursor(self, name: str, cursor: Cursor) -> None:
        """Part of the transaction that saves the rows it speaks of."""
        row = _kept(cursor)
        made = upsert(sync_cursors).values(tenant_id=self.tenant_id, name=name, **row)
        await self._run(made.on_conflict_do_update(index_elements=["tenant_id", "name"], set_=row))

    async def forget_cursor(self, name: str) -> None:
        """The next pass is a full one, from the start."""
        await self._run(
            delete(sync_cursors).where(
                sync_cursors.c.tenant_id == self.tenant_id, sync_cursors.c.name == name
            )
        )

    async def _change(self, run_id: int, **values: object) -> None:
        await self._run(
            update(sync_runs)
            .where(sync_runs.c.tenant_id == self.tenant_id, sync_runs.c.id == run_id)
            .values(**values)
        )

    def _concluding(self, group: Group) -> ColumnElement[int]:
        return func.hashtextextended(f"concludes:{group.value}:{self.tenant_id}", 0)

    def _keyed(self, name: str, key: str | None) -> tuple[ColumnElement[bool], ...]:
        return (
            sync_runs.c.tenant_id == self.tenant_id,
            sync_runs.c.name == name,
            sync_runs.c.key == key,
        )


def _kept(cursor: Cursor) -> dict[str, object]:
    return {**asdict(cursor), "spans": [[span.after, span.until, span.part] for span in cursor.spans]}


def _run(row: RowMapping) -> SyncRun:
    return SyncRun(
        id=row["id"],
        name=row["name"],
        state=SyncState(row["state"]),
        counts=SyncCounts(**row["counts"]),
        error=row["error"],
        started_at=row["started_at"],
        finished_at=row["finished_at"],
        key=row["key"] or "",
        trigger=row["trigger"],
        requested_by=row["requested_by"],
        attempts=row["attempts"],
        parts={name: SyncCounts(**part) for name, part in row["parts"].items()},
        sizes={name: Size(**size) for name, size in row["sizes"].items()},
        retry_at=row["retry_at"],
    )


def _cursor(row: RowMapping) -> Cursor:
    return Cursor(
        scope=row["scope"],
        pass_started=row["pass_started"],
        spans=tuple(Span(*each) for each in row["spans"]),
        seen=row["seen"],
        since=row["since"],
        full_at=row["full_at"],
        untracked=row["untracked"],
        doubted_at=row["doubted_at"],
        told=Told(**row["told"]),
    )
