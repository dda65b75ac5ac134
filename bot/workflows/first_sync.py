"""The sync that follows a new connection says when the next ones are (product CV15)."""

from blocks import schedules as blocks
from blocks.kit import Message
from bot.clock import Clock
from bot.db.session import Database
from bot.domain.syncs import FIRST
from bot.jobs import RunSync


async def with_next_runs(message: Message, job: RunSync, database: Database, clock: Clock) -> Message:
    """The message of a first sync with the schedule under it; any other one as it is."""
    if FIRST not in job.options:
        return message
    async with database.unit(job.tenant_id) as uow:
        schedules = await uow.schedules.all()
    return message.with_blocks(blocks.following(schedules, clock.now()))
