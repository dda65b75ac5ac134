"""The key of secrets at rest: made once, never replaced unseen, rotated on request."""

import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from bot import keys
from bot.db.session import Database
from bot.domain.connections import SealedCredentials, ZoneFacts
from bot.domain.installations import Installation
from bot.secretbox import CannotOpen, SecretBox
from bot.settings import Settings, SettingsProblem

ZONE = ZoneFacts("Zone 1", "https://webservices1.autotask.net/", "https://ww1.autotask.net/", 7)


def settings(folder: Path, *given: str) -> Settings:
    return Settings(_env_file=None, data_dir=folder, encryption_keys=",".join(given))


async def connect(database: Database, box: SecretBox) -> int:
    async with database.directory() as directory:
        tenant = await directory.ensure_tenant("T1", "Northwind IT")
    sealed = SealedCredentials("api@northwind.example", box.seal("secret"), box.seal("tracking"))
    async with database.unit(tenant.id) as uow:
        await uow.connections.save(ZONE, sealed, defaults=None, by="U1", at=datetime.now(UTC))
        await uow.installations.save(
            Installation(box.seal("xoxb-1"), "A1", "UBOT", "B1", ("chat:write",), "U1", datetime.now(UTC))
        )
    return tenant.id


async def test_the_first_start_makes_a_key_for_the_owner_alone(database: Database, tmp_path: Path):
    box = await keys.secret_box(settings(tmp_path), database)
    file = tmp_path / keys.FILE
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    again = await keys.secret_box(settings(tmp_path), database)
    assert again.open(box.seal("x")).get_secret_value() == "x"


async def test_a_lost_key_file_stops_the_start_and_no_new_one_is_made(database: Database, tmp_path: Path):
    await connect(database, await keys.secret_box(settings(tmp_path), database))
    (tmp_path / keys.FILE).unlink()
    with pytest.raises(SettingsProblem, match="could not open them"):
        await keys.secret_box(settings(tmp_path), database)
    assert not (tmp_path / keys.FILE).exists()


async def test_another_key_stops_the_start_with_words_and_without_the_key(database: Database, tmp_path: Path):
    await connect(database, await keys.secret_box(settings(tmp_path), database))
    other = Fernet.generate_key().decode()
    with pytest.raises(SettingsProblem, match="BOT_ENCRYPTION_KEYS does not open") as refused:
        await keys.secret_box(settings(tmp_path, other), database)
    assert other not in str(refused.value)


async def test_what_is_no_key_is_refused_in_words(database: Database, tmp_path: Path):
    with pytest.raises(SettingsProblem, match="not one"):
        await keys.secret_box(settings(tmp_path, "password"), database)


async def test_after_a_rotation_the_old_key_is_not_needed(database: Database, tmp_path: Path):
    old, new = (Fernet.generate_key().decode() for _ in range(2))
    tenant_id = await connect(database, await keys.secret_box(settings(tmp_path, old), database))
    both = await keys.secret_box(settings(tmp_path, new, old), database)
    assert await keys.rotate(both, database) == keys.Rotated(connections=1, tokens=1)
    box = await keys.secret_box(settings(tmp_path, new), database)
    async with database.unit(tenant_id) as uow:
        sealed, installation = await uow.connections.credentials(), await uow.installations.get()
    assert sealed is not None
    assert box.open(sealed.secret).get_secret_value() == "secret"
    assert installation is not None
    assert box.open(installation.token).get_secret_value() == "xoxb-1"
    with pytest.raises(CannotOpen):
        SecretBox([old]).open(sealed.secret)
