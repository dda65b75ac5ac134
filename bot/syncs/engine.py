"""The engine: one pass of a sync, fetched in ranges side by side and saved a few pages at a time."""

from collections.abc import Iterator
from contextlib import aclosing, contextmanager
from dataclasses import dataclass, replace
from typing import Generic

from bot.autotask.budget import Urgency
from bot.autotask.paging import Batch
from bot.autotask.query import Condition, all_of, document
from bot.autotask.query import field as autotask_field
from bot.autotask.wire import encode
from bot.domain.syncs import SyncCounts
from bot.errors import AutotaskRejected, BotError
from bot.syncs.declared import (
    DAY,
    Progress,
    Row,
    Saving,
    Sync,
    Work,
    always,
    everywhere,
    quietly,
    unnoticed,
    untold,
    whole,
)
from bot.syncs.fetching import fetch_pages
from bot.syncs.passes import OVERLAP, Plan, plan_pass, remember_untracked
from bot.syncs.saving import Outcome, Saver

__all__ = [
    "DAY",
    "OVERLAP",
    "Outcome",
    "Progress",
    "Saving",
    "Sync",
    "Work",
    "always",
    "everywhere",
    "quietly",
    "run_pass",
    "run_sync",
    "unnoticed",
    "untold",
    "whole",
]


async def run_sync(sync: Sync[Row], work: Work) -> SyncCounts:
    """The counts of ``run_pass``."""
    return (await run_pass(sync, work)).counts


async def run_pass(sync: Sync[Row], work: Work) -> Outcome:
    """One pass: what changed since the last one, or everything; a pass that died goes on after its last saved pages.

    Rows and cursor are saved in one transaction. What disappeared upstream is marked, never deleted, and only after
    a full pass; more than half of many rows at once only when a second full pass misses them, too. Raises
    ``PermissionMissing`` where nothing at all is shown of an entity of which we have rows, and whatever the client
    raises.
    """
    async with work.database.unit(work.tenant_id) as uow:
        if not await sync.wanted(uow, work.scope):
            return Outcome()
    plan = await plan_pass(sync, work)
    try:
        return await _pass(plan, work)
    except AutotaskRejected as refusal:
        if not _is_about_tracking(plan, refusal):
            raise
    await remember_untracked(plan, work)
    return await _pass(await plan_pass(sync, work), work)


async def _pass(plan: Plan[Row], work: Work) -> Outcome:
    frontier = plan.frontier(work.client.at_once, work.page_size)
    saver, counts = Saver(plan, work, frontier), SyncCounts()
    async with aclosing(fetch_pages(_Queries(plan, work), frontier)) as found:
        async for pages in found:
            counts += await saver.save(pages)
            await work.progress(plan.sync.name, counts)
    outcome = await saver.conclude()
    return replace(outcome, counts=counts.with_gone(outcome.counts.gone))


@dataclass(frozen=True)
class _Queries(Generic[Row]):
    """What a plan asks Autotask, one query a call."""

    plan: Plan[Row]
    work: Work

    async def page(self, part: int, after: int | None, until: int | None) -> Batch[Row]:
        condition = self._narrowed(part, after, until)
        with self._noted(condition):
            return await self.work.client.page(
                self.plan.sync.entity, condition, fields=self.plan.fields, page_size=self.work.page_size
            )

    async def count(self, part: int, after: int | None) -> int:
        condition = self._narrowed(part, after, None)
        with self._noted(condition):
            return await self.work.client.count(self.plan.sync.entity, condition, urgency=Urgency.BACKGROUND)

    @contextmanager
    def _noted(self, condition: Condition) -> Iterator[None]:
        """An error keeps the request that it came from, for the log."""
        try:
            yield
        except BotError as error:
            asked = encode(document(condition, fields=self.plan.fields))
            error.add_note(f"{self.plan.sync.entity.endpoint.collection}/query {asked}")
            raise

    def _narrowed(self, part: int, after: int | None, until: int | None) -> Condition:
        conditions = [self.plan.conditions[part]]
        if after is not None:
            conditions.append(autotask_field("id").gt(after))
        if until is not None:
            conditions.append(autotask_field("id").lte(until))
        return all_of(*conditions)


def _is_about_tracking(plan: Plan[Row], refusal: AutotaskRejected) -> bool:
    """Autotask databases of some age do not know every last-modified field; they refuse it by its name."""
    name = plan.sync.entity.endpoint.modified_field
    if name is None or plan.sync.since is not None or plan.cursor.untracked:
        return False
    asked = f"unable to find {name} in the".casefold()
    return any(asked in reason.casefold() for reason in refusal.reasons)
