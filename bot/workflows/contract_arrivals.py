"""The message of a sync that a mapping set going: contracts arriving, then what came (product MP5)."""

from blocks import contract_events as blocks
from blocks.kit import Message
from bot.db.session import Database
from bot.domain.contract_lists import Totals
from bot.domain.organizations import Organization
from bot.jobs import RunSync


async def arriving(message: Message, job: RunSync, database: Database) -> Message:
    """In place of a run's announcement where the run belongs to mappings."""
    if job.batch_id is not None:
        return blocks.several_arriving(len(await _mapped(job, database)))
    found = await _found(job, database)
    return blocks.arriving(found[0].name, found[1]) if found else message


async def arrived(message: Message, job: RunSync, database: Database, *, is_fine: bool) -> Message:
    """In place of a run's summary; what went wrong is said as for every other run."""
    if is_fine and job.batch_id is not None:
        return blocks.several_arrived(await _mapped(job, database))
    found = await _found(job, database) if is_fine else None
    return blocks.arrived(found[0].name, found[0].id, found[1]) if found else message


async def _mapped(job: RunSync, database: Database) -> list[int]:
    """Contracts taken in of each organization that the batch gave a company, and that has one still."""
    async with database.unit(job.tenant_id) as uow:
        batch = await uow.mapping.get(job.batch_id or 0)
        ids = [each.organization_id for each in batch.changes if each.gains_company] if batch else []
        return await uow.standings.taken_of(ids)


async def _found(job: RunSync, database: Database) -> tuple[Organization, Totals] | None:
    if job.organization_id is None:
        return None
    async with database.unit(job.tenant_id) as uow:
        organization = await uow.organizations.get(job.organization_id)
        if organization is None:
            return None
        return organization, await uow.contracts.totals(organization.id)
