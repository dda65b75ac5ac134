"""Utilisation and notes, for who may compare people: of each resource, from the database alone (product TE8)."""

from dataclasses import replace
from zoneinfo import ZoneInfo

from bot.autotask import entities
from bot.autotask.links import links
from bot.clock import Clock
from bot.db.session import Database, UnitOfWork
from bot.domain.context import Ctx
from bot.domain.switches import Capability
from bot.domain.time_entries import WINDOW_DAYS, WINDOW_SETTING
from bot.domain.time_quality import Days, PoorNotes, QualityCard, days_before, together
from bot.errors import NotAllowed

MOST_WORDS = 60


class TimeQualityService:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def card(self, ctx: Ctx, words: str = "", *, offset: int = 0, limit: int = 20) -> QualityCard:
        """One page of people whose name has the words, as far as the person sees what they worked for.

        Raises ``NotAllowed`` for who may not compare people, and ``SwitchedOff``.
        """
        _require_everybody(ctx)
        async with self._database.unit_for(ctx) as uow:
            days = await self._days(ctx, uow)
            found = await uow.time_quality.workers(days, words[:MOST_WORDS])
            as_of = await uow.time_entries.as_of()
        return QualityCard(
            days,
            tuple(found[offset : offset + limit]),
            len(found),
            together(found),
            as_of,
            is_part=ctx.person.organizations is not None,
        )

    async def notes(self, ctx: Ctx, words: str = "", *, offset: int = 0, limit: int = 10) -> PoorNotes:
        """One page of the entries to bill whose note says too little. Raises as ``card`` does."""
        _require_everybody(ctx)
        async with self._database.unit_for(ctx) as uow:
            days = await self._days(ctx, uow)
            found, total = await uow.time_quality.poor(days, words[:MOST_WORDS], offset=offset, limit=limit)
            as_of, connection = await uow.time_entries.as_of(), await uow.connections.get()
        base = connection.zone.web_url if connection else ""
        urls = links(base, entities.TimeEntry, [each.id for each in found])
        linked = tuple(replace(each, url=url) for each, url in zip(found, urls, strict=True))
        return PoorNotes(days, linked, total, as_of)

    async def _days(self, ctx: Ctx, uow: UnitOfWork) -> Days:
        await uow.switches.require(Capability.TIME, writing=False)
        today = self._clock.now().astimezone(ZoneInfo(ctx.tenant.timezone)).date()
        return days_before(today, await uow.settings.number(WINDOW_SETTING, WINDOW_DAYS))


def _require_everybody(ctx: Ctx) -> None:
    if not ctx.person.sees_everybodys_time:
        raise NotAllowed("see everybody's time")
