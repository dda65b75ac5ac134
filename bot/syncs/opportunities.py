"""Opportunities: by their last activity, and once a day every open one, because an edit may not count as activity."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from sqlalchemy import ColumnElement, false

from bot.autotask import entities
from bot.autotask.budget import Urgency
from bot.autotask.facts import picklists_of
from bot.autotask.query import Condition, field
from bot.db.session import UnitOfWork
from bot.db.tables import opportunities
from bot.domain.opportunities import ACTIVE, CLOSED, LOST
from bot.domain.organizations import fold
from bot.domain.problems import EventKind, News
from bot.domain.sync_logs import LogEntry, LogStatus, Operation
from bot.domain.syncs import Change, Group, Scope, SyncType
from bot.errors import BotError
from bot.syncs.due import WEEKLY, goes_full, is_due
from bot.syncs.engine import Saving, Sync, Work, whole
from bot.syncs.groups import Conclusion, SyncGroup

NAME = "opportunities"
PICKLISTS = ("stage", "status", "rating")


def _columns(row: entities.Opportunity) -> Mapping[str, object]:
    return {
        "title": row.title,
        "search_title": fold(row.title),
        "company_id": row.company_id,
        "owner_id": row.owner_resource_id,
        "category_id": row.opportunity_category_id,
        "stage": row.stage,
        "status": row.status,
        "probability": row.probability,
        "amount": row.amount,
        "monthly_revenue": row.monthly_revenue,
        "onetime_revenue": row.onetime_revenue,
        "close_on": row.projected_close_date,
        "closed_at": row.closed_date,
        "lost_at": row.lost_date,
        "created_at": row.create_date,
        "last_activity": row.last_activity,
        "next_step": row.next_step,
    }


async def _active(_uow: UnitOfWork, _scope: Scope) -> Condition:
    return field("status").eq(ACTIVE)


async def _no_longer_active(uow: UnitOfWork, scope: Scope) -> Sequence[int]:
    """Those that we hold as active and that the pass over the active ones did not see."""
    passed = (await uow.syncs.cursor(OPEN.name)).since
    return await uow.opportunities.open_ids(passed or scope.now)


def _nothing(_scope: Scope) -> ColumnElement[bool]:
    """A pass over a part of them cannot tell what is gone."""
    return false()


async def _daily(uow: UnitOfWork, scope: Scope) -> bool:
    """Whether the open ones are due; not beside a pass over everything, which sees them, too."""
    return not await goes_full(uow, NAME, scope) and await is_due(uow, OPEN.name, scope)


async def _daily_decided(uow: UnitOfWork, scope: Scope) -> bool:
    """The same by its own cursor: when it begins, that of the open ones has just moved."""
    return not await goes_full(uow, NAME, scope) and await is_due(uow, DECIDED.name, scope)


async def _react(uow: UnitOfWork, changes: Sequence[Change], saving: Saving) -> None:
    """New, won and lost ones are news; the first pass is none.

    Titles name clients: they are told only where an organization hides the line from who does not see it.
    """
    told = [each for each in changes if not saving.is_first or each.before is not None]
    companies = [company for each in told if isinstance(company := each.after.get("company_id"), int)]
    places = await uow.invoices.places(companies) if told else {}
    lines: list[LogEntry] = []
    found: list[News] = []
    for change in told:
        company = change.after.get("company_id")
        place = places.get(company) if isinstance(company, int) else None
        organization_id = place.organization_id if place else None
        is_hidden = place is not None and organization_id is not None
        what = f"{change.after.get('title')} ({place.name})" if place and is_hidden else str(change.record_id)
        lines.append(_line(change, what, organization_id))
        found += [_news(change, what, organization_id)] if _event(change) else []
    await uow.sync_logs.add(saving.run_id, lines, saving.at)
    await uow.news.add(saving.run_id, found, saving.at)


def _event(change: Change) -> str:
    """What people want to hear of it, or nothing."""
    status = change.after.get("status")
    if change.before is None:
        return "is new" if status == ACTIVE else ""
    if change.before.get("status") == status:
        return ""
    return {CLOSED: "was won", LOST: "was lost"}.get(status if isinstance(status, int) else -1, "")


def _line(change: Change, what: str, organization_id: int | None) -> LogEntry:
    is_new = change.before is None
    return LogEntry(
        SyncType.OPPORTUNITY,
        Operation.CREATE if is_new else Operation.UPDATE,
        LogStatus.SUCCESS,
        f"{what}: {_event(change) or ('is new' if is_new else 'changed')}",
        details={} if is_new else {"changed": list(change.changed)},
        record_id=change.record_id,
        organization_id=organization_id,
    )


def _news(change: Change, what: str, organization_id: int | None) -> News:
    amount = change.after.get("amount")
    return News(
        EventKind.OPPORTUNITIES,
        f"Opportunity {what} {_event(change)}",
        organization_id=organization_id,
        amount=amount if isinstance(amount, Decimal) else None,
        record_id=change.record_id,
    )


async def _conclude(work: Work) -> Conclusion:
    """The names of stages and statuses; without them numbers are shown as they are."""
    try:
        fields = await work.client.fields(entities.Opportunity, urgency=Urgency.BACKGROUND)
    except BotError:
        return Conclusion()
    async with work.database.unit(work.tenant_id) as uow:
        facts = picklists_of("Opportunities", PICKLISTS, fields)
        await uow.fields.replace("Opportunities", facts, work.clock.now())
    return Conclusion()


ALL = Sync(
    name=NAME,
    kind=SyncType.OPPORTUNITY,
    entity=entities.Opportunity,
    fields=(
        "id",
        "title",
        "companyID",
        "ownerResourceID",
        "opportunityCategoryID",
        "stage",
        "status",
        "probability",
        "amount",
        "monthlyRevenue",
        "onetimeRevenue",
        "projectedCloseDate",
        "closedDate",
        "lostDate",
        "createDate",
        "lastActivity",
        "nextStep",
    ),
    table=opportunities,
    columns=_columns,
    full_every=WEEKLY,
    react=_react,
    optional=True,
)
OPEN = replace(
    ALL,
    name="opportunities_open",
    condition=_active,
    within=_nothing,
    wanted=_daily,
    after=(NAME,),
    full_every=timedelta(0),
)
DECIDED = replace(
    OPEN,
    name="opportunities_decided",
    condition=whole,
    parents=_no_longer_active,
    parent_field="id",
    wanted=_daily_decided,
    after=(NAME, OPEN.name),
)
GROUP = SyncGroup(Group.OPPORTUNITIES, (ALL, OPEN, DECIDED), conclude=_conclude)
