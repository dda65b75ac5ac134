"""Worked time as people ask for it: how it stands, lists, and the contract of an entry picked by hand."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.autotask import entities
from bot.autotask.links import links
from bot.clock import Clock
from bot.db.session import Database, UnitOfWork
from bot.domain.context import Ctx, Right, Tenant
from bot.domain.invoices import Identifier, called
from bot.domain.settings import UNDO_WITHIN
from bot.domain.switches import Capability
from bot.domain.time_entries import (
    WINDOW_DAYS,
    WINDOW_SETTING,
    TimeFilter,
    TimeLine,
    TimePage,
    TimeSummary,
    TimeTotal,
)
from bot.domain.time_logs import lines
from bot.errors import AlreadyDone, MappingMissing, NotAllowed, NotFound


@dataclass(frozen=True)
class Picked:
    """An entry after a contract was picked, or the pick was taken back."""

    line: TimeLine
    before: int | None = None


class TimeEntriesService:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def summary(self, ctx: Ctx, organization_id: int | None = None) -> TimeSummary:
        """How time stands as of the last sync, of what the person sees; sums only for who may see money.

        Raises ``SwitchedOff``, ``NotFound``, and ``MappingMissing`` for an organization without company.
        """
        ctx.require(Right.READ)
        async with self._database.unit_for(ctx) as uow:
            await uow.switches.require(Capability.TIME, writing=False)
            company = await _company(uow, organization_id)
            days = await uow.settings.number(WINDOW_SETTING, WINDOW_DAYS)
            since = _today(ctx.tenant, self._clock.now()) - timedelta(days=days)
            found = TimeSummary(
                by_state=await uow.time_entries.totals(since, company),
                ready=await uow.time_entries.ready(company),
                months=tuple(await uow.time_entries.months(since, company)),
                oldest_unapproved=await uow.time_entries.oldest_unapproved(company),
                as_of=await uow.time_entries.as_of(),
                window_days=days,
                has_rate=bool(await uow.time_rates.all()),
            )
        return found if ctx.person.sees_money else _without_money(found)

    async def unbilled(self, ctx: Ctx, organization_id: int | None = None) -> TimeTotal:
        """What is imported and on no invoice yet (product TE7); without sums for who may not see money."""
        return (await self.summary(ctx, organization_id)).ready

    async def page(self, ctx: Ctx, wanted: TimeFilter, *, offset: int = 0, limit: int = 10) -> TimePage:
        """One page of what the filter asks for, as far as the person sees it. Raises as ``summary`` does."""
        ctx.require(Right.READ)
        async with self._database.unit_for(ctx) as uow:
            await uow.switches.require(Capability.TIME, writing=False)
            company = await _company(uow, wanted.organization_id)
            days = await uow.settings.number(WINDOW_SETTING, WINDOW_DAYS)
            since = _today(ctx.tenant, self._clock.now()) - timedelta(days=days)
            found, total = await uow.time_entries.page(wanted, since, company, offset=offset, limit=limit)
            name = await _name(uow, wanted.organization_id)
            as_of, connection = await uow.time_entries.as_of(), await uow.connections.get()
            identifier = await uow.invoices.identifier()
        named = [_with_invoice(each, identifier) for each in found]
        shown = named if ctx.person.sees_money else [replace(each, amount=None) for each in named]
        base = connection.zone.web_url if connection else ""
        urls = links(base, entities.TimeEntry, [each.id for each in shown])
        return TimePage(tuple(shown), urls, total, name, as_of)

    async def entry(self, ctx: Ctx, entry_id: int) -> TimeLine:
        """Raises ``NotFound``, also for one that the person may not see."""
        ctx.require(Right.READ)
        async with self._database.unit_for(ctx) as uow:
            return await _entry(uow, entry_id)

    async def contracts(self, ctx: Ctx, entry_id: int, typed: str) -> list[tuple[int, str, date | None]]:
        """The contracts of the entry's company that are taken in: id, name and end."""
        _require_linking(ctx)
        async with self._database.unit_for(ctx) as uow:
            company = (await _entry(uow, entry_id)).company_id
            return [] if company is None else await uow.time_entries.contracts_of(company, typed)

    async def pick(self, ctx: Ctx, entry_id: int, contract_id: int) -> Picked:
        """Links the entry to the contract, in Deskhand alone, and decides it anew; nothing is written to Autotask.

        Raises ``NotFound`` for a contract of another company.
        """
        _require_linking(ctx)
        await self._check(ctx, entry_id, contract_id)
        now = self._clock.now()
        async with self._database.unit(ctx.tenant.id) as uow:
            before = await uow.time_entries.pick(entry_id, contract_id, ctx.person.user_id, now)
            line = await self._decided(ctx, uow, entry_id, "link time entry")
        return Picked(line, before)

    async def unpick(self, ctx: Ctx, entry_id: int) -> Picked:
        """Takes a pick back. Raises ``AlreadyDone`` after ten minutes, or when it was taken back already."""
        _require_linking(ctx)
        await self.entry(ctx, entry_id)
        async with self._database.unit(ctx.tenant.id) as uow:
            picked_at = await uow.time_entries.picked_at(entry_id)
            if picked_at is None:
                raise AlreadyDone("This was taken back already.")
            if self._clock.now() - picked_at > UNDO_WITHIN:
                raise AlreadyDone("A pick can be undone for ten minutes. Pick another contract instead.")
            await uow.time_entries.unpick(entry_id)
            return Picked(await self._decided(ctx, uow, entry_id, "unlink time entry"))

    async def _check(self, ctx: Ctx, entry_id: int, contract_id: int) -> None:
        async with self._database.unit_for(ctx) as uow:
            await uow.switches.require(Capability.TIME, writing=False)
            company = (await _entry(uow, entry_id)).company_id
            offered = await uow.time_entries.contracts_of(company) if company is not None else []
        if contract_id not in {key for key, _, _ in offered}:
            raise NotFound("contract", str(contract_id))

    async def _decided(self, ctx: Ctx, uow: UnitOfWork, entry_id: int, action: str) -> TimeLine:
        now, was = self._clock.now(), await _entry(uow, entry_id)
        decided = await uow.time_imports.decide_one(entry_id, now)
        await uow.sync_logs.add(None, lines(decided), now)
        line = await _entry(uow, entry_id)
        await uow.audit.record(
            at=now,
            by=ctx.person.user_id,
            action=action,
            subject=f"time entry {entry_id}",
            before={"contract": was.contract_id, "state": was.state.value},
            after={"contract": line.contract_id, "state": line.state.value},
            autotask_id=entry_id,
        )
        return line


def _require_linking(ctx: Ctx) -> None:
    if not ctx.person.may(Right.MAP_ORGANIZATIONS):
        raise NotAllowed("pick contracts for time entries")


def _today(tenant: Tenant, now: datetime) -> date:
    return now.astimezone(ZoneInfo(tenant.timezone)).date()


async def _company(uow: UnitOfWork, organization_id: int | None) -> int | None:
    if organization_id is None:
        return None
    organization = await uow.organizations.get(organization_id)
    if organization is None:
        raise NotFound("organization", str(organization_id))
    if organization.company is None:
        raise MappingMissing(f"the Autotask company of {organization.name}")
    return organization.company.autotask_id


async def _name(uow: UnitOfWork, organization_id: int | None) -> str:
    organization = await uow.organizations.get(organization_id) if organization_id else None
    return organization.name if organization else ""


async def _entry(uow: UnitOfWork, entry_id: int) -> TimeLine:
    found = await uow.time_entries.get(entry_id)
    if found is None:
        raise NotFound("time entry", str(entry_id))
    return found


def _with_invoice(line: TimeLine, identifier: Identifier) -> TimeLine:
    """The invoice as the workspace names invoices; one that is not here has its id."""
    return (
        replace(line, invoice=called(line.invoice_id, line.invoice, identifier)) if line.invoice_id else line
    )


def _without_money(found: TimeSummary) -> TimeSummary:
    return replace(
        found,
        by_state={state: _hours_only(total) for state, total in found.by_state.items()},
        ready=_hours_only(found.ready),
        months=tuple((month, _hours_only(total)) for month, total in found.months),
    )


def _hours_only(total: TimeTotal) -> TimeTotal:
    return TimeTotal(total.entries, total.hours)
