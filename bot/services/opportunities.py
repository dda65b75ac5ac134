"""Opportunities from the mirror (product OP9)."""

from bot.clock import Clock
from bot.db.session import Database, UnitOfWork
from bot.domain.context import Ctx, Right
from bot.domain.opportunities import PAGE_SIZE, Choices, OpportunityFilter, OpportunityPage
from bot.errors import NotConnected


class OpportunitiesService:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def page(self, ctx: Ctx, chosen: OpportunityFilter, number: int = 0) -> OpportunityPage:
        """Opportunities that the person sees, those that close first at the top. Raises ``NotConnected``."""
        today = self._clock.now().astimezone(ctx.person.zone).date()
        async with self._database.unit_for(ctx) as uow:
            await _readable(ctx, uow)
            labels = await uow.fields.entity("Opportunities")
            sight = await uow.sights.of(mapped_only=ctx.person.organizations is not None)
            sums = await uow.opportunities.sums(chosen, today, sight)
            at = min(max(number, 0), max(0, -(-sums.count // PAGE_SIZE) - 1))
            found = await uow.opportunities.page(
                chosen, today, labels, offset=at * PAGE_SIZE, limit=PAGE_SIZE, sight=sight
            )
            organization = await uow.organizations.get(chosen.organization_id or 0)
            return OpportunityPage(
                tuple(found),
                chosen,
                at,
                sums,
                await uow.invoices.currency(),
                today,
                await uow.opportunities.as_of(),
                organization.name if organization else "",
                await uow.fields.label("Opportunities", "stage", chosen.stage),
                await uow.fields.label("Opportunities", "status", chosen.status),
            )

    async def choices(self, ctx: Ctx) -> Choices:
        async with self._database.unit_for(ctx) as uow:
            await _readable(ctx, uow)
            return Choices(
                await uow.fields.active("Opportunities", "stage"),
                await uow.fields.active("Opportunities", "status"),
                tuple(await uow.opportunities.owners()),
            )

    async def read_filter(self, ctx: Ctx, words: str) -> OpportunityFilter:
        """What somebody typed: an organization, a stage, or words to look for among the active ones."""
        ctx.require(Right.READ)
        text = " ".join(words.split())[:100]
        if not text:
            return OpportunityFilter()
        async with self._database.unit_for(ctx) as uow:
            stages = await uow.fields.active("Opportunities", "stage")
            found = await uow.organizations.search(text, 2)
        stage = next((each for each in stages if each.label.casefold() == text.casefold()), None)
        if stage is not None:
            return OpportunityFilter(stage=int(stage.value))
        if len(found) == 1:
            return OpportunityFilter(organization_id=found[0].id)
        return OpportunityFilter(words=text)


async def _readable(ctx: Ctx, uow: UnitOfWork) -> None:
    ctx.require(Right.READ)
    if await uow.connections.get() is None:
        raise NotConnected
