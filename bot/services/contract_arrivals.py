"""A mapping brings contracts along by itself (product MP5)."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
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
from bot.domain.syncs import Group
from bot.jobs import Jobs, RunSync

AGAIN_AFTER: Final = timedelta(minutes=5)
"""Mappings one by one within this time share a sync: the mirror holds every company's contracts, mapped or not."""
TOGETHER: Final = timedelta(seconds=20)
"""Mappings of several at once, and the parts of an import, within this time share one."""


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
        if len(new) > 1:
            await self._later(uow, ctx)
            return None
        now, one = self._clock.now(), new[0]
        today = now.astimezone(ZoneInfo(ctx.tenant.timezone)).date()
        companies = (one.after.company_id,) if one.after.company_id is not None else ()
        await judge_contracts(uow, Occasion(now, today, company_ids=companies, tells=False))
        slot = int(now.timestamp() // AGAIN_AFTER.total_seconds())
        if await uow.deliveries.first_time(f"contracts after mapping:{slot}", now):
            job = RunSync(
                tenant_id=ctx.tenant.id,
                groups=(Group.CONTRACTS.value,),
                run_key=f"mapped:{slot}",
                requested_by=ctx.person.user_id,
                channel_id=channel_id,
                organization_id=one.organization_id,
            )
            await self._jobs.enqueue(uow, job)
        return await uow.contracts.totals(one.organization_id)

    async def _later(self, uow: UnitOfWork, ctx: Ctx) -> None:
        """Hundreds of contracts are judged by a job that begins when the last mapping of these moments is made."""
        now = self._clock.now()
        slot = int(now.timestamp() // TOGETHER.total_seconds())
        if await uow.deliveries.first_time(f"contracts after mappings:{slot}", now):
            job = RunSync(
                tenant_id=ctx.tenant.id, groups=(Group.CONTRACTS.value,), run_key=f"mapped many:{slot}"
            )
            begins = datetime.fromtimestamp((slot + 1) * TOGETHER.total_seconds(), UTC)
            await self._jobs.enqueue(uow, job, at=begins)


def _gains_company(change: Change) -> bool:
    had = change.before.company_id if change.before else None
    return change.after.company_id is not None and change.after.company_id != had


async def _is_on(uow: UnitOfWork) -> bool:
    switches, connection = await uow.switches.all(), await uow.connections.get()
    is_active = connection is not None and connection.state is ConnectionState.ACTIVE
    return is_active and switches.may_read(Capability.CONTRACTS)
