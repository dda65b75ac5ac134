"""What is wrong now, and what was (one row per problem, not per occurrence); who hears of it; and news."""

from sqlalchemy import ARRAY, BigInteger, Boolean, Column, Index, Integer, Numeric, Table, Text, text
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
    at("changed_at"),
    at("shown_at", nullable=True),
    Column("reopened", Integer, nullable=False, server_default="0"),
    words("acted_by"),
    at("acted_at", nullable=True),
    at("snoozed_until", nullable=True),
    at("woken_at", nullable=True),
    words("assigned_to"),
    words("assigned_by"),
    at("assigned_at", nullable=True),
    words("retried_by"),
    at("retried_at", nullable=True),
    words("muted_by"),
    of_tenant(),
    Index(
        "uq_problems_open",
        "tenant_id",
        "fingerprint",
        unique=True,
        postgresql_where=text("recovered_at IS NULL"),
    ),
    Index("ix_problems_fingerprint", "tenant_id", "fingerprint", "id"),
    Index("ix_problems_recovered", "tenant_id", "recovered_at"),
)

alert_channels = Table(
    "alert_channels",
    metadata,
    tenant(),
    row_id(),
    words("channel_id"),
    Column("kinds", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    Column("organizations", ARRAY(BigInteger)),
    words("threads", "always"),
    words("severity", "warning"),
    Column("money", Boolean, nullable=False, server_default="false"),
    words("changed_by"),
    at("changed_at"),
    of_tenant(),
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

sync_pauses = Table(
    "sync_pauses",
    metadata,
    tenant(),
    Column("name", Text, primary_key=True),
    Column("failures", Integer, nullable=False, server_default="0"),
    at("failing_since"),
    words("last_key"),
    at("paused_at", nullable=True),
    of_tenant(),
)

heartbeats = Table(
    "heartbeats",
    metadata,
    Column("process", Text, primary_key=True),
    at("started_at"),
    at("beat_at"),
)
"""Of processes, not of a tenant: no tenant's transaction can read them."""
