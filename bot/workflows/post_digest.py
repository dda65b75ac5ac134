"""A digest's slot has come: gather it and post it once, when its reader is not asleep."""

from dataclasses import dataclass
from datetime import datetime

import structlog

from blocks import digests as blocks
from bot.clock import Clock
from bot.db.session import Database
from bot.domain.context import Ctx, Person, Right, Tenant
from bot.domain.digests import TOO_OLD, Digest, Period, Subscription, named, quiet_until
from bot.domain.schedules import Schedule, moment_of
from bot.jobs import Attempt, Job, Jobs, PostDigest
from bot.services.digests import DigestsService
from bot.slack.notifier import Notifier
from bot.workflows.engine import PersonOf, TenantOf, post_somewhere

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class _Due:
    """One slot of one digest; ``until`` is the slot's moment, and the end of what it covers."""

    tenant: Tenant
    job: PostDigest
    period: Period
    subscription: Subscription
    until: datetime

    @property
    def key(self) -> str:
        return f"{self.job.schedule}:{self.job.slot}"


class PostDigestWorkflow:
    job_type: type[Job] = PostDigest

    def __init__(
        self,
        database: Database,
        digests: DigestsService,
        notifier: Notifier,
        *,
        jobs: Jobs,
        tenant_of: TenantOf,
        person_of: PersonOf,
        clock: Clock,
    ) -> None:
        self._database = database
        self._digests = digests
        self._notifier = notifier
        self._jobs = jobs
        self._tenant_of = tenant_of
        self._person_of = person_of
        self._clock = clock

    async def run(self, job: Job, attempt: Attempt) -> None:  # noqa: ARG002 - all workflows are called alike
        """Posts the slot's digest under the slot's own key, so that no slot is ever told twice."""
        assert isinstance(job, PostDigest)
        due = await self._due(job)
        if due is None:
            return
        if due.subscription.is_person:
            await self._for_person(due)
        else:
            await self._for_channel(due)

    async def _due(self, job: PostDigest) -> _Due | None:
        """None when it was removed or switched off meanwhile."""
        period, target = named(job.schedule)
        async with self._database.unit(job.tenant_id) as uow:
            found = await uow.digests.get(target) if target else next(iter(await uow.digests.all()), None)
            schedules = [
                each for each in await uow.schedules.all() if found and each.channel_id == found.target
            ]
        if found is None or not (found.daily if period is Period.DAILY else found.weekly):
            return None
        tenant = await self._tenant_of(job.tenant_id)
        return _Due(tenant, job, period, found, self._moment(job, schedules))

    def _moment(self, job: PostDigest, schedules: list[Schedule]) -> datetime:
        schedule = next((each for each in schedules if each.name == job.schedule), None)
        return (
            min(moment_of(schedule or schedules[0], job.slot), self._clock.now())
            if schedules
            else self._clock.now()
        )

    async def _for_person(self, due: _Due) -> None:
        person = await self._person_of(due.tenant, due.subscription.target)
        if not person.may(Right.READ) or await self._waits_for_the_morning(due, person):
            return
        digest = await self._digests.gather(Ctx(due.tenant, person), due.subscription, due.period, due.until)
        await self._post(due, digest, [person.user_id])

    async def _for_channel(self, due: _Due) -> None:
        subscription = due.subscription
        digest = await self._digests.gather_for_channel(due.tenant, subscription, due.period, due.until)
        owner = [subscription.owner] if await self._may_read_all(due) else []
        await self._post(due, digest, [subscription.target, *owner])

    async def _waits_for_the_morning(self, due: _Due, person: Person) -> bool:
        """Nothing is posted to a person in their quiet hours: the job comes back when they end."""
        end = quiet_until(due.subscription, self._clock.now(), person.zone)
        if end is None:
            return False
        async with self._database.unit(due.tenant.id) as uow:
            await self._jobs.enqueue(uow, due.job, at=end)
        return True

    async def _may_read_all(self, due: _Due) -> bool:
        """Whether who set the channel's digest up may still read it, should the channel not take it any more."""
        owner = due.subscription.owner
        if not owner:
            return False
        person = await self._person_of(due.tenant, owner)
        return person.may(Right.READ) and person.organizations is None

    async def _post(self, due: _Due, digest: Digest, places: list[str]) -> None:
        if self._clock.now() - due.until > TOO_OLD and not await self._was_quiet(due):
            await self._leave_out(due)
            return
        if not (digest.is_empty and due.subscription.says_nothing):
            message = blocks.message(digest)
            await post_somewhere(self._notifier, due.tenant, due.key, places, message)
        async with self._database.unit(due.tenant.id) as uow:
            await uow.digests.told(due.subscription.target, due.period, due.until)

    async def _leave_out(self, due: _Due) -> None:
        """Its moment is over. It is noted, and what it would have told is in the next one."""
        log.warning("a digest is too old to be posted", schedule=due.job.schedule, slot=due.job.slot)
        async with self._database.unit(due.tenant.id) as uow:
            await uow.audit.record(
                at=self._clock.now(),
                by="",
                action="leave out digest",
                subject=due.subscription.target,
                after={"of": due.job.slot, "why": "more than 12 hours late"},
            )

    async def _was_quiet(self, due: _Due) -> bool:
        """Whether it is late because the person wanted it so."""
        if not due.subscription.is_person:
            return False
        person = await self._person_of(due.tenant, due.subscription.target)
        end = quiet_until(due.subscription, due.until, person.zone)
        return end is not None and self._clock.now() - end <= TOO_OLD
