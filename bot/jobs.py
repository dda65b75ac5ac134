"""Background work: typed job values, enqueued in the caller's transaction, run at least once.

The only module that knows the job engine (Procrastinate).
"""

import asyncio
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

import procrastinate
import structlog
from procrastinate.jobs import Job as StoredJob

from bot.background import AGAIN_AFTER, ended
from bot.db.job_sql import (
    FORGET,
    KEEP_REASON,
    LATEST_FAILURES,
    NOT_COUNTED,
    RELEASE,
    RUNNING_OF,
    TAKEOVER_TURN,
    UNDER_WAY,
    WAITING_OF,
    WAITS_SINCE,
)
from bot.db.session import UnitOfWork
from bot.db.urls import libpq_url
from bot.domain.jobs import (
    JOB_TYPES,
    QUEUES,
    Attempt,
    ExportEverything,
    ExportLogs,
    GiveInvoice,
    ImportOrganizations,
    Job,
    MirrorCompanies,
    NoteTicket,
    NudgeTime,
    PostDigest,
    ProveConnection,
    PushTicket,
    Queue,
    ReconcileTickets,
    RefreshChoices,
    RemoveConnection,
    RunSync,
    SettleMappings,
    TellAccess,
    TellNews,
    TellPaused,
    TellProblem,
    VerifyNightly,
    WelcomeInstaller,
)
from bot.domain.retries import Parked, RetryPolicy
from bot.errors import BotError, NotConnected

POLL = 0.2
"""Seconds between looks for a job whose lock has come free; new jobs announce themselves."""
HEARTBEAT = 2.0
STALLED_AFTER = 10.0
"""Seconds without a heartbeat after which a worker counts as dead."""
KEPT_HOURS = 24 * 14
"""How long failed jobs keep their reason."""
LONGEST_WAIT = timedelta(days=365)
"""Waits longer than that are all behind one another alike."""
WORKER_PAUSE = 1.0
"""Seconds before a worker that broke (the database went away) is started again."""
PUT_BACK_FOR = timedelta(seconds=20)
"""How long a job of a newer release waits before the next worker looks at it."""
PARKED_UNTIL = datetime(9000, 1, 1, tzinfo=UTC)
"""When parked work would start by itself: never; ``release`` starts it."""
MOST_ATTEMPTS = 30
"""A job whose worker dies each time is given up in the end, or it would take down one worker after another."""

log = structlog.get_logger(__name__)

__all__ = [
    "JOB_TYPES", "QUEUES", "Attempt", "ExportEverything", "ExportLogs", "Failure", "GiveInvoice", "ImportOrganizations", "Job", "Jobs", "MirrorCompanies", "NoteTicket", "NudgeTime", "Perform", "PostDigest",
    "ProveConnection", "PushTicket", "Queue", "ReconcileTickets", "RefreshChoices", "RemoveConnection", "RunSync", "SettleMappings", "TellAccess", "TellNews", "TellPaused", "TellProblem",
    "VerifyNightly", "WelcomeInstaller", "reason_of",
]  # fmt: skip


@dataclass(frozen=True)
class Failure:
    """Why a job last failed. ``is_final``: it will not be tried again."""

    name: str
    payload: Mapping[str, object]
    attempt: int
    reason: str
    failed_at: datetime
    is_final: bool


AnyJob = TypeVar("AnyJob", bound=Job)
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
        """Part of the caller's transaction: without its commit there is no job.

        Raises ``NotConnected`` for work that needs the connection which an Admin is removing.
        """
        if job.needs_connection and await uow.removals.under_way() is not None:
            raise NotConnected
        raw = await uow.connection.get_raw_connection()
        deferrer = self._app.configure_task(
            job.name,
            queue=job.queue,
            lock=job.lock,
            schedule_at=at,
            priority=_behind(at - datetime.now(UTC)) if at else 0,
            connection=raw.driver_connection,
        )
        await deferrer.defer_async(payload=job.model_dump(mode="json"))

    @asynccontextmanager
    async def working(
        self, perform: Perform, *, queues: Sequence[Queue] = QUEUES, concurrency: int = 8, grace: float = 10.0
    ) -> AsyncIterator[None]:
        """Works while the block runs; at its end jobs under way get ``grace`` seconds.

        ``concurrency`` counts per lane: people's quick jobs never wait behind long ones.
        """
        self._register(perform)
        work = [self._keep_working(lane, concurrency, grace) for lane in _lanes(queues)]
        tasks = [asyncio.create_task(each) for each in (*work, self._keep_taking_over())]
        try:
            yield
        finally:
            await ended(*tasks, again_after=grace + AGAIN_AFTER)  # a second word would cut the grace short

    async def take_over(self, *, stalled_after: float = STALLED_AFTER) -> int:
        """Gives the jobs of dead workers back to the living; how many.

        One replica at a time looks: of two that saw the same job, the second would else take it from the
        worker that the first gave it to.
        """
        async with self._connector.pool.connection() as connection:
            turn = await connection.execute(TAKEOVER_TURN)
            if await turn.fetchone() != (True,):
                return 0
            stalled = await self._app.job_manager.get_stalled_jobs(seconds_since_heartbeat=stalled_after)
            return sum([await self._give_back(job) for job in stalled])

    async def _give_back(self, job: StoredJob) -> bool:
        """False when there was nothing to give back: it was finished meanwhile, or is given up."""
        try:
            if job.attempts >= MOST_ATTEMPTS:
                await self._give_up(job)
                return False
            log.warning("taking over a stalled job", job=job.id, task=job.task_name)
            await self._app.job_manager.retry_job(job)
        except procrastinate.exceptions.ConnectorException:
            log.info("the stalled job was finished meanwhile", job=job.id)
            return False
        return True

    async def _give_up(self, job: StoredJob) -> None:
        log.error("a job whose workers died is given up", job=job.id, task=job.task_name)
        await self._keep_reason(job, job.attempts, "its workers died again and again")
        await self._app.job_manager.finish_job(job, procrastinate.jobs.Status.FAILED, delete_job=False)

    async def _keep_working(self, queues: Sequence[Queue], concurrency: int, grace: float) -> None:
        """The engine's worker ends when the database goes away; work goes on when it is back."""
        while True:
            try:
                await self._app.run_worker_async(
                    queues=list(queues),
                    concurrency=concurrency,
                    fetch_job_polling_interval=POLL,
                    update_heartbeat_interval=HEARTBEAT,
                    stalled_worker_timeout=STALLED_AFTER,
                    shutdown_graceful_timeout=grace,
                    delete_jobs="successful",
                    install_signal_handlers=False,
                )
            except Exception:
                log.exception("the worker broke; it starts again")
            await asyncio.sleep(WORKER_PAUSE)

    async def _keep_taking_over(self) -> None:
        while True:
            await asyncio.sleep(HEARTBEAT)
            try:
                await self.take_over()
            except Exception:
                log.exception("looking for stalled jobs failed; looking again")

    async def failures(self, limit: int = 20) -> list[Failure]:
        """The newest failures of jobs that are still kept: waiting for another attempt, or given up."""
        rows = await self._connector.execute_query_all_async(LATEST_FAILURES, limit=limit)
        return [Failure(**row) for row in rows]

    async def cancel_waiting(self, tenant_id: int) -> int:
        """Takes whatever needs the workspace's connection out of the queue; how many."""
        rows = await self._connector.execute_query_all_async(WAITING_OF, **_of(tenant_id))
        gone = [
            await self._app.job_manager.cancel_job_by_id_async(row["id"], delete_job=True) for row in rows
        ]
        return sum(gone)

    async def running(self, tenant_id: int) -> int:
        """Jobs under way that need the workspace's connection."""
        row = await self._connector.execute_query_one_async(RUNNING_OF, **_of(tenant_id))
        return int(row["running"])

    async def under_way(self, kind: type[AnyJob], tenant_id: int) -> list[tuple[AnyJob, datetime | None]]:
        """The workspace's jobs of that kind which run or wait, each with when its next attempt is, if it failed."""
        rows = await self._connector.execute_query_all_async(UNDER_WAY, name=kind.name, tenant_id=tenant_id)
        return [(kind.model_validate(row["payload"]), row["again_at"]) for row in rows]

    async def waits_since(self, tenant_id: int) -> datetime | None:
        """Since when the workspace's oldest work waits that could start and that no worker starts."""
        row = await self._connector.execute_query_one_async(WAITS_SINCE, tenant_id=tenant_id)
        found = row["since"]
        return found if isinstance(found, datetime) else None

    async def prune(self) -> None:
        """Forgets jobs that were given up, after their retention."""
        await self._app.job_manager.delete_old_jobs(
            nb_hours=KEPT_HOURS, include_failed=True, include_aborted=True
        )

    async def release(self) -> None:
        """Starts what was parked for workspaces that have come back."""
        await self._connector.execute_query_async(RELEASE)

    async def forget(self, tenant_id: int) -> None:
        """Drops whatever waits for a workspace that is deleted."""
        await self._connector.execute_query_async(FORGET, tenant_id=tenant_id)

    async def count(self, *statuses: str) -> int:
        """Jobs in any of the states ``todo``, ``doing``, ``failed``."""
        found = [await self._app.job_manager.list_jobs_async(status=status) for status in statuses]
        return sum(len(list(jobs)) for jobs in found)

    def _register(self, perform: Perform) -> None:
        known = {job_type.name: self._task(job_type, perform) for job_type in JOB_TYPES}
        self._app.tasks = _Known(known, otherwise=self._unknown)

    def _unknown(self, name: str) -> Any:
        """A newer release enqueued it, and this worker is the old one of a deploy: it is left for later."""

        async def run(context: procrastinate.JobContext, /, **_arguments: object) -> None:
            await self._keep_reason(context.job, context.job.attempts + 1, "put back for a newer release")
            raise UnknownJob(name)

        blueprint = procrastinate.Blueprint()
        task = blueprint.task(name=name, pass_context=True, retry=_PutBack())(run)
        task.blueprint = self._app
        return task

    def _task(self, job_type: type[Job], perform: Perform) -> Any:
        async def run(context: procrastinate.JobContext, payload: dict[str, Any]) -> None:
            number = context.job.attempts + 1
            attempt = Attempt(number, number >= job_type.retry.attempts, f"job-{context.job.id}")
            try:
                await perform(job_type.model_validate(payload), attempt)
            except Exception as error:
                await self._keep_reason(context.job, number, reason_of(error))
                if job_type.retry.is_only_waiting(error):
                    await self._connector.execute_query_async(NOT_COUNTED, job_id=context.job.id)
                raise

        blueprint = procrastinate.Blueprint()
        task = blueprint.task(name=job_type.name, pass_context=True, retry=_Retry(job_type.retry))(run)
        task.blueprint = self._app
        return task

    async def _keep_reason(self, job: StoredJob, attempt: int, reason: str) -> None:
        """Beside the job. What goes wrong here must not hide what went wrong there."""
        try:
            await self._connector.execute_query_async(
                KEEP_REASON, job_id=job.id, attempt=attempt, reason=reason
            )
        except Exception:
            log.exception("the reason of a job's failure could not be kept", job=job.id)


def reason_of(error: Exception) -> str:
    """What may be kept of a failure: our own errors' facts; of others the class and the place.

    A foreign error's text can hold anything, secrets too; it is in the log, which redacts.
    """
    if isinstance(error, BotError):
        facts = ", ".join(f"{name}={value}" for name, value in vars(error).items())
        return f"{error}({facts})" if facts else str(error)
    places = [
        f"{Path(frame.f_code.co_filename).name}:{line}"
        for frame, line in traceback.walk_tb(error.__traceback__)
    ]
    return f"{type(error).__name__} at {places[-1]}" if places else type(error).__name__


def _of(tenant_id: int) -> dict[str, Any]:
    """What names the tenant's work that needs its connection."""
    return {"tenant_id": tenant_id, "names": [each.name for each in JOB_TYPES if each.needs_connection]}


def _lanes(queues: Sequence[Queue]) -> list[list[Queue]]:
    """What a person waits for, and the rest."""
    quick: list[Queue] = [queue for queue in queues if queue == "quick"]
    rest: list[Queue] = [queue for queue in queues if queue != "quick"]
    return [lane for lane in (quick, rest) if lane]


class UnknownJob(Exception):  # never reaches a person: the newer release's workers do the job
    """This release has no such job type."""


class _Known(dict[str, Any]):
    """The engine's table of tasks, with an answer for names that this release does not know."""

    def __init__(self, known: Mapping[str, Any], *, otherwise: Callable[[str], Any]) -> None:
        super().__init__(known)
        self._otherwise = otherwise

    def __missing__(self, name: str) -> Any:
        return self._otherwise(name)

    def get(self, name: str, default: object = None) -> Any:
        """The engine asks this way, too."""
        del default
        return self[name]


class _PutBack(procrastinate.BaseRetryStrategy):
    """Tried again by whoever is there in a while; given up after a day of old workers only."""

    def get_retry_decision(
        self, *, exception: BaseException, job: StoredJob
    ) -> procrastinate.RetryDecision | None:
        del exception
        if job.attempts * PUT_BACK_FOR > timedelta(days=1):
            return None
        return procrastinate.RetryDecision(retry_at=datetime.now(UTC) + PUT_BACK_FOR)


class _Retry(procrastinate.BaseRetryStrategy):
    """Our policy in the engine's terms."""

    def __init__(self, policy: RetryPolicy) -> None:
        self._policy = policy

    def get_retry_decision(
        self, *, exception: BaseException, job: StoredJob
    ) -> procrastinate.RetryDecision | None:
        if isinstance(exception, Parked):
            return procrastinate.RetryDecision(retry_at=PARKED_UNTIL, priority=_behind(LONGEST_WAIT))
        delay = self._policy.after(exception, job.attempts + 1)
        if delay is None:
            return None
        return procrastinate.RetryDecision(
            retry_at=datetime.now(UTC) + delay, priority=_behind(delay) if delay else None
        )


def _behind(wait: timedelta) -> int:
    """The priority of a job that waits for its time: of those with one lock, who waits shorter goes first.

    The engine lets a waiting job keep back all of its lock that are no more urgent, also those whose time has come:
    so nobody waits for one that is put off for longer than itself, and fresh jobs wait for none.
    """
    return -max(1, round(min(wait, LONGEST_WAIT).total_seconds()))
