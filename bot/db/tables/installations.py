"""Workspaces that added Deskhand by OAuth, and attempts to do so."""

from sqlalchemy import Boolean, Column, LargeBinary, Table

from bot.db.tables.columns import at, metadata, of_tenant, tenant, words

installations = Table(
    "installations",
    metadata,
    tenant(),
    Column("token", LargeBinary, nullable=False),
    words("app_id"),
    words("bot_user_id"),
    words("bot_id"),
    words("scopes"),
    words("installed_by"),
    at("installed_at"),
    words("enterprise_id"),
    Column("is_enterprise", Boolean, nullable=False, server_default="false"),
    of_tenant(),
)

consents = Table(
    "consents",
    metadata,
    Column("state_hash", LargeBinary, primary_key=True),
    Column("browser_hash", LargeBinary, nullable=False),
    at("expires_at"),
)
"""Attempts to install, before anybody knows for which workspace: no tenant's transaction can read them."""
