"""A problem as it stands now, in its one message wherever people subscribed to its kind."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

import structlog

from blocks import alerts as blocks
from bot.clock import Clock
from bot.db.session import Database
from bot.domain.alerts import Shown, Threads, for_admins, may_see, places_for
from bot.domain.context import Tenant
from bot.domain.digests import is_person
from bot.domain.problems import Problem, ProblemState, awake, worth_showing
from bot.errors import NotFound, SlackUnavailable
from bot.jobs import Attempt, Job, TellProblem
from bot.services.alerts import shown_of
from bot.slack.notifier import Notifier
from bot.slack.problems import SlackRefused
from bot.workflows.admins import Admins
from bot.workflows.engine import After, PersonOf, TenantOf, go_on

STEPS = ("redrawn", "posted", "followed", "assigned", "shown")
MOST_LOOKS = 5
"""How often a message is drawn anew because the problem changed while it was being drawn."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Telling:
    """What is told, and where: by channel the thread policy, and the places that have a message already, by ts."""

    shown: Shown
    places: Mapping[str, Threads]
    to_admins: bool
    there: Mapping[str, str]

    @property
    def problem(self) -> Problem:
        return self.shown.problem


class TellProblemWorkflow:
    job_type: type[Job] = TellProblem

    def __init__(
        self,
        database: Database,
        notifier: Notifier,
        admins: Admins,
        *,
        tenant_of: TenantOf,
        person_of: PersonOf,
        clock: Clock,
        after: After = go_on,
    ) -> None:
        self._database = database
        self._notifier = notifier
        self._admins = admins
        self._tenant_of = tenant_of
        self._person_of = person_of
        self._clock = clock
        self._after = after

    async def run(self, job: Job, attempt: Attempt) -> None:  # noqa: ARG002 - all workflows are called alike
        """Draws it until it stays as it is; a snooze whose time is over ends here.

        Raises ``SlackUnavailable`` when a place could not be told; the job is tried again for hours.
        """
        assert isinstance(job, TellProblem)
        tenant = await self._tenant_of(job.tenant_id)
        await self._wake(tenant, job.problem_id)
        for _ in range(MOST_LOOKS):
            at = self._clock.now()
            telling = await self._telling(tenant, job.problem_id)
            if telling is None or not worth_showing(telling.problem, at):
                return
            await self._tell(tenant, telling)
            if await self._is_shown(tenant, telling.problem, at):
                break
        await self._after("shown")

    async def _wake(self, tenant: Tenant, problem_id: int) -> None:
        now = self._clock.now()
        async with self._database.unit(tenant.id) as uow:
            found = await uow.problems.get(problem_id)
            if found is not None and awake(found, now) != found:
                await uow.problems.change(problem_id, lambda latest: awake(latest, now))

    async def _telling(self, tenant: Tenant, problem_id: int) -> Telling | None:
        async with self._database.unit(tenant.id) as uow:
            shown = await shown_of(uow, problem_id)
            if shown is None:
                return None
            subscriptions = await uow.alert_channels.all()
            rows = await uow.messages.beginning(f"{_key(problem_id)}:")
        return Telling(
            shown,
            places_for(shown.problem, subscriptions),
            for_admins(shown.problem, subscriptions),
            {row.key.removeprefix(f"{_key(problem_id)}:"): row.ts or "" for row in rows},
        )

    async def _tell(self, tenant: Tenant, telling: Telling) -> None:
        """Everywhere; where Slack does not answer, the others hear of it all the same, and it is raised in the end."""
        places = await self._places(tenant, telling)
        trouble: list[SlackUnavailable] = []
        took = False
        for place, threads in places.items():
            try:
                took = await self._tell_at(tenant, telling, place, threads) or took
            except SlackUnavailable as problem:
                trouble.append(problem)
        if telling.places and not took and not trouble:
            await self._to_admins_after_all(tenant, telling)
        await self._tell_assigned(tenant, telling)
        if trouble:
            raise trouble[0]

    async def _places(self, tenant: Tenant, telling: Telling) -> dict[str, Threads]:
        """Where it is to be seen: who subscribed, or the Admins, and wherever it has been told before."""
        admins = await self._admins.of(tenant) if telling.to_admins else []
        told = dict.fromkeys(telling.there, Threads.NEVER)
        return told | dict.fromkeys(admins, Threads.ALWAYS) | dict(telling.places)

    async def _tell_at(self, tenant: Tenant, telling: Telling, place: str, threads: Threads) -> bool:
        """False where the place does not take it: we are no member, it is shared with another company, or who sits
        there may no longer see it.
        """
        if not await self._is_for(tenant, telling.problem, place):
            return False
        key, message = f"{_key(telling.problem.id)}:{place}", blocks.card(telling.shown)
        try:
            if telling.there.get(place):
                await self._notifier.update(tenant, key, message)
                await self._after("redrawn")
                await self._follow_up(tenant, telling, place, threads)
            elif not _is_quiet(telling.problem):
                await self._notifier.post(tenant, key, place, message, person_waits=False)
                await self._after("posted")
        except (NotFound, SlackRefused) as problem:
            log.warning("problem not told", problem=telling.problem.id, place=place, reason=str(problem))
            return False
        return True

    async def _follow_up(self, tenant: Tenant, telling: Telling, place: str, threads: Threads) -> None:
        """A reply in the thread, once for each thing that happened to the problem, as the channel wants it."""
        for what, name in follow_ups(telling.problem, threads):
            key = f"problem-reply:{telling.problem.id}:{place}:{name}"
            row = await self._row(tenant, f"{_key(telling.problem.id)}:{place}")
            message = blocks.follow_up(telling.shown, what)
            await self._notifier.post(tenant, key, row[0], message, person_waits=False, thread=row[1])
            await self._after("followed")

    async def _is_for(self, tenant: Tenant, problem: Problem, place: str) -> bool:
        return not is_person(place) or may_see(await self._person_of(tenant, place), problem)

    async def _row(self, tenant: Tenant, key: str) -> tuple[str, str]:
        async with self._database.unit(tenant.id) as uow:
            row = await uow.messages.get(key)
        assert row is not None
        return row.channel, row.ts or ""

    async def _to_admins_after_all(self, tenant: Tenant, telling: Telling) -> None:
        """No channel that subscribed takes it any more: it must not go unheard."""
        if not _is_quiet(telling.problem):
            message = blocks.card(telling.shown)
            await self._admins.tell(tenant, _key(telling.problem.id), message, after=self._after)

    async def _tell_assigned(self, tenant: Tenant, telling: Telling) -> None:
        """Once for each time that somebody was asked."""
        problem = telling.problem
        if not problem.assigned_to or problem.assigned_at is None or problem.is_over:
            return
        if not await self._is_for(tenant, problem, problem.assigned_to):
            return
        key = f"problem-for:{problem.id}:{problem.assigned_to}:{problem.assigned_at.isoformat()}"
        try:
            await self._notifier.dm(tenant, problem.assigned_to, key, blocks.assigned(telling.shown))
        except (NotFound, SlackRefused) as refused:
            log.warning("assigned person not told", problem=problem.id, reason=str(refused))
        await self._after("assigned")

    async def _is_shown(self, tenant: Tenant, drawn: Problem, at: datetime) -> bool:
        """Notes that the messages are as drawn; False when the problem has changed meanwhile."""
        async with self._database.unit(tenant.id) as uow:
            latest = await uow.problems.get(drawn.id)
            if latest is not None and replace(latest, shown_at=drawn.shown_at) != drawn:
                return False
            await uow.problems.shown(drawn.id, at)
        return True


def follow_ups(problem: Problem, threads: Threads) -> list[tuple[str, str]]:
    """What is said in the thread, and the name under which it is said once; nothing while it was never shown."""
    if problem.shown_at is None or problem.muted_by:
        return []
    found = []
    if problem.is_over and threads is not Threads.NEVER:
        found.append(("recovered", f"recovered:{problem.reopened}"))
    if not problem.is_over and problem.reopened and threads is Threads.ALWAYS:
        found.append(("reopened", f"reopened:{problem.reopened}"))
    if problem.woken_at is not None and problem.state is ProblemState.OPEN and problem.acted_by:
        found.append(("woken", f"woken:{problem.woken_at.isoformat()}"))
    return found


def _key(problem_id: int) -> str:
    return f"problem:{problem_id}"


def _is_quiet(problem: Problem) -> bool:
    """Nothing new is posted about it."""
    return bool(problem.muted_by) or problem.state in {ProblemState.ACKNOWLEDGED, ProblemState.SNOOZED}
