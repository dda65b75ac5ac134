"""Billing items: what was posted in the last 13 months, and which invoice it is on.

Autotask stamps the moment of posting and nothing later: an item gets its invoice, or loses it when the invoice is
voided, without a trace. So an hourly pass asks for what was posted since the last one and for what is on invoices
newer than those known; a daily one looks again, by lists of ids, at every item without invoice; a weekly one at all.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement

from bot.autotask import entities
from bot.autotask.query import Condition, any_of, field
from bot.db.billing_items import NOT_INVOICED
from bot.db.session import UnitOfWork
from bot.db.tables import billing_items
from bot.domain.invoices import NEW, UNPAID
from bot.domain.syncs import Scope, SyncType
from bot.syncs.due import WEEKLY, goes_full, is_due
from bot.syncs.engine import Sync

KEPT = timedelta(days=396)
"""Thirteen months: a year's comparison, and the month that is being billed."""
NAME = "billing_items"
FIELDS = (
    "id", "billingItemType", "subType", "itemName", "description", "companyID", "invoiceID", "contractID",
    "contractServiceID", "contractServicePeriodID", "contractServiceBundleID", "contractServiceBundlePeriodID",
    "contractBlockID", "milestoneID", "projectID", "taskID", "ticketID", "timeEntryID", "roleID", "quantity",
    "rate", "extendedPrice", "totalAmount", "taxDollars", "nonBillable", "itemDate", "postedDate", "postedOnTime",
)  # fmt: skip
LINKS = (
    "contract_id", "contract_service_id", "contract_service_period_id", "contract_service_bundle_id",
    "contract_service_bundle_period_id", "contract_block_id", "milestone_id", "project_id", "task_id", "ticket_id",
    "time_entry_id", "role_id",
)  # fmt: skip
"""What an item was made of."""


def _columns(row: entities.BillingItem) -> Mapping[str, object]:
    return {
        "billing_item_type": row.billing_item_type,
        "sub_type": row.sub_type,
        "item_name": row.item_name,
        "description": row.description,
        "company_id": row.company_id,
        "invoice_id": row.invoice_id or None,
        **{name: getattr(row, name) or None for name in LINKS},
        "quantity": row.quantity,
        "rate": row.rate,
        "extended_price": row.extended_price,
        "total_amount": row.total_amount,
        "tax": row.tax_dollars,
        "non_billable": row.non_billable,
        "item_date": row.item_date,
        "posted_date": row.posted_date,
        "posted_on_time": row.posted_on_time,
    }


async def _recent(_uow: UnitOfWork, scope: Scope) -> Condition:
    return field("postedDate").gte(scope.today - KEPT)


def _within(scope: Scope) -> ColumnElement[bool]:
    return billing_items.c.posted_date >= scope.today - KEPT


async def _since(uow: UnitOfWork, moment: datetime) -> Condition:
    """Posted since then, or on an invoice that is newer than those we knew by then: invoice ids only ascend."""
    known = await uow.billing_items.newest_invoice(moment)
    return any_of(field("postedOnTime").gte(moment), field("invoiceID").gte(known + 1))


async def _asked_for(_uow: UnitOfWork, scope: Scope) -> bool:
    return scope.options != {UNPAID}


async def _again(uow: UnitOfWork, scope: Scope) -> bool:
    """Due once a day; not beside a pass over everything, nor in a run for what is new alone."""
    if NEW in scope.options or (await _asked_for(uow, scope) and await goes_full(uow, NAME, scope)):
        return False
    return await is_due(uow, AGAIN.name, scope)


async def _ids(uow: UnitOfWork, scope: Scope) -> Sequence[int]:
    return await uow.billing_items.to_look_at_again(scope.today - KEPT)


def _not_invoiced(scope: Scope) -> ColumnElement[bool]:
    """Without those that have left the time that is asked for: nothing is said of them."""
    return NOT_INVOICED & _within(scope)


POSTED = Sync(
    name=NAME,
    kind=SyncType.BILLING,
    entity=entities.BillingItem,
    fields=FIELDS,
    table=billing_items,
    columns=_columns,
    condition=_recent,
    within=_within,
    since=_since,
    full_every=WEEKLY,
    wanted=_asked_for,
    optional=True,
)
AGAIN = replace(
    POSTED,
    name="billing_items_again",
    parents=_ids,
    parent_field="id",
    within=_not_invoiced,
    since=None,
    wanted=_again,
)
SYNCS = (POSTED, AGAIN)
"""For every group that needs posted items; whoever runs several of them runs each sync once."""
