"""The daily digest: gathered from the audit trail, never from memory."""

from collections.abc import Sequence
from datetime import datetime, time

from bot.clock import Clock
from bot.db.session import Database
from bot.domain.context import Ctx, Right
from bot.domain.digests import Digest
from bot.domain.reviews import Review
from bot.domain.schedules import DAILY_DIGEST, Schedule
from bot.domain.tickets import TicketState

MOST_ROWS = 500
"""A day's audit rows and tickets that one digest looks through."""


class DigestsService:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def gather(self, ctx: Ctx, since: datetime, until: datetime) -> Digest:
        """What happened in the workspace from ``since`` (inclusive) to ``until``, as far as the person sees it."""
        ctx.require(Right.READ)
        if ctx.person.organizations is not None:
            return await self._gather_seen(ctx, since, until)
        return await self.gather_for(ctx.tenant.id, since, until)

    async def gather_for(self, tenant_id: int, since: datetime, until: datetime) -> Digest:
        """The same for the scheduler, on nobody's behalf."""
        async with self._database.unit(tenant_id) as uow:
            connection = await uow.connections.get()
            acts = [act for act in await uow.audit.recent(MOST_ROWS) if since <= act.at < until]
            tickets = await uow.tickets.recent(MOST_ROWS)
            unmapped = await uow.organizations.unmapped_count()

        def subjects(action: str) -> tuple[str, ...]:
            return tuple(dict.fromkeys(act.subject for act in acts if act.action == action))

        return Digest(
            since=since,
            until=until,
            connected=connection.zone.name if connection else "",
            newly_connected=bool(subjects("connect")),
            mapped=subjects("map organization"),
            unmapped=unmapped,
            raised=tuple(
                ticket for ticket in tickets if ticket.created_at and since <= ticket.created_at < until
            ),
            not_created=tuple(ticket for ticket in tickets if ticket.state is TicketState.FAILED),
            reviews_started=subjects("create review"),
            reviews_completed=subjects("complete review"),
        )

    async def _gather_seen(self, ctx: Ctx, since: datetime, until: datetime) -> Digest:
        """From the rows of the organizations that the person sees: the audit trail names the others, too."""
        async with self._database.unit_for(ctx) as uow:
            connection = await uow.connections.get()
            tickets = await uow.tickets.recent(MOST_ROWS)
            reviews, _ = await uow.reviews.page(0, MOST_ROWS)
            organizations = await uow.organizations.search("", MOST_ROWS)
            unmapped = await uow.organizations.unmapped_count()

        def within(moment: datetime | None) -> bool:
            return moment is not None and since <= moment < until

        return Digest(
            since=since,
            until=until,
            connected=connection.zone.name if connection else "",
            newly_connected=within(connection.connected_at) if connection else False,
            mapped=tuple(each.name for each in organizations if each.company and within(each.mapped_at)),
            unmapped=unmapped,
            raised=tuple(ticket for ticket in tickets if within(ticket.created_at)),
            not_created=tuple(ticket for ticket in tickets if ticket.state is TicketState.FAILED),
            reviews_started=tuple(_about(each) for each in reviews if within(each.opened_at)),
            reviews_completed=tuple(_about(each) for each in reviews if within(each.completed_at)),
        )

    async def schedule(self, ctx: Ctx) -> Schedule | None:
        """When and where the workspace's daily digest is posted."""
        ctx.require(Right.READ)
        return _daily(await self._schedules(ctx.tenant.id))

    async def save(self, ctx: Ctx, *, channel_id: str, at: time, enabled: bool) -> Schedule:
        """Changes when (in that person's time zone) and where; counts from the scheduler's next ring."""
        ctx.require(Right.MANAGE_PEOPLE)
        saved = Schedule(
            tenant_id=ctx.tenant.id,
            name=DAILY_DIGEST,
            local_time=at,
            timezone=ctx.person.timezone,
            channel_id=channel_id,
            enabled=enabled,
            since=self._clock.now(),
        )
        async with self._database.unit_for(ctx) as uow:
            await uow.schedules.save(saved)
            await uow.audit.record(
                at=self._clock.now(),
                by=ctx.person.user_id,
                action="change digest",
                subject="daily digest",
                after={"channel": channel_id, "time": at.isoformat("minutes"), "enabled": enabled},
            )
        return saved

    async def _schedules(self, tenant_id: int) -> Sequence[Schedule]:
        async with self._database.unit(tenant_id) as uow:
            return await uow.schedules.all()


def _about(review: Review) -> str:
    return f"{review.title}, {review.organization_name}"


def _daily(schedules: Sequence[Schedule]) -> Schedule | None:
    return next((schedule for schedule in schedules if schedule.name == DAILY_DIGEST), None)
