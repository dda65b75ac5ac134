"""Contracts with what is on them, the catalogue they are made of, and how each contract stands with us."""

from sqlalchemy import BigInteger, Boolean, Column, Date, Index, Integer, Numeric, Table, text
from sqlalchemy.dialects.postgresql import JSONB

from bot.db.tables.columns import at, metadata, of_tenant, row_id, tenant, words


def _record() -> Column[int]:
    return Column("autotask_id", BigInteger, primary_key=True)


def _mirror() -> tuple[Column[str], Column[object], Column[object], Column[object]]:
    return words("hash"), at("synced_at"), at("changed_at", nullable=True), at("gone_at", nullable=True)


def _catalogue(name: str) -> Table:
    return Table(
        name,
        metadata,
        tenant(),
        _record(),
        words("name"),
        words("search_name"),
        words("sku"),
        words("period_type"),
        words("internal_id"),
        words("external_id"),
        Column("is_active", Boolean, nullable=False),
        *_mirror(),
        of_tenant(),
    )


def _lines(name: str, product: str) -> Table:
    return Table(
        name,
        metadata,
        tenant(),
        _record(),
        Column("contract_id", BigInteger),
        Column(product, BigInteger),
        Column("unit_price", Numeric),
        words("invoice_description"),
        words("internal_description"),
        words("identifier"),
        words("search_text"),
        *_mirror(),
        of_tenant(),
        Index(f"ix_{name}_contract", "tenant_id", "contract_id"),
        Index(f"ix_{name}_identifier", "tenant_id", "identifier"),
    )


def _units(name: str, line: str) -> Table:
    return Table(
        name,
        metadata,
        tenant(),
        _record(),
        Column("contract_id", BigInteger),
        Column(line, BigInteger),
        Column("start_date", Date),
        Column("end_date", Date),
        Column("units", Integer, nullable=False, server_default="0"),
        Column("price", Numeric, nullable=False, server_default="0"),
        at("posted_at", nullable=True),
        *_mirror(),
        of_tenant(),
        Index(f"ix_{name}_contract", "tenant_id", "contract_id", "start_date"),
    )


contracts = Table(
    "contracts",
    metadata,
    tenant(),
    _record(),
    words("name"),
    words("search_name"),
    words("number"),
    Column("company_id", BigInteger),
    Column("contract_type", Integer),
    Column("category", Integer),
    words("period_type"),
    Column("status", Integer),
    Column("start_date", Date),
    Column("end_date", Date),
    Column("is_default", Boolean, nullable=False),
    Column("line_of_business", BigInteger),
    Column("renewed_contract_id", BigInteger),
    *_mirror(),
    of_tenant(),
    Index("ix_contracts_company", "tenant_id", "company_id"),
)

services = _catalogue("services")
service_bundles = _catalogue("service_bundles")
contract_services = _lines("contract_services", "service_id")
contract_service_bundles = _lines("contract_service_bundles", "service_bundle_id")
contract_service_units = _units("contract_service_units", "contract_service_id")
contract_service_bundle_units = _units("contract_service_bundle_units", "contract_service_bundle_id")

contract_milestones = Table(
    "contract_milestones",
    metadata,
    tenant(),
    _record(),
    Column("contract_id", BigInteger),
    words("title"),
    words("description"),
    Column("amount", Numeric, nullable=False, server_default="0"),
    Column("due_date", Date),
    Column("status", Integer),
    Column("is_initial", Boolean, nullable=False),
    *_mirror(),
    of_tenant(),
    Index("ix_contract_milestones_contract", "tenant_id", "contract_id"),
)

contract_standings = Table(
    "contract_standings",
    metadata,
    tenant(),
    Column("contract_id", BigInteger, primary_key=True),
    words("place"),
    Column("monthly", Numeric),
    Column("terms", JSONB, nullable=False, server_default=text("'{}'")),
    Column("cut_short", Boolean, nullable=False, server_default="false"),
    Column("ended_on", Date),
    words("ended_by"),
    at("ended_at", nullable=True),
    at("since"),
    of_tenant(),
)

customer_requests = Table(
    "customer_requests",
    metadata,
    tenant(),
    row_id(),
    Column("company_id", BigInteger, nullable=False),
    Column("contract_id", BigInteger, nullable=False),
    words("state", "asked"),
    at("asked_at"),
    words("decided_by"),
    at("decided_at", nullable=True),
    of_tenant(),
    Index("uq_customer_requests_company", "tenant_id", "company_id", unique=True),
    Index("ix_customer_requests_state", "tenant_id", "state", "id"),
)
