"""``bot migrate``, ``bot backup`` and ``bot restore``."""

import asyncio
from pathlib import Path

from bot.app import database_at
from bot.commands.terminal import say
from bot.db.backup import backup, restore
from bot.db.migrate import migrate
from bot.settings import Settings, SettingsProblem


async def perform(command: str, settings: Settings, file: Path | None) -> int:
    """Carries out the command and says what it did. A missing file is a ``SettingsProblem``."""
    if command == "restore" and file is not None and not await asyncio.to_thread(file.exists):
        raise SettingsProblem(f"There is no file {file}.")
    async with database_at(settings) as url:
        if command == "migrate":
            await migrate(url)
            say("The database is up to date.")
        elif command == "backup" and file is not None:
            await backup(url, file)
            say(f"Written to {file}. The encryption key is not in it: keep it apart.")
        elif file is not None:
            await restore(url, file)
            await migrate(url)
            say(f"Restored from {file}.")
    return 0
