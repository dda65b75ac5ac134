"""Background work: typed job values, enqueued in the caller's transaction, run at least once.

The only module that knows the job engine (Procrastinate).
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import TracebackType
from typing import Any, ClassVar, Literal, Self

import procrastinate
import structlog
from procrastinate.jobs import Job as StoredJob
from pydantic import BaseModel, ConfigDict

from bot.db.session import UnitOfWork
from bot.db.urls import libpq_url
from bot.errors import AutotaskBusy, BotError

Queue = Literal["quick", "bulk", "billing"]
QUEUES: tuple[Queue, ...] = ("quick", "bulk", "billing")

POLL = 0.2
"""Seconds between looks for a job whose lock has come free; new jobs announce themselves."""
HEARTBEAT = 2.0
STALLED_AFTER = 10.0
"""Seconds without a heartbeat after which a worker counts as dead."""
KEPT_HOURS = 24 * 14
"""How long failed jobs keep their reason."""
BUG_ATTEMPTS = 3

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class RetryPolicy:
    """How long to wait before each further attempt."""

    delays: tuple[timedelta, ...]

    @property
    def attempts(self) -> int:
        return len(self.delays) + 1

    def after(self, error: BaseException, attempt: int) -> timedelta | None:
        """When to try again after the ``attempt``-th (from 1) failed; None: not at all."""
        if attempt >= self.attempts:
            return None
        if isinstance(error, BotError):
            asked = error.retry_after if isinstance(error, AutotaskBusy) else timedelta()
            return max(self.delays[attempt - 1], asked) if error.retryable else None
        return self.delays[attempt - 1] if attempt < BUG_ATTEMPTS else None


def _delays(*seconds: int) -> RetryPolicy:
    return RetryPolicy(tuple(timedelta(seconds=each) for each in seconds))


HOURS = _delays(5, 15, 60, 300, 900, 3600, 3 * 3600, 6 * 3600)
TWO_MINUTES = _delays(3, 5, 10, 15, 30, 45)
MINUTES = _delays(15, 60, 300, 900)


class Job(BaseModel):
    """What to do, for whom: ids only, never secrets. Older releases' values are still accepted."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    name: ClassVar[str]
    queue: ClassVar[Queue] = "quick"
    retry: ClassVar[RetryPolicy] = MINUTES
    tenant_id: int

    @property
    def lock(self) -> str | None:
        """Long work is done one after the other per tenant."""
        return None if self.queue == "quick" else f"{self.queue}:{self.tenant_id}"


class PushTicket(Job):
    """Create a saved ticket in Autotask."""

    name: ClassVar[str] = "push_ticket"
    retry: ClassVar[RetryPolicy] = HOURS
    ticket_id: int


class ProveConnection(Job):
    """Go on proving credentials that Autotask did not answer for in time."""

    name: ClassVar[str] = "prove_connection"
    retry: ClassVar[RetryPolicy] = TWO_MINUTES
    draft_id: str
    user_id: str
    view_id: str
    channel_id: str = ""


class MirrorCompanies(Job):
    """Mirror every company; ``run_key`` names the message that shows its progress."""

    name: ClassVar[str] = "mirror_companies"
    queue: ClassVar[Queue] = "bulk"
    requested_by: str = ""
    channel_id: str = ""
    run_key: str = ""


class PostDigest(Job):
    """Post the digest of one slot of a schedule."""

    name: ClassVar[str] = "post_digest"
    queue: ClassVar[Queue] = "bulk"
    schedule: str
    slot: str


JOB_TYPES: tuple[type[Job], ...] = (PushTicket, ProveConnection, MirrorCompanies, PostDigest)


@dataclass(frozen=True)
class Attempt:
    """Which attempt this is. ``holder`` names the job for leases: the same in each of its attempts."""

    number: int
    is_last: bool
    holder: str


Perform = Callable[[Job, Attempt], Awaitable[None]]


class Jobs:
    """The engine: ``async with Jobs(url) as jobs``."""

    def __init__(self, url: str) -> None:
        self._connector = procrastinate.PsycopgConnector(conninfo=libpq_url(url), min_size=1, max_size=6)
        self._app = procrastinate.App(connector=self._connector)

    async def __aenter__(self) -> Self:
        await self._app.open_async()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._app.close_async()

    async def enqueue(self, uow: UnitOfWork, job: Job, *, at: datetime | None = None) -> None:
        """Part of the caller's transaction: without its commit there is no job."""
        raw = await uow.connection.get_raw_connection()
        deferrer = self._app.configure_task(
            job.name, queue=job.queue, lock=job.lock, schedule_at=at, connection=raw.driver_connection
        )
        await deferrer.defer_async(payload=job.model_dump(mode="json"))

    @asynccontextmanager
    async def working(
        self, perform: Perform, *, queues: Sequence[Queue] = QUEUES, concurrency: int = 8, grace: float = 10.0
    ) -> AsyncIterator[None]:
        """A worker while the block runs; at its end jobs under way get ``grace`` seconds."""
        self._register(perform)
        worker = asyncio.create_task(
            self._app.run_worker_async(
                queues=list(queues),
                concurrency=concurrency,
                fetch_job_polling_interval=POLL,
                update_heartbeat_interval=HEARTBEAT,
                stalled_worker_timeout=STALLED_AFTER,
                shutdown_graceful_timeout=grace,
                delete_jobs="successful",
                install_signal_handlers=False,
            )
        )
        looking = asyncio.create_task(self._keep_taking_over())
        try:
            yield
        finally:
            looking.cancel()
            worker.cancel()
            await asyncio.gather(worker, looking, return_exceptions=True)

    async def take_over(self, *, stalled_after: float = STALLED_AFTER) -> int:
        """Gives the jobs of dead workers back to the living; how many."""
        manager = self._app.job_manager
        stalled = list(await manager.get_stalled_jobs(seconds_since_heartbeat=stalled_after))
        for job in stalled:
            log.warning("taking over a stalled job", job=job.id, task=job.task_name)
            await manager.retry_job(job)
        return len(stalled)

    async def _keep_taking_over(self) -> None:
        while True:
            await asyncio.sleep(HEARTBEAT)
            try:
                await self.take_over()
            except Exception:
                log.exception("looking for stalled jobs failed; looking again")

    async def prune(self) -> None:
        """Forgets failed jobs after their retention."""
        await self._app.job_manager.delete_old_jobs(nb_hours=KEPT_HOURS, include_failed=True)

    async def count(self, *statuses: str) -> int:
        """Jobs in any of the states ``todo``, ``doing``, ``failed``."""
        found = [await self._app.job_manager.list_jobs_async(status=status) for status in statuses]
        return sum(len(list(jobs)) for jobs in found)

    def _register(self, perform: Perform) -> None:
        for job_type in JOB_TYPES:
            self._app.tasks[job_type.name] = self._task(job_type, perform)

    def _task(self, job_type: type[Job], perform: Perform) -> Any:
        async def run(context: procrastinate.JobContext, payload: dict[str, Any]) -> None:
            number = context.job.attempts + 1
            attempt = Attempt(number, number >= job_type.retry.attempts, f"job-{context.job.id}")
            await perform(job_type.model_validate(payload), attempt)

        blueprint = procrastinate.Blueprint()
        task = blueprint.task(name=job_type.name, pass_context=True, retry=_Retry(job_type.retry))(run)
        task.blueprint = self._app
        return task


class _Retry(procrastinate.BaseRetryStrategy):
    """Our policy in the engine's terms."""

    def __init__(self, policy: RetryPolicy) -> None:
        self._policy = policy

    def get_retry_decision(
        self, *, exception: BaseException, job: StoredJob
    ) -> procrastinate.RetryDecision | None:
        delay = self._policy.after(exception, job.attempts + 1)
        if delay is None:
            return None
        return procrastinate.RetryDecision(retry_in={"seconds": max(1, round(delay.total_seconds()))})
