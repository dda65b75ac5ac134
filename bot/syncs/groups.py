"""What is asked for as a whole: several syncs, fetched side by side, and what is concluded from them together."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from sqlalchemy import Table

from bot.domain.problems import ProblemReport
from bot.domain.switches import Capability
from bot.domain.syncs import Group, SyncCounts, SyncType
from bot.errors import PermissionMissing
from bot.syncs.engine import Outcome, Sync, Work, run_pass
from bot.syncs.rights import gone_without

MANY: Final = 500
"""New rows of a table after which joins over it need fresh statistics."""


@dataclass(frozen=True)
class Conclusion:
    """What came of looking at what was fetched: problems there are now, and the fingerprints of those that are over.

    Counts and lines are in the log; ``lines`` are further plain sentences for the summary.
    """

    problems: tuple[ProblemReport, ...] = ()
    over: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()


async def nothing(_work: Work) -> Conclusion:
    return Conclusion()


@dataclass(frozen=True)
class SyncGroup:
    """``conclude`` works on the database alone, after every group of the run is fetched; it is harmless to repeat."""

    name: Group
    syncs: tuple[Sync[Any], ...]
    conclude: Callable[[Work], Awaitable[Conclusion]] = nothing
    capability: Capability | None = None
    """Switched off: the group is not run."""

    @property
    def tables(self) -> tuple[Table, ...]:
        """The mirrors that are counted as its own: billing items are the invoices', though time reads them, too."""
        foreign = set() if self.name is Group.INVOICES else {SyncType.BILLING}
        return tuple(each.table for each in self.syncs if each.kind not in foreign)


def without_repeats(groups: Sequence[SyncGroup]) -> list[SyncGroup]:
    """The groups of one job: a sync that several of them have is run by the first."""
    taken: set[str] = set()
    found = []
    for group in groups:
        found.append(replace(group, syncs=tuple(each for each in group.syncs if each.name not in taken)))
        taken |= {each.name for each in group.syncs}
    return found


@dataclass
class Tally:
    """What the syncs of a group did, as it grows: counts by sync, problems that are there and those that are over."""

    parts: dict[str, SyncCounts] = field(default_factory=dict)
    problems: list[ProblemReport] = field(default_factory=list)
    over: list[str] = field(default_factory=list)

    @property
    def total(self) -> SyncCounts:
        return sum(self.parts.values(), SyncCounts())

    def note(self, sync: str, outcome: Outcome) -> None:
        self.parts[sync] = outcome.counts
        self.problems += outcome.problems
        self.over += outcome.over


def filled(groups: Sequence[SyncGroup], ended: Sequence[Tally | BaseException]) -> list[Table]:
    """The tables of which the database's statistics say too little now."""
    return [
        sync.table
        for group, tally in zip(groups, ended, strict=True)
        if isinstance(tally, Tally)
        for sync in group.syncs
        if sync.name in tally.parts and tally.parts[sync.name].inserted >= MANY
    ]


async def fetch(group: SyncGroup, work: Work) -> Tally:
    """Every sync of the group, side by side except where one waits for another.

    The first error ends the others, which resume where they stopped.
    """
    tally = Tally()
    through = {sync.name: asyncio.Event() for sync in group.syncs}

    async def one(sync: Sync[Any]) -> None:
        for name in sync.after:
            if name in through:
                await through[name].wait()
        try:
            tally.note(sync.name, await run_pass(sync, work))
        except PermissionMissing as missing:
            if not sync.optional:
                raise
            tally.problems.append(await gone_without(sync, missing, work))
        through[sync.name].set()

    try:
        async with asyncio.TaskGroup() as tasks:
            for sync in group.syncs:
                tasks.create_task(one(sync))
    except BaseExceptionGroup as several:
        raise several.exceptions[0] from several
    return tally
