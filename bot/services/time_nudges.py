"""Reminders about time: set up by Admins, paused by whoever gets them, sent at most once per person and day."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from bot.autotask import entities
from bot.autotask import query as q
from bot.autotask.facts import person_of
from bot.autotask.pool import ClientFor
from bot.clock import Clock
from bot.db.session import Database, UnitOfWork
from bot.domain.context import Ctx, Right, Tenant
from bot.domain.schedules import Schedule
from bot.domain.settings import Chosen
from bot.domain.switches import Capability
from bot.domain.time_entries import TimeState, TimeTotal, day_text
from bot.domain.time_nudges import (
    APPROVALS,
    AT_SETTING,
    HOLIDAYS_SETTING,
    HOURS_SETTING,
    MISSING,
    MOST_PEOPLE,
    SNOOZED_FOR,
    USUAL_AT,
    USUAL_HOURS,
    Missing,
    NudgeKind,
    NudgeSettings,
    OwnReminders,
    Waiting,
    is_workday,
    read_at,
    read_holidays,
    read_pause,
    snoozed,
)
from bot.errors import AlreadyDone, InvalidInput, NotAllowed
from bot.jobs import Jobs, NudgeTime

KNOWN_FOR = timedelta(days=7)
"""How long the Autotask user of an address is taken as still true."""
MOST_ENTRIES = 200
MONDAY, MORNING = 0, time(9)


class TimeNudgesService:
    def __init__(self, database: Database, client_for: ClientFor, *, jobs: Jobs, clock: Clock) -> None:
        self._database = database
        self._client_for = client_for
        self._jobs = jobs
        self._clock = clock

    async def settings(self, ctx: Ctx) -> NudgeSettings:
        ctx.require(Right.CHANGE_SETTINGS)
        async with self._database.unit(ctx.tenant.id) as uow:
            return await _settings(uow)

    async def own(self, ctx: Ctx) -> OwnReminders:
        """How who asks is reminded; a pause that is over is none."""
        ctx.require(Right.READ)
        async with self._database.unit(ctx.tenant.id) as uow:
            nudged, settings = await uow.time_nudges.get(ctx.person.user_id), await _settings(uow)
        if nudged is None:
            return OwnReminders(settings)
        paused = nudged.paused_until if nudged.is_left_alone(self._today(ctx)) else None
        return OwnReminders(settings, is_reminded=True, stopped=nudged.stopped, paused_until=paused)

    async def save(self, ctx: Ctx, wanted: NudgeSettings) -> NudgeSettings:
        """Exactly these people are reminded from now on. Raises ``InvalidInput`` for too many."""
        ctx.require(Right.CHANGE_SETTINGS)
        if len(wanted.people) > MOST_PEOPLE:
            raise InvalidInput("people", f"At most {MOST_PEOPLE} people.")
        now, by = self._clock.now(), ctx.person.user_id
        async with self._database.unit(ctx.tenant.id) as uow:
            await uow.switches.require(Capability.TIME, writing=False)
            before = await _settings(uow)
            await uow.time_nudges.replace(wanted.people, by, now)
            for name, value in _values(wanted).items():
                await uow.settings.prefer(name, Chosen(value, value), by=by, at=now)
            gone = [f"{MISSING}{each}" for each in before.people if each not in wanted.people]
            await uow.schedules.drop(gone)
            for user_id in wanted.people:
                ring = Schedule(
                    ctx.tenant.id, f"{MISSING}{user_id}", wanted.at, ctx.tenant.timezone, user_id, since=now, own_zone=True
                )  # fmt: skip
                await uow.schedules.save(ring)
            await uow.audit.record(
                at=now,
                by=by,
                action="change setting",
                subject="Reminders of missing time",
                before={"people": list(before.people), **_values(before)},
                after={"people": list(wanted.people), **_values(wanted)},
            )
        return wanted

    async def pause(self, ctx: Ctx, days: int) -> date | None:
        """No reminder for who asks until that day, which is returned; None for who gets none."""
        ctx.require(Right.READ)
        return await self._pause(ctx, self._today(ctx) + timedelta(days=days))

    async def pause_until(self, ctx: Ctx, day: str) -> date | None:
        """The same until a day that was picked. Raises ``InvalidInput`` for one that is past or too far away."""
        ctx.require(Right.READ)
        return await self._pause(ctx, read_pause(day, self._today(ctx)))

    async def snooze(self, ctx: Ctx, day: date) -> datetime | None:
        """Looks at that day again in an hour, and reminds who asks if hours are still missing then.

        None for who gets no reminders. Raises ``AlreadyDone`` for a day that is over.
        """
        ctx.require(Right.READ)
        if day != self._today(ctx):
            raise AlreadyDone(f"{day_text(day)} is over: there is no reminder of it any more.")
        user_id, until = ctx.person.user_id, self._clock.now() + SNOOZED_FOR
        async with self._database.unit(ctx.tenant.id) as uow:
            nudged = await uow.time_nudges.get(user_id)
            if nudged is None or nudged.is_left_alone(day):
                return None
            slot = snoozed(day, until)
            again = NudgeTime(tenant_id=ctx.tenant.id, kind=NudgeKind.MISSING, user_id=user_id, slot=slot)
            await self._jobs.enqueue(uow, again, at=until)
        return until

    async def stop(self, ctx: Ctx, *, stopped: bool = True) -> bool:
        """No reminder any more for who asks, or again; False for who gets none."""
        ctx.require(Right.READ)
        async with self._database.unit(ctx.tenant.id) as uow:
            return await uow.time_nudges.stop(ctx.person.user_id, stopped=stopped)

    async def remind(self, ctx: Ctx, people: Sequence[str], *, weekly: bool, key: str) -> None:
        """Tells these people what waits for approval, now, and every Monday at nine by their clock if ``weekly``."""
        if not ctx.person.may(Right.SYNC):
            raise NotAllowed("remind people of time entries")
        now = self._clock.now()
        async with self._database.unit(ctx.tenant.id) as uow:
            await uow.switches.require(Capability.TIME, writing=False)
            for user_id in people[:MOST_PEOPLE]:
                await self._jobs.enqueue(
                    uow,
                    NudgeTime(tenant_id=ctx.tenant.id, kind=NudgeKind.APPROVALS, user_id=user_id, slot=key),
                )
                if weekly:
                    ring = Schedule(
                        ctx.tenant.id, f"{APPROVALS}{user_id}", MORNING, ctx.tenant.timezone, user_id, MONDAY,
                        since=now, own_zone=True,
                    )  # fmt: skip
                    await uow.schedules.save(ring)
            await uow.audit.record(
                at=now,
                by=ctx.person.user_id,
                action="remind approvers",
                subject="Time entries",
                after={"people": list(people), "weekly": weekly},
            )

    async def stop_weekly(self, ctx: Ctx) -> None:
        """No weekly reminder of approvals any more for who asks."""
        ctx.require(Right.READ)
        async with self._database.unit(ctx.tenant.id) as uow:
            await uow.schedules.drop([f"{APPROVALS}{ctx.person.user_id}"])

    async def waiting(self, ctx: Ctx) -> Waiting | None:
        """What waits for approval, as far as the person sees it; None where nothing does."""
        ctx.require(Right.READ)
        async with self._database.unit_for(ctx) as uow:
            if not (await uow.switches.all()).may_read(Capability.TIME):
                return None
            totals = await uow.time_entries.totals(date.max)
            found = totals.get(TimeState.NOT_APPROVED, TimeTotal())
            return (
                Waiting(
                    found.entries,
                    await uow.time_entries.oldest_unapproved(),
                    tuple(await uow.time_entries.unapproved()),
                    await uow.time_entries.as_of(),
                )
                if found.entries
                else None
            )

    async def missing(self, ctx: Ctx, day: date, email: str) -> Missing | None:
        """What the person with that address in Slack still has to log of that day; None where nothing is missing, or nobody shall be told.

        Hours are asked of Autotask now: the mirror is of last night. Raises what the client raises.
        """
        ctx.require(Right.READ)
        tenant, user_id = ctx.tenant, ctx.person.user_id
        async with self._database.unit(tenant.id) as uow:
            nudged, settings = await uow.time_nudges.get(user_id), await _settings(uow)
            is_on = (await uow.switches.all()).may_read(Capability.TIME)
        if nudged is None or nudged.is_left_alone(day):
            return None
        if not is_on or not is_workday(day, settings.holidays):
            return None
        if self._clock.now().astimezone(ctx.person.zone).replace(tzinfo=None) < datetime.combine(
            day, settings.at
        ):
            return None  # rung by the workspace's clock, before the person's own was known
        resource = await self._resource(tenant, email.strip().casefold())
        if resource is None:
            return None
        logged = await self._logged(tenant.id, resource, day)
        return Missing(day, logged, settings.hours) if logged < settings.hours else None

    async def _logged(self, tenant_id: int, resource: int, day: date) -> Decimal:
        client, worked = await self._client_for(tenant_id), q.field("dateWorked")
        of_day = q.all_of(
            q.field("resourceID").eq(resource), worked.gte(day), worked.lt(day + timedelta(days=1))
        )
        rows = await client.list_all(
            entities.TimeEntry, of_day, limit=MOST_ENTRIES, fields=("id", "hoursWorked")
        )
        return sum((row.hours_worked or Decimal(0) for row in rows), Decimal(0))

    async def _resource(self, tenant: Tenant, email: str) -> int | None:
        """The one active Autotask user with that address."""
        if not email:
            return None
        now = self._clock.now()
        async with self._database.unit(tenant.id) as uow:
            known = await uow.resources.by_email(email, since=now - KNOWN_FOR)
        if known is not None:
            return known
        client = await self._client_for(tenant.id)
        same = [q.field(name).eq(email) for name in ("email", "email2", "email3")]
        rows = await client.list_all(entities.Resource, q.any_of(*same), limit=MOST_PEOPLE)
        active = [row for row in rows if row.is_active]
        async with self._database.unit(tenant.id) as uow:
            await uow.resources.save([person_of(each) for each in active], now)
        return active[0].id if len(active) == 1 else None

    async def _pause(self, ctx: Ctx, until: date) -> date | None:
        async with self._database.unit(ctx.tenant.id) as uow:
            return until if await uow.time_nudges.pause(ctx.person.user_id, until) else None

    def _today(self, ctx: Ctx) -> date:
        return self._clock.now().astimezone(ctx.person.zone).date()


async def _settings(uow: UnitOfWork) -> NudgeSettings:
    chosen = await uow.settings.preferences()
    people = tuple(each.user_id for each in await uow.time_nudges.all())
    return NudgeSettings(
        people,
        Decimal(chosen[HOURS_SETTING].value) if HOURS_SETTING in chosen else USUAL_HOURS,
        read_at(chosen[AT_SETTING].value) if AT_SETTING in chosen else USUAL_AT,
        read_holidays(chosen[HOLIDAYS_SETTING].value) if HOLIDAYS_SETTING in chosen else (),
    )


def _values(settings: NudgeSettings) -> dict[str, str]:
    return {
        HOURS_SETTING: str(settings.hours),
        AT_SETTING: settings.at.isoformat("minutes"),
        HOLIDAYS_SETTING: " ".join(each.isoformat() for each in settings.holidays),
    }
