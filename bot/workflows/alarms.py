"""Reporting problems and their end, each with the job that tells people."""

from bot.clock import Clock
from bot.db.session import Database
from bot.domain.problems import ProblemReport
from bot.jobs import Jobs, TellProblem


class Alarms:
    def __init__(self, database: Database, jobs: Jobs, clock: Clock) -> None:
        self._database = database
        self._jobs = jobs
        self._clock = clock

    async def report(self, tenant_id: int, found: ProblemReport) -> None:
        """Counts the problem, or opens it; whoever subscribed to its kind sees one message about it."""
        async with self._database.unit(tenant_id) as uow:
            problem_id = await uow.problems.report(found, self._clock.now())
            await self._jobs.enqueue(uow, TellProblem(tenant_id=tenant_id, problem_id=problem_id))

    async def over(self, tenant_id: int, fingerprint: str) -> None:
        """The problem is no more: its message says so. Nothing happens where there was none."""
        async with self._database.unit(tenant_id) as uow:
            problem_id = await uow.problems.recover(fingerprint, self._clock.now())
            if problem_id is not None:
                await self._jobs.enqueue(uow, TellProblem(tenant_id=tenant_id, problem_id=problem_id))
