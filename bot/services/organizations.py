"""Organizations: made by hand or from companies, renamed, archived, mapped to an Autotask company (product MP1 to MP4)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.clock import Clock
from bot.db.changes import Arrivals, Mapped, carry_out
from bot.db.session import Database, UnitOfWork
from bot.domain.context import Ctx, Right
from bot.domain.imports import LONGEST_NAME
from bot.domain.mapping import Act, Change, Saved, Standing
from bot.domain.organizations import Company, Organization, Show, Uses, fold
from bot.errors import AlreadyDone, InvalidInput, NotConnected, NotFound
from bot.jobs import Jobs, MirrorCompanies


@dataclass(frozen=True)
class OrganizationPage:
    organizations: tuple[Organization, ...]
    total: int
    unmapped: int
    companies: int
    """Companies in the local mirror: 0 means that the first sync has not finished."""
    trouble: int = 0
    """Organizations whose company is inactive or gone."""


@dataclass(frozen=True)
class MappingForm:
    """What a person typed; without ``organization_id`` it is a new one."""

    organization_id: int | None = None
    name: str = ""
    company_id: int | None = None
    channel_id: str = ""
    """Where it is told what contracts came along."""


@dataclass(frozen=True)
class Created:
    """What became of companies that were to be organizations: by name, with reasons for those left out."""

    batch_id: int
    created: tuple[str, ...] = ()
    mapped: tuple[str, ...] = ()
    skipped: tuple[tuple[str, str], ...] = ()
    brings_contracts: bool = False
    """Contracts of several organizations are on their way, and told when they are here."""


class OrganizationsService:
    def __init__(self, database: Database, jobs: Jobs, clock: Clock, *, arrivals: Arrivals) -> None:
        self._database = database
        self._jobs = jobs
        self._clock = clock
        self._arrivals = arrivals

    async def refresh_companies(self, ctx: Ctx, *, run_key: str, channel_id: str = "") -> None:
        """Reads the companies from Autotask again, in the background; ``run_key`` names its message.

        Raises ``NotConnected``.
        """
        ctx.require(Right.SYNC)
        job = MirrorCompanies(
            tenant_id=ctx.tenant.id,
            requested_by=ctx.person.user_id,
            channel_id=channel_id,
            run_key=run_key,
        )
        async with self._database.unit_for(ctx) as uow:
            if await uow.connections.get() is None:
                raise NotConnected
            await self._jobs.enqueue(uow, job)

    async def page(
        self, ctx: Ctx, *, offset: int = 0, limit: int = 10, text: str = "", show: Show = Show.ALL
    ) -> OrganizationPage:
        """One page of organizations: the unmapped first, then those whose company is inactive or gone."""
        ctx.require(Right.READ)
        async with self._database.unit_for(ctx) as uow:
            found, total = await uow.organizations.page(offset, limit, text, show)
            return OrganizationPage(
                tuple(found),
                total,
                await uow.organizations.unmapped_count(),
                await uow.companies.count(),
                await uow.organizations.trouble_count(),
            )

    async def get(self, ctx: Ctx, organization_id: int) -> Organization:
        """Raises ``NotFound``."""
        ctx.require(Right.READ)
        async with self._database.unit_for(ctx) as uow:
            return await _found(uow, organization_id)

    async def card(self, ctx: Ctx, organization_id: int) -> tuple[Organization, Uses]:
        """The organization and what hangs on it. Raises ``NotFound``."""
        ctx.require(Right.READ)
        async with self._database.unit_for(ctx) as uow:
            found = await _found(uow, organization_id)
            return found, await uow.organizations.uses(organization_id)

    async def search(self, ctx: Ctx, text: str, *, limit: int = 100) -> list[Organization]:
        ctx.require(Right.READ)
        async with self._database.unit_for(ctx) as uow:
            return await uow.organizations.search(text, limit)

    async def search_companies(self, ctx: Ctx, text: str, *, limit: int = 100) -> list[Company]:
        """Companies of the local mirror whose name, number or city matches, best first; never asks Autotask.

        For who sees every organization: the companies of the others would name them.
        """
        ctx.require(Right.READ)
        ctx.require_whole_sight()
        async with self._database.unit_for(ctx) as uow:
            return await uow.companies.search(text, limit)

    async def holder(
        self, ctx: Ctx, company_id: int, *, but: int | None = None
    ) -> tuple[Company, str] | None:
        """The company, and the organization that has it already besides the one given; "" when it may not be seen."""
        ctx.require(Right.READ)
        async with self._database.unit_for(ctx) as uow:
            company = await _company(uow, company_id)
            seen = await uow.organizations.sharing(company_id, but)
        async with self._database.unit(ctx.tenant.id) as uow:
            shared = await uow.organizations.sharing(company_id, but)
        return (company, seen[0] if seen else "") if company and shared else None

    async def save(
        self, ctx: Ctx, *, organization_id: int | None, name: str, company_id: int | None
    ) -> Organization:
        """The organization after ``store``."""
        return (await self.store(ctx, MappingForm(organization_id, name, company_id))).organization

    async def store(self, ctx: Ctx, form: MappingForm, *, request_key: str | None = None) -> Saved:
        """Creates an organization or changes its company; an empty name takes the company's.

        Raises ``InvalidInput`` for a missing or overlong name, an unknown company, or an organization that was
        archived or removed meanwhile; ``AlreadyDone`` for a name in use.
        """
        ctx.require(Right.MAP_ORGANIZATIONS)
        ctx.require_whole_sight()
        now = self._clock.now()
        async with self._database.unit_for(ctx) as uow:
            company = await _company(uow, form.company_id)
            if form.organization_id is None:
                kind, change = Act.CREATE, await self._added(uow, ctx, _name(form.name, company), form)
            else:
                change = await _mapped(uow, form.organization_id, form.company_id)
                kind = Act.UNMAP if form.company_id is None else Act.MAP
            batch = await carry_out(uow, ctx, [change], kind=kind, at=now, request_key=request_key)
            brought = await self._arrivals.mapped(uow, ctx, Mapped([change], batch, form.channel_id))
            return Saved(await _found(uow, change.organization_id), batch, brought)

    async def rename(self, ctx: Ctx, organization_id: int, name: str) -> Saved:
        """Raises ``InvalidInput``, ``NotFound``, or ``AlreadyDone`` for a name in use."""
        typed = _name(name, None)
        return await self._change(ctx, organization_id, Act.RENAME, name=typed)

    async def archive(self, ctx: Ctx, organization_id: int) -> Saved:
        """Takes it out of every list and form; its reviews and tickets stay. Raises ``NotFound``."""
        return await self._change(ctx, organization_id, Act.ARCHIVE, archived=True)

    async def restore(self, ctx: Ctx, organization_id: int) -> Saved:
        """Raises ``NotFound``, or ``AlreadyDone`` when its name is in use by now."""
        return await self._change(ctx, organization_id, Act.RESTORE, archived=False)

    async def create_from(self, ctx: Ctx, company_ids: Sequence[int], *, request_key: str = "") -> Created:
        """One organization per company, under its name, mapped. One of that name that is not mapped gets mapped."""
        ctx.require(Right.MAP_ORGANIZATIONS)
        ctx.require_whole_sight()
        now, by = self._clock.now(), ctx.person.user_id
        async with self._database.unit_for(ctx) as uow:
            companies = await uow.companies.known(company_ids)
            known = await uow.organizations.named([each.name for each in companies.values()])
            plan = _planned(company_ids, companies, known, await uow.organizations.holders(company_ids))
            ids = await uow.organizations.add_all([each.name for each in plan.new], by, now)
            changes = [
                Change(ids[each.name], None, Standing(each.name, each.autotask_id))
                for each in plan.new
                if each.name in ids
            ]
            changes += [
                Change(each.id, Standing(each.name), Standing(each.name, company.autotask_id))
                for each, company in plan.old
            ]
            if not changes:
                return Created(0, skipped=plan.skipped)
            batch = await carry_out(
                uow, ctx, changes, kind=Act.CREATE, at=now, request_key=request_key or None
            )
            brought = await self._arrivals.mapped(uow, ctx, Mapped(changes, batch))
        made = tuple(each.after.name for each in changes if each.before is None)
        old = tuple(each.name for each, _ in plan.old)
        return Created(
            batch, made, old, plan.skipped, brings_contracts=brought is not None and len(changes) > 1
        )

    async def _added(self, uow: UnitOfWork, ctx: Ctx, name: str, form: MappingForm) -> Change:
        added = await uow.organizations.add(name, ctx.person.user_id, self._clock.now())
        return Change(added.id, None, Standing(name, form.company_id))

    async def _change(
        self,
        ctx: Ctx,
        organization_id: int,
        kind: Act,
        *,
        name: str | None = None,
        archived: bool | None = None,
    ) -> Saved:
        ctx.require(Right.MAP_ORGANIZATIONS)
        async with self._database.unit_for(ctx) as uow:
            before = (await uow.organizations.locked([organization_id])).get(organization_id)
            if before is None:
                raise NotFound("organization", str(organization_id))
            after = replace(
                before,
                name=before.name if name is None else name,
                archived=before.archived if archived is None else archived,
            )
            if after == before:
                raise AlreadyDone(f"{before.name} is like that already.")
            change = Change(organization_id, before, after)
            batch = await carry_out(uow, ctx, [change], kind=kind, at=self._clock.now())
            await self._arrivals.settle(uow, ctx, [change])
            return Saved(await _found(uow, organization_id), batch)


@dataclass(frozen=True)
class _Plan:
    """Companies that become new organizations, organizations that get their company, and what is left out."""

    new: tuple[Company, ...]
    old: tuple[tuple[Organization, Company], ...]
    skipped: tuple[tuple[str, str], ...]


def _planned(
    wanted: Sequence[int],
    companies: dict[int, Company],
    known: dict[str, Organization],
    holders: dict[int, str],
) -> _Plan:
    new: dict[str, Company] = {}
    old: list[tuple[Organization, Company]] = []
    skipped: list[tuple[str, str]] = []
    for company_id in dict.fromkeys(wanted):
        company = companies.get(company_id)
        if company is None:
            skipped.append((f"Company {company_id}", "it is not in Autotask any more"))
        elif company_id in holders:
            skipped.append((company.name, f"it is mapped to {holders[company_id]} already"))
        elif fold(company.name) in new:
            skipped.append((company.name, "another company of the same name was chosen with it"))
        elif (same := known.get(fold(company.name))) is None:
            new[fold(company.name)] = company
        elif same.company is None:
            old.append((same, company))
        else:
            skipped.append((company.name, "an organization of that name has another company"))
    return _Plan(tuple(new.values()), tuple(old), tuple(skipped))


async def _found(uow: UnitOfWork, organization_id: int) -> Organization:
    found = await uow.organizations.get(organization_id)
    if found is None:
        raise NotFound("organization", str(organization_id))
    return found


async def _company(uow: UnitOfWork, company_id: int | None) -> Company | None:
    company = await uow.companies.get(company_id) if company_id is not None else None
    if company_id is not None and company is None:
        raise InvalidInput("company", "This company is no longer in Autotask. Please choose another.")
    return company


async def _mapped(uow: UnitOfWork, organization_id: int, company_id: int | None) -> Change:
    """The change of one organization's company. Raises ``InvalidInput`` when it went away under the open form."""
    before = (await uow.organizations.locked([organization_id])).get(organization_id)
    if before is None:
        raise InvalidInput("company", "This organization is gone: it was removed while the form was open.")
    if before.archived:
        raise InvalidInput(
            "company",
            f"{before.name} was archived while the form was open. Nothing is saved; un-archive it first "
            "(map, show Archived).",
        )
    return Change(organization_id, before, replace(before, company_id=company_id))


def _name(typed: str, company: Company | None) -> str:
    name = " ".join(typed.split()) or (company.name if company else "")
    if not name:
        raise InvalidInput("name", "Give the organization a name, or choose its company.")
    if len(name) > LONGEST_NAME:
        raise InvalidInput("name", f"Names have at most {LONGEST_NAME} characters; this one has {len(name)}.")
    return name
