"""The one message of a run that somebody asked for: announced, kept current, ended, and a single mention."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Final

from blocks import errors as words
from blocks import syncs as blocks
from blocks.kit import Message
from bot.clock import Clock
from bot.db.session import Database
from bot.domain.context import Tenant
from bot.domain.sync_orders import SyncOrder
from bot.domain.syncs import Group, SyncCounts, SyncRun, SyncState
from bot.errors import BotError, NotFound, SlackUnavailable
from bot.jobs import RunSync
from bot.slack.notifier import Notifier
from bot.slack.problems import SlackRefused
from bot.syncs.engine import Progress
from bot.workflows.contract_arrivals import arrived, arriving
from bot.workflows.engine import post_somewhere
from bot.workflows.first_sync import with_next_runs

SAVED_EVERY: Final = 2.0
"""Seconds between two notes in the database of how far a run has come."""


class SyncMessages:
    def __init__(self, database: Database, notifier: Notifier, clock: Clock) -> None:
        self._database = database
        self._notifier = notifier
        self._clock = clock

    async def announce(self, tenant: Tenant, job: RunSync) -> None:
        """Nothing where Slack does not take it now: the sync goes on, and its end is told."""
        if job.requested_by:
            message = await self._with_next_runs(blocks.running(job.groups), job)
            message = await arriving(message, job, self._database)
            with suppress(NotFound, SlackRefused, SlackUnavailable):
                await post_somewhere(self._notifier, tenant, key_of(job), _places(job), message)

    async def waits(
        self, tenant: Tenant, job: RunSync, error: BaseException, again_in: timedelta | None
    ) -> None:
        """When it is tried again, and why; no later than the next attempt says how it goes on."""
        if job.requested_by and again_in is not None:
            message = blocks.waiting(job.groups, _reason(error), self._clock.now() + again_in)
            with suppress(SlackRefused, SlackUnavailable):
                await self._notifier.update(tenant, key_of(job), message)

    def progress(self, tenant: Tenant, job: RunSync, run_id: int, parts: dict[str, SyncCounts]) -> Progress:
        """Told after each page. ``parts`` grows by every group of the job; each group notes its own."""
        own: dict[str, SyncCounts] = {}
        saved = asyncio.get_running_loop().time()

        async def told(sync: str, counts: SyncCounts) -> None:
            nonlocal saved
            own[sync] = parts[sync] = counts
            if job.requested_by and job.organization_id is None and job.batch_id is None:
                self._notifier.progress(tenant, key_of(job), blocks.running(job.groups, parts))
            now = asyncio.get_running_loop().time()
            if now - saved >= SAVED_EVERY:
                saved = now
                async with self._database.unit(tenant.id) as uow:
                    await uow.syncs.progress(run_id, sum(own.values(), SyncCounts()), own)

        return told

    async def tell(
        self, tenant: Tenant, job: RunSync, failed: Sequence[BaseException], lines: Sequence[str] = ()
    ) -> None:
        """The final summary, and one mention of who asked. Raises ``SlackUnavailable``: the next attempt only tells."""
        if not job.requested_by:
            return
        error = failed[0] if failed else None
        async with self._database.unit(tenant.id) as uow:
            found = [await uow.syncs.of_key(each, job.run_key) for each in job.groups]
            runs = [run for run in found if run is not None]
            troubles = await uow.sync_logs.troubles([run.id for run in runs])
        message = blocks.ended(runs, _reason(error), code=_code(error), lines=lines, troubles=troubles)
        message = await self._with_next_runs(message, job)
        message = await arrived(message, job, self._database, is_fine=error is None)
        if not await self._notifier.update(tenant, key_of(job), message):
            await self._late(tenant, job, message)
        await self._mention(tenant, job, runs)

    async def _late(self, tenant: Tenant, job: RunSync, message: Message) -> None:
        """The first and last word of a run that could not be announced; one that was deleted stays so."""
        with suppress(NotFound, SlackRefused):
            await post_somewhere(self._notifier, tenant, key_of(job), _places(job), message)

    async def _with_next_runs(self, message: Message, job: RunSync) -> Message:
        return await with_next_runs(message, job, self._database, self._clock)

    async def _mention(self, tenant: Tenant, job: RunSync, runs: Sequence[SyncRun]) -> None:
        """In the run's thread; in the person's own conversation the message is enough."""
        async with self._database.unit(tenant.id) as uow:
            row = await uow.messages.get(key_of(job))
        if row is None or not row.ts or row.channel.startswith(("D", "U", "W")):
            return
        is_fine = all(run.state is SyncState.SUCCEEDED for run in runs)
        order = SyncOrder(tuple(each for each in Group if each.value in job.groups))
        message = blocks.told(job.requested_by, is_fine=is_fine, label=order.label)
        try:
            key = f"{key_of(job)}:told"
            await self._notifier.post(tenant, key, row.channel, message, thread=row.ts)
        except (NotFound, SlackRefused, SlackUnavailable):
            return  # the summary stands in the message itself


def key_of(job: RunSync) -> str:
    return f"sync:{job.run_key}"


def _places(job: RunSync) -> list[str]:
    return [place for place in (job.channel_id, job.requested_by) if place]


def _reason(error: BaseException | None) -> str:
    return words.field_text(error) if isinstance(error, BotError) else ""


def _code(error: BaseException | None) -> str:
    if error is None:
        return ""
    return error.code if isinstance(error, BotError) else "AT-500"
