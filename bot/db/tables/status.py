"""How much of the hour's requests each process last knew to be used."""

from sqlalchemy import Column, Integer, Table, Text

from bot.db.tables.columns import at, metadata, of_tenant, tenant

api_usage = Table(
    "api_usage",
    metadata,
    tenant(),
    Column("process", Text, primary_key=True),
    Column("used", Integer),
    Column("allowed", Integer),
    Column("own", Integer, nullable=False, server_default="0"),
    at("noted_at"),
    of_tenant(),
)
