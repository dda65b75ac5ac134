"""The mirror of Autotask's opportunities."""

from sqlalchemy import BigInteger, Column, Date, Index, Integer, Numeric, Table

from bot.db.tables.columns import at, metadata, of_tenant, tenant, words

opportunities = Table(
    "opportunities",
    metadata,
    tenant(),
    Column("autotask_id", BigInteger, primary_key=True),
    words("title"),
    words("search_title"),
    Column("company_id", BigInteger),
    Column("owner_id", BigInteger),
    Column("category_id", BigInteger),
    Column("stage", Integer),
    Column("status", Integer),
    Column("probability", Integer),
    Column("amount", Numeric),
    Column("monthly_revenue", Numeric),
    Column("onetime_revenue", Numeric),
    Column("close_on", Date),
    at("closed_at", nullable=True),
    at("lost_at", nullable=True),
    at("created_at", nullable=True),
    at("last_activity", nullable=True),
    words("next_step"),
    words("hash"),
    at("synced_at"),
    at("changed_at", nullable=True),
    at("gone_at", nullable=True),
    of_tenant(),
    Index("ix_opportunities_company", "tenant_id", "company_id"),
    Index("ix_opportunities_status", "tenant_id", "status", "close_on"),
)
