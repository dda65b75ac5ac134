"""Bringing a database up to date: our tables by Alembic, the job engine's by its own scripts."""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

import psycopg
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, pool, text

from bot.db.backup import dump
from bot.db.job_sql import FAILURES_TABLE
from bot.db.session import APP_ROLE
from bot.db.urls import libpq_url, sqlalchemy_url

ROOT = Path(__file__).resolve().parents[2]
LOCK = 716_243_051
"""The advisory lock that lets one process migrate at a time."""
BACKUPS_KEPT = 5

_OUR_JOB_SCRIPTS: Mapping[str, str] = {"deskhand_01_job_failures.sql": FAILURES_TABLE}
"""What we add beside the job engine's tables; only ever add to it."""

_ROLE = f"""
DO $$
BEGIN
    BEGIN
        CREATE ROLE {APP_ROLE} NOLOGIN NOSUPERUSER NOBYPASSRLS;
    EXCEPTION
        -- It is there, perhaps made this moment for another database of the server; or a managed server
        -- refuses roles: then forced security binds the owner.
        WHEN duplicate_object OR unique_violation OR insufficient_privilege THEN NULL;
    END;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = '{APP_ROLE}') THEN
        EXECUTE format('GRANT {APP_ROLE} TO %I', current_user);
    END IF;
EXCEPTION
    WHEN insufficient_privilege OR unique_violation OR internal_error THEN NULL;
END $$
"""

_GRANTS = f"""
DO $$
DECLARE
    shared text;
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = '{APP_ROLE}') THEN
        GRANT USAGE ON SCHEMA public TO {APP_ROLE};
        GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {APP_ROLE};
        GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {APP_ROLE};
        GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO {APP_ROLE};
        REVOKE UPDATE, DELETE ON audit FROM {APP_ROLE};
        -- What has no row-level security is not for a tenant's transaction; it may only enqueue.
        FOR shared IN
            SELECT relname FROM pg_class
            WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND NOT relrowsecurity
        LOOP
            EXECUTE format('REVOKE ALL ON %I FROM {APP_ROLE}', shared);
        END LOOP;
        GRANT INSERT, SELECT (id) ON procrastinate_jobs TO {APP_ROLE};
        GRANT INSERT ON procrastinate_events TO {APP_ROLE};
    END IF;
END $$
"""


async def migrate(url: str, *, backups: Path | None = None) -> None:
    """Applies whatever is missing; harmless when nothing is. Several processes may call it at once.

    With ``backups``, a database that holds something is first written to a file in that folder, of which the
    newest few are kept. Raises ``bot.db.backup.BackupProblem`` when that fails: then nothing is changed.
    """
    await asyncio.to_thread(_migrate, url, backups)


async def is_current(url: str) -> bool:
    """Whether this release finds everything it needs; what a newer one has added does no harm."""
    return await asyncio.to_thread(_is_current, url)


def alembic_config(connection: Connection | None = None) -> Config:
    config = Config(str(ROOT / "alembic.ini"))
    config.set_main_option("script_location", str(ROOT / "migrations"))
    config.attributes["connection"] = connection
    return config


def _migrate(url: str, backups: Path | None) -> None:
    with psycopg.connect(libpq_url(url), autocommit=True) as keeper:
        keeper.execute("SELECT pg_advisory_lock(%s)", (LOCK,))
        if not _is_current(url):
            if backups is not None and not _is_new(url):
                _back_up(url, backups)
            _apply(url)
        elif _is_granted(url):
            return
        with _transaction(url) as connection:
            connection.execute(text(_ROLE))
            connection.execute(text(_GRANTS))


def _apply(url: str) -> None:
    with _transaction(url) as connection:
        command.upgrade(alembic_config(connection), "head")
    for name in _job_scripts_missing(url):
        with _transaction(url) as connection:
            _apply_job_script(connection, name)


def _back_up(url: str, folder: Path) -> None:
    dump(url, folder / f"before-migration-{datetime.now(UTC):%Y%m%dT%H%M%S%fZ}.dump")
    for old in sorted(folder.glob("before-migration-*.dump"))[:-BACKUPS_KEPT]:
        old.unlink()


@contextmanager
def _transaction(url: str) -> Iterator[Connection]:
    with create_engine(sqlalchemy_url(url), poolclass=pool.NullPool).begin() as connection:
        yield connection


def _is_granted(url: str) -> bool:
    """A restored backup has the tables, and neither role nor rights."""
    with _transaction(url) as connection:
        granted = text(
            "SELECT count(*) FROM pg_roles WHERE rolname = :role AND pg_has_role(oid, 'MEMBER')"
            " AND has_table_privilege(oid, 'people', 'SELECT')"
            " AND has_table_privilege(oid, 'procrastinate_jobs', 'INSERT')"
        )
        return bool(connection.execute(granted, {"role": APP_ROLE}).scalar())


def _is_new(url: str) -> bool:
    with _transaction(url) as connection:
        return MigrationContext.configure(connection).get_current_revision() is None


def _is_current(url: str) -> bool:
    revisions = ScriptDirectory.from_config(alembic_config())
    with _transaction(url) as connection:
        there = MigrationContext.configure(connection).get_current_revision()
        ours = there is not None and (there == revisions.get_current_head() or _is_unknown(revisions, there))
        return ours and set(_job_scripts()) <= set(_job_scripts_applied(connection))


def _is_unknown(revisions: ScriptDirectory, revision: str) -> bool:
    """A newer release has been here: during a deploy old processes go on beside it."""
    return revision not in {each.revision for each in revisions.walk_revisions()}


def _engine_sql() -> Traversable:
    """The SQL files that the job engine ships; its Python is for bot.jobs alone."""
    return resources.files("procrastinate.sql")


def _job_scripts() -> dict[str, str]:
    """The engine's migration scripts by name, oldest first (their names are their age), then ours."""
    folder = _engine_sql() / "migrations"
    found = {entry.name: entry.read_text() for entry in folder.iterdir() if entry.name.endswith(".sql")}
    return {name: found[name] for name in sorted(found)} | dict(_OUR_JOB_SCRIPTS)


def _job_scripts_applied(connection: Connection) -> list[str]:
    if connection.execute(text("SELECT to_regclass('job_schema')")).scalar() is None:
        return []
    return list(connection.execute(text("SELECT script FROM job_schema")).scalars())


def _job_scripts_missing(url: str) -> list[str]:
    """What an older database lacks. A new one gets the engine's present schema, which holds its scripts."""
    with _transaction(url) as connection:
        connection.execute(text("CREATE TABLE IF NOT EXISTS job_schema (script text PRIMARY KEY)"))
        applied = _job_scripts_applied(connection)
        if not applied:
            connection.connection.cursor().execute(_engine_sql().joinpath("schema.sql").read_text())
            applied = [name for name in _job_scripts() if name not in _OUR_JOB_SCRIPTS]
            for name in applied:
                _remember(connection, name)
    return [name for name in _job_scripts() if name not in applied]


def _apply_job_script(connection: Connection, name: str) -> None:
    """Each in a transaction of its own: a script may use a value that the one before added to an enum."""
    connection.connection.cursor().execute(_job_scripts()[name])
    _remember(connection, name)


def _remember(connection: Connection, name: str) -> None:
    connection.execute(text("INSERT INTO job_schema VALUES (:script)"), {"script": name})
