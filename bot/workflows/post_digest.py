"""A digest's slot has come: gather the day and post it once."""

from datetime import timedelta

from blocks import digests as blocks
from bot.clock import Clock
from bot.db.session import Database
from bot.domain.context import Ctx, Person, Right, Tenant
from bot.jobs import Attempt, Job, PostDigest
from bot.services.digests import DigestsService
from bot.slack.notifier import Notifier
from bot.workflows.engine import PersonOf, TenantOf, post_somewhere

COVERS = timedelta(days=1)


class PostDigestWorkflow:
    job_type: type[Job] = PostDigest

    def __init__(
        self,
        database: Database,
        digests: DigestsService,
        notifier: Notifier,
        *,
        tenant_of: TenantOf,
        person_of: PersonOf,
        clock: Clock,
    ) -> None:
        self._database = database
        self._digests = digests
        self._notifier = notifier
        self._tenant_of = tenant_of
        self._person_of = person_of
        self._clock = clock

    async def run(self, job: Job, attempt: Attempt) -> None:  # noqa: ARG002 - all workflows are called alike
        """Posts the slot's digest under the slot's own key, so that no slot is ever told twice."""
        assert isinstance(job, PostDigest)
        tenant = await self._tenant_of(job.tenant_id)
        places = await self._places(job)
        if not places:
            return
        key, until = f"{job.schedule}:{job.slot}", self._clock.now()
        reader = await self._reader(tenant, places[-1])
        if not _is_person(places[0]):  # an Admin chose the channel: all organizations
            digest = await self._digests.gather_for(tenant.id, until - COVERS, until)
            open_to = [each for each in places if not _is_person(each) or _sees_all(reader)]
            await post_somewhere(self._notifier, tenant, key, open_to, blocks.message(digest))
        elif reader is not None and reader.may(Right.READ):
            digest = await self._digests.gather(Ctx(tenant, reader), until - COVERS, until)
            await self._notifier.dm(tenant, reader.user_id, key, blocks.message(digest))

    async def _reader(self, tenant: Tenant, place: str) -> Person | None:
        """Who would read it in a direct message, with what they see as of now."""
        return await self._person_of(tenant, place) if _is_person(place) else None

    async def _places(self, job: PostDigest) -> list[str]:
        """The schedule's channel; who connected Autotask, should the channel not take it any more."""
        async with self._database.unit(job.tenant_id) as uow:
            schedules = await uow.schedules.all()
            connection = await uow.connections.get()
        chosen = next((each.channel_id for each in schedules if each.name == job.schedule), "")
        by = connection.connected_by if connection else ""
        return list(dict.fromkeys(place for place in (chosen, by) if place)) if chosen else []


def _is_person(place: str) -> bool:
    return place.startswith(("U", "W"))


def _sees_all(person: Person | None) -> bool:
    return person is not None and person.may(Right.READ) and person.organizations is None
