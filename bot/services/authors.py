"""The Autotask user behind a person, where the workspace wants tickets and notes to carry that user's name."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

from bot.autotask import entities
from bot.autotask import query as q
from bot.autotask.facts import person_of
from bot.autotask.pool import ClientFor
from bot.clock import Clock
from bot.db.session import Database
from bot.domain.authors import AS_PERSON, refusal_key
from bot.domain.context import Tenant
from bot.domain.settings import YES
from bot.errors import BotError

KNOWN_FOR = timedelta(days=1)
MOST_ALIKE = 5

EmailOf = Callable[[Tenant, str], Awaitable[str]]
"""A person's e-mail address as Slack tells it; "" when it does not."""


class Authors:
    def __init__(self, database: Database, client_for: ClientFor, email_of: EmailOf, *, clock: Clock) -> None:
        self._database = database
        self._client_for = client_for
        self._email_of = email_of
        self._clock = clock

    async def __call__(self, tenant: Tenant, user_id: str, entity: str) -> int | None:
        """The resource to write ``entity`` as; None: as the API user. Never keeps anything from being written."""
        try:
            return await self._found(tenant, user_id, entity)
        except BotError:
            return None

    async def _found(self, tenant: Tenant, user_id: str, entity: str) -> int | None:
        now = self._clock.now()
        async with self._database.unit(tenant.id) as uow:
            wanted = (await uow.settings.preferences()).get(AS_PERSON)
        if wanted is None or wanted.value != YES or not user_id:
            return None
        email = (await self._email_of(tenant, user_id)).strip().casefold()
        if not email:
            return None
        async with self._database.unit(tenant.id) as uow:
            known = await uow.resources.by_email(email, since=now - KNOWN_FOR)
        author = known if known is not None else await self._asked(tenant.id, email)
        return author if author is None or not await self._refused(tenant.id, entity, author) else None

    async def _refused(self, tenant_id: int, entity: str, author: int) -> bool:
        async with self._database.unit(tenant_id) as uow:
            return await uow.deliveries.seen(refusal_key(entity, author, self._clock.now()))

    async def _asked(self, tenant_id: int, email: str) -> int | None:
        """The one active user of that address: two of them are nobody."""
        client = await self._client_for(tenant_id)
        same = [q.field(name).eq(email) for name in ("email", "email2", "email3")]
        rows = await client.list_all(entities.Resource, q.any_of(*same), limit=MOST_ALIKE)
        active = [row for row in rows if row.is_active]
        async with self._database.unit(tenant_id) as uow:
            await uow.resources.save([person_of(each) for each in active], self._clock.now())
        return active[0].id if len(active) == 1 else None
