"""Migrations: one line of them, up and down and up again on a database in use, and nothing left unwritten."""

import asyncio
import sys
from datetime import time
from pathlib import Path

import psycopg
import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, pool

from bot.db.migrate import ROOT, alembic_config, is_current, migrate
from bot.db.session import Database
from bot.db.tables import metadata
from bot.db.urls import libpq_url, sqlalchemy_url
from bot.domain.reviews import Answer, ReviewFilter
from bot.domain.schedules import NIGHTLY_CHOICES, NIGHTLY_TICKETS, NIGHTLY_VERIFY
from bot.domain.switches import Capability, Mode
from bot.jobs import PushTicket
from tests.conftest import at_database
from tests.integration.filled import fill

ENGINE_TABLES = ("procrastinate_", "job_schema", "job_failures")


def query(url, statement, *values):
    with psycopg.connect(libpq_url(url), autocommit=True) as connection:
        return connection.execute(statement, values).fetchall()


def run(url, statement):
    with psycopg.connect(libpq_url(url), autocommit=True) as connection:
        connection.execute(statement)


def alembic(url, step, revision):
    with create_engine(sqlalchemy_url(url), poolclass=pool.NullPool).begin() as connection:
        step(alembic_config(connection), revision)


@pytest.fixture
async def empty_url(server):
    """A database that nobody has migrated."""
    name = "empty_database"
    run(server, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    run(server, f"CREATE DATABASE {name}")
    yield at_database(server, name)
    run(server, f"DROP DATABASE {name} WITH (FORCE)")


def tables(url):
    found = query(url, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    return {name for (name,) in found}


def test_there_is_one_head_and_one_root():
    scripts = ScriptDirectory.from_config(alembic_config())
    assert len(scripts.get_heads()) == 1
    assert len(scripts.get_bases()) == 1


def test_every_migration_can_be_undone():
    scripts = ScriptDirectory.from_config(alembic_config())
    for revision in scripts.walk_revisions():
        source = Path(revision.path).read_text()
        assert "NotImplementedError" not in source
        assert "def downgrade" in source


async def test_the_filler_leaves_no_table_empty(database, database_url):
    await fill(database)
    empty = [
        name for name in metadata.tables if query(database_url, f"SELECT count(*) FROM {name}") == [(0,)]
    ]
    assert empty == []


async def test_up_down_and_up_again_on_a_database_in_use(database, database_url, jobs):
    tenant = await fill(database)
    async with database.unit(tenant.id) as uow:
        await jobs.enqueue(uow, PushTicket(tenant_id=tenant.id, ticket_id=1))
    await database.close()
    await asyncio.to_thread(alembic, database_url, command.downgrade, "base")
    assert not tables(database_url) & set(metadata.tables)
    assert not await is_current(database_url)
    await migrate(database_url)
    assert tables(database_url) >= set(metadata.tables)
    assert await is_current(database_url)
    assert await jobs.count("todo") == 1
    await fill(database)


FIRST_RELEASES_ROWS = """
INSERT INTO tenants (id, team_id, name, timezone, created_at) VALUES (1, 'T1', 'Northwind IT', 'Europe/Berlin', now());
INSERT INTO connections (tenant_id, secret, tracking_id, ci, connected_by, connected_at, proven_at)
    VALUES (1, '\\x00', '\\x00', 7, 'U1', now(), now());
INSERT INTO companies (tenant_id, autotask_id, name, search_name, is_active, hash, synced_at)
    VALUES (1, 5, 'Acme Dental', 'acme dental', true, 'h', now());
INSERT INTO organizations (tenant_id, id, name, search_name, company_id, created_at) VALUES (1, 1, 'Acme', 'acme', 5, now());
INSERT INTO templates (tenant_id, id, key, name) VALUES (1, 1, 'it', 'IT basics');
INSERT INTO template_questions (tenant_id, id, template_id, category, position, text) VALUES (1, 1, 1, 'Backup', 1, 'Tested?');
INSERT INTO reviews (tenant_id, id, organization_id, template_id, title, categories, opened_at, request_key)
    VALUES (1, 1, 1, 1, 'IT basics, May', '{Backup}', now(), 'k');
INSERT INTO review_answers (tenant_id, review_id, question_id, answer, answered_at) VALUES (1, 1, 1, 'aligned', now());
INSERT INTO tickets (tenant_id, id, reference, request_key, organization_id, company_id, review_id, summary, queue_id, priority, saved_at)
    VALUES (1, 1, 'dh-T1-1', 'k', 1, 5, 1, 'Test the backup', 8, 1, now());
INSERT INTO schedules (tenant_id, name, local_time) VALUES (1, 'daily-digest', '08:00')
"""


async def test_a_workspace_of_the_first_release_works_on_and_gets_every_nightly_job(empty_url):
    await asyncio.to_thread(alembic, empty_url, command.upgrade, "0001")
    for statement in FIRST_RELEASES_ROWS.split(";"):
        run(empty_url, statement)
    await migrate(empty_url)
    async with Database(empty_url) as opened, opened.unit(1) as uow:
        [review], _ = await uow.reviews.page(0, 10, chosen=ReviewFilter(words="may"))
        [ticket], _ = await uow.tickets.page(0, 10, created_by=None, archived=False, words="backup acme")
        assert (review.answers[1].answer, ticket.review_id) == (Answer.ALIGNED, review.id)
        assert (await uow.switches.all()).mode(Capability.TICKETS) is Mode.ON
        nightly = {each.name for each in await uow.schedules.all()}
        digests = {"digest:daily:U1", "digest:weekly:U1"}  # who had connected was sent it, and still is
        assert nightly == {*digests, NIGHTLY_VERIFY, NIGHTLY_TICKETS, NIGHTLY_CHOICES}
        assert [(each.target, each.daily, each.at) for each in await uow.digests.all()] == [
            ("U1", True, time(8))
        ]


async def test_what_the_code_declares_is_what_the_migrations_build(database_url):
    def is_ours(thing, name, kind, _reflected, _compared):
        table = name if kind == "table" else thing.table.name
        return not table.startswith(ENGINE_TABLES)

    with create_engine(sqlalchemy_url(database_url), poolclass=pool.NullPool).connect() as connection:
        options = {"compare_type": True, "compare_server_default": True, "include_object": is_ours}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, metadata) == []


async def test_migrating_twice_changes_nothing(database, database_url, tmp_path):
    await fill(database)
    before = query(database_url, "SELECT xmin::text, script FROM job_schema ORDER BY script")
    await migrate(database_url, backups=tmp_path)
    assert query(database_url, "SELECT xmin::text, script FROM job_schema ORDER BY script") == before
    assert list(tmp_path.iterdir()) == []


async def test_two_processes_may_migrate_at_once(empty_url):
    program = "import asyncio, sys; from bot.db.migrate import migrate; asyncio.run(migrate(sys.argv[1]))"
    processes = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-c", program, empty_url, cwd=ROOT, stderr=asyncio.subprocess.PIPE
        )
        for _ in range(2)
    ]
    complaints = [(await process.communicate())[1].decode() for process in processes]
    assert [process.returncode for process in processes] == [0, 0], complaints
    assert await is_current(empty_url)


async def test_a_new_database_is_not_backed_up(empty_url, tmp_path):
    await migrate(empty_url, backups=tmp_path)
    assert list(tmp_path.iterdir()) == []


async def test_a_database_in_use_is_backed_up_before_it_is_changed(database, database_url, tmp_path):
    await fill(database)
    run(database_url, "DELETE FROM job_schema WHERE script = 'deskhand_01_job_failures.sql'")
    run(database_url, "DROP TABLE job_failures")
    for old in range(6):
        (tmp_path / f"before-migration-2020010{old}T000000000000Z.dump").write_text("old")
    await migrate(database_url, backups=tmp_path)
    kept = sorted(tmp_path.iterdir())
    assert len(kept) == 5
    assert kept[-1].stat().st_size > 1000
    assert await is_current(database_url)


async def test_an_older_job_schema_gets_the_scripts_it_lacks(empty_url):
    """A database as a release without the table of failures left it."""
    await migrate(empty_url)
    run(empty_url, "DROP TABLE job_failures")
    run(empty_url, "DELETE FROM job_schema WHERE script LIKE 'deskhand%'")
    assert not await is_current(empty_url)
    await migrate(empty_url)
    assert await is_current(empty_url)
    assert "job_failures" in tables(empty_url)


async def test_the_engines_oldest_scripts_lead_to_todays_schema(empty_url):
    """Applied one by one they end where the engine's own full schema does."""
    folder = Path(sys.modules["procrastinate"].__file__).parent / "sql" / "migrations"
    first, *later = sorted(script.name for script in folder.glob("*.sql"))
    assert later
    run(empty_url, (folder / first).read_text())
    run(empty_url, "CREATE TABLE job_schema (script text PRIMARY KEY)")
    run(empty_url, f"INSERT INTO job_schema VALUES ('{first}')")
    await migrate(empty_url)
    assert await is_current(empty_url)
    assert "procrastinate_workers" in tables(empty_url)


async def test_a_newer_releases_database_counts_as_current(database_url):
    """During a deploy old processes go on beside new ones."""
    run(database_url, "INSERT INTO job_schema VALUES ('99.00.00_01_of_the_future.sql')")
    run(database_url, "UPDATE alembic_version SET version_num = '9999'")
    assert await is_current(database_url)
    await migrate(database_url)


async def test_an_unmigrated_database_is_not_current(empty_url):
    assert not await is_current(empty_url)
