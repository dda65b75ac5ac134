"""``bot migrate``, ``bot backup`` and ``bot restore``."""

import asyncio
from pathlib import Path

from bot.app import backups_of, database_at
from bot.commands.terminal import say
from bot.db.backup import BackupProblem, backup, restore
from bot.db.migrate import migrate
from bot.settings import Settings, SettingsProblem


async def perform(command: str, settings: Settings, file: Path | None) -> int:
    """Carries out the command and says what it did. A missing file is a ``SettingsProblem``."""
    if command == "restore" and file is not None and not await asyncio.to_thread(file.exists):
        raise SettingsProblem(f"There is no file {file}.")
    try:
        return await _perform(command, settings, file)
    except BackupProblem as problem:
        raise SettingsProblem(f"{command} did not work: {problem}") from None


async def _perform(command: str, settings: Settings, file: Path | None) -> int:
    async with database_at(settings) as url:
        if command == "migrate":
            await migrate(url, backups=backups_of(settings))
            say("The database is up to date.")
        elif command == "backup" and file is not None:
            await backup(url, file)
            say(f"Written to {file}. The encryption key is not in it: keep it apart.")
        elif file is not None:
            await restore(url, file)
            await migrate(url)
            say(f"Restored from {file}.")
    return 0
