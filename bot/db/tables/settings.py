"""What a workspace has chosen, and each change of it for as long as it may be taken back."""

from sqlalchemy import Column, Index, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

from bot.db.tables.columns import at, metadata, of_tenant, row_id, tenant, words

preferences = Table(
    "preferences",
    metadata,
    tenant(),
    Column("name", Text, primary_key=True),
    Column("value", JSONB),
    words("changed_by"),
    at("changed_at"),
    of_tenant(),
)

setting_changes = Table(
    "setting_changes",
    metadata,
    tenant(),
    row_id(),
    Column("batch", Text, nullable=False),
    words("name"),
    Column("before", JSONB),
    Column("after", JSONB),
    words("changed_by"),
    at("changed_at"),
    at("undone_at", nullable=True),
    of_tenant(),
    Index("ix_setting_changes_batch", "tenant_id", "batch"),
)
