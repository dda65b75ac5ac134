"""Workspaces, their people, and who did what."""

from sqlalchemy import BigInteger, Boolean, Column, Identity, Index, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

from bot.db.tables.columns import at, metadata, of_tenant, row_id, tenant, words

tenants = Table(
    "tenants",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("team_id", Text, nullable=False, unique=True),
    words("enterprise_id"),
    words("name"),
    words("domain"),
    words("timezone", "UTC"),
    words("bot_user_id"),
    at("created_at"),
    Column("by_environment", Boolean, nullable=False, server_default="false"),
    Column("installation", BigInteger, nullable=False, server_default="0"),
    at("uninstalled_at", nullable=True),
    Column("zone_is_chosen", Boolean, nullable=False, server_default="false"),
)

people = Table(
    "people",
    metadata,
    tenant(),
    Column("user_id", Text, primary_key=True),
    Column("role", Text),
    Column("billing_approver", Boolean, nullable=False, server_default="false"),
    at("role_at", nullable=True),
    words("role_by"),
    words("name"),
    words("handle"),
    words("timezone"),
    Column("is_workspace_admin", Boolean, nullable=False, server_default="false"),
    Column("is_guest", Boolean, nullable=False, server_default="false"),
    Column("is_outsider", Boolean, nullable=False, server_default="false"),
    Column("is_deactivated", Boolean, nullable=False, server_default="false"),
    Column("is_bot", Boolean, nullable=False, server_default="false"),
    at("profile_at", nullable=True),
    of_tenant(),
)

audit = Table(
    "audit",
    metadata,
    tenant(),
    row_id(),
    at("at"),
    words("by"),
    words("action"),
    words("subject"),
    Column("before", JSONB),
    Column("after", JSONB),
    Column("autotask_id", BigInteger),
    of_tenant(),
    Index("ix_audit_at", "tenant_id", "at"),
    Index("ix_audit_by", "tenant_id", "by"),
)
