"""A request for access is brought to every Admin; its decision to everybody concerned."""

import structlog

from blocks import access_requests as blocks
from blocks.kit import Message
from bot.db.session import Database
from bot.domain.access import AccessRequest, StoredPerson
from bot.domain.context import Tenant
from bot.errors import NotFound
from bot.jobs import Attempt, Job, TellAccess
from bot.slack.notifier import Notifier
from bot.slack.problems import SlackRefused
from bot.workflows.admins import Admins
from bot.workflows.engine import After, TenantOf, go_on

STEPS = ("ask", "redraw", "tell")
MOST_ADMINS = 50

log = structlog.get_logger(__name__)


class TellAccessWorkflow:
    job_type: type[Job] = TellAccess

    def __init__(
        self,
        database: Database,
        notifier: Notifier,
        tenant_of: TenantOf,
        *,
        admins: Admins,
        after: After = go_on,
    ) -> None:
        self._database = database
        self._notifier = notifier
        self._tenant_of = tenant_of
        self._admins = admins
        self._after = after

    async def run(self, job: Job, attempt: Attempt) -> None:  # noqa: ARG002 - all workflows are called alike
        """Open: one message per Admin. Decided: those messages say so, and the person who asked is told."""
        assert isinstance(job, TellAccess)
        tenant = await self._tenant_of(job.tenant_id)
        request, asker, decider = await self._facts(tenant, job.request_id)
        if request.decided_at is None:
            await self._ask(tenant, request, asker)
            await self._after("ask")
            request, asker, decider = await self._facts(tenant, job.request_id)
        if request.decided_at is not None:  # perhaps while the Admins were being asked
            await self._redraw(tenant, request, blocks.decided(request, asker, decider))
            await self._after("redraw")
            await self._to(
                tenant, request.user_id, f"access:{request.id}:told", blocks.told(request, decider)
            )
            await self._after("tell")

    async def _ask(self, tenant: Tenant, request: AccessRequest, asker: StoredPerson) -> None:
        for admin in (await self._admins.of(tenant))[:MOST_ADMINS]:
            await self._to(tenant, admin, _key(request, admin), blocks.asking(request, asker))

    async def _redraw(self, tenant: Tenant, request: AccessRequest, message: Message) -> None:
        """Who was Admin when it was asked and is none now keeps a message whose buttons refuse."""
        for admin in (await self._admins.of(tenant))[:MOST_ADMINS]:
            try:
                await self._notifier.update(tenant, _key(request, admin), message)
            except (NotFound, SlackRefused) as problem:
                log.warning("decision not shown", request=request.id, reason=str(problem))

    async def _to(self, tenant: Tenant, user_id: str, key: str, message: Message) -> None:
        """Who cannot be written to does not keep the others from knowing."""
        try:
            await self._notifier.dm(tenant, user_id, key, message)
        except (NotFound, SlackRefused) as problem:
            log.warning("request for access not told", person=user_id, reason=str(problem))

    async def _facts(
        self, tenant: Tenant, request_id: int
    ) -> tuple[AccessRequest, StoredPerson, StoredPerson | None]:
        async with self._database.unit(tenant.id) as uow:
            request = await uow.access_requests.get(request_id)
            if request is None:
                raise NotFound("request for access", str(request_id))
            asker = await uow.people.get(request.user_id) or StoredPerson(request.user_id, None)
            return request, asker, await uow.people.get(request.decided_by)


def _key(request: AccessRequest, admin: str) -> str:
    """The one message that an Admin gets of a request."""
    return f"access:{request.id}:{admin}"
