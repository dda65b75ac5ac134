"""Worked time: Autotask's entries, what became of each, what an hour is worth, and who is reminded."""

from sqlalchemy import BigInteger, Boolean, Column, Date, Index, Numeric, Table, Text

from bot.db.tables.columns import at, metadata, of_tenant, row_id, tenant, words

time_entries = Table(
    "time_entries",
    metadata,
    tenant(),
    Column("autotask_id", BigInteger, primary_key=True),
    Column("resource_id", BigInteger),
    Column("ticket_id", BigInteger),
    Column("task_id", BigInteger),
    Column("contract_id", BigInteger),
    Column("contract_service_id", BigInteger),
    Column("date_worked", Date, nullable=False),
    Column("hours_worked", Numeric, nullable=False, server_default="0"),
    Column("hours_to_bill", Numeric, nullable=False, server_default="0"),
    Column("is_non_billable", Boolean, nullable=False),
    words("summary"),
    words("hash"),
    at("synced_at"),
    at("changed_at"),
    at("gone_at", nullable=True),
    of_tenant(),
    Index("ix_time_entries_date", "tenant_id", "date_worked"),
)

time_imports = Table(
    "time_imports",
    metadata,
    tenant(),
    Column("entry_id", BigInteger, primary_key=True),
    words("state"),
    Column("date_worked", Date, nullable=False),
    Column("hours", Numeric, nullable=False),
    Column("company_id", BigInteger),
    Column("contract_id", BigInteger),
    Column("contract_end", Date),
    Column("contract_service_id", BigInteger),
    Column("billing_item_id", BigInteger),
    Column("invoice_id", BigInteger),
    Column("rate", Numeric),
    Column("currency", Text),
    Column("amount", Numeric),
    words("late"),
    at("since"),
    of_tenant(),
    Index("ix_time_imports_state", "tenant_id", "state", "date_worked"),
)

time_rates = Table(
    "time_rates",
    metadata,
    tenant(),
    row_id(),
    Column("rate", Numeric, nullable=False),
    Column("currency", Text, nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("organization_id", BigInteger),
    Column("contract_id", BigInteger),
    words("set_by"),
    at("set_at"),
    at("removed_at", nullable=True),
    of_tenant(),
    Index("ix_time_rates_from", "tenant_id", "valid_from"),
)

time_links = Table(
    "time_links",
    metadata,
    tenant(),
    Column("entry_id", BigInteger, primary_key=True),
    Column("contract_id", BigInteger, nullable=False),
    words("picked_by"),
    at("picked_at"),
    of_tenant(),
)

time_nudges = Table(
    "time_nudges",
    metadata,
    tenant(),
    Column("user_id", Text, primary_key=True),
    Column("paused_until", Date),
    Column("stopped", Boolean, nullable=False, server_default="false"),
    words("added_by"),
    at("added_at"),
    of_tenant(),
)
