"""Somebody who uses the embedded server, as a process: says the address, stays until its input ends.

python -m tests.integration.embedded_user FOLDER
"""

import asyncio
import sys
from pathlib import Path

from bot.db.embedded import embedded_server


async def use(folder: Path) -> None:
    async with embedded_server(folder) as url:
        sys.stdout.write(f"{url}\n")
        sys.stdout.flush()
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(use(Path(sys.argv[1])))
