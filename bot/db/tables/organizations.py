"""Organizations, and the mirror of Autotask's companies."""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, Table, text

from bot.db.tables.columns import at, metadata, of, of_tenant, row_id, tenant, words

companies = Table(
    "companies",
    metadata,
    tenant(),
    Column("autotask_id", BigInteger, primary_key=True),
    words("name"),
    words("search_name"),
    Column("is_active", Boolean, nullable=False),
    Column("company_type", Integer),
    words("company_number"),
    words("city"),
    words("hash"),
    at("synced_at"),
    at("gone_at", nullable=True),
    of_tenant(),
    Index(
        "ix_companies_search", "tenant_id", "search_name", postgresql_ops={"search_name": "text_pattern_ops"}
    ),
)

organizations = Table(
    "organizations",
    metadata,
    tenant(),
    row_id(),
    words("name"),
    words("search_name"),
    Column("company_id", BigInteger),
    words("mapped_by"),
    at("mapped_at", nullable=True),
    words("created_by"),
    at("created_at"),
    at("archived_at", nullable=True),
    of_tenant(),
    of("company_id", "companies", key="autotask_id"),
    Index(
        "uq_organizations_name",
        "tenant_id",
        "search_name",
        unique=True,
        postgresql_where=text("archived_at IS NULL"),
    ),
)
