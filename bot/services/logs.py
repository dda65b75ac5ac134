"""The sync log as people read it: filtered, paged, in full, taken along as a file (product SY10 to SY15)."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import datetime

from bot.clock import Clock
from bot.db.session import Database, UnitOfWork
from bot.db.sync_logs import Wanted
from bot.domain.context import Ctx, Right
from bot.domain.logs import Asked, LogFilter, LogPage, Spot, hidden_types, read_words, span_of
from bot.domain.organizations import Organization
from bot.domain.sync_logs import LogLine
from bot.errors import NotFound
from bot.jobs import ExportLogs, Jobs

AT_ONCE = 2_000
"""Lines that are read between two turns of the event loop."""


class LogsService:
    def __init__(self, database: Database, jobs: Jobs, clock: Clock) -> None:
        self._database = database
        self._jobs = jobs
        self._clock = clock

    async def understand(self, ctx: Ctx, text: str) -> Asked:
        """The filter that the words mean, days in the person's zone. Raises ``NotFound`` for an organization."""
        ctx.require(Right.READ)
        asked = read_words(text, self._clock.now().astimezone(ctx.person.zone).date())
        if not asked.organization:
            return asked
        async with self._database.unit_for(ctx) as uow:
            found = await uow.organizations.search(asked.organization, 1)
        if not found:
            raise NotFound("organization", asked.organization)
        chosen = replace(asked.filter, organization_id=found[0].id)
        return replace(asked, filter=chosen, organization=found[0].name)

    async def page(self, ctx: Ctx, wanted: LogFilter, spot: Spot) -> LogPage:
        """The lines at that place. They are counted when the list is opened; turning pages counts nothing."""
        ctx.require(Right.READ)
        async with self._database.unit_for(ctx) as uow:
            asked = await _wanted(uow, ctx, wanted)
            total = spot.total if spot.total is not None else await uow.sync_logs.count(asked)
            here = replace(spot, total=total)
            lines = await uow.sync_logs.page(asked, here)
        return LogPage(tuple(lines), wanted, here, self._clock.now())

    async def organization(self, ctx: Ctx, organization_id: int) -> Organization | None:
        """Whose lines are asked for; None where the person does not see it."""
        ctx.require(Right.READ)
        async with self._database.unit_for(ctx) as uow:
            return await uow.organizations.get(organization_id)

    async def get(self, ctx: Ctx, line_id: int) -> LogLine:
        """One line with its details. Raises ``NotFound``."""
        ctx.require(Right.READ)
        async with self._database.unit_for(ctx) as uow:
            found = await uow.sync_logs.get(line_id)
            hidden = hidden_types(await uow.switches.all())
        if found is None or found.entry.type in hidden:
            raise NotFound("log entry", str(line_id))
        return found

    async def request_export(self, ctx: Ctx, wanted: LogFilter, *, run_key: str, has_bom: bool) -> None:
        """Queues a file of what the filter finds, for the person who asks; once per ``run_key``."""
        ctx.require(Right.READ)
        now = self._clock.now()
        async with self._database.unit(ctx.tenant.id) as uow:
            if not await uow.deliveries.first_time(f"logs:{run_key}", now):
                return
            await uow.audit.record(
                at=now,
                by=ctx.person.user_id,
                action="export log",
                subject="sync log",
                after={"filter": wanted.code or "everything"},
            )
            job = ExportLogs(
                tenant_id=ctx.tenant.id,
                user_id=ctx.person.user_id,
                run_key=run_key,
                filter=wanted.code,
                has_bom=has_bom,
                until=now,
            )
            await self._jobs.enqueue(uow, job)

    async def count(self, ctx: Ctx, wanted: LogFilter) -> int:
        ctx.require(Right.READ)
        async with self._database.unit_for(ctx) as uow:
            return await uow.sync_logs.count(await _wanted(uow, ctx, wanted))

    async def stream(
        self, ctx: Ctx, wanted: LogFilter, *, until: datetime
    ) -> AsyncIterator[Sequence[LogLine]]:
        """Everything from before ``until`` that the filter finds and the person sees now, the newest first."""
        ctx.require(Right.READ)
        spot, each = Spot(anchor=(until, 0)), replace(wanted, per_page=AT_ONCE)
        while True:
            async with self._database.unit_for(ctx) as uow:
                lines = await uow.sync_logs.page(await _wanted(uow, ctx, each), spot)
            if lines:
                yield lines
            if len(lines) < AT_ONCE:
                return
            spot = Spot(anchor=(lines[-1].at, lines[-1].id))


async def _wanted(uow: UnitOfWork, ctx: Ctx, wanted: LogFilter) -> Wanted:
    hidden = hidden_types(await uow.switches.all())
    return Wanted(wanted, span_of(wanted, ctx.person.zone), tuple(sorted(hidden)))
