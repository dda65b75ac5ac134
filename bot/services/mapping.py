"""Suggestions which company an organization is, their acceptance one by one or together, and the way back."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from bot.clock import Clock
from bot.db.changes import Arrivals, Mapped, carry_out, write_down
from bot.db.session import Database, UnitOfWork
from bot.domain.context import Ctx, Right
from bot.domain.mapping import UNDO, Act, Advice, Batch, Change, Saved, Standing, advise
from bot.domain.matching import Companies
from bot.domain.organizations import Organization
from bot.errors import AlreadyDone, InvalidInput, NotFound

TENANTS_KEPT = 8
"""Workspaces whose companies stay ready to be compared with."""


@dataclass(frozen=True)
class Bulk:
    """What accepting everything sure would do. ``stamp`` changes when that does."""

    sure: tuple[Advice, ...]
    doubtful: tuple[Advice, ...]
    """As alike, but a person has to decide; each says why."""
    others: int
    """Organizations without a suggestion that is sure enough."""

    @property
    def stamp(self) -> str:
        pairs = sorted(
            (each.organization.id, each.best.company.autotask_id) for each in self.sure if each.best
        )
        return sha256(repr(pairs).encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Accepted:
    """How many were mapped, and the id to undo them by."""

    count: int
    batch_id: int
    brings_contracts: bool = False
    """Contracts of several organizations are on their way, and told when they are here."""


@dataclass(frozen=True)
class Undone:
    """What was taken back, by name, and what was left because somebody has gone on from there."""

    kind: Act
    undone: tuple[str, ...]
    kept: tuple[tuple[str, str], ...]


class MappingService:
    def __init__(self, database: Database, clock: Clock, *, arrivals: Arrivals) -> None:
        self._database = database
        self._clock = clock
        self._arrivals = arrivals
        self._ready: dict[int, tuple[str, Companies]] = {}

    async def advice(self, ctx: Ctx, organizations: Sequence[Organization]) -> dict[int, Advice]:
        """Suggestions for those of the organizations that are not mapped, or whose company is in trouble; by id."""
        ctx.require(Right.READ)
        open_ones = [each for each in organizations if each.company is None or each.company.trouble]
        if not open_ones or ctx.person.organizations is not None:  # a suggestion names a company
            return {}
        found = await self._advise(ctx, open_ones)
        return {each.organization.id: each for each in found}

    async def bulk(self, ctx: Ctx) -> Bulk:
        """What could be accepted together, over all unmapped organizations."""
        ctx.require(Right.MAP_ORGANIZATIONS)
        ctx.require_whole_sight()
        async with self._database.unit_for(ctx) as uow:
            unmapped = await uow.organizations.unmapped()
        found = await self._advise(ctx, unmapped)
        sure = tuple(each for each in found if each.is_sure)
        doubtful = tuple(each for each in found if each.needs_an_eye)
        return Bulk(sure, doubtful, len(found) - len(sure) - len(doubtful))

    async def accept(self, ctx: Ctx, organization_id: int, company_id: int) -> Saved:
        """Maps an organization that is not mapped yet to the company that was suggested.

        Raises ``AlreadyDone`` when somebody mapped it meanwhile, ``InvalidInput`` when the company is gone.
        """
        ctx.require(Right.MAP_ORGANIZATIONS)
        ctx.require_whole_sight()
        now = self._clock.now()
        async with self._database.unit_for(ctx) as uow:
            before = (await uow.organizations.locked([organization_id])).get(organization_id)
            company = await uow.companies.get(company_id)
            if before is None:
                raise NotFound("organization", str(organization_id))
            if before.company_id is not None or before.archived:
                raise AlreadyDone(f"{before.name} was {_state(before)} meanwhile.")
            if company is None or not company.is_active:
                raise InvalidInput("company", "This company is inactive or gone by now. Choose another.")
            change = Change(organization_id, before, Standing(before.name, company_id))
            batch = await carry_out(uow, ctx, [change], kind=Act.MAP, at=now)
            brought = await self._arrivals.mapped(uow, ctx, Mapped([change], batch))
            found = await uow.organizations.get(organization_id)
        assert found is not None
        return Saved(found, batch, brought)

    async def accept_all(self, ctx: Ctx, stamp: str, *, request_key: str) -> Accepted | Bulk:
        """Accepts what was shown under ``stamp``; what is sure now, when that has changed since.

        Raises ``AlreadyDone`` when it was done before.
        """
        bulk = await self.bulk(ctx)
        now = self._clock.now()
        async with self._database.unit_for(ctx) as uow:
            batch = await uow.mapping.open(Act.ACCEPT, ctx.person.user_id, now, request_key=request_key)
            if batch is None:
                raise AlreadyDone("These suggestions were accepted already.")
            if bulk.stamp != stamp:
                await uow.mapping.drop(batch)
                return bulk
            pairs = {each.organization.id: each.best.company.autotask_id for each in bulk.sure if each.best}
            standing = await uow.organizations.locked(pairs)
            changes = [
                Change(key, was, Standing(was.name, pairs[key]))
                for key, was in standing.items()
                if was.company_id is None and not was.archived
            ]
            await carry_out(uow, ctx, changes, kind=Act.ACCEPT, at=now, batch_id=batch)
            brought = await self._arrivals.mapped(uow, ctx, Mapped(changes, batch))
        return Accepted(len(changes), batch, brings_contracts=brought is not None and len(changes) > 1)

    async def undo(self, ctx: Ctx, batch_id: int) -> Undone:
        """Takes one press back, within ten minutes. What was changed again since stays as it is, and is named.

        Raises ``AlreadyDone`` when it is too late, was undone before, or nothing is left to take back.
        """
        ctx.require(Right.MAP_ORGANIZATIONS)
        now = self._clock.now()
        async with self._database.unit_for(ctx) as uow:
            batch = await uow.mapping.get(batch_id)
            if batch is None or not batch.can_be_undone(now):
                raise AlreadyDone(_too_late(batch))
            undone, kept = await _split(uow, batch)
            if not undone:
                raise AlreadyDone(_nothing_left(kept))
            await uow.organizations.carry_out(undone, ctx.person.user_id, now)
            await uow.mapping.mark_undone(batch_id, ctx.person.user_id, now)
            await write_down(uow, ctx, undone, kind=Act.UNDO, at=now)
            await self._arrivals.settle(uow, ctx, undone)
        return Undone(batch.kind, tuple(each.after.name for each in undone), kept)

    async def _advise(self, ctx: Ctx, organizations: Sequence[Organization]) -> list[Advice]:
        """In a thread: 400 names among 10,000 take a quarter of a second."""
        companies = await self._companies(ctx)
        taken = await self._taken(ctx)
        return await asyncio.to_thread(advise, organizations, companies, taken)

    async def _companies(self, ctx: Ctx) -> Companies:
        """The workspace's companies, prepared once for as long as they do not change."""
        async with self._database.unit(ctx.tenant.id) as uow:
            stamp = await uow.companies.stamp()
            known = self._ready.get(ctx.tenant.id)
            if known and known[0] == stamp:
                return known[1]
            rows = await uow.companies.all()
        prepared = await asyncio.to_thread(Companies, rows)
        self._ready.pop(ctx.tenant.id, None)
        self._ready[ctx.tenant.id] = (stamp, prepared)
        while len(self._ready) > TENANTS_KEPT:
            self._ready.pop(next(iter(self._ready)))
        return prepared

    async def _taken(self, ctx: Ctx) -> dict[int, str]:
        """Companies that an organization has; its name only where the person may see it."""
        async with self._database.unit_for(ctx) as uow:
            seen = await uow.organizations.holders()
        if ctx.person.organizations is None:
            return seen
        async with self._database.unit(ctx.tenant.id) as uow:
            return {company: seen.get(company, "") for company in await uow.organizations.holders()}


async def _split(uow: UnitOfWork, batch: Batch) -> tuple[list[Change], tuple[tuple[str, str], ...]]:
    """The ways back, and what has none any more with the reason."""
    ids = [each.organization_id for each in batch.changes]
    before = [each.before.company_id for each in batch.changes if each.before and each.before.company_id]
    now = _Now(
        await uow.organizations.locked(ids),
        await uow.organizations.used(ids),
        frozenset(await uow.companies.names(before)),
    )
    held = [(each, now.holds(each)) for each in batch.changes]
    kept = tuple((each.after.name, reason) for each, reason in held if reason)
    return [_back(each) for each, reason in held if not reason], kept


@dataclass(frozen=True)
class _Now:
    """What stands in the way of taking changes back."""

    standing: Mapping[int, Standing]
    used: Collection[int]
    companies: Collection[int]

    def holds(self, change: Change) -> str:
        """Why this change cannot be taken back; "" when it can."""
        if self.standing.get(change.organization_id) != change.after:
            return "it was changed again since"
        if change.before is None:
            used = change.organization_id in self.used
            return "a review or ticket belongs to it by now" if used else ""
        known = change.before.company_id is None or change.before.company_id in self.companies
        return "" if known else "its company is here no more"


def _back(change: Change) -> Change:
    """What had been created is archived."""
    gone = Standing(change.after.name, change.after.company_id, archived=True)
    return Change(change.organization_id, change.after, change.before or gone)


def _state(standing: Standing) -> str:
    return "archived" if standing.archived else "mapped by somebody else"


def _too_late(batch: Batch | None) -> str:
    if batch is not None and batch.undone_at is not None:
        return "This was undone already."
    minutes = int(UNDO.total_seconds()) // 60
    return (
        f"It is more than {minutes} minutes ago, so it cannot be undone any more. Change the mapping instead."
    )


def _nothing_left(kept: Sequence[tuple[str, str]]) -> str:
    name, why = kept[0] if kept else ("It", "nothing is left to undo")
    return f"Nothing was undone. {name}: {why}."
