"""Which channels hear of what, and when a failing sync is paused: chosen by Admins, each change audited."""

from collections.abc import Mapping
from dataclasses import asdict, replace

from bot.clock import Clock
from bot.db.session import Database, UnitOfWork
from bot.domain.alerts import Subscription
from bot.domain.context import Ctx, Right
from bot.domain.organizations import Organization
from bot.domain.pauses import PAUSE_AFTER, WARN_AFTER, Thresholds
from bot.domain.settings import Chosen
from bot.errors import AlreadyDone, InvalidInput, NotFound

MOST_CHANNELS = 50
MOST_FAILURES = 50


class AlertChannelsService:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def all(self, ctx: Ctx) -> list[Subscription]:
        ctx.require(Right.CHANGE_SETTINGS)
        async with self._database.unit(ctx.tenant.id) as uow:
            return await uow.alert_channels.all()

    async def get(self, ctx: Ctx, subscription_id: int) -> Subscription:
        """Raises ``NotFound``."""
        ctx.require(Right.CHANGE_SETTINGS)
        async with self._database.unit(ctx.tenant.id) as uow:
            return await _subscribed(uow, subscription_id)

    async def organizations(self, ctx: Ctx, subscription: Subscription) -> list[Organization]:
        """Those that it names, by name; none where it wants all."""
        ctx.require(Right.CHANGE_SETTINGS)
        async with self._database.unit(ctx.tenant.id) as uow:
            found = [await uow.organizations.get(each) for each in sorted(subscription.organizations or ())]
        return sorted((each for each in found if each is not None), key=lambda each: each.name)

    async def save(self, ctx: Ctx, wanted: Subscription) -> Subscription:
        """Adds what a channel wants, or changes it. Raises ``InvalidInput`` without a kind, ``AlreadyDone`` for a 51st."""
        ctx.require(Right.CHANGE_SETTINGS)
        if not wanted.kinds:
            raise InvalidInput("kinds", "Choose at least one kind.")
        now = self._clock.now()
        async with self._database.unit(ctx.tenant.id) as uow:
            before = await _subscribed(uow, wanted.id) if wanted.id else None
            if before is None and len(await uow.alert_channels.all()) >= MOST_CHANNELS:
                raise AlreadyDone(f"There are {MOST_CHANNELS} already; change or remove one.")
            saved = replace(wanted, changed_by=ctx.person.user_id, changed_at=now)
            saved = replace(saved, id=await uow.alert_channels.save(saved))
            action = "change alert channel" if before else "add alert channel"
            await self._record(uow, ctx, action, saved.channel_id, before=_said(before), after=_said(saved))
        return saved

    async def remove(self, ctx: Ctx, subscription_id: int) -> Subscription:
        """What it was. Messages that were posted stay and are still brought up to date."""
        ctx.require(Right.CHANGE_SETTINGS)
        async with self._database.unit(ctx.tenant.id) as uow:
            before = await _subscribed(uow, subscription_id)
            await uow.alert_channels.remove(subscription_id)
            await self._record(uow, ctx, "remove alert channel", before.channel_id, before=_said(before))
        return before

    async def limits(self, ctx: Ctx) -> Thresholds:
        """After how many failures a sync is warned of and paused."""
        ctx.require(Right.READ)
        async with self._database.unit(ctx.tenant.id) as uow:
            return await uow.sync_pauses.limits()

    async def set_limits(self, ctx: Ctx, wanted: Thresholds) -> Thresholds:
        """Raises ``InvalidInput`` unless 1 ≤ warning < pause ≤ 50."""
        ctx.require(Right.CHANGE_SETTINGS)
        if not 1 <= wanted.warn < MOST_FAILURES:
            raise InvalidInput("warn", f"A number from 1 to {MOST_FAILURES - 1}, please.")
        if not wanted.warn < wanted.pause <= MOST_FAILURES:
            raise InvalidInput("pause", f"More than the warning's, and at most {MOST_FAILURES}.")
        now, by = self._clock.now(), ctx.person.user_id
        async with self._database.unit(ctx.tenant.id) as uow:
            before = await uow.sync_pauses.limits()
            for name, value in ((WARN_AFTER, wanted.warn), (PAUSE_AFTER, wanted.pause)):
                await uow.settings.prefer(name, Chosen(str(value), str(value)), by=by, at=now)
            await self._record(
                uow,
                ctx,
                "change setting",
                "Pausing failing syncs",
                before=asdict(before),
                after=asdict(wanted),
            )
        return wanted

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


async def _subscribed(uow: UnitOfWork, subscription_id: int) -> Subscription:
    found = await uow.alert_channels.get(subscription_id)
    if found is None:
        raise NotFound("alert channel", str(subscription_id))
    return found


def _said(subscription: Subscription | None) -> dict[str, object] | None:
    """What the audit trail keeps."""
    if subscription is None:
        return None
    about = subscription.organizations
    return {
        "kinds": sorted(each.value for each in subscription.kinds),
        "organizations": "all" if about is None else sorted(about),
        "threads": subscription.threads.value,
        "severity": subscription.severity.value,
        "money": subscription.money,
    }
