"""Invoices: new ones hourly, what changed of unpaid ones daily, and what is on them.

Autotask does not say when an invoice changed. New ones carry their moment of creation, paid and voided ones a date;
the amount and the due date of an unpaid one change without a trace, so those are all asked for once a day. An
invoice that is paid with an old date leaves the set of unpaid ones silently: those that we hold as unpaid and that
are no longer among them are asked for by lists of ids. Whole records are read, because ``dueDate`` can be neither
filtered nor listed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, false

from bot.autotask import entities
from bot.autotask.query import Condition, all_of, any_of, field
from bot.db.session import UnitOfWork
from bot.db.tables import currencies, invoices, payment_terms
from bot.domain.invoices import NEW, UNPAID
from bot.domain.organizations import fold
from bot.domain.switches import Capability
from bot.domain.syncs import Change, Group, Scope, SyncType
from bot.syncs import billing_items
from bot.syncs.due import WEEKLY, goes_full, is_due
from bot.syncs.engine import Saving, Sync, Work, whole
from bot.syncs.groups import Conclusion, SyncGroup
from bot.syncs.invoice_changes import reported, summary

NAME = "invoices"
DAY = timedelta(days=1)
IS_UNPAID = all_of(field("paidDate").not_exists(), field("isVoided").eq(value=False))


def _columns(row: entities.Invoice) -> Mapping[str, object]:
    return {
        "number": row.invoice_number,
        "search_number": fold(row.invoice_number),
        "company_id": row.company_id,
        "invoiced_at": row.invoice_date_time,
        "due_on": row.due_date,
        "from_on": row.from_date,
        "to_on": row.to_date,
        "paid_on": row.paid_date,
        "payment_term": row.payment_term,
        "total": row.invoice_total,
        "tax": row.total_tax_value,
        "tax_region": row.tax_region_name,
        "order_number": row.order_number,
        "comments": row.comments,
        "batch_id": row.batch_id,
        "is_voided": row.is_voided,
        "voided_at": row.voided_date,
        "created_at": row.create_date_time,
    }


async def _since(_uow: UnitOfWork, moment: datetime) -> Condition:
    """Created, voided or paid since then; the paid date has no time, and is often entered a day late."""
    return any_of(
        field("createDateTime").gte(moment),
        field("voidedDate").gte(moment),
        field("paidDate").gte(moment.date() - DAY),
    )


async def _react(uow: UnitOfWork, changes: Sequence[Change], saving: Saving) -> None:
    """In the first pass everything is new, and nothing of it is worth a line."""
    told = [each for each in changes if each.before is not None] if saving.is_first else changes
    await reported(uow, told, run_id=saving.run_id, at=saving.at)


async def _new_ones(_uow: UnitOfWork, scope: Scope) -> bool:
    return scope.options != {UNPAID}


async def _unpaid_ones(uow: UnitOfWork, scope: Scope) -> bool:
    return await _asked_or_due(uow, scope, STILL_UNPAID.name)


async def _settled_ones(uow: UnitOfWork, scope: Scope) -> bool:
    """By its own cursor: when it begins, that of the unpaid ones has just moved."""
    return await _asked_or_due(uow, scope, SETTLED.name)


async def _asked_or_due(uow: UnitOfWork, scope: Scope, name: str) -> bool:
    """Not beside a pass over everything, which sees them, too."""
    if UNPAID in scope.options:
        return True
    if NEW in scope.options or await goes_full(uow, NAME, scope):
        return False
    return await is_due(uow, name, scope)


async def _still_unpaid(_uow: UnitOfWork, _scope: Scope) -> Condition:
    return IS_UNPAID


async def _no_longer_unpaid(uow: UnitOfWork, scope: Scope) -> Sequence[int]:
    """Those that we hold as unpaid and that the pass over the unpaid ones did not see."""
    passed = (await uow.syncs.cursor(STILL_UNPAID.name)).since
    return await uow.invoices.unpaid_ids(passed or scope.now)


def _nothing(_scope: Scope) -> ColumnElement[bool]:
    """A pass over a part of them cannot tell what is gone."""
    return false()


def _term_columns(row: entities.PaymentTerm) -> Mapping[str, object]:
    return {"name": row.name, "due_in_days": row.payment_due_in_days}


def _currency_columns(row: entities.Currency) -> Mapping[str, object]:
    return {"name": row.name, "is_internal": row.is_internal_currency, "is_active": row.is_active}


async def _terms_due(uow: UnitOfWork, scope: Scope) -> bool:
    return UNPAID not in scope.options and await is_due(uow, TERMS.name, scope)


async def _currencies_due(uow: UnitOfWork, scope: Scope) -> bool:
    return UNPAID not in scope.options and await is_due(uow, CURRENCIES.name, scope)


INVOICES = Sync(
    name=NAME,
    kind=SyncType.INVOICE,
    entity=entities.Invoice,
    fields=None,
    table=invoices,
    columns=_columns,
    since=_since,
    full_every=WEEKLY,
    wanted=_new_ones,
    react=_react,
)
STILL_UNPAID = replace(
    INVOICES,
    name="invoices_unpaid",
    condition=_still_unpaid,
    since=None,
    within=_nothing,
    wanted=_unpaid_ones,
    after=(NAME,),
)
SETTLED = replace(
    STILL_UNPAID,
    name="invoices_settled",
    condition=whole,
    parents=_no_longer_unpaid,
    parent_field="id",
    wanted=_settled_ones,
    after=(NAME, "invoices_unpaid"),
)
TERMS = Sync(
    name="payment_terms",
    kind=SyncType.INVOICE,
    entity=entities.PaymentTerm,
    fields=("id", "name", "paymentDueInDays"),
    table=payment_terms,
    columns=_term_columns,
    wanted=_terms_due,
    optional=True,
)
CURRENCIES = Sync(
    name="currencies",
    kind=SyncType.INVOICE,
    entity=entities.Currency,
    fields=("id", "name", "isInternalCurrency", "isActive"),
    table=currencies,
    columns=_currency_columns,
    wanted=_currencies_due,
    optional=True,
)


async def _conclude(work: Work) -> Conclusion:
    async with work.database.unit(work.tenant_id) as uow:
        corrected = await uow.invoices.corrected(work.run_id)
    return Conclusion(lines=summary(corrected, UNPAID in work.scope.options))


GROUP = SyncGroup(
    Group.INVOICES,
    (INVOICES, STILL_UNPAID, SETTLED, TERMS, CURRENCIES, *billing_items.SYNCS),
    conclude=_conclude,
    capability=Capability.INVOICES,
)
