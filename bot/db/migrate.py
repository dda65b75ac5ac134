"""Bringing a database up to date: our tables by Alembic, the job engine's by its own scripts."""

import asyncio
from importlib import resources
from pathlib import Path

import psycopg
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from procrastinate.schema import SchemaManager
from sqlalchemy import Connection, create_engine, pool, text

from bot.db.session import APP_ROLE
from bot.db.urls import libpq_url, sqlalchemy_url

ROOT = Path(__file__).resolve().parents[2]
LOCK = 716_243_051
"""The advisory lock that lets one process migrate at a time."""

_GRANTS = f"""
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = '{APP_ROLE}') THEN
        GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {APP_ROLE};
        GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {APP_ROLE};
        GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO {APP_ROLE};
        REVOKE INSERT, UPDATE, DELETE ON tenants FROM {APP_ROLE};
        REVOKE UPDATE, DELETE ON audit FROM {APP_ROLE};
        REVOKE ALL ON alembic_version, job_schema FROM {APP_ROLE};
    END IF;
END $$
"""


async def migrate(url: str) -> None:
    """Applies whatever is missing; harmless when nothing is. Several processes may call it at once."""
    await asyncio.to_thread(_migrate, url)


async def is_current(url: str) -> bool:
    return await asyncio.to_thread(_is_current, url)


def alembic_config(connection: Connection | None = None) -> Config:
    config = Config(str(ROOT / "alembic.ini"))
    config.set_main_option("script_location", str(ROOT / "migrations"))
    config.attributes["connection"] = connection
    return config


def _migrate(url: str) -> None:
    engine = create_engine(sqlalchemy_url(url), poolclass=pool.NullPool)
    with psycopg.connect(libpq_url(url), autocommit=True) as keeper:
        keeper.execute("SELECT pg_advisory_lock(%s)", (LOCK,))
        if _is_current(url):
            return
        with engine.begin() as connection:
            command.upgrade(alembic_config(connection), "head")
        with engine.begin() as connection:
            _upgrade_job_schema(connection)
            connection.execute(text(_GRANTS))


def _is_current(url: str) -> bool:
    head = ScriptDirectory.from_config(alembic_config()).get_current_head()
    engine = create_engine(sqlalchemy_url(url), poolclass=pool.NullPool)
    with engine.connect() as connection:
        ours = MigrationContext.configure(connection).get_current_revision() == head
        return ours and _job_scripts_applied(connection) == _job_scripts()


def _job_scripts() -> list[str]:
    """The engine's migration scripts by name; their order is their age."""
    folder = resources.files("procrastinate.sql") / "migrations"
    return sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".sql"))


def _job_scripts_applied(connection: Connection) -> list[str]:
    if connection.execute(text("SELECT to_regclass('job_schema')")).scalar() is None:
        return []
    return sorted(connection.execute(text("SELECT script FROM job_schema")).scalars())


def _upgrade_job_schema(connection: Connection) -> None:
    """A new database gets the engine's present schema; an older one the scripts it lacks."""
    connection.execute(text("CREATE TABLE IF NOT EXISTS job_schema (script text PRIMARY KEY)"))
    applied = _job_scripts_applied(connection)
    cursor = connection.connection.cursor()
    if not applied:
        cursor.execute(SchemaManager.get_schema())
    for script in _job_scripts():
        if script in applied:
            continue
        if applied:
            cursor.execute((resources.files("procrastinate.sql") / "migrations" / script).read_text())
        connection.execute(text("INSERT INTO job_schema VALUES (:script)"), {"script": script})
