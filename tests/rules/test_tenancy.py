"""The locks between tenants are in the database, and nothing in the code walks around them."""

import ast
from pathlib import Path

import psycopg
import pytest

from bot.db.session import APP_ROLE, Database, Unprotected
from bot.db.tables import metadata
from bot.db.urls import libpq_url
from bot.jobs import PushTicket
from tests.conftest import at_database
from tests.integration.filled import fill

ROOT = Path(__file__).parents[2]
ALLOWED = ("bot/db/", "migrations/")
SHARED = {"tenants", "consents", "heartbeats"}
"""The list of workspaces, attempts to install before anybody knows for which of them, and signs of life."""
TENANT_TABLES = sorted(set(metadata.tables) - SHARED)
DENIED = psycopg.errors.InsufficientPrivilege


@pytest.fixture
def rows(database_url):
    with psycopg.connect(libpq_url(database_url), autocommit=True) as connection:

        def ask(statement, *values):
            cursor = connection.execute(statement, values)
            return cursor.fetchall() if cursor.description else []

        yield ask


@pytest.fixture
def bound(database_url):
    """What the application may do: a connection in the application's role, without a tenant so far."""
    with psycopg.connect(libpq_url(database_url)) as connection:
        connection.execute(f"SET ROLE {APP_ROLE}")
        yield connection


def bind(connection, tenant_id):
    connection.execute("SELECT set_config('app.tenant_id', %s, true)", (str(tenant_id),))


def escapes(source):
    """Ways around the repositories in a source: engines, drivers and SQL as text."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom | ast.Import):
            module = (node.module or "") if isinstance(node, ast.ImportFrom) else ""
            names = [f"{module}.{alias.name}".lstrip(".") for alias in node.names]
            found += [name for name in names if _is_escape(name)]
        elif isinstance(node, ast.Attribute) and node.attr in {"exec_driver_sql", "create_async_engine"}:
            found.append(node.attr)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and _is_sql(node.value):
            found.append(node.value)
    return found


def _is_escape(name):
    top, last = name.split(".")[0], name.split(".")[-1]
    if top in {"psycopg", "psycopg_pool", "asyncpg"}:
        return True
    raw = {"text", "create_engine", "create_async_engine", "sqlalchemy", "DDL", "literal_column"}
    return top == "sqlalchemy" and last in raw


def _is_sql(value):
    words = value.split()
    return len(words) > 2 and (words[0], words[1]) in {("INSERT", "INTO"), ("DELETE", "FROM")}


def test_no_sql_and_no_engine_outside_the_database_layer():
    sources = [path for part in ("bot", "handlers", "blocks") for path in (ROOT / part).rglob("*.py")]
    found = {
        name: escapes(path.read_text())
        for path in sources
        if not (name := path.relative_to(ROOT).as_posix()).startswith(ALLOWED)
    }
    assert {name: what for name, what in found.items() if what} == {}


@pytest.mark.parametrize(
    "source",
    [
        "from sqlalchemy import text",
        "import sqlalchemy",
        "from sqlalchemy.ext.asyncio import create_async_engine",
        "import psycopg",
        "from psycopg import sql",
        "connection.exec_driver_sql(statement)",
        "run('DELETE FROM tickets WHERE true')",
    ],
)
def test_an_escape_is_noticed(source):
    assert escapes(source)


def test_every_table_that_is_not_shared_has_a_tenant_in_its_key():
    for name in TENANT_TABLES:
        assert metadata.tables[name].primary_key.columns.keys()[0] == "tenant_id", name


def test_every_unique_key_and_foreign_key_includes_the_tenant(rows):
    keys = rows(
        "SELECT conrelid::regclass::text, conname FROM pg_constraint"
        " WHERE contype IN ('p', 'u', 'f') AND conrelid::regclass::text = ANY(%s)"
        " AND NOT (SELECT attnum FROM pg_attribute WHERE attrelid = conrelid AND attname = 'tenant_id')"
        " = ANY(conkey)",
        TENANT_TABLES,
    )
    indexes = rows(
        "SELECT indexrelid::regclass::text FROM pg_index WHERE indisunique"
        " AND indrelid::regclass::text = ANY(%s) AND pg_get_indexdef(indexrelid) NOT LIKE '%%tenant_id%%'",
        TENANT_TABLES,
    )
    assert (keys, indexes) == ([], [])


def test_every_foreign_key_reaches_a_row_of_the_same_tenant(rows):
    """A key of several columns, the tenant's on both sides."""
    single = rows(
        "SELECT conname FROM pg_constraint WHERE contype = 'f' AND conrelid::regclass::text = ANY(%s)"
        " AND confrelid <> 'tenants'::regclass AND cardinality(conkey) < 2",
        TENANT_TABLES,
    )
    assert single == []


def test_row_level_security_is_forced_with_one_rule_for_reading_and_writing(rows):
    forced = rows(
        "SELECT relname::text FROM pg_class WHERE relkind = 'r' AND relrowsecurity AND relforcerowsecurity"
    )
    policies = rows(
        "SELECT tablename::text, qual, with_check, cmd FROM pg_policies WHERE permissive = 'PERMISSIVE'"
    )
    rule = "(tenant_id = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::bigint)"
    assert sorted(name for (name,) in forced) == TENANT_TABLES
    # without WITH CHECK the rule for reading holds for writing too
    assert sorted(policies) == [(table, rule, None, "ALL") for table in TENANT_TABLES]


def test_no_table_was_forgotten(rows):
    """Whatever stands in the database is a tenant's, or known to be shared."""
    there = {name for (name,) in rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")}
    shared = {name for name in there if name.startswith("procrastinate_")}
    shared |= {*SHARED, "alembic_version", "job_schema", "job_failures"}
    assert there - shared == set(TENANT_TABLES)


def test_the_applications_role_is_no_superuser_and_cannot_log_in(rows):
    (role,) = rows(
        "SELECT rolsuper, rolbypassrls, rolcanlogin, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname = %s",
        APP_ROLE,
    )
    assert role == (False, False, False, False, False)


def test_the_applications_role_owns_nothing(rows):
    assert rows("SELECT relname FROM pg_class WHERE relowner = %s::regrole", APP_ROLE) == []


async def test_a_unit_of_work_runs_in_the_applications_role(database):
    tenant = await fill(database)
    async with database.unit(tenant.id) as uow:
        raw = await uow.connection.exec_driver_sql("SELECT current_user, current_setting('app.tenant_id')")
        assert raw.one() == (APP_ROLE, str(tenant.id))
    async with database.directory() as directory:
        raw = await directory.connection.exec_driver_sql("SELECT current_setting('app.tenant_id', true)")
        assert not raw.scalar()


async def test_without_a_tenant_nothing_is_seen(database, bound):
    await fill(database)
    seen = {table: bound.execute(f"SELECT count(*) FROM {table}").fetchone() for table in TENANT_TABLES}
    assert set(seen.values()) == {(0,)}


async def test_a_tenant_sees_its_own_rows_only(database, bound):
    tenants = [await fill(database, "T1"), await fill(database, "T2")]
    for tenant in tenants:
        bind(bound, tenant.id)
        seen = {
            table: bound.execute(f"SELECT DISTINCT tenant_id FROM {table}").fetchall()
            for table in TENANT_TABLES
        }
        assert seen == {key: [(tenant.id,)] for key in TENANT_TABLES}


async def test_a_row_of_another_tenant_is_refused(database, bound):
    first, second = await fill(database, "T1"), await fill(database, "T2")
    bind(bound, first.id)
    with pytest.raises(DENIED, match="row-level security"):
        bound.execute(
            "INSERT INTO deliveries (tenant_id, key, at) VALUES (%s, 'smuggled', now())", (second.id,)
        )


async def test_a_row_cannot_be_given_to_another_tenant(database, bound):
    first, second = await fill(database, "T1"), await fill(database, "T2")
    bind(bound, first.id)
    with pytest.raises(DENIED, match="row-level security"):
        bound.execute("UPDATE deliveries SET tenant_id = %s", (second.id,))


async def test_a_foreign_key_cannot_reach_another_tenants_row(database, bound):
    first, second = await fill(database, "T1"), await fill(database, "T2")
    bind(bound, second.id)
    (theirs,) = bound.execute("SELECT id FROM reviews").fetchone()
    bind(bound, first.id)
    with pytest.raises(psycopg.errors.ForeignKeyViolation):
        bound.execute("UPDATE review_answers SET review_id = %s", (theirs,))


@pytest.mark.parametrize("statement", ["UPDATE audit SET action = 'nothing'", "DELETE FROM audit"])
async def test_the_audit_trail_cannot_be_changed(database, bound, statement):
    tenant = await fill(database)
    bind(bound, tenant.id)
    with pytest.raises(DENIED):
        bound.execute(statement)


@pytest.mark.parametrize("table", [*sorted(SHARED), "job_failures", "job_schema", "alembic_version"])
def test_a_tenants_transaction_cannot_read_what_is_shared(bound, table):
    with pytest.raises(DENIED):
        bound.execute(f"SELECT * FROM {table}")


async def test_a_tenants_transaction_enqueues_but_reads_no_job(database, jobs, bound):
    tenant = await fill(database)
    async with database.unit(tenant.id) as uow:
        await jobs.enqueue(uow, PushTicket(tenant_id=tenant.id, ticket_id=1))
    assert await jobs.count("todo") == 1
    with pytest.raises(DENIED):
        bound.execute("SELECT args FROM procrastinate_jobs")


@pytest.fixture
def owned(server, database_url, rows):
    """A database whose owner may not make roles, as managed servers have it."""
    name = database_url.partition("?")[0].rpartition("/")[2]
    owner = f"owner_{name}"
    rows(f"CREATE ROLE {owner} LOGIN")
    tables = rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    rows("; ".join(f"ALTER TABLE {table} OWNER TO {owner}" for (table,) in tables) + "")
    yield (
        at_database(server, name).replace("//postgres@", f"//{owner}@").replace("//postgres:@", f"//{owner}@")
    )
    rows(f"DROP OWNED BY {owner} CASCADE")
    rows(f"DROP ROLE {owner}")


async def test_without_the_role_forced_security_binds_the_owner(owned):
    async with Database(owned) as database:
        first, second = await fill(database, "T1"), await fill(database, "T2")
        async with database.unit(first.id) as uow:
            who = await uow.connection.exec_driver_sql("SELECT current_user")
            assert who.scalar() != APP_ROLE
            seen = await uow.connection.exec_driver_sql("SELECT DISTINCT tenant_id FROM tickets")
            assert [tenant_id for (tenant_id,) in seen] == [first.id]
            touched = await uow.connection.exec_driver_sql("UPDATE audit SET action = 'nothing'")
            assert touched.rowcount == 0
        assert first.id != second.id


async def test_a_superuser_without_the_role_is_refused(server, database_url):
    """As after restoring a backup into a fresh server, before `bot migrate`."""
    role = "above_all_test"
    with psycopg.connect(libpq_url(database_url), autocommit=True) as connection:
        connection.execute(f"DROP ROLE IF EXISTS {role}")
        connection.execute(f"CREATE ROLE {role} LOGIN BYPASSRLS")
    url = database_url.replace("//postgres@", f"//{role}@").replace("//postgres:@", f"//{role}@")
    try:
        async with Database(url) as database:
            with pytest.raises(Unprotected, match="bot migrate"):
                async with database.unit(1):
                    pass
    finally:
        with psycopg.connect(libpq_url(database_url), autocommit=True) as connection:
            connection.execute(f"DROP ROLE {role}")
