"""When something rings, what has rung, and who gets which digest."""

from sqlalchemy import Boolean, Column, Integer, Table, Text, Time
from sqlalchemy.dialects.postgresql import JSONB

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
    Column("hourly", Boolean, nullable=False, server_default="false"),
    Column("own_zone", Boolean, nullable=False, server_default="false"),
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

digests = Table(
    "digests",
    metadata,
    tenant(),
    Column("target", Text, primary_key=True),
    words("owner"),
    Column("daily", Boolean, nullable=False, server_default="true"),
    Column("weekly", Boolean, nullable=False, server_default="true"),
    Column("at", Time, nullable=False, server_default="08:00:00"),
    Column("weekday", Integer, nullable=False, server_default="0"),
    Column("sections", JSONB, nullable=False, server_default="[]"),
    Column("organizations", JSONB(none_as_null=True)),
    Column("money", Boolean, nullable=False, server_default="false"),
    Column("says_nothing", Boolean, nullable=False, server_default="false"),
    Column("quiet_from", Time),
    Column("quiet_until", Time),
    at("daily_until", nullable=True),
    at("weekly_until", nullable=True),
    of_tenant(),
)
