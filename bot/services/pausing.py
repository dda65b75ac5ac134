"""A refused login pauses the connection, so that nobody's API user is locked out, and the Admins are told once."""

from datetime import datetime

from bot.clock import Clock
from bot.db.session import Database
from bot.domain.troubles import connection_paused
from bot.errors import CredentialsRejected
from bot.jobs import Jobs, TellPaused, TellProblem


class Pausing:
    """Called by every client whose login was refused; the first of them pauses and has the Admins told."""

    def __init__(self, database: Database, jobs: Jobs, clock: Clock) -> None:
        self._database = database
        self._jobs = jobs
        self._clock = clock

    async def refused(self, tenant_id: int, proven_at: datetime, error: CredentialsRejected) -> None:
        """Pauses the connection that was proven at ``proven_at``, if it is still that one and not paused yet."""
        async with self._database.unit(tenant_id) as uow:
            if not await uow.connections.pause(error.reason, proven_at=proven_at):
                return
            after = {"reason": error.reason}
            await uow.audit.record(
                at=self._clock.now(), by="", action="pause connection", subject="Autotask", after=after
            )
            job = TellPaused(tenant_id=tenant_id, proven_at=proven_at.isoformat())
            await self._jobs.enqueue(uow, job)
            problem_id = await uow.problems.report(connection_paused(error.reason), self._clock.now())
            await self._jobs.enqueue(uow, TellProblem(tenant_id=tenant_id, problem_id=problem_id))
