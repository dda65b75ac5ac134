"""A sync as one declarative value, and what a run works with. The engine does the rest."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from sqlalchemy import Column, ColumnElement, Table

from bot.autotask.client import AutotaskClient
from bot.autotask.entities import Entity
from bot.autotask.query import MOST, Condition, everything
from bot.clock import Clock
from bot.db.session import Database, UnitOfWork
from bot.domain.sync_logs import LogEntry
from bot.domain.syncs import Change, Scope, SyncCounts, SyncType
from bot.syncs.due import DAILY

Row = TypeVar("Row", bound=Entity)
Progress = Callable[[str, SyncCounts], Awaitable[None]]
"""Told after each save: the sync's name, and what its pass has done so far."""
DAY = timedelta(days=1)


async def quietly(_sync: str, _counts: SyncCounts) -> None:
    return None


async def whole(_uow: UnitOfWork, _scope: Scope) -> Condition:
    """Every record of the entity."""
    return everything()


@dataclass(frozen=True)
class Saving:
    """The pages that are being saved: of which run, when, and whether the mirror had been filled before.

    ``is_first``: the sync's first pass, in which everything is new and nothing is news.
    """

    run_id: int
    at: datetime
    scope: Scope
    is_first: bool


async def unnoticed(_uow: UnitOfWork, _changes: Sequence[Change], _saving: Saving) -> None:
    return None


async def unmissed(_uow: UnitOfWork, _ids: Sequence[int], _saving: Saving) -> None:
    return None


async def all_alike(_uow: UnitOfWork, _scope: Scope) -> str:
    return ""


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
    covers: Callable[[UnitOfWork, Scope], Awaitable[str]] = all_alike
    """Settings that ``condition`` follows, in words: after a change the next pass is a full one, begun anew."""
    newer: tuple[str, ...] = ()
    """Those of ``fields`` that databases of some age do not know: where Autotask says so, it goes without."""
    parents: Callable[[UnitOfWork, Scope], Awaitable[Sequence[int]]] | None = None
    """Ids for ``parent_field``: records of these parents alone are mirrored, asked for by lists of 500 parents."""
    parent_field: str = ""
    parent_column: str = ""
    """The mirror's column of ``parent_field``; without it nothing is ever found gone by parents."""
    all_parents: Callable[[UnitOfWork], Awaitable[int]] | None = None
    """How many parents Autotask has in all: where most are wanted, reading everything takes fewer requests."""
    narrowed_by_parents: bool = False
    """Whether a pass by parents may ask for changes alone: only where a record is no older than its parent's wish."""
    since: Callable[[UnitOfWork, datetime], Awaitable[Condition]] | None = None
    """What changed since a moment, where no last-modified field says it. The same throughout a pass."""
    wanted: Callable[[UnitOfWork, Scope], Awaitable[bool]] = always
    """Whether this run makes a pass at all: some are due once a day, some only for who asks."""
    optional: bool = False
    """Where the API user lacks the right to it, the group does without, and says so."""
    within: Callable[[Scope], ColumnElement[bool] | None] = everywhere
    """``condition`` in the mirror's terms: what a full pass covers may be found gone, nothing else."""
    full_every: timedelta = DAILY
    """How often a full pass looks for what disappeared; entities without last-modified field have no other."""
    told: Callable[[Change], LogEntry | None] = untold
    """The log line of a change, if it deserves one; the engine bounds how many a run writes."""
    react: Callable[[UnitOfWork, Sequence[Change], Saving], Awaitable[None]] = unnoticed
    """What follows from changes, in the transaction that saves them."""
    missed: Callable[[UnitOfWork, Sequence[int], Saving], Awaitable[None]] = unmissed
    """What follows where records (their ids) are no longer found upstream, in the transaction that marks them."""
    windowed: bool = False
    """Whether ``Scope.window`` narrows it: such a pass looks at all of the window, and has a cursor of its own."""
    after: tuple[str, ...] = ()
    """Names of syncs of the same group that must be through before this one begins, such as those of its parents."""

    def cursor_name(self, scope: Scope) -> str:
        """A pass over a window says nothing of what changed outside it: the usual cursor stays where it is."""
        return f"{self.name}:window" if self.windowed and scope.window else self.name

    @property
    def is_dated(self) -> bool:
        """Whether a pass may ask for changes alone."""
        dated = self.since is not None or self.entity.endpoint.modified_field is not None
        return dated and (self.parents is None or self.narrowed_by_parents)

    @property
    def parents_in_mirror(self) -> Column[int] | None:
        """The mirror's column that holds a row's parent."""
        name = "autotask_id" if self.parent_field == "id" else self.parent_column
        return self.table.c[name] if name else None


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
    page_size: int = MOST
