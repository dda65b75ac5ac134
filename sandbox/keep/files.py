"""Saving a server's state to one file: whole or not at all, and only when something changed."""

import asyncio
import gzip
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Generic, TypeVar

State = TypeVar("State")


def write_whole(path: Path, content: bytes) -> None:
    """Replace a file in one step: a reader, or a crash, sees the old content or the new."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.new")
    with draft.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def packed(content: bytes) -> bytes:
    """Compressed; the same content gives the same bytes."""
    return gzip.compress(content, compresslevel=1, mtime=0)


class Keeper(Generic[State]):
    """Saves `take()` as `dump` writes it. `take` runs on the loop and must give an unchanging value."""

    def __init__(self, path: Path, take: Callable[[], State], dump: Callable[[State], bytes]) -> None:
        self.path = path
        self._take = take
        self._dump = dump
        self._saved: State | None = None

    async def save(self) -> bool:
        """Save if something changed since the last time; tells whether it did."""
        state = self._take()
        if state == self._saved:
            return False
        await asyncio.to_thread(lambda: write_whole(self.path, packed(self._dump(state))))
        self._saved = state
        return True


@asynccontextmanager
async def kept(*saves: Callable[[], Awaitable[bool]], every_s: float = 4.0) -> AsyncIterator[None]:
    """Call each keeper's `save` at the start, every few seconds while the context lasts, and at its end."""
    saving = asyncio.Lock()

    async def save_all() -> None:
        async with saving:
            for save in saves:
                await save()

    async def again_and_again() -> None:
        while True:
            await asyncio.sleep(every_s)
            await asyncio.shield(save_all())

    await save_all()
    task = asyncio.create_task(again_and_again())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])
        await save_all()
