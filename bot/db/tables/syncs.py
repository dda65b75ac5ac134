"""How far a sync has come, how each run went, and what it logged."""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, Table, Text, text
from sqlalchemy.dialects.postgresql import JSONB

from bot.db.tables.columns import at, metadata, of_tenant, row_id, tenant, words

sync_cursors = Table(
    "sync_cursors",
    metadata,
    tenant(),
    Column("name", Text, primary_key=True),
    words("scope"),
    at("pass_started", nullable=True),
    Column("spans", JSONB, nullable=False, server_default=text("'[]'")),
    Column("seen", Integer, nullable=False, server_default="0"),
    at("since", nullable=True),
    at("full_at", nullable=True),
    Column("untracked", Boolean, nullable=False, server_default="false"),
    at("doubted_at", nullable=True),
    Column("told", JSONB, nullable=False, server_default=text("'{}'")),
    of_tenant(),
)

sync_runs = Table(
    "sync_runs",
    metadata,
    tenant(),
    row_id(),
    words("name"),
    Column("key", Text),
    words("trigger"),
    words("requested_by"),
    words("state", "running"),
    Column("counts", JSONB, nullable=False, server_default=text("'{}'")),
    Column("parts", JSONB, nullable=False, server_default=text("'{}'")),
    Column("sizes", JSONB, nullable=False, server_default=text("'{}'")),
    Column("attempts", Integer, nullable=False, server_default="1"),
    words("error"),
    at("started_at"),
    at("finished_at", nullable=True),
    at("retry_at", nullable=True),
    of_tenant(),
    Index("uq_sync_runs_key", "tenant_id", "name", "key", unique=True),
    Index("ix_sync_runs_name", "tenant_id", "name", "id"),
)

sync_logs = Table(
    "sync_logs",
    metadata,
    tenant(),
    row_id(),
    Column("run_id", BigInteger),
    at("at"),
    words("type"),
    words("operation"),
    words("status"),
    words("message"),
    Column("duration_ms", Integer),
    words("code"),
    Column("record_id", BigInteger),
    Column("organization_id", BigInteger),
    Column("details", JSONB, nullable=False, server_default=text("'{}'")),
    Column("count", Integer, nullable=False, server_default="1"),
    of_tenant(),
    Index("ix_sync_logs_at", "tenant_id", "at", "id"),
    Index("ix_sync_logs_status", "tenant_id", "status", "at", "id"),
    Index("ix_sync_logs_type", "tenant_id", "type", "at", "id"),
    Index("ix_sync_logs_run", "tenant_id", "run_id"),
)
