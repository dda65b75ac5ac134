"""Backup and restore: everything there again, in an empty database and over a changed one."""

import stat

import psycopg
import pytest

from bot.db.backup import BackupProblem, backup, restore
from bot.db.migrate import is_current, migrate
from bot.db.session import Database
from bot.db.tables import metadata
from bot.db.urls import libpq_url
from bot.jobs import Jobs, PushTicket
from tests.conftest import at_database
from tests.factories import NOON
from tests.integration.filled import fill


def contents(url):
    with psycopg.connect(libpq_url(url)) as connection:
        return {
            table: connection.execute(f"SELECT t::text FROM {table} t ORDER BY 1").fetchall()
            for table in (*metadata.tables, "procrastinate_jobs", "job_schema")
        }


@pytest.fixture
async def empty_url(server):
    name = "restored_database"
    with psycopg.connect(libpq_url(server), autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {name}")
        yield at_database(server, name)
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
async def tenant(database, jobs):
    found = await fill(database)
    async with database.unit(found.id) as uow:
        await jobs.enqueue(uow, PushTicket(tenant_id=found.id, ticket_id=1))
    return found


async def test_a_backup_restored_elsewhere_is_the_same_and_works(database_url, tenant, empty_url, tmp_path):
    await backup(database_url, tmp_path / "deep" / "a.dump")
    await restore(empty_url, tmp_path / "deep" / "a.dump")
    assert contents(empty_url) == contents(database_url)
    await migrate(empty_url)
    assert await is_current(empty_url)
    async with Database(empty_url) as restored, Jobs(empty_url) as jobs:
        async with restored.unit(tenant.id) as uow:
            assert [organization.name for organization in await uow.organizations.search("acme")] == ["Acme"]
            await uow.organizations.add("Made after the restore", "U1", NOON)
            await jobs.enqueue(uow, PushTicket(tenant_id=tenant.id, ticket_id=2))
        assert await jobs.count("todo") == 2


async def test_a_restore_takes_the_place_of_what_stands_there(database, database_url, tenant, tmp_path):
    await backup(database_url, tmp_path / "a.dump")
    before = contents(database_url)
    async with database.unit(tenant.id) as uow:
        await uow.organizations.add("Made after the backup", "U1", NOON)
    await restore(database_url, tmp_path / "a.dump")
    assert contents(database_url) == before


async def test_a_spoilt_backup_changes_nothing(database_url, tenant, tmp_path):
    await backup(database_url, tmp_path / "a.dump")
    whole = (tmp_path / "a.dump").read_bytes()
    (tmp_path / "half.dump").write_bytes(whole[: len(whole) // 2])
    before = contents(database_url)
    with pytest.raises(BackupProblem):
        await restore(database_url, tmp_path / "half.dump")
    assert contents(database_url) == before


async def test_a_backup_is_for_its_owners_eyes_and_appears_when_it_is_whole(database_url, tenant, tmp_path):
    await backup(database_url, tmp_path / "a.dump")
    assert [path.name for path in tmp_path.iterdir()] == ["a.dump"]
    assert stat.S_IMODE((tmp_path / "a.dump").stat().st_mode) == 0o600


async def test_a_backup_of_no_database_says_why_without_the_password(server, tmp_path):
    nowhere = at_database(server, "no_such_database").replace("//postgres@", "//postgres:hunter2@")
    with pytest.raises(BackupProblem, match="no_such_database") as refusal:
        await backup(nowhere, tmp_path / "a.dump")
    assert "hunter2" not in str(refusal.value)
    assert list(tmp_path.iterdir()) == []
