"""The facts of the Home tab and the menu, read in one transaction."""

from bot.clock import Clock
from bot.db.session import Database
from bot.domain.context import Ctx, Right
from bot.domain.overview import Overview

SHOWN = 5
"""Tickets and reviews listed; the rest is one button away."""


class OverviewService:
    def __init__(self, database: Database, clock: Clock, *, admins: tuple[str, ...] = ()) -> None:
        """``admins`` are those the settings name; with one of them there is nothing to claim."""
        self._database = database
        self._clock = clock
        self._admins = admins

    async def gather(self, ctx: Ctx) -> Overview:
        """Where the workspace stands, and the person's own latest work. Raises ``NotAllowed``."""
        ctx.require(Right.READ)
        mine = ctx.person.user_id
        async with self._database.unit_for(ctx) as uow:
            _, organizations = await uow.organizations.page(0, 1)
            reviews, _ = await uow.reviews.page(0, SHOWN, created_by=mine)
            _, review_total = await uow.reviews.page(0, 1)
            return Overview(
                as_of=self._clock.now(),
                has_admin=bool((ctx.tenant.by_environment and self._admins) or await uow.people.admins()),
                connection=await uow.connections.get(),
                companies=await uow.companies.count(),
                organizations=organizations,
                unmapped=await uow.organizations.unmapped_count(),
                tickets=tuple(await uow.tickets.recent(SHOWN, created_by=mine)),
                reviews=tuple(reviews),
                review_total=review_total,
            )
