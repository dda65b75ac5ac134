"""Open problems: seen by who sees their organization, acknowledged, snoozed and assigned by members, muted by Admins."""

from collections.abc import Callable, Mapping, Sequence

from bot.clock import Clock
from bot.db.news import NewsItem
from bot.db.session import Database, UnitOfWork
from bot.domain import problems as life
from bot.domain.alerts import Shown, may_see
from bot.domain.context import Ctx, Person, Right
from bot.domain.problems import RECENT, EventKind, Problem, ProblemState, Snooze, snooze_end
from bot.domain.tickets import TicketState
from bot.errors import AlreadyDone, InvalidInput, NotAllowed, NotFound
from bot.jobs import Job, Jobs, NoteTicket, PushTicket, RunSync, TellProblem

MOST_RETRIED = 200
_SYNC = "sync:"
_JOBS: Mapping[str, tuple[type[Job], Right]] = {
    RunSync.name: (RunSync, Right.SYNC),
    PushTicket.name: (PushTicket, Right.CREATE_TICKETS),
    NoteTicket.name: (NoteTicket, Right.CREATE_TICKETS),
}
"""What *Retry* may start, and the right that it takes."""


class AlertsService:
    def __init__(self, database: Database, *, jobs: Jobs, clock: Clock) -> None:
        self._database = database
        self._jobs = jobs
        self._clock = clock

    async def page(
        self,
        ctx: Ctx,
        *,
        state: ProblemState | None = None,
        kind: EventKind | None = None,
        offset: int = 0,
        limit: int = 10,
    ) -> tuple[list[Problem], int]:
        """Problems that are there now (or of one state; recovered ones of 7 days), and how many there are."""
        ctx.require(Right.READ)
        since = self._clock.now() - RECENT
        async with self._database.unit_for(ctx) as uow:
            return await uow.problems.page(offset, limit, state=state, kind=kind, since=since)

    async def counts(self, ctx: Ctx, kind: EventKind | None = None) -> dict[ProblemState, int]:
        """How many there are in each state, of one kind or of all, recovered ones of 7 days."""
        ctx.require(Right.READ)
        async with self._database.unit_for(ctx) as uow:
            return await uow.problems.counts(self._clock.now() - RECENT, kind)

    async def get(self, ctx: Ctx, problem_id: int) -> Shown:
        """Raises ``NotFound`` also for one about an organization that the person does not see."""
        ctx.require(Right.READ)
        async with self._database.unit_for(ctx) as uow:
            return await _shown(uow, problem_id)

    async def news(
        self, ctx: Ctx, run_id: int, *, offset: int = 0, limit: int = 10
    ) -> tuple[list[NewsItem], int]:
        """What a sync run found worth telling, as far as the person sees it, and how much it is."""
        ctx.require(Right.READ)
        async with self._database.unit_for(ctx) as uow:
            return await uow.news.of_run(run_id, offset, limit)

    # --- what is done with one ---

    async def acknowledge(self, ctx: Ctx, problem_id: int) -> Shown:
        """Raises ``AlreadyDone`` when somebody has, or it is over."""
        now, by = self._clock.now(), ctx.person.user_id

        def step(problem: Problem) -> Problem:
            if problem.state is ProblemState.ACKNOWLEDGED:
                raise AlreadyDone("Somebody has acknowledged this already; the message says who.")
            return life.acknowledged(_still_there(problem), by, now)

        return await self._step(ctx, problem_id, step, action="acknowledge alert")

    async def snooze(self, ctx: Ctx, problem_id: int, wanted: Snooze) -> Shown:
        """Quiet until then, in the person's own zone; it is told again once if it is still there."""
        now, by = self._clock.now(), ctx.person.user_id
        until = snooze_end(wanted, now, ctx.person.zone)
        shown = await self._step(
            ctx,
            problem_id,
            lambda problem: life.snoozed(_still_there(problem), by, now, until),
            action="snooze alert",
            after={"until": until.isoformat() if until else "it changes"},
        )
        if until is not None:
            async with self._database.unit(ctx.tenant.id) as uow:
                await self._jobs.enqueue(
                    uow, TellProblem(tenant_id=ctx.tenant.id, problem_id=problem_id), at=until
                )
        return shown

    async def assign(self, ctx: Ctx, problem_id: int, to: Person) -> Shown:
        """Raises ``InvalidInput`` for somebody who may not see it."""
        now, by = self._clock.now(), ctx.person.user_id

        def step(problem: Problem) -> Problem:
            if not may_see(to, problem):
                raise InvalidInput(
                    "", "That person may not see this problem, so it cannot be assigned to them."
                )
            return life.assigned(_still_there(problem), to.user_id, by, now)

        return await self._step(ctx, problem_id, step, action="assign alert", after={"to": to.user_id})

    async def mute(self, ctx: Ctx, problem_id: int, *, muted: bool = True) -> Shown:
        """Nobody hears of it any more, also when it comes back; it stays in the list."""
        now, by = self._clock.now(), ctx.person.user_id if muted else ""
        action = "mute alert" if muted else "unmute alert"
        ctx.require(Right.CHANGE_SETTINGS)
        return await self._step(
            ctx, problem_id, lambda problem: life.muted(_still_there(problem), by, now), action=action
        )

    async def retry(self, ctx: Ctx, problem_id: int) -> Shown:
        """Starts the work again, with the right that this takes; one retry at a time."""
        ctx.require(Right.READ)
        now = self._clock.now()
        async with self._database.unit_for(ctx) as uow:
            found = await uow.problems.get(problem_id)
            if found is None:
                raise NotFound("alert", str(problem_id))
            ctx.require(_right_for(found))

            def step(problem: Problem) -> Problem:
                if _still_there(problem).retry_under_way(now):
                    raise AlreadyDone("It is being tried again already; the message says since when.")
                return life.retried(problem, ctx.person.user_id, now)

            await self._change(uow, ctx, problem_id, step, action="retry alert")
            await self._start(uow, ctx, [found])
            return await _shown(uow, problem_id)

    async def retry_all(self, ctx: Ctx) -> int:
        """Everything that can be tried again and is not just being; how many. Syncs go in one run."""
        ctx.require(Right.HANDLE_ALERTS)
        now, by = self._clock.now(), ctx.person.user_id
        async with self._database.unit_for(ctx) as uow:
            found = [each for each in await uow.problems.to_retry(MOST_RETRIED) if _may_retry(ctx, each)]
            begun = [each for each in found if not each.retry_under_way(now)]
            for each in begun:
                await uow.problems.change(each.id, lambda problem: life.retried(problem, by, now))
                await self._told(uow, each.id)
            await self._start(uow, ctx, begun)
            if begun:
                await self._record(uow, ctx, "retry alerts", "all", after={"count": len(begun)})
        return len(begun)

    async def resume(self, ctx: Ctx, problem_id: int) -> Shown:
        """Ends the pause of a sync that failed too often, and runs it now. Raises ``AlreadyDone``."""
        ctx.require(Right.SYNC)
        async with self._database.unit_for(ctx) as uow:
            shown = await _shown(uow, problem_id)
            name = shown.problem.fingerprint.removeprefix(_SYNC)
            if shown.pause is None or shown.pause.paused_at is None:
                raise AlreadyDone("This sync is not paused any more.")
            await uow.sync_pauses.clear(name)
            now, by = self._clock.now(), ctx.person.user_id
            await self._change(
                uow, ctx, problem_id, lambda found: life.retried(found, by, now), action="resume sync"
            )
            key = f"resume:{problem_id}:{now.isoformat()}"
            job = RunSync(tenant_id=ctx.tenant.id, groups=(name,), run_key=key, requested_by=by)
            await self._jobs.enqueue(uow, job)
            return await _shown(uow, problem_id)

    # --- inside ---

    async def _step(
        self,
        ctx: Ctx,
        problem_id: int,
        step: Callable[[Problem], Problem],
        *,
        action: str,
        after: Mapping[str, object] | None = None,
    ) -> Shown:
        ctx.require(Right.HANDLE_ALERTS)
        async with self._database.unit_for(ctx) as uow:
            await self._change(uow, ctx, problem_id, step, action=action, after=after)
            return await _shown(uow, problem_id)

    async def _change(
        self,
        uow: UnitOfWork,
        ctx: Ctx,
        problem_id: int,
        step: Callable[[Problem], Problem],
        *,
        action: str,
        after: Mapping[str, object] | None = None,
    ) -> None:
        """One step, with its audit row, and everybody who reads the message sees it."""
        changed = await uow.problems.change(problem_id, step)
        if changed is None:
            raise NotFound("alert", str(problem_id))
        await self._record(uow, ctx, action, changed.title, after=after)
        await self._told(uow, problem_id)

    async def _told(self, uow: UnitOfWork, problem_id: int) -> None:
        await self._jobs.enqueue(uow, TellProblem(tenant_id=uow.tenant_id, problem_id=problem_id))

    async def _start(self, uow: UnitOfWork, ctx: Ctx, found: Sequence[Problem]) -> None:
        for job in jobs_for(ctx, found, key=self._clock.now().isoformat()):
            if isinstance(job, PushTicket):
                ticket = await uow.tickets.locked(job.ticket_id)
                if ticket is not None and ticket.state is TicketState.FAILED:
                    await uow.tickets.retry(job.ticket_id)
            await self._jobs.enqueue(uow, job)

    async def _record(
        self,
        uow: UnitOfWork,
        ctx: Ctx,
        action: str,
        subject: str,
        *,
        before: Mapping[str, object] | None = None,
        after: Mapping[str, object] | None = None,
    ) -> None:
        now, by = self._clock.now(), ctx.person.user_id
        await uow.audit.record(at=now, by=by, action=action, subject=subject, before=before, after=after)


def jobs_for(ctx: Ctx, found: Sequence[Problem], *, key: str) -> list[Job]:
    """What is to be started again: syncs that differ in nothing but their groups go in one run."""
    groups: dict[str, None] = {}
    jobs: list[Job] = []
    for each in found:
        payload = dict(each.retry)
        name, wanted = str(payload.pop("job", "")), payload.get("groups")
        if name == RunSync.name and isinstance(wanted, list) and set(payload) == {"groups"}:
            groups |= dict.fromkeys(map(str, wanted))
        elif name in _JOBS:
            extra = {"run_key": f"retry:{each.id}:{key}", "requested_by": ctx.person.user_id}
            jobs.append(_JOBS[name][0].model_validate({**extra, **payload, "tenant_id": ctx.tenant.id}))
    if groups:
        run_key, by = f"retry:{key}:{'+'.join(groups)}", ctx.person.user_id
        jobs.append(RunSync(tenant_id=ctx.tenant.id, groups=tuple(groups), run_key=run_key, requested_by=by))
    return jobs


async def shown_of(uow: UnitOfWork, problem_id: int) -> Shown | None:
    """The problem with what its message says besides; None where there is none, or it may not be seen."""
    problem = await uow.problems.get(problem_id)
    if problem is None:
        return None
    about = problem.organization_id
    organization = await uow.organizations.get(about) if about is not None else None
    is_sync = problem.fingerprint.startswith(_SYNC)
    return Shown(
        problem,
        organization.name if organization else "",
        await uow.sync_pauses.get(problem.fingerprint.removeprefix(_SYNC)) if is_sync else None,
        await uow.sync_pauses.limits(),
    )


async def _shown(uow: UnitOfWork, problem_id: int) -> Shown:
    found = await shown_of(uow, problem_id)
    if found is None:
        raise NotFound("alert", str(problem_id))
    return found


def _still_there(problem: Problem) -> Problem:
    if problem.is_over:
        raise AlreadyDone("This problem is over already.")
    return problem


def _right_for(problem: Problem) -> Right:
    name = str(problem.retry.get("job", ""))
    if name not in _JOBS:
        raise InvalidInput(
            "", "There is nothing to try again here: it goes on by itself once its cause is gone."
        )
    return _JOBS[name][1]


def _may_retry(ctx: Ctx, problem: Problem) -> bool:
    try:
        return ctx.person.may(_right_for(problem))
    except (InvalidInput, NotAllowed):
        return False
