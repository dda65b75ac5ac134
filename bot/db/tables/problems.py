"""What is wrong now, and what was (one row per problem, not per occurrence); and news."""

from sqlalchemy import BigInteger, Column, Index, Integer, Numeric, Table, Text, text
from sqlalchemy.dialects.postgresql import JSONB

from bot.db.tables.columns import at, metadata, of_tenant, row_id, tenant, words

problems = Table(
    "problems",
    metadata,
    tenant(),
    row_id(),
    Column("fingerprint", Text, nullable=False),
    words("kind"),
    words("severity"),
    words("state", "open"),
    words("title"),
    words("detail"),
    words("code"),
    Column("organization_id", BigInteger),
    Column("retry", JSONB, nullable=False, server_default=text("'{}'")),
    Column("count", Integer, nullable=False, server_default="1"),
    at("first_seen"),
    at("last_seen"),
    at("recovered_at", nullable=True),
    of_tenant(),
    Index(
        "uq_problems_open",
        "tenant_id",
        "fingerprint",
        unique=True,
        postgresql_where=text("recovered_at IS NULL"),
    ),
)

news = Table(
    "news",
    metadata,
    tenant(),
    row_id(),
    Column("run_id", BigInteger),
    at("at"),
    words("kind"),
    words("text"),
    Column("organization_id", BigInteger),
    Column("amount", Numeric),
    Column("record_id", BigInteger),
    of_tenant(),
    Index("ix_news_at", "tenant_id", "at", "id"),
    Index("ix_news_run", "tenant_id", "run_id"),
)
