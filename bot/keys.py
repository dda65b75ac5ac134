"""The keys that secrets at rest are sealed with, and the refusal to start with the wrong ones."""

import os
from collections.abc import AsyncIterator, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from cryptography.fernet import Fernet

from bot.db.session import Database
from bot.domain.connections import SealedCredentials
from bot.secretbox import CannotOpen, SecretBox
from bot.settings import Settings, SettingsProblem

FILE = "secret.key"


async def secret_box(settings: Settings, database: Database) -> SecretBox:
    """The box of this installation.

    Raises ``SettingsProblem`` when a key is missing for, or does not open, what is stored: starting with
    another key would lose the Autotask credentials without a word.
    """
    stored = [
        each
        async for _, sealed in stored_credentials(database)
        for each in (sealed.secret, sealed.tracking_id)
    ]
    stored += [token async for _, token in stored_tokens(database)]
    box = _box(settings.keys or _keys_of_file(settings.data_dir / FILE, may_make=not stored))
    _check(box, stored, settings)
    return box


async def stored_credentials(database: Database) -> AsyncIterator[tuple[int, SealedCredentials]]:
    """Every workspace's sealed credentials, with the tenant's id."""
    async with database.directory() as directory:
        tenants = await directory.tenants()
    for tenant in tenants:
        async with database.unit(tenant.id) as uow:
            sealed = await uow.connections.credentials()
        if sealed is not None:
            yield tenant.id, sealed


async def stored_tokens(database: Database) -> AsyncIterator[tuple[int, bytes]]:
    """Every installed workspace's sealed bot token, with the tenant's id."""
    async with database.directory() as directory:
        tenants = await directory.tenants()
    for tenant in tenants:
        async with database.unit(tenant.id) as uow:
            installation = await uow.installations.get()
        if installation is not None:
            yield tenant.id, installation.token


@dataclass(frozen=True)
class Rotated:
    """How many Autotask connections and how many workspaces' tokens were sealed anew."""

    connections: int
    tokens: int


async def rotate(box: SecretBox, database: Database) -> Rotated:
    """Seals every stored secret anew with the first key."""
    return Rotated(await _rotate_connections(box, database), await _rotate_tokens(box, database))


async def _rotate_tokens(box: SecretBox, database: Database) -> int:
    count = 0
    async for tenant_id, token in stored_tokens(database):
        async with database.unit(tenant_id) as uow:
            await uow.installations.reseal(box.rotate(token))
        count += 1
    return count


async def _rotate_connections(box: SecretBox, database: Database) -> int:
    count = 0
    async for tenant_id, sealed in stored_credentials(database):
        fresh = SealedCredentials(sealed.username, box.rotate(sealed.secret), box.rotate(sealed.tracking_id))
        async with database.unit(tenant_id) as uow:
            await uow.connections.reseal(fresh)
        count += 1
    return count


def _box(keys: tuple[str, ...]) -> SecretBox:
    try:
        return SecretBox(keys)
    except ValueError:
        raise SettingsProblem(
            "An encryption key is not one. `python -m bot rotate-key --new` makes one to copy."
        ) from None


def _keys_of_file(path: Path, *, may_make: bool) -> tuple[str, ...]:
    if not path.exists():
        if not may_make:
            raise SettingsProblem(
                f"The database holds encrypted secrets, but there is neither BOT_ENCRYPTION_KEYS nor {path}. "
                "Give the key they were saved with; a new one could not open them."
            )
        _make(path)
    return tuple(line.strip() for line in path.read_text().splitlines() if line.strip())


def _make(path: Path) -> None:
    """For the owner's eyes from the first byte, and whole when it appears: of two that start at once, one wins."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(f"{Fernet.generate_key().decode()}\n")
    with suppress(FileExistsError):
        path.hardlink_to(draft)
    draft.unlink()


def _check(box: SecretBox, sealed: Iterable[bytes], settings: Settings) -> None:
    try:
        for each in sealed:
            box.open(each)
    except CannotOpen:
        where = "BOT_ENCRYPTION_KEYS" if settings.keys else str(settings.data_dir / FILE)
        raise SettingsProblem(
            f"The key in {where} does not open the credentials in the database. Put the key they were saved with "
            "back (several keys: comma-separated), or remove the connection and connect again."
        ) from None
