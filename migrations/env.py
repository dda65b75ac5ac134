"""Alembic's entrance: the connection comes from bot.db.migrate, so no address is ever written down."""

from alembic import context

from bot.db.tables import metadata

connection = context.config.attributes.get("connection")
context.configure(connection=connection, target_metadata=metadata, compare_type=True)
with context.begin_transaction():
    context.run_migrations()
