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
    "unnoticed",
    "untold",
    "whole",
]


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
    while True:
        try:
            return await _pass(plan, work)
        except AutotaskRejected as refusal:
            plan = await _without_unknown(plan, refusal, work)


async def _without_unknown(plan: Plan[Row], refusal: AutotaskRejected, work: Work) -> Plan[Row]:
    """The pass without the field that this Autotask database does not know; the refusal itself where it needs it."""
    unknown = _unknown_field(plan, refusal)
    if unknown is None:
        raise refusal
    if unknown == plan.sync.entity.endpoint.modified_field:
        await remember_untracked(plan, work)
        return await plan_pass(plan.sync, work)
    left_out = plan.left_out | {unknown.casefold()}
    return replace(await plan_pass(plan.sync, work), left_out=left_out)


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
            return await self.work.client.mirrored_page(
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


def _unknown_field(plan: Plan[Row], refusal: AutotaskRejected) -> str | None:
    """Autotask databases of some age do not know every field; they refuse it by its name."""
    modified = plan.sync.entity.endpoint.modified_field
    is_dated = modified is not None and plan.sync.since is None and not plan.cursor.untracked
    spared = [name for name in plan.sync.newer if name.casefold() not in plan.left_out]
    return next(
        (name for name in (*([modified] if is_dated else []), *spared) if _refuses(refusal, name)), None
    )


def _refuses(refusal: AutotaskRejected, name: str | None) -> bool:
    asked = f"unable to find {name} in the".casefold()
    return any(asked in reason.casefold() for reason in refusal.reasons)
