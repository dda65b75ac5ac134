"""How far a sync has come, and how each run went."""

from sqlalchemy import BigInteger, Column, Table, Text, text
from sqlalchemy.dialects.postgresql import JSONB

from bot.db.tables.columns import at, metadata, of_tenant, row_id, tenant, words

sync_cursors = Table(
    "sync_cursors",
    metadata,
    tenant(),
    Column("name", Text, primary_key=True),
    Column("after_id", BigInteger),
    at("watermark", nullable=True),
    of_tenant(),
)

sync_runs = Table(
    "sync_runs",
    metadata,
    tenant(),
    row_id(),
    words("name"),
    words("trigger"),
    words("requested_by"),
    words("state", "running"),
    Column("counts", JSONB, nullable=False, server_default=text("'{}'")),
    words("error"),
    at("started_at"),
    at("finished_at", nullable=True),
    of_tenant(),
)
