"""The tie to Autotask, and what its fields are like."""

from sqlalchemy import BigInteger, Boolean, Column, Integer, LargeBinary, Table, Text, text
from sqlalchemy.dialects.postgresql import JSONB

from bot.db.tables.columns import at, metadata, of_tenant, tenant, words

connections = Table(
    "connections",
    metadata,
    tenant(),
    words("username"),
    Column("secret", LargeBinary, nullable=False),
    Column("tracking_id", LargeBinary, nullable=False),
    words("zone_name"),
    words("api_url"),
    words("web_url"),
    Column("ci", BigInteger, nullable=False),
    words("state", "active"),
    words("paused_reason"),
    Column("defaults", JSONB),
    words("connected_by"),
    at("connected_at"),
    at("proven_at"),
    of_tenant(),
)

connection_drafts = Table(
    "connection_drafts",
    metadata,
    tenant(),
    Column("id", Text, primary_key=True),
    words("username"),
    Column("secret", LargeBinary, nullable=False),
    Column("tracking_id", LargeBinary, nullable=False),
    words("created_by"),
    at("created_at"),
    Column("outcome", JSONB),
    words("told"),
    of_tenant(),
)

login_refusals = Table(
    "login_refusals",
    metadata,
    tenant(),
    Column("username", Text, primary_key=True),
    Column("refusals", Integer, nullable=False, server_default="0"),
    at("last_at"),
    of_tenant(),
)

verifications = Table(
    "verifications",
    metadata,
    tenant(),
    words("slot"),
    at("checked_at"),
    Column("missing", JSONB, nullable=False, server_default=text("'[]'")),
    Column("told", JSONB, nullable=False, server_default=text("'[]'")),
    Column("worse", JSONB, nullable=False, server_default=text("'[]'")),
    Column("recovered", JSONB, nullable=False, server_default=text("'[]'")),
    of_tenant(),
)

credential_links = Table(
    "credential_links",
    metadata,
    tenant(),
    Column("digest", Text, primary_key=True),
    words("user_id"),
    words("channel_id"),
    at("made_at"),
    of_tenant(),
)

autotask_fields = Table(
    "autotask_fields",
    metadata,
    tenant(),
    Column("entity", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("max_length", Integer, nullable=False, server_default="0"),
    Column("is_required", Boolean, nullable=False, server_default="false"),
    Column("options", JSONB, nullable=False, server_default=text("'[]'")),
    at("synced_at"),
    of_tenant(),
)
