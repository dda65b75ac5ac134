"""The facts of the Home tab and the menu, read in one transaction."""

from bot.clock import Clock
from bot.db.session import Database
from bot.domain.access import HouseRules
from bot.domain.context import Ctx, Right
from bot.domain.overview import Overview
from bot.domain.settings import problems_of
from bot.domain.switches import Capability

SHOWN = 5
"""Tickets and reviews listed; the rest is one button away."""


class OverviewService:
    def __init__(self, database: Database, clock: Clock, *, rules: HouseRules) -> None:
        """``rules`` name Admins, too; with one of them there is nothing to claim."""
        self._database = database
        self._clock = clock
        self._rules = rules

    async def gather(self, ctx: Ctx) -> Overview:
        """Where the workspace stands, and the person's own latest work. Raises ``NotAllowed``."""
        ctx.require(Right.READ)
        mine = ctx.person.user_id
        async with self._database.unit_for(ctx) as uow:
            _, organizations = await uow.organizations.page(0, 1)
            reviews, _ = await uow.reviews.page(0, SHOWN, created_by=mine)
            _, review_total = await uow.reviews.page(0, 1)
            switches = await uow.switches.all()
            connection = await uow.connections.get()
            sees_tickets = switches.may_read(Capability.TICKETS)
            mine_raised = await uow.tickets.recent(SHOWN, created_by=mine) if sees_tickets else []
            return Overview(
                as_of=self._clock.now(),
                has_admin=bool(self._rules.admins_in(ctx.tenant, await uow.people.admins())),
                connection=connection,
                companies=await uow.companies.count(),
                organizations=organizations,
                unmapped=await uow.organizations.unmapped_count(),
                tickets=tuple(mine_raised),
                reviews=tuple(reviews),
                review_total=review_total,
                has_tickets=bool(mine_raised or await uow.tickets.recent(1)),
                switches=switches,
                problems=problems_of(
                    connection.defaults if connection else None, await uow.fields.entity("Tickets")
                ),
            )
