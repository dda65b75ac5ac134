"""When something rings, and what has rung."""

from sqlalchemy import Boolean, Column, Integer, Table, Text, Time

from bot.db.tables.columns import at, metadata, of_tenant, tenant, words

schedules = Table(
    "schedules",
    metadata,
    tenant(),
    Column("name", Text, primary_key=True),
    Column("local_time", Time, nullable=False),
    words("timezone", "UTC"),
    words("channel_id"),
    Column("weekday", Integer),
    Column("enabled", Boolean, nullable=False, server_default="true"),
    at("since", nullable=True),
    of_tenant(),
)

schedule_slots = Table(
    "schedule_slots",
    metadata,
    tenant(),
    Column("name", Text, primary_key=True),
    Column("slot", Text, primary_key=True),
    at("fired_at"),
    of_tenant(),
)
