"""Organizations, the mirror of Autotask's companies, and how the ones came to the others."""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, Table, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB

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
    Column("classification", Integer),
    words("company_number"),
    words("city"),
    words("search_city"),
    words("hash"),
    at("synced_at"),
    at("changed_at", nullable=True),
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
    Index("ix_organizations_company", "tenant_id", "company_id"),
)

mapping_batches = Table(
    "mapping_batches",
    metadata,
    tenant(),
    row_id(),
    words("kind"),
    Column("request_key", Text),
    words("by"),
    at("at"),
    words("undone_by"),
    at("undone_at", nullable=True),
    of_tenant(),
    UniqueConstraint("tenant_id", "request_key", name="uq_mapping_batches_request_key"),
)

mapping_changes = Table(
    "mapping_changes",
    metadata,
    tenant(),
    row_id(),
    Column("batch_id", BigInteger, nullable=False),
    Column("organization_id", BigInteger, nullable=False),
    Column("before", JSONB(none_as_null=True)),
    Column("after", JSONB, nullable=False),
    of_tenant(),
    of("batch_id", "mapping_batches"),
    of("organization_id", "organizations"),
    Index("ix_mapping_changes_batch", "tenant_id", "batch_id"),
)

imports = Table(
    "imports",
    metadata,
    tenant(),
    row_id(),
    Column("request_key", Text, nullable=False),
    words("file_name"),
    words("state", "read"),
    Column("lines", JSONB, nullable=False),
    Column("faults", JSONB, nullable=False),
    Column("position", Integer, nullable=False, server_default="0"),
    Column("created", Integer, nullable=False, server_default="0"),
    Column("updated", Integer, nullable=False, server_default="0"),
    Column("unchanged", Integer, nullable=False, server_default="0"),
    Column("batch_id", BigInteger),
    words("channel_id"),
    words("by"),
    at("at"),
    of_tenant(),
    UniqueConstraint("tenant_id", "request_key", name="uq_imports_request_key"),
)
