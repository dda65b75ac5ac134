"""Contracts, the services and bundles on them with their units, milestones, and the catalogue they come from.

Only contracts and the catalogue say when they changed; the rest is swept. Of the units, only the periods that matter
are kept: from the month before last to a year ahead.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Final

from sqlalchemy import ColumnElement, Table, and_

from bot.autotask import entities
from bot.autotask.query import Condition, all_of, field
from bot.db import tables
from bot.db.session import UnitOfWork
from bot.domain.contracts import identifier_of, later
from bot.domain.organizations import fold
from bot.domain.switches import Capability
from bot.domain.syncs import Group, Scope, SyncType
from bot.syncs.contract_conclusions import conclude
from bot.syncs.engine import Sync
from bot.syncs.groups import SyncGroup

MONTHS_AHEAD: Final = 12


def _contract(row: entities.Contract) -> Mapping[str, object]:
    return {
        "name": row.contract_name,
        "search_name": fold(f"{row.contract_name} {row.contract_number}"),
        "number": row.contract_number,
        "company_id": row.company_id,
        "contract_type": row.contract_type,
        "category": row.contract_category,
        "period_type": _text(row.contract_period_type),
        "status": row.status,
        "start_date": row.start_date,
        "end_date": row.end_date,
        "is_default": row.is_default_contract,
        "line_of_business": row.organizational_level_association_id,
        "renewed_contract_id": row.renewed_contract_id,
    }


def _product(row: entities.Service | entities.ServiceBundle) -> Mapping[str, object]:
    return {
        "name": row.name,
        "search_name": fold(row.name),
        "sku": row.sku,
        "period_type": _text(row.period_type),
        "internal_id": row.internal_id,
        "external_id": row.external_id,
        "is_active": row.is_active,
    }


def _service(row: entities.ContractService) -> Mapping[str, object]:
    price = row.unit_price if row.unit_price is not None else row.internal_currency_unit_price
    return {"service_id": row.service_id, "unit_price": price, **_line(row)}


def _bundle(row: entities.ContractServiceBundle) -> Mapping[str, object]:
    price = row.adjusted_price if row.adjusted_price is not None else row.unit_price
    return {"service_bundle_id": row.service_bundle_id, "unit_price": price, **_line(row)}


def _line(row: entities.ContractService | entities.ContractServiceBundle) -> Mapping[str, object]:
    return {
        "contract_id": row.contract_id,
        "invoice_description": row.invoice_description,
        "internal_description": row.internal_description,
        "identifier": identifier_of(row.internal_description),
        "search_text": fold(f"{row.internal_description} {row.invoice_description}"),
    }


def _units(row: entities.ContractServiceUnit) -> Mapping[str, object]:
    return {"contract_service_id": row.contract_service_id, **_period(row)}


def _bundle_units(row: entities.ContractServiceBundleUnit) -> Mapping[str, object]:
    return {"contract_service_bundle_id": row.contract_service_bundle_id, **_period(row)}


def _period(row: entities.ContractServiceUnit | entities.ContractServiceBundleUnit) -> Mapping[str, object]:
    return {
        "contract_id": row.contract_id,
        "start_date": row.start_date,
        "end_date": row.end_date,
        "units": row.units or 0,
        "price": row.price if row.price is not None else Decimal(0),
        "posted_at": row.approve_and_post_date,
    }


def _milestone(row: entities.ContractMilestone) -> Mapping[str, object]:
    return {
        "contract_id": row.contract_id,
        "title": row.title,
        "description": row.description,
        "amount": row.amount if row.amount is not None else Decimal(0),
        "due_date": row.date_due,
        "status": row.status,
        "is_initial": row.is_initial_payment,
    }


def kept_periods(today: date) -> tuple[date, date]:
    """Units of periods that end before the first of these days, or begin after the last, are not mirrored."""
    return later(today.replace(day=1), -2), later(today, MONTHS_AHEAD)


async def _that_matter(_uow: UnitOfWork, scope: Scope) -> Condition:
    first, last = kept_periods(scope.today)
    return all_of(field("endDate").gte(first), field("startDate").lte(last))


def _mattering(table: Table, scope: Scope) -> ColumnElement[bool]:
    first, last = kept_periods(scope.today)
    return and_(table.c.end_date >= first, table.c.start_date <= last)


def _text(value: int | str | None) -> str:
    return "" if value is None else str(value)


_LINE_FIELDS = ("id", "contractID", "unitPrice", "internalDescription", "invoiceDescription")
_UNIT_FIELDS = ("id", "contractID", "startDate", "endDate", "units", "price", "approveAndPostDate")
_NEWER_FIELDS = ("sku", "internalID", "externalID")
_PRODUCT_FIELDS = ("id", "name", "periodType", "isActive", *_NEWER_FIELDS)

CONTRACTS: Final = Sync(
    name="contracts",
    kind=SyncType.CONTRACT,
    entity=entities.Contract,
    fields=(
        "id", "contractName", "contractNumber", "companyID", "contractType", "contractCategory", "contractPeriodType",
        "status", "startDate", "endDate", "isDefaultContract", "organizationalLevelAssociationID", "renewedContractID",
    ),
    table=tables.contracts,
    columns=_contract,
)  # fmt: skip
SERVICES: Final = Sync(
    name="services",
    kind=SyncType.CONTRACT,
    entity=entities.Service,
    fields=_PRODUCT_FIELDS,
    newer=_NEWER_FIELDS,
    table=tables.services,
    columns=_product,
    optional=True,
)
BUNDLES: Final = Sync(
    name="service_bundles",
    kind=SyncType.CONTRACT,
    entity=entities.ServiceBundle,
    fields=_PRODUCT_FIELDS,
    newer=_NEWER_FIELDS,
    table=tables.service_bundles,
    columns=_product,
    optional=True,
)
CONTRACT_SERVICES: Final = Sync(
    name="contract_services",
    kind=SyncType.CONTRACT,
    entity=entities.ContractService,
    fields=(*_LINE_FIELDS, "serviceID", "internalCurrencyUnitPrice"),
    table=tables.contract_services,
    columns=_service,
)
CONTRACT_BUNDLES: Final = Sync(
    name="contract_service_bundles",
    kind=SyncType.CONTRACT,
    entity=entities.ContractServiceBundle,
    fields=(*_LINE_FIELDS, "serviceBundleID", "adjustedPrice"),
    table=tables.contract_service_bundles,
    columns=_bundle,
    optional=True,
)
UNITS: Final = Sync(
    name="contract_service_units",
    kind=SyncType.CONTRACT,
    entity=entities.ContractServiceUnit,
    fields=(*_UNIT_FIELDS, "contractServiceID"),
    table=tables.contract_service_units,
    columns=_units,
    condition=_that_matter,
    within=lambda scope: _mattering(tables.contract_service_units, scope),
)
BUNDLE_UNITS: Final = Sync(
    name="contract_service_bundle_units",
    kind=SyncType.CONTRACT,
    entity=entities.ContractServiceBundleUnit,
    fields=(*_UNIT_FIELDS, "contractServiceBundleID"),
    table=tables.contract_service_bundle_units,
    columns=_bundle_units,
    condition=_that_matter,
    within=lambda scope: _mattering(tables.contract_service_bundle_units, scope),
    optional=True,
)
MILESTONES: Final = Sync(
    name="contract_milestones",
    kind=SyncType.CONTRACT,
    entity=entities.ContractMilestone,
    fields=("id", "contractID", "title", "description", "amount", "dateDue", "status", "isInitialPayment"),
    table=tables.contract_milestones,
    columns=_milestone,
    optional=True,
)

GROUP: Final = SyncGroup(
    Group.CONTRACTS,
    (CONTRACTS, SERVICES, BUNDLES, CONTRACT_SERVICES, CONTRACT_BUNDLES, UNITS, BUNDLE_UNITS, MILESTONES),
    conclude,
    Capability.CONTRACTS,
)
