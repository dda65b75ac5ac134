"""Work beside the requests, for as long as a block lasts."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
from contextlib import asynccontextmanager
from typing import Any, Final

import structlog

log = structlog.get_logger(__name__)

AGAIN_AFTER: Final = 1.0
"""Seconds until a task that did not hear its cancellation is told again."""


@asynccontextmanager
async def in_background(
    name: str, work: Coroutine[object, object, None], *, broke: Callable[[], None]
) -> AsyncIterator[None]:
    """Runs ``work`` while the block does; ``broke`` is called when it ends by an error."""
    task = asyncio.create_task(_watched(name, work, broke), name=name)
    try:
        yield
    finally:
        await ended(task)
        work.close()  # it has not begun where the task was told to stop before its first step


async def ended(*tasks: asyncio.Task[Any], again_after: float = AGAIN_AFTER) -> None:
    """Cancels the tasks and returns once they have ended; what they raise is dropped.

    Cancelling once is not enough: under Python 3.11 ``asyncio.wait_for``, on which the database's pool stands, gives
    its result instead of the cancellation when both come at the same moment (cpython issue 86296). A task that
    loops would then go on for ever, and whoever stops it wait for ever.
    """
    waiting: Iterable[asyncio.Task[Any]] = [task for task in tasks if not task.done()]
    while waiting:
        for task in waiting:
            task.cancel()
        _, waiting = await asyncio.wait(waiting, timeout=again_after)
    await asyncio.gather(*tasks, return_exceptions=True)


async def _watched(name: str, work: Coroutine[object, object, None], broke: Callable[[], None]) -> None:
    try:
        await work
    except Exception:
        log.exception("background work broke", work=name)
        broke()
