"""Nothing is done for a workspace that has uninstalled us, and what is under way stops."""

import asyncio

from bot.background import ended
from bot.domain.retries import Parked
from bot.jobs import Attempt, Job, Perform
from bot.workflows.engine import TenantOf

LOOK_EVERY = 2.0
"""Seconds between looks at whether the workspace is still there while work for it is under way."""


class WhileInstalled:
    """Performs jobs of workspaces that have us installed; the others' are kept for their return."""

    def __init__(self, perform: Perform, tenant_of: TenantOf, *, look_every: float = LOOK_EVERY) -> None:
        self._perform = perform
        self._tenant_of = tenant_of
        self._look_every = look_every

    async def __call__(self, job: Job, attempt: Attempt) -> None:
        """Raises ``Parked`` when the workspace is gone, before the work or in the middle of it.

        Work may be broken off anywhere: each step is harmless to repeat, and the job starts from the first.
        """
        await self._require(job.tenant_id)
        work = asyncio.create_task(self._work(job, attempt))
        try:
            while not (await asyncio.wait({work}, timeout=self._look_every))[0]:
                await self._require(job.tenant_id)
        finally:
            await ended(work)
        work.result()

    async def _work(self, job: Job, attempt: Attempt) -> None:
        await self._perform(job, attempt)

    async def _require(self, tenant_id: int) -> None:
        if not (await self._tenant_of(tenant_id)).is_installed:
            raise Parked
