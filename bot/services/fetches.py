"""Fetching from Autotask by hand: who may when, and what came of it (product IP9 to IP11, CV16)."""

from bot.clock import Clock
from bot.db.session import Database, UnitOfWork
from bot.domain.context import Ctx, Right
from bot.domain.fetches import Fetch, FetchPage, Turn
from bot.domain.settings import NO, SOURCE_OF_TRUTH
from bot.domain.switches import Capability, Mode
from bot.errors import AlreadyDone, NotConnected, SwitchedOff
from bot.jobs import Jobs, RunSync

MOST_CORRECTIONS = 20


class FetchesService:
    def __init__(self, database: Database, *, jobs: Jobs, clock: Clock) -> None:
        self._database = database
        self._jobs = jobs
        self._clock = clock

    async def page(self, ctx: Ctx) -> FetchPage:
        """How both stand, with what the last fetch of unpaid invoices corrected, as far as the person sees it."""
        ctx.require(Right.READ)
        async with self._database.unit_for(ctx) as uow:
            turns = await uow.fetches.all()
            key = next((each.run_key for each in turns if each.fetch is Fetch.UNPAID), "")
            found, count = await uow.fetches.corrections(key, MOST_CORRECTIONS)
            return FetchPage(self._clock.now(), await _is_primary(uow), turns, tuple(found), count)

    async def start(self, ctx: Ctx, fetch: Fetch, *, run_key: str, channel_id: str = "") -> Turn:
        """Takes the turn and starts the run, together; the turn of somebody else where theirs still holds.

        Raises ``AlreadyDone`` where Autotask is not the source of truth, ``SwitchedOff``, ``NotConnected``.
        """
        ctx.require(Right.SYNC)
        async with self._database.unit_for(ctx) as uow:
            await _allowed(uow)
            turn = await uow.fetches.take(fetch, run_key, ctx.person.user_id, self._clock.now())
            if turn.run_key == run_key:
                await self._jobs.enqueue(uow, _job(ctx, fetch, run_key, channel_id))
        return turn


def _job(ctx: Ctx, fetch: Fetch, run_key: str, channel_id: str) -> RunSync:
    return RunSync(
        tenant_id=ctx.tenant.id,
        groups=fetch.groups,
        run_key=run_key,
        requested_by=ctx.person.user_id,
        channel_id=channel_id,
        options=(fetch.value,),
    )


async def _is_primary(uow: UnitOfWork) -> bool:
    chosen = (await uow.settings.preferences()).get(SOURCE_OF_TRUTH)
    return chosen is None or chosen.value != NO


async def _allowed(uow: UnitOfWork) -> None:
    if await uow.connections.get() is None:
        raise NotConnected
    if not (await uow.switches.all()).may_read(Capability.INVOICES):
        raise SwitchedOff(Capability.INVOICES.value, Mode.OFF.value)
    if not await _is_primary(uow):
        raise AlreadyDone(
            "Autotask is not your source of truth: another system decides, so nothing is fetched by hand."
            " An Admin can change that in the settings."
        )
