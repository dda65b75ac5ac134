"""Contracts as people see them: a list, a card, services found by their identifier; and ending what has expired."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from bot.autotask.entities import Contract
from bot.autotask.links import link
from bot.clock import Clock
from bot.db.audit import Done
from bot.db.contract_judging import Occasion, end_contracts
from bot.db.contracts import Wanted
from bot.db.session import Database, UnitOfWork
from bot.domain.context import Ctx, Right
from bot.domain.contract_lists import Expired, Line, Listed, Milestone
from bot.domain.switches import Capability, Mode
from bot.errors import AlreadyDone, InvalidInput, NotFound, SwitchedOff

MOST_FOUND: Final = 25
SHORTEST_SEARCH: Final = 2


@dataclass(frozen=True)
class ContractPage:
    """Some of the contracts that match, and what is said around them. ``as_of``: the end of the last complete sync."""

    contracts: tuple[Listed, ...]
    total: int
    today: date
    expired: int = 0
    waiting: int = 0
    """Companies that an Admin was asked about."""
    as_of: datetime | None = None


@dataclass(frozen=True)
class ContractCard:
    contract: Listed
    lines: tuple[Line, ...]
    milestones: tuple[Milestone, ...]
    today: date
    url: str = ""
    as_of: datetime | None = None


@dataclass(frozen=True)
class ServiceCard:
    line: Line
    url: str = ""
    as_of: datetime | None = None


class ContractsService:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def page(
        self,
        ctx: Ctx,
        *,
        offset: int = 0,
        limit: int = 10,
        text: str = "",
        organization_id: int | None = None,
    ) -> ContractPage:
        """Contracts of the organizations that the person sees. Raises ``SwitchedOff``."""
        ctx.require(Right.READ)
        async with self._database.unit_for(ctx) as uow:
            await _require_on(uow)
            found, total = await uow.contracts.page(Wanted(text, organization_id), offset, limit)
            _, waiting = await uow.customers.open(0, 0)
            return ContractPage(
                tuple(found),
                total,
                self._today(ctx),
                len(await uow.standings.expired(self._today(ctx))),
                waiting if ctx.person.organizations is None else 0,
                await uow.standings.synced_at(),
            )

    async def card(self, ctx: Ctx, contract_id: int) -> ContractCard:
        """Raises ``NotFound`` also for contracts of organizations that the person does not see."""
        ctx.require(Right.READ)
        today = self._today(ctx)
        async with self._database.unit_for(ctx) as uow:
            await _require_on(uow)
            found = await uow.contracts.get(contract_id)
            if found is None:
                raise NotFound("contract", str(contract_id))
            return ContractCard(
                found,
                tuple(await uow.contract_lines.of(contract_id, today)),
                tuple(await uow.contracts.milestones(contract_id)),
                today,
                await _url(uow, contract_id),
                await uow.standings.synced_at(),
            )

    async def find(self, ctx: Ctx, text: str) -> list[Line]:
        """Services by identifier, description, contract or name: the first 25. Raises ``InvalidInput`` for too few letters."""
        ctx.require(Right.READ)
        if len(text.strip()) < SHORTEST_SEARCH:
            raise InvalidInput("text", f"Give at least {SHORTEST_SEARCH} letters or digits to look for.")
        async with self._database.unit_for(ctx) as uow:
            await _require_on(uow)
            return await uow.contract_lines.find(text, self._today(ctx), MOST_FOUND)

    async def service(self, ctx: Ctx, key: str) -> ServiceCard:
        """One service on a contract. Raises ``NotFound``."""
        ctx.require(Right.READ)
        async with self._database.unit_for(ctx) as uow:
            await _require_on(uow)
            found = await uow.contract_lines.get(key, self._today(ctx))
            if found is None:
                raise NotFound("service", key)
            return ServiceCard(found, await _url(uow, found.contract_id), await uow.standings.synced_at())

    async def expired(self, ctx: Ctx) -> list[Expired]:
        """What *End expired contracts* would end, the longest over first; of organizations that the person sees."""
        ctx.require(Right.READ)
        async with self._database.unit_for(ctx) as uow:
            await _require_on(uow)
            return await uow.standings.expired(self._today(ctx))

    async def end_expired(self, ctx: Ctx, ids: Sequence[int]) -> list[Expired]:
        """Ends those of the contracts that are expired still: on our side, nothing is written to Autotask.

        Raises ``AlreadyDone`` where nothing is left to end.
        """
        ctx.require(Right.SYNC)
        now = self._clock.now()
        async with self._database.unit_for(ctx) as uow:
            await _require_on(uow)
            expired = await uow.standings.expired(self._today(ctx), ids)
            if not expired:
                raise AlreadyDone("These contracts are ended already, or their end was moved in Autotask.")
            occasion = Occasion(now, self._today(ctx))
            await end_contracts(uow, expired, occasion, by=ctx.person.user_id)
            done = [
                Done(
                    each.name,
                    {"organization": each.organization, "last day": each.end_date.isoformat()},
                    each.id,
                )
                for each in expired
            ]
            await uow.audit.record_each(done, at=now, by=ctx.person.user_id, action="end contract")
        return expired

    def _today(self, ctx: Ctx) -> date:
        return self._clock.now().astimezone(ZoneInfo(ctx.tenant.timezone)).date()


async def _require_on(uow: UnitOfWork) -> None:
    """Switched off, contracts are hidden from everybody (product CR3)."""
    switches = await uow.switches.all()
    if not switches.may_read(Capability.CONTRACTS):
        raise SwitchedOff(Capability.CONTRACTS.value, Mode.OFF.value)


async def _url(uow: UnitOfWork, contract_id: int) -> str:
    connection = await uow.connections.get()
    return (link(connection.zone.web_url, Contract, contract_id) or "") if connection else ""
