"""Changes of organizations, made and written down together: audited each, undone as one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.db.session import UnitOfWork
from bot.domain.context import Ctx
from bot.domain.contract_lists import Totals
from bot.domain.mapping import Act, Change, Standing
from bot.errors import AlreadyDone


@dataclass(frozen=True)
class Mapped:
    """Changes of one press. ``channel_id``: where it is told what comes along; "" for the person's conversation.

    ``has_more``: further parts of the same batch may follow within moments.
    """

    changes: Sequence[Change]
    batch_id: int
    channel_id: str = ""
    has_more: bool = False


def arrival_key(batch_id: int) -> str:
    """Noted once the contracts of several organizations of the batch are on their way."""
    return f"contracts after batch:{batch_id}"


class Arrivals(Protocol):
    async def mapped(self, uow: UnitOfWork, ctx: Ctx, made: Mapped) -> Totals | None:
        """What a mapping brings along, in its transaction, which must see every organization.

        None where no company came, or contracts are switched off.
        """

    async def settle(self, uow: UnitOfWork, ctx: Ctx, changes: Sequence[Change]) -> None:
        """Has contracts and time looked at again, where companies were gained or lost."""


async def carry_out(
    uow: UnitOfWork,
    ctx: Ctx,
    changes: Sequence[Change],
    *,
    kind: Act,
    at: datetime,
    request_key: str | None = None,
    batch_id: int | None = None,
) -> int:
    """Makes the changes; the id under which they can be undone for ten minutes.

    Raises ``AlreadyDone`` when the same request was carried out before, or a name is in use.
    """
    by = ctx.person.user_id
    batch = batch_id or await uow.mapping.open(kind, by, at, request_key=request_key)
    if batch is None:
        raise AlreadyDone("This was done already.")
    await uow.organizations.carry_out(changes, by, at)
    await uow.mapping.add(batch, changes)
    await write_down(uow, ctx, changes, kind=kind, at=at)
    return batch


async def write_down(
    uow: UnitOfWork, ctx: Ctx, changes: Sequence[Change], *, kind: Act, at: datetime
) -> None:
    """One audit row per organization: who, old and new."""
    companies = await _companies(uow, changes)
    for change in changes:
        await uow.audit.record(
            at=at,
            by=ctx.person.user_id,
            action=change.act.value,
            subject=change.after.name,
            before=_labels(change.before, companies) if change.before else None,
            after=_labels(change.after, companies)
            | ({"through": kind.value} if kind is not change.act else {}),
            autotask_id=change.after.company_id,
        )


async def _companies(uow: UnitOfWork, changes: Sequence[Change]) -> dict[int, str]:
    standings = [each for change in changes for each in (change.before, change.after) if each]
    ids = {each.company_id for each in standings if each.company_id is not None}
    return await uow.companies.names(sorted(ids))


def _labels(standing: Standing, companies: Mapping[int, str]) -> dict[str, object]:
    company = None if standing.company_id is None else companies.get(standing.company_id)
    labels: dict[str, object] = {"name": standing.name, "company": company}
    return labels | ({"archived": True} if standing.archived else {})
