"""A mapping brings contracts along by itself (product MP5)."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from bot.clock import Clock
from bot.db.changes import Mapped, arrival_key
from bot.db.contract_judging import Occasion, judge_contracts
from bot.db.session import UnitOfWork
from bot.domain.connections import ConnectionState
from bot.domain.context import Ctx
from bot.domain.contract_lists import Totals
from bot.domain.mapping import Change, Standing
from bot.domain.switches import Capability
from bot.domain.sync_orders import THEN_TIME
from bot.domain.syncs import Group
from bot.jobs import Jobs, RunSync, SettleMappings

AGAIN_AFTER: Final = timedelta(minutes=5)
"""Mappings one by one within this time share a sync: the mirror holds every company's contracts, mapped or not."""
MORE_WITHIN: Final = timedelta(seconds=20)
"""The sync for the parts of an import begins so long after the first of them."""
SETTLED_TOGETHER: Final = timedelta(seconds=5)
"""Changes within this time are settled by one job, which begins ``GRACE`` after it."""
GRACE: Final = timedelta(seconds=1)


class ContractArrivals:
    def __init__(self, jobs: Jobs, clock: Clock) -> None:
        self._jobs = jobs
        self._clock = clock

    async def mapped(self, uow: UnitOfWork, ctx: Ctx, made: Mapped) -> Totals | None:
        """Takes in what the mirror has of the companies now, and has Autotask asked for the rest.

        What a single organization has got; for several nothing yet: their contracts are counted when they have
        arrived. None where no company came, or contracts are switched off. Part of the transaction that maps, which
        must see every organization.
        """
        await self.settle(uow, ctx, made.changes)
        new = [each for each in made.changes if each.gains_company]
        if not new or not await _is_on(uow):
            return None
        if len(new) > 1 or await uow.deliveries.seen(arrival_key(made.batch_id)):
            await self._several(uow, ctx, made)
            return Totals()
        return await self._one(uow, ctx, new[0], made.channel_id)

    async def settle(self, uow: UnitOfWork, ctx: Ctx, changes: Sequence[Change]) -> None:
        """Has contracts and time looked at again within seconds, where companies were gained or lost."""
        if not any(_moves(each) for each in changes) or await uow.removals.under_way() is not None:
            return
        now = self._clock.now()
        slot = int(now.timestamp() // SETTLED_TOGETHER.total_seconds())
        if await uow.deliveries.first_time(f"mappings settled:{slot}", now):
            ends = datetime.fromtimestamp((slot + 1) * SETTLED_TOGETHER.total_seconds(), UTC)
            job = SettleMappings(tenant_id=ctx.tenant.id, slot=str(slot))
            await self._jobs.enqueue(uow, job, at=ends + GRACE)

    async def _one(self, uow: UnitOfWork, ctx: Ctx, one: Change, channel_id: str) -> Totals:
        now = self._clock.now()
        today = now.astimezone(ZoneInfo(ctx.tenant.timezone)).date()
        companies = (one.after.company_id,) if one.after.company_id is not None else ()
        # While a sync judges all contracts, a person's press does not wait for it: what settles comes in seconds.
        if await uow.syncs.free(Group.CONTRACTS):
            await judge_contracts(uow, Occasion(now, today, company_ids=companies, tells=False))
        slot = int(now.timestamp() // AGAIN_AFTER.total_seconds())
        if await uow.deliveries.first_time(f"contracts after mapping:{slot}", now):
            job = _sync(ctx, f"mapped:{slot}", channel_id, organization_id=one.organization_id)
            await self._jobs.enqueue(uow, job)
        return await uow.contracts.totals(one.organization_id)

    async def _several(self, uow: UnitOfWork, ctx: Ctx, made: Mapped) -> None:
        """One sync and one message for all of a batch."""
        now = self._clock.now()
        if await uow.deliveries.first_time(arrival_key(made.batch_id), now):
            job = _sync(ctx, f"mapped batch:{made.batch_id}", made.channel_id, batch_id=made.batch_id)
            await self._jobs.enqueue(uow, job, at=now + MORE_WITHIN if made.has_more else None)


def _sync(
    ctx: Ctx, key: str, channel_id: str, *, organization_id: int | None = None, batch_id: int | None = None
) -> RunSync:
    return RunSync(
        tenant_id=ctx.tenant.id,
        groups=(Group.CONTRACTS.value,),
        run_key=key,
        requested_by=ctx.person.user_id,
        channel_id=channel_id,
        options=(THEN_TIME,),
        organization_id=organization_id,
        batch_id=batch_id,
    )


def _moves(change: Change) -> bool:
    """Whether the organization has another company in effect: an archived one has none."""
    return _company(change.before) != _company(change.after)


def _company(standing: Standing | None) -> int | None:
    return None if standing is None or standing.archived else standing.company_id


async def _is_on(uow: UnitOfWork) -> bool:
    switches, connection = await uow.switches.all(), await uow.connections.get()
    is_active = connection is not None and connection.state is ConnectionState.ACTIVE
    return is_active and switches.may_read(Capability.CONTRACTS)
