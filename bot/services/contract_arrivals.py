"""A mapping brings contracts along by itself (product MP5)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from bot.clock import Clock
from bot.db.contract_judging import Occasion, judge_contracts
from bot.db.session import UnitOfWork
from bot.domain.connections import ConnectionState
from bot.domain.context import Ctx
from bot.domain.contract_lists import Totals
from bot.domain.mapping import Change
from bot.domain.switches import Capability
from bot.jobs import Jobs, RunSync

AGAIN_AFTER: Final = timedelta(minutes=5)
"""Mappings within this time share one sync: the mirror holds every company's contracts, mapped or not."""


class ContractArrivals:
    def __init__(self, jobs: Jobs, clock: Clock) -> None:
        self._jobs = jobs
        self._clock = clock

    async def mapped(
        self, uow: UnitOfWork, ctx: Ctx, changes: Sequence[Change], channel_id: str
    ) -> Totals | None:
        """Takes in what the mirror has of the companies now, and has Autotask asked for the rest.

        What a single organization has got; None for several, or where contracts are switched off. Part of the
        transaction that maps, which must see every organization.
        """
        new = [each for each in changes if _gains_company(each)]
        if not new or not await _is_on(uow):
            return None
        now = self._clock.now()
        companies = tuple(each.after.company_id for each in new if each.after.company_id is not None)
        today = now.astimezone(ZoneInfo(ctx.tenant.timezone)).date()
        await judge_contracts(uow, Occasion(now, today, company_ids=companies, tells=False))
        if await uow.deliveries.first_time(f"contracts after mapping:{_slot(now)}", now):
            await self._jobs.enqueue(uow, _job(ctx, new, now, channel_id))
        return await uow.contracts.totals(new[0].organization_id) if len(new) == 1 else None


def _gains_company(change: Change) -> bool:
    had = change.before.company_id if change.before else None
    return change.after.company_id is not None and change.after.company_id != had


async def _is_on(uow: UnitOfWork) -> bool:
    switches, connection = await uow.switches.all(), await uow.connections.get()
    is_active = connection is not None and connection.state is ConnectionState.ACTIVE
    return is_active and switches.may_read(Capability.CONTRACTS)


def _slot(now: datetime) -> int:
    return int(now.timestamp() // AGAIN_AFTER.total_seconds())


def _job(ctx: Ctx, new: Sequence[Change], now: datetime, channel_id: str) -> RunSync:
    """For one organization, who mapped it is told what came."""
    one = new[0].organization_id if len(new) == 1 else None
    return RunSync(
        tenant_id=ctx.tenant.id,
        groups=("contracts",),
        run_key=f"mapped:{_slot(now)}",
        requested_by=ctx.person.user_id if one is not None else "",
        channel_id=channel_id if one is not None else "",
        organization_id=one,
    )
