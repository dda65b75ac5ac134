"""What an hour is worth: dated, never changed backwards without saying what that changes; and how far back time is imported."""

from contextlib import suppress
from datetime import date
from uuid import uuid4

from bot.clock import Clock
from bot.db.session import Database, UnitOfWork
from bot.domain.context import Ctx, Right
from bot.domain.money import money
from bot.domain.settings import Change, Chosen, Saved
from bot.domain.switches import Capability
from bot.domain.time_entries import (
    WINDOW_DAYS,
    WINDOW_SETTING,
    Rate,
    Repricing,
    day_text,
    read_days,
)
from bot.errors import AlreadyDone, InvalidInput, NotFound


class _NotMeant(Exception):
    """Rolls a rehearsal back."""


class TimeRatesService:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def all(self, ctx: Ctx) -> list[Rate]:
        """Every rate that holds now or will, the newest day first."""
        _require(ctx)
        async with self._database.unit(ctx.tenant.id) as uow:
            await uow.switches.require(Capability.TIME, writing=False)
            return await uow.time_rates.all()

    async def preview(self, ctx: Ctx, rate: Rate) -> Repricing:
        """What the rate would change of what is imported and on no invoice. Nothing is saved."""
        _require(ctx)
        found = Repricing(0, (), ())
        with suppress(_NotMeant):
            async with self._database.unit(ctx.tenant.id) as uow:
                await _check(uow, rate)
                await uow.time_rates.add(rate, self._clock.now())
                found = await uow.time_imports.reprice()
                raise _NotMeant
        return found

    async def save(self, ctx: Ctx, rate: Rate) -> Repricing:
        """Sets the rate from its day on; one for the same from the same day makes way. What that changed."""
        _require(ctx)
        now = self._clock.now()
        async with self._database.unit(ctx.tenant.id) as uow:
            await _check(uow, rate)
            await uow.time_rates.add(rate, now)
            changed = await uow.time_imports.reprice()
            await self._record(ctx, uow, "set hourly rate", rate, changed=changed)
        return changed

    async def remove(self, ctx: Ctx, rate_id: int) -> tuple[Rate, Repricing]:
        """Takes a rate out, as if it had never been; what is on an invoice keeps it. Raises ``AlreadyDone``."""
        _require(ctx)
        async with self._database.unit(ctx.tenant.id) as uow:
            rate = await uow.time_rates.get(rate_id)
            if rate is None or not await uow.time_rates.remove(rate_id, self._clock.now()):
                raise AlreadyDone("This rate was removed already.")
            changed = await uow.time_imports.reprice()
            await self._record(ctx, uow, "remove hourly rate", rate, changed=changed)
        return rate, changed

    async def contracts(self, ctx: Ctx, typed: str) -> list[tuple[int, str, date | None]]:
        """Contracts that a rate may be for: id, name with the company's, and end."""
        _require(ctx)
        async with self._database.unit(ctx.tenant.id) as uow:
            return await uow.time_entries.contracts_named(typed)

    async def window_days(self, ctx: Ctx) -> int:
        ctx.require(Right.READ)
        async with self._database.unit(ctx.tenant.id) as uow:
            return await uow.settings.number(WINDOW_SETTING, WINDOW_DAYS)

    async def set_window(self, ctx: Ctx, typed: str) -> Saved:
        """How many days back entries are imported by themselves; from the next run on. Raises ``InvalidInput``."""
        ctx.require(Right.CHANGE_SETTINGS)
        after, now = _days_chosen(read_days(typed)), self._clock.now()
        async with self._database.unit(ctx.tenant.id) as uow:
            await uow.settings.lock()
            before = (await uow.settings.preferences()).get(WINDOW_SETTING, _days_chosen(WINDOW_DAYS))
            if before == after:
                return Saved("", ())
            change, batch = Change(WINDOW_SETTING, before, after), uuid4().hex
            await uow.settings.prefer(WINDOW_SETTING, after, by=ctx.person.user_id, at=now)
            await uow.settings.remember(batch, [change], by=ctx.person.user_id, at=now)
            await uow.audit.record(
                at=now,
                by=ctx.person.user_id,
                action="change setting",
                subject="Days of time entries",
                before={"value": before.label},
                after={"value": after.label},
            )
        return Saved(batch, (change,))

    async def _record(
        self, ctx: Ctx, uow: UnitOfWork, action: str, rate: Rate, *, changed: Repricing
    ) -> None:
        await uow.audit.record(
            at=self._clock.now(),
            by=ctx.person.user_id,
            action=action,
            subject=f"{money(rate.rate, rate.currency)} an hour from {day_text(rate.valid_from)}",
            after={
                "organization": rate.organization_id,
                "contract": rate.contract_id,
                "entries": changed.entries,
                "before": [f"{each.cents} {each.currency}" for each in changed.before],
                "after": [f"{each.cents} {each.currency}" for each in changed.after],
            },
        )


def _require(ctx: Ctx) -> None:
    """For Admins who see every client: rates name organizations and contracts."""
    ctx.require(Right.CHANGE_SETTINGS)
    ctx.require_whole_sight()


async def _check(uow: UnitOfWork, rate: Rate) -> None:
    await uow.switches.require(Capability.TIME, writing=False)
    if rate.organization_id is not None and rate.contract_id is not None:
        raise InvalidInput("contract", "For a client or for a contract, not for both.")
    if rate.organization_id is None:
        return
    organization = await uow.organizations.get(rate.organization_id)
    if organization is None:
        raise NotFound("organization", str(rate.organization_id))
    if organization.company is None:
        raise InvalidInput("organization", "It is mapped to no Autotask company yet: no time belongs to it.")


def _days_chosen(days: int) -> Chosen:
    return Chosen(str(days), f"last {days} days")
