"""Which capabilities a workspace has switched off, to read-only, or on."""

from sqlalchemy import Column, Table, Text

from bot.db.tables.columns import at, metadata, of_tenant, tenant, words

switches = Table(
    "switches",
    metadata,
    tenant(),
    Column("capability", Text, primary_key=True),
    words("mode"),
    words("changed_by"),
    at("changed_at"),
    of_tenant(),
)
