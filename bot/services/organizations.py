"""Organizations and their mapping to Autotask companies (product MP1 to MP3)."""

from dataclasses import dataclass

from bot.clock import Clock
from bot.db.session import Database
from bot.domain.context import Ctx, Right
from bot.domain.organizations import Company, Organization
from bot.errors import InvalidInput, NotConnected, NotFound
from bot.jobs import Jobs, MirrorCompanies

LONGEST_NAME = 200


@dataclass(frozen=True)
class OrganizationPage:
    organizations: tuple[Organization, ...]
    total: int
    unmapped: int
    companies: int
    """Companies in the local mirror: 0 means that the first sync has not finished."""


class OrganizationsService:
    def __init__(self, database: Database, jobs: Jobs, clock: Clock) -> None:
        self._database = database
        self._jobs = jobs
        self._clock = clock

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

    async def page(self, ctx: Ctx, *, offset: int = 0, limit: int = 10, text: str = "") -> OrganizationPage:
        """One page of organizations, the unmapped ones first."""
        ctx.require(Right.READ)
        async with self._database.unit_for(ctx) as uow:
            found, total = await uow.organizations.page(offset, limit, text)
            return OrganizationPage(
                tuple(found), total, await uow.organizations.unmapped_count(), await uow.companies.count()
            )

    async def get(self, ctx: Ctx, organization_id: int) -> Organization:
        ctx.require(Right.READ)
        async with self._database.unit_for(ctx) as uow:
            found = await uow.organizations.get(organization_id)
        if found is None:
            raise NotFound("organization", str(organization_id))
        return found

    async def search(self, ctx: Ctx, text: str, *, limit: int = 100) -> list[Organization]:
        ctx.require(Right.READ)
        async with self._database.unit_for(ctx) as uow:
            return await uow.organizations.search(text, limit)

    async def search_companies(self, ctx: Ctx, text: str, *, limit: int = 100) -> list[Company]:
        """Companies of the local mirror whose name matches, best first; never asks Autotask."""
        ctx.require(Right.READ)
        async with self._database.unit_for(ctx) as uow:
            return await uow.companies.search(text, limit)

    async def save(
        self, ctx: Ctx, *, organization_id: int | None, name: str, company_id: int | None
    ) -> Organization:
        """Creates an organization or changes its company; an empty name takes the company's.

        Raises ``InvalidInput`` for a missing or overlong name or an unknown company, ``AlreadyDone`` for a
        name in use.
        """
        ctx.require(Right.MAP_ORGANIZATIONS)
        now = self._clock.now()
        async with self._database.unit_for(ctx) as uow:
            company = await uow.companies.get(company_id) if company_id is not None else None
            if company_id is not None and company is None:
                raise InvalidInput("company", "This company is no longer in Autotask. Please choose another.")
            before = await uow.organizations.get(organization_id) if organization_id else None
            if organization_id and before is None:
                raise NotFound("organization", str(organization_id))
            chosen = before or await uow.organizations.add(_name(name, company), ctx.person.user_id, now)
            await uow.organizations.set_company(chosen.id, company_id, ctx.person.user_id, now)
            await uow.audit.record(
                at=now,
                by=ctx.person.user_id,
                action="map organization",
                subject=chosen.name,
                before={"company": before.company.name if before and before.company else None},
                after={"company": company.name if company else None},
                autotask_id=company_id,
            )
            saved = await uow.organizations.get(chosen.id)
        if saved is None:
            raise NotFound("organization", name)
        return saved


def _name(typed: str, company: Company | None) -> str:
    name = " ".join(typed.split()) or (company.name if company else "")
    if not name:
        raise InvalidInput("name", "Give the organization a name, or choose its company.")
    if len(name) > LONGEST_NAME:
        raise InvalidInput("name", f"Names have at most {LONGEST_NAME} characters; this one has {len(name)}.")
    return name
