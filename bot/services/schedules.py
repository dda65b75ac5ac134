"""The workspace's schedules: seen by everybody, changed by Admins, each change taken back within ten minutes."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, time
from uuid import uuid4
from zoneinfo import available_timezones

from bot.clock import Clock
from bot.db.session import Database, UnitOfWork
from bot.domain.context import Ctx, Right
from bot.domain.schedules import BY_NAME, STANDING, Moved, Row, Schedule, Standing, Wanted, next_run, words_of
from bot.domain.settings import UNDO_WITHIN, Change, Chosen
from bot.domain.syncs import SyncRun
from bot.errors import AlreadyDone, InvalidInput, NotFound

ZONE = "timezone"
_OF = "schedule:"
"""Names that changes of schedules are remembered by."""


class SchedulesService:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def all(self, ctx: Ctx) -> Sequence[Row]:
        """Every schedule that syncs or checks, in the order of the night; none before Autotask is connected."""
        ctx.require(Right.READ)
        now = self._clock.now()
        async with self._database.unit(ctx.tenant.id) as uow:
            known = {each.name: each for each in await uow.schedules.all()}
            rang = await uow.schedules.last_rings()
            return [
                Row(
                    standing,
                    known[standing.name],
                    next_run(known[standing.name], now),
                    rang.get(standing.name),
                    await _runs(uow, standing),
                )
                for standing in STANDING
                if standing.name in known
            ]

    async def one(self, ctx: Ctx, name: str) -> Schedule:
        """Raises ``NotFound`` for a schedule that there is not."""
        ctx.require(Right.CHANGE_SETTINGS)
        async with self._database.unit(ctx.tenant.id) as uow:
            return await _found(uow, name)

    async def change(self, ctx: Ctx, name: str, wanted: Wanted) -> Moved:
        """Counts from the next ring on: what it had missed by its new time is not caught up."""
        ctx.require(Right.CHANGE_SETTINGS)
        async with self._database.unit(ctx.tenant.id) as uow:
            await uow.settings.lock()
            before = await _found(uow, name)
            after = replace(before, local_time=wanted.at, weekday=wanted.weekday, enabled=wanted.enabled)
            if after == before:
                return Moved("", BY_NAME[name].title, words_of(before, self._clock.now()))
            return await self._save(ctx, uow, before, after)

    async def switch(self, ctx: Ctx, name: str, *, enabled: bool) -> Moved:
        before = await self.one(ctx, name)
        return await self.change(ctx, name, Wanted(before.local_time, before.weekday, enabled))

    async def change_zone(self, ctx: Ctx, zone: str) -> Moved:
        """The workspace lives by another clock: every daily schedule keeps its local time there.

        Raises ``InvalidInput`` for a zone that there is not.
        """
        ctx.require(Right.CHANGE_SETTINGS)
        if zone not in available_timezones():
            raise InvalidInput(ZONE, "Choose a time zone from the list.")
        if zone == ctx.tenant.timezone:
            return Moved("", "Time zone", zone)
        change = Change(ZONE, Chosen(ctx.tenant.timezone, ctx.tenant.timezone), Chosen(zone, zone))
        return await self._move(ctx, change)

    async def undo(self, ctx: Ctx, batch: str) -> Moved:
        """Takes a change back. Raises ``AlreadyDone`` when it is older than ten minutes or was changed since."""
        ctx.require(Right.CHANGE_SETTINGS)
        now = self._clock.now()
        async with self._database.unit(ctx.tenant.id) as uow:
            await uow.settings.lock()
            [made], at = await _remembered(uow, batch)
            if now - at > UNDO_WITHIN:
                raise AlreadyDone("A change can be undone for ten minutes. Change the schedule instead.")
            await uow.settings.undone(batch, now)
            if made.name != ZONE:
                current = await _found(uow, made.name.removeprefix(_OF))
                return await self._take_back(ctx, uow, made, current)
        if ctx.tenant.timezone != made.after.value or made.before is None:
            raise AlreadyDone("The time zone was changed again since.")
        return await self._move(ctx, Change(ZONE, made.after, made.before), action="undo schedule")

    async def _take_back(self, ctx: Ctx, uow: UnitOfWork, made: Change, current: Schedule) -> Moved:
        if made.before is None or _value(current) != made.after.value:
            raise AlreadyDone("The schedule was changed again since.")
        return await self._save(ctx, uow, current, _read(current, made.before.value), action="undo schedule")

    async def _save(
        self, ctx: Ctx, uow: UnitOfWork, before: Schedule, after: Schedule, *, action: str = "change schedule"
    ) -> Moved:
        now, title = self._clock.now(), BY_NAME[before.name].title
        await uow.schedules.save(replace(after, since=now))
        change = Change(
            f"{_OF}{before.name}",
            Chosen(_value(before), words_of(before, now)),
            Chosen(_value(after), words_of(after, now)),
        )
        return await self._record(ctx, uow, change, title=title, action=action)

    async def _move(self, ctx: Ctx, change: Change, *, action: str = "change schedule") -> Moved:
        zone = change.after.value
        async with self._database.directory() as directory:
            await directory.move(ctx.tenant.id, zone)
        async with self._database.unit(ctx.tenant.id) as uow:
            await uow.schedules.move(zone, self._clock.now())
            return await self._record(ctx, uow, change, title="Time zone", action=action)

    async def _record(self, ctx: Ctx, uow: UnitOfWork, change: Change, *, title: str, action: str) -> Moved:
        now, by, batch = self._clock.now(), ctx.person.user_id, uuid4().hex
        await uow.settings.remember(batch, [change], by=by, at=now)
        await uow.audit.record(
            at=now,
            by=by,
            action=action,
            subject=title,
            before={"value": change.before.label} if change.before else None,
            after={"value": change.after.label},
        )
        return Moved(batch, title, change.after.label)


async def _runs(uow: UnitOfWork, standing: Standing) -> tuple[SyncRun, ...]:
    found = [await uow.syncs.last(group) for group in standing.groups]
    return tuple(run for run in found if run is not None)


async def _found(uow: UnitOfWork, name: str) -> Schedule:
    found = await uow.schedules.get(name) if name in BY_NAME else None
    if found is None:
        raise NotFound("schedule", name)
    return found


async def _remembered(uow: UnitOfWork, batch: str) -> tuple[Sequence[Change], datetime]:
    made, at = await uow.settings.batch(batch)
    if at is None:
        raise AlreadyDone("This change was taken back already.")
    return made, at


def _value(schedule: Schedule) -> str:
    weekday = "" if schedule.weekday is None else str(schedule.weekday)
    return f"{schedule.local_time:%H:%M}|{weekday}|{'on' if schedule.enabled else 'off'}"


def _read(schedule: Schedule, value: str) -> Schedule:
    at, weekday, state = value.split("|")
    return replace(
        schedule,
        local_time=time.fromisoformat(at),
        weekday=int(weekday) if weekday else None,
        enabled=state == "on",
    )


def zones(words: str, at_most: int = 100) -> Sequence[str]:
    """The time zones whose name contains every word, such as ``america new york``."""
    wanted = words.lower().replace("/", " ").replace("_", " ").split()
    names: Mapping[str, str] = {
        name: name.lower().replace("/", " ").replace("_", " ") for name in sorted(available_timezones())
    }
    return [name for name, said in names.items() if all(word in said for word in wanted)][:at_most]
