"""Organizations from a CSV file: read, shown, then saved in the background (product MP1)."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.clock import Clock
from bot.db.changes import Arrivals, Mapped, arrival_key, carry_out
from bot.db.session import Database, UnitOfWork
from bot.domain.context import Ctx, Right
from bot.domain.imports import (
    Directory,
    Fault,
    Import,
    ImportCounts,
    ImportState,
    Line,
    Outcome,
    counted,
    outcome,
    read_file,
    understood,
)
from bot.domain.mapping import Act, Change, Standing
from bot.domain.organizations import Company, Organization, fold
from bot.errors import AlreadyDone, InvalidInput, NotFound
from bot.jobs import ImportOrganizations, Jobs

CHUNK = 200
"""Lines saved in one transaction."""
KEPT = timedelta(days=7)


@dataclass(frozen=True)
class Preview:
    """What saving the file would do now. ``moved`` are organizations whose company changes: name, old, new."""

    read: Import
    counts: ImportCounts
    created: tuple[str, ...] = ()
    moved: tuple[tuple[str, str, str], ...] = ()


class ImportsService:
    def __init__(self, database: Database, jobs: Jobs, clock: Clock, *, arrivals: Arrivals) -> None:
        self._database = database
        self._jobs = jobs
        self._clock = clock
        self._arrivals = arrivals

    async def read(
        self, ctx: Ctx, content: bytes, *, file_name: str, request_key: str, channel_id: str = ""
    ) -> Preview:
        """Reads a file and keeps what it says; saves no organization. Raises ``InvalidInput("file", …)``."""
        ctx.require(Right.MAP_ORGANIZATIONS)
        ctx.require_whole_sight()
        async with self._database.unit_for(ctx) as uow:
            companies = await uow.companies.all()
        lines, faults = await asyncio.to_thread(_read, content, companies)
        now = self._clock.now()
        async with self._database.unit_for(ctx) as uow:
            await uow.imports.forget(now - KEPT)
            found = await uow.imports.add(
                request_key,
                file_name,
                lines=lines,
                faults=faults,
                channel_id=channel_id,
                by=ctx.person.user_id,
                at=now,
            )
            return await _preview(uow, found)

    async def look(
        self, ctx: Ctx, content: bytes, *, file_name: str, request_key: str, channel_id: str = ""
    ) -> Preview | str:
        """The same for a file that nobody filled a form for: what is wrong with it, instead of an error."""
        try:
            return await self.read(
                ctx, content, file_name=file_name, request_key=request_key, channel_id=channel_id
            )
        except InvalidInput as problem:
            return problem.reason

    async def preview(self, ctx: Ctx, import_id: int) -> Preview:
        """Raises ``NotFound``."""
        ctx.require(Right.MAP_ORGANIZATIONS)
        ctx.require_whole_sight()
        async with self._database.unit_for(ctx) as uow:
            return await _preview(uow, await _found(uow, import_id))

    async def start(self, ctx: Ctx, import_id: int) -> Import:
        """Saves the file's lines in the background. Raises ``AlreadyDone`` when that was started or cancelled."""
        ctx.require(Right.MAP_ORGANIZATIONS)
        ctx.require_whole_sight()
        async with self._database.unit_for(ctx) as uow:
            found = await _waiting(uow, import_id)
            batch = await uow.mapping.open(Act.IMPORT, ctx.person.user_id, self._clock.now())
            await uow.imports.set_state(import_id, ImportState.RUNNING, batch_id=batch)
            job = ImportOrganizations(
                tenant_id=ctx.tenant.id, import_id=import_id, requested_by=ctx.person.user_id
            )
            await self._jobs.enqueue(uow, job)
        return found

    async def cancel(self, ctx: Ctx, import_id: int) -> Import:
        """Forgets a file that was read. Raises ``AlreadyDone``."""
        ctx.require(Right.MAP_ORGANIZATIONS)
        ctx.require_whole_sight()
        async with self._database.unit_for(ctx) as uow:
            found = await _waiting(uow, import_id)
            await uow.imports.set_state(import_id, ImportState.CANCELLED)
        return found

    async def get(self, tenant_id: int, import_id: int) -> Import:
        """For the job. Raises ``NotFound``."""
        async with self._database.unit(tenant_id) as uow:
            return await _found(uow, import_id)

    async def brings_contracts(self, tenant_id: int, found: Import) -> bool:
        """Whether contracts of the file's organizations are on their way."""
        if found.batch_id is None:
            return False
        async with self._database.unit(tenant_id) as uow:
            return await uow.deliveries.seen(arrival_key(found.batch_id))

    async def save_chunk(self, ctx: Ctx, import_id: int) -> Import:
        """Saves the next lines, in one transaction with how far it came: whoever dies, nothing is saved twice.

        What organizations and companies are like now decides, not what the preview said. After the last line the
        import is done. Raises ``NotAllowed`` when the right was lost meanwhile.
        """
        ctx.require(Right.MAP_ORGANIZATIONS)
        ctx.require_whole_sight()
        async with self._database.unit_for(ctx) as uow:
            found = await _found(uow, import_id, lock=True)
            if found.state is not ImportState.RUNNING:
                return found
            lines = found.lines[found.position : found.position + CHUNK]
            counts = found.counts + await self._save(uow, ctx, found, lines)
            position = found.position + len(lines)
            await uow.imports.advance(import_id, position, counts)
            if position >= len(found.lines):
                await uow.imports.set_state(import_id, ImportState.DONE)
            return await _found(uow, import_id)

    async def _save(self, uow: UnitOfWork, ctx: Ctx, found: Import, lines: Sequence[Line]) -> ImportCounts:
        now, by = self._clock.now(), ctx.person.user_id
        known = await uow.organizations.named([each.name for each in lines])
        still = await uow.companies.known([each.company_id for each in lines if each.company_id is not None])
        outcomes = [_outcome(each, known, still) for each in lines]
        new = [each for each, result in zip(lines, outcomes, strict=True) if result is Outcome.CREATED]
        ids = await uow.organizations.add_all([each.name for each in new], by, now)
        changes = [
            Change(
                ids[each.name],
                None,
                Standing(each.name, each.company_id if each.company_id in still else None),
            )
            for each in new
            if each.name in ids
        ]
        changes += [
            _moved(known[fold(each.name)], each)
            for each, result in zip(lines, outcomes, strict=True)
            if result is Outcome.UPDATED
        ]
        batch = await carry_out(uow, ctx, changes, kind=Act.IMPORT, at=now, batch_id=found.batch_id)
        await self._arrivals.mapped(uow, ctx, Mapped(changes, batch, has_more=True))
        return counted(outcomes)


def _read(content: bytes, companies: Sequence[Company]) -> tuple[list[Line], list[Fault]]:
    raw, faults = read_file(content)
    return understood(raw, Directory(companies), faults)


async def _found(uow: UnitOfWork, import_id: int, *, lock: bool = False) -> Import:
    found = await uow.imports.get(import_id, lock=lock)
    if found is None:
        raise NotFound("import", "")
    return found


async def _waiting(uow: UnitOfWork, import_id: int) -> Import:
    found = await _found(uow, import_id, lock=True)
    if found.state is ImportState.CANCELLED:
        raise AlreadyDone("This import was cancelled. Give Deskhand the file again.")
    if found.state is not ImportState.READ:
        raise AlreadyDone("This import was started already.")
    return found


async def _preview(uow: UnitOfWork, found: Import) -> Preview:
    known = await uow.organizations.named([each.name for each in found.lines])
    ids = [each.company_id for each in found.lines if each.company_id is not None]
    companies = await uow.companies.known(ids)
    outcomes = [_outcome(each, known, companies) for each in found.lines]
    pairs = list(zip(found.lines, outcomes, strict=True))
    moved = [
        (known[fold(each.name)], companies[each.company_id])
        for each, result in pairs
        if result is Outcome.UPDATED and each.company_id is not None
    ]
    return Preview(
        found,
        counted(outcomes),
        tuple(each.name for each, result in pairs if result is Outcome.CREATED),
        tuple((was.name, was.company.name if was.company else "", now.name) for was, now in moved),
    )


def _outcome(line: Line, known: dict[str, Organization], companies: dict[int, Company]) -> Outcome:
    """A company that went away since the file was read changes nothing."""
    same = known.get(fold(line.name))
    if same is not None and line.company_id not in companies:
        return Outcome.UNCHANGED
    return outcome(line, same)


def _moved(organization: Organization, line: Line) -> Change:
    was = organization.company.autotask_id if organization.company else None
    before = Standing(organization.name, was)
    return Change(organization.id, before, Standing(organization.name, line.company_id))
