"""Digests: what each reader may be told, and who is sent one, where and when."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime

from bot.clock import Clock
from bot.db.session import Database, UnitOfWork
from bot.domain.context import Ctx, Right, Tenant
from bot.domain.digests import Ask, Digest, Period, Subscription, schedule_name
from bot.domain.schedules import Schedule, zone_of
from bot.errors import NotConnected, NotFound

MOST_NAMES = 2_000


Gather = Callable[[UnitOfWork, Ask], Awaitable[Digest]]
"""Reads every part of a digest; ``digest_parts.gather``."""


class DigestsService:
    def __init__(self, database: Database, clock: Clock, *, gather: Gather) -> None:
        self._database = database
        self._gather = gather
        self._clock = clock

    # --- reading ---

    async def now(self, ctx: Ctx, period: Period, subscription: Subscription | None = None) -> Digest:
        """The digest of the last day or week, until now, as the person sees it."""
        until = self._clock.now()
        return await self.gather(ctx, subscription or Subscription(ctx.person.user_id), period, until)

    async def gather(self, ctx: Ctx, subscription: Subscription, period: Period, until: datetime) -> Digest:
        """A person's digest: of the organizations that they see as of now."""
        ctx.require(Right.READ)
        ask = self._ask(subscription, period, until, zone=ctx.tenant.timezone)
        decides = ctx.person.may(Right.MANAGE_PEOPLE)
        async with self._database.unit_for(ctx) as uow:
            shows = replace(ask, money=ctx.person.sees_money, decides=decides)
            return await self._gather(uow, shows)

    async def gather_for_channel(
        self, tenant: Tenant, subscription: Subscription, period: Period, until: datetime
    ) -> Digest:
        """A channel's, on nobody's behalf: of the organizations that were chosen for it."""
        ask = self._ask(subscription, period, until, zone=tenant.timezone)
        seen = subscription.organizations
        async with self._database.unit(tenant.id, organizations=seen) as uow:
            return await self._gather(uow, ask)

    def _ask(self, subscription: Subscription, period: Period, until: datetime, *, zone: str) -> Ask:
        return Ask(
            period,
            subscription.since(period, until),
            until,
            until.astimezone(zone_of(zone)).date(),
            subscription.wants,
            money=subscription.money,
        )

    # --- who gets which ---

    async def mine(self, ctx: Ctx) -> Subscription:
        """The person's own digest as it is set; a switched-off one where none was set up."""
        ctx.require(Right.READ)
        async with self._database.unit(ctx.tenant.id) as uow:
            found = await uow.digests.get(ctx.person.user_id)
        nobodys = Subscription(ctx.person.user_id, ctx.person.user_id, daily=False, weekly=False, money=True)
        return found or nobodys

    async def channels(self, ctx: Ctx) -> Sequence[Subscription]:
        """The channels' digests, for who may change them."""
        ctx.require(Right.CHANGE_SETTINGS)
        async with self._database.unit(ctx.tenant.id) as uow:
            return [each for each in await uow.digests.all() if not each.is_person]

    async def of(self, ctx: Ctx, target: str) -> Subscription:
        """One digest that the person may change. Raises ``NotFound``."""
        if target == ctx.person.user_id:
            return await self.mine(ctx)
        found = next((each for each in await self.channels(ctx) if each.target == target), None)
        if found is None:
            raise NotFound("digest", "")
        return found

    async def names(self, ctx: Ctx, subscription: Subscription) -> dict[int, str]:
        """The organizations that were chosen for a channel, by id, as far as the person sees them."""
        ctx.require(Right.READ)
        chosen = subscription.organizations or frozenset()
        if not chosen:
            return {}
        async with self._database.unit_for(ctx) as uow:
            found = await uow.organizations.search("", MOST_NAMES)
        return {each.id: each.name for each in found if each.id in chosen}

    async def schedules(self, ctx: Ctx) -> Sequence[Schedule]:
        """When everything rings, for words on when the next digest comes."""
        ctx.require(Right.READ)
        async with self._database.unit(ctx.tenant.id) as uow:
            return await uow.schedules.all()

    async def save(self, ctx: Ctx, wanted: Subscription) -> Subscription:
        """Sets a digest up or changes it; counts from the scheduler's next ring.

        One's own is everybody's to choose, a channel's an Admin's. Raises ``NotConnected`` before there is anything
        to tell.
        """
        is_own = wanted.target == ctx.person.user_id
        ctx.require(Right.READ if is_own else Right.CHANGE_SETTINGS)
        now = self._clock.now()
        async with self._database.unit(ctx.tenant.id) as uow:
            if await uow.connections.get() is None:
                raise NotConnected
            before = await uow.digests.get(wanted.target)
            await uow.digests.save(wanted)
            zone = ctx.person.timezone if is_own else ctx.tenant.timezone
            for schedule in wanted.schedules(ctx.tenant.id, zone, now):
                await uow.schedules.save(schedule)
            await self._record(uow, ctx, wanted.target, before=before, after=wanted)
        return wanted

    async def remove(self, ctx: Ctx, target: str) -> None:
        """No digest for that channel any more. Raises ``NotFound`` where there is none."""
        before = await self.of(ctx, target)
        async with self._database.unit(ctx.tenant.id) as uow:
            await uow.digests.remove(target)
            await uow.schedules.drop([schedule_name(period, target) for period in Period])
            await self._record(uow, ctx, target, before=before, after=None)

    async def _record(
        self,
        uow: UnitOfWork,
        ctx: Ctx,
        target: str,
        *,
        before: Subscription | None,
        after: Subscription | None,
    ) -> None:
        await uow.audit.record(
            at=self._clock.now(),
            by=ctx.person.user_id,
            action="change digest" if after else "remove digest",
            subject="own digest" if target == ctx.person.user_id else target,
            before=_said(before) if before else None,
            after=_said(after) if after else None,
        )


def _said(subscription: Subscription) -> dict[str, object]:
    return {
        "daily": subscription.daily,
        "weekly": subscription.weekly,
        "time": subscription.at.isoformat("minutes"),
        "weekday": subscription.weekday,
        "sections": sorted(each.label for each in subscription.sections) or "all",
    }
