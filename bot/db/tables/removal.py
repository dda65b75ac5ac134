"""Removals of a connection, and the records in Autotask that they close."""

from sqlalchemy import BigInteger, Boolean, Column, Index, Table, Text, text
from sqlalchemy.dialects.postgresql import JSONB

from bot.db.tables.columns import at, metadata, of, of_tenant, row_id, tenant, words

removals = Table(
    "removals",
    metadata,
    tenant(),
    row_id(),
    words("requested_by"),
    words("requester_name"),
    words("channel_id"),
    at("requested_at"),
    Column("close_tickets", Boolean, nullable=False, server_default="false"),
    Column("mark_lost", Boolean, nullable=False, server_default="false"),
    Column("counts", JSONB, nullable=False, server_default=text("'{}'")),
    Column("status_closed", BigInteger),
    at("finished_at", nullable=True),
    of_tenant(),
    # Two who remove at once mean one removal.
    Index("uq_removals_under_way", "tenant_id", unique=True, postgresql_where=text("finished_at IS NULL")),
)

closings = Table(
    "closings",
    metadata,
    tenant(),
    Column("removal_id", BigInteger, primary_key=True),
    Column("entity", Text, primary_key=True),
    Column("autotask_id", BigInteger, primary_key=True),
    words("number"),
    at("note_sent_at", nullable=True),
    Column("note_id", BigInteger),
    at("closed_at", nullable=True),
    words("problem"),
    of("removal_id", "removals"),
)
