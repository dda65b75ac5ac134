"""Reporting problems and their end, each with the job that tells people."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from bot.clock import Clock
from bot.db.session import Database, UnitOfWork
from bot.domain.codes import Code
from bot.domain.pauses import SyncPause, Thresholds
from bot.domain.problems import ProblemReport
from bot.domain.storms import many_more, worst_first
from bot.jobs import Jobs, TellNews, TellProblem

MOST_TOLD: Final = 20
"""Problems of one run that have a message each; the rest is listed and counted in one."""
MOST_LISTED: Final = 200
AT_ONCE: Final = 50
"""Problems that one transaction holds locked."""


class Alarms:
    def __init__(self, database: Database, jobs: Jobs, clock: Clock) -> None:
        self._database = database
        self._jobs = jobs
        self._clock = clock

    async def report(self, tenant_id: int, found: ProblemReport) -> None:
        """Counts the problem, or opens it; whoever subscribed to its kind sees one message about it."""
        async with self._database.unit(tenant_id) as uow:
            await self._report(uow, found)

    async def report_all(self, tenant_id: int, group: str, found: Sequence[ProblemReport]) -> None:
        """What a run of that group found: the worst each, of the others that there are so many more."""
        ordered = worst_first(found)
        rest = ordered[MOST_TOLD:]
        for each in ordered[:MOST_TOLD]:
            await self.report(tenant_id, each)
        listed = rest[: MOST_LISTED - MOST_TOLD]
        for first in range(0, len(listed), AT_ONCE):
            async with self._database.unit(tenant_id) as uow:
                for each in listed[first : first + AT_ONCE]:
                    await uow.problems.report(each, self._clock.now())
        summary = many_more(group, rest)
        if rest:
            await self.report(tenant_id, summary)
        else:
            await self.over(tenant_id, summary.fingerprint)

    async def over(self, tenant_id: int, fingerprint: str) -> None:
        """The problem is no more: its message says so. Nothing happens where there was none."""
        async with self._database.unit(tenant_id) as uow:
            await self._over(uow, fingerprint)

    async def was_over(self, tenant_id: int, found: ProblemReport, since: datetime, until: datetime) -> None:
        """Something that began then and is over already: told once, as recovered."""
        async with self._database.unit(tenant_id) as uow:
            await uow.problems.report(found, since)
            problem_id = await uow.problems.recover(found.fingerprint, until)
            assert problem_id is not None
            await self._jobs.enqueue(uow, TellProblem(tenant_id=tenant_id, problem_id=problem_id))

    async def failed(self, tenant_id: int, name: str, run_key: str, found: ProblemReport) -> None:
        """A run of that group of syncs failed for good: people hear of it, and after too many it is paused.

        For what somebody has to mend; what time mends is only ``report``ed.
        Told again of the same run, it counts once.
        """
        async with self._database.unit(tenant_id) as uow:
            limits = await uow.sync_pauses.limits()
            before = await uow.sync_pauses.get(name)
            pause = await uow.sync_pauses.failed(name, run_key, self._clock.now())
            paused = pause.failures >= limits.pause and await uow.sync_pauses.pause(name, self._clock.now())
            warned = before is not None and not before.warns(limits) and pause.warns(limits)
            told = replace(found, code=_code(found, pause, limits, paused=paused))
            await self._report(uow, told, worse=paused or warned)

    async def succeeded(self, tenant_id: int, name: str, fingerprint: str) -> None:
        """The group went through: counting begins anew, a pause is over, and so is its problem."""
        async with self._database.unit(tenant_id) as uow:
            await uow.sync_pauses.clear(name)
            await self._over(uow, fingerprint)

    async def found(self, uow: UnitOfWork, run_id: int) -> None:
        """What the run found worth telling is told once that transaction is through."""
        if await uow.news.sums(run_id=run_id):
            await self._jobs.enqueue(uow, TellNews(tenant_id=uow.tenant_id, run_id=run_id))

    async def _report(self, uow: UnitOfWork, found: ProblemReport, *, worse: bool = False) -> None:
        problem_id = await uow.problems.report(found, self._clock.now(), worse=worse)
        await self._jobs.enqueue(uow, TellProblem(tenant_id=uow.tenant_id, problem_id=problem_id))

    async def _over(self, uow: UnitOfWork, fingerprint: str) -> None:
        """Where no message says that it is there, none says that it is over; what waits to be told tells it as it stands."""
        problem_id = await uow.problems.recover(fingerprint, self._clock.now())
        problem = await uow.problems.get(problem_id) if problem_id is not None else None
        if problem_id is not None and problem is not None and problem.shown_at is not None:
            await self._jobs.enqueue(uow, TellProblem(tenant_id=uow.tenant_id, problem_id=problem_id))


def _code(found: ProblemReport, pause: SyncPause, limits: Thresholds, *, paused: bool) -> str:
    """The cause's own number, unless it has none better than that something broke."""
    if paused or pause.paused_at is not None:
        return Code.SYNC_PAUSED
    return Code.SYNC_FAILING if pause.warns(limits) and found.code == "AT-500" else found.code
