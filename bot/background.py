"""Work beside the requests, for as long as a block lasts."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager

import structlog

log = structlog.get_logger(__name__)


@asynccontextmanager
async def in_background(
    name: str, work: Coroutine[object, object, None], *, broke: Callable[[], None]
) -> AsyncIterator[None]:
    """Runs ``work`` while the block does; ``broke`` is called when it ends by an error."""
    task = asyncio.create_task(_watched(name, work, broke), name=name)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _watched(name: str, work: Coroutine[object, object, None], broke: Callable[[], None]) -> None:
    try:
        await work
    except Exception:
        log.exception("background work broke", work=name)
        broke()
