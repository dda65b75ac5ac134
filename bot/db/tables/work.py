"""What keeps repeated work from having repeated effects."""

from sqlalchemy import BigInteger, Column, Index, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

from bot.db.tables.columns import at, metadata, of_tenant, tenant, words

leases = Table(
    "leases",
    metadata,
    tenant(),
    Column("reference", Text, primary_key=True),
    Column("token", BigInteger, nullable=False),
    words("holder"),
    at("expires_at", nullable=True),
    of_tenant(),
)

messages = Table(
    "messages",
    metadata,
    tenant(),
    Column("key", Text, primary_key=True),
    words("channel"),
    Column("ts", Text),
    words("state", "planned"),
    of_tenant(),
)

deliveries = Table(
    "deliveries",
    metadata,
    tenant(),
    Column("key", Text, primary_key=True),
    at("at"),
    Column("answer", JSONB),
    of_tenant(),
    Index("ix_deliveries_at", "at"),
)
