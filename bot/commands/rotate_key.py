"""``bot rotate-key``: stored secrets under the first of BOT_ENCRYPTION_KEYS."""

from cryptography.fernet import Fernet

from bot import keys
from bot.app import grounded
from bot.commands.terminal import say
from bot.settings import Settings


async def rotate_key(settings: Settings, *, only_new: bool) -> int:
    """Prints a new key, or seals everything anew and says how much that was."""
    if only_new:
        say(Fernet.generate_key().decode())
        return 0
    async with grounded(settings) as ground:
        done = await keys.rotate(ground.secrets, ground.database)
    say(
        f"Sealed anew with the first key: {_counted(done.connections, 'connection')}, "
        f"{_counted(done.tokens, 'Slack token')}."
    )
    say("Keys behind the first are not needed any more, except for older backups.")
    return 0


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
