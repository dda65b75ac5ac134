"""A record of ours is in Autotask exactly once: found by its reference, else created under a lease.

Autotask has no idempotency key. So nothing is created before it was looked for, and after a reply that was
lost the record is looked for, with patience, before it is sent again (autotask-api: no idempotency, replication lag).
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from bot.clock import Clock
from bot.db.session import Database, UnitOfWork
from bot.errors import AutotaskBusy, AutotaskUnavailable, BotError

SLOWEST_REPLY = 75.0
"""Seconds after which a create whose sender is gone has had its effect, or never will."""
SEND_WITHIN = 95.0
"""Seconds after which a create counts as one whose reply was lost; the client itself gives up at 90."""
LEASE = timedelta(seconds=SEND_WITHIN + 15)
"""Longer than the send, so that another job never overtakes a live one; the same job takes its own lease over,
because its earlier run lost its worker, and the new token stops that run at its last check."""
INVISIBLE = timedelta(seconds=20)
"""How long a fresh record may stay invisible to a query (autotask-api: replication lag)."""
SURFACES_WITHIN = timedelta(seconds=SLOWEST_REPLY) + INVISIBLE
"""How long after its send a create of another run may still come to light."""
MARK_EVERY = 10.0
"""Seconds between two marks of a create under way: it may wait for its turn and leave late, or be sent anew after a
refusal, and whoever takes over from a dead sender counts from its last mark."""
LOOK_AGAIN_AFTER = (0.5, 1.0, 2.0, 4.0)
"""Seconds between look-ups after a reply was lost."""
LOOK_WELL_AFTER = (0.5, 0.5, *(1.0,) * 8)
"""The same before a create is sent again: a record may stay hidden for a number of reads, not only for a time."""

Found = TypeVar("Found")
Found_co = TypeVar("Found_co", covariant=True)
Probe = Callable[[str], Awaitable[None]]
"""Called after each effect with its name; the crash tests die there."""


async def no_probe(_effect: str) -> None:
    return None


class Outward(Protocol[Found_co]):
    """One record of ours on its way out: what differs between a ticket and a note."""

    @property
    def reference(self) -> str:
        """Our name for the record, in Autotask and on the lease."""
        ...

    async def find(self) -> Found_co | None:
        """Autotask's record with our reference, if there is one to be seen."""
        ...

    async def prepare(self) -> None:
        """Gathers what will be sent."""
        ...

    async def send(self) -> int:
        """Creates the record; its id. Only an ``AutotaskUnavailable.ambiguous`` leaves open whether it did."""
        ...

    async def read(self, autotask_id: int) -> Found_co | None:
        """What people know the record by; None while it is not visible yet."""
        ...

    def unread(self, autotask_id: int) -> Found_co:
        """The same where it could not be read: that the record exists is settled all the same."""
        ...

    async def sent_at(self, uow: UnitOfWork) -> datetime | None:
        """When a create was last sent, whose reply may never have come."""
        ...

    async def sending(self, uow: UnitOfWork, at: datetime) -> None:
        """Notes that it is sent now; raises what forbids it."""
        ...

    async def still_sending(self, uow: UnitOfWork, at: datetime) -> None:
        """Notes that a create which was noted before may have left only now."""
        ...

    async def not_sent(self, uow: UnitOfWork) -> None:
        """Notes that the create surely had no effect."""
        ...

    async def known(self, uow: UnitOfWork, autotask_id: int) -> None:
        """Notes the id: whatever goes wrong from here on, it is not created again."""
        ...


class Ensure:
    def __init__(
        self,
        database: Database,
        *,
        clock: Clock,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
        probe: Probe = no_probe,
        mark_every: float = MARK_EVERY,
    ) -> None:
        self._database = database
        self._clock = clock
        self._pause = pause
        self._probe = probe
        self._mark_every = mark_every

    async def __call__(self, tenant_id: int, record: Outward[Found], *, holder: str) -> Found:
        """Autotask has the record when this returns.

        Raises ``AutotaskBusy`` while another worker holds the lease or a lost reply may still surface, Autotask's
        refusals, an ``UpstreamError``, and what ``record.sending`` raises.
        """
        token = await self._lease(tenant_id, record, holder)
        try:
            return await self._find_or_create(tenant_id, record, token)
        finally:
            async with self._database.unit(tenant_id) as uow:
                await uow.leases.release(record.reference, token)

    async def read_back(self, record: Outward[Found], autotask_id: int) -> Found:
        """What people know the record by; that it exists is settled, so nothing that goes wrong here counts."""
        try:
            for seconds in (0.0, *LOOK_AGAIN_AFTER):
                if seconds:
                    await self._pause(seconds)
                found = await record.read(autotask_id)
                if found is not None:
                    return found
        except BotError:
            pass
        return record.unread(autotask_id)

    async def _lease(self, tenant_id: int, record: Outward[Found], holder: str) -> int:
        async with self._database.unit(tenant_id) as uow:
            token = await uow.leases.take(record.reference, holder, LEASE, self._clock.now())
        if token is None:
            raise AutotaskBusy(timedelta(seconds=5))
        await self._probe("lease")
        return token

    async def _find_or_create(self, tenant_id: int, record: Outward[Found], token: int) -> Found:
        found = await record.find()
        if found is None:
            found = await self._find_earlier_send(tenant_id, record)
        if found is not None:
            return found
        await record.prepare()
        await self._mark_sending(tenant_id, record, token)
        autotask_id = await self._send(tenant_id, record)
        if autotask_id is None:
            return await self._look_again(record)
        await self._probe("send")
        async with self._database.unit(tenant_id) as uow:
            await record.known(uow, autotask_id)
        return await self.read_back(record, autotask_id)

    async def _find_earlier_send(self, tenant_id: int, record: Outward[Found]) -> Found | None:
        """What an earlier run sent whose reply nobody kept: waited for, then looked for more than once."""
        async with self._database.unit(tenant_id) as uow:
            sent_at = await record.sent_at(uow)
        if sent_at is None:
            return None
        age = self._clock.now() - sent_at
        if age < SURFACES_WITHIN:
            raise AutotaskBusy(SURFACES_WITHIN - age)
        return await self._find_in_a_while(record, LOOK_WELL_AFTER)

    async def _mark_sending(self, tenant_id: int, record: Outward[Found], token: int) -> None:
        """The last check before the send, and the note that it happens, in one transaction."""
        now = self._clock.now()
        async with self._database.unit(tenant_id) as uow:
            if not await uow.leases.renew(record.reference, token, now + LEASE):
                raise AutotaskBusy(timedelta(seconds=5))
            await record.sending(uow, now)
        await self._probe("mark")

    async def _send(self, tenant_id: int, record: Outward[Found]) -> int | None:
        """Autotask's id of the new record; None when the reply was lost. A refusal leaves nothing to look for."""
        try:
            async with asyncio.timeout(SEND_WITHIN):
                return await self._sent(tenant_id, record)
        except TimeoutError:
            pass
        except BotError as error:
            if not (isinstance(error, AutotaskUnavailable) and error.ambiguous):
                async with self._database.unit(tenant_id) as uow:
                    await record.not_sent(uow)
                raise
        await self._mark_still_sending(tenant_id, record)
        return None

    async def _sent(self, tenant_id: int, record: Outward[Found]) -> int:
        """Sends; meanwhile the mark stays fresh."""
        sending = asyncio.ensure_future(record.send())
        try:
            while not (await asyncio.wait({sending}, timeout=self._mark_every))[0]:
                await self._mark_still_sending(tenant_id, record)
            return sending.result()
        finally:
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)

    async def _mark_still_sending(self, tenant_id: int, record: Outward[Found]) -> None:
        async with self._database.unit(tenant_id) as uow:
            await record.still_sending(uow, self._clock.now())

    async def _look_again(self, record: Outward[Found]) -> Found:
        found = await self._find_in_a_while(record, LOOK_AGAIN_AFTER)
        if found is None:
            raise AutotaskUnavailable("the reply to the create was lost and the record is not visible yet")
        return found

    async def _find_in_a_while(self, record: Outward[Found], pauses: Sequence[float]) -> Found | None:
        for seconds in pauses:
            await self._pause(seconds)
            found = await record.find()
            if found is not None:
                return found
        return None
