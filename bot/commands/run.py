"""``bot run``: serve until told to stop."""

import asyncio
import gc
import signal

import structlog

from bot import log
from bot.app import Role, running
from bot.log import Redactor
from bot.settings import Settings

logger = structlog.get_logger(__name__)


def run(settings: Settings, role: Role) -> int:
    """0 after SIGTERM or Ctrl-C, 1 when a part broke that only a new start mends."""
    redactor = log.configure(
        level=settings.log_level, form=settings.log_format, redactor=Redactor(settings.secrets)
    )
    return asyncio.run(_serve(settings, role, redactor))


async def _serve(settings: Settings, role: Role, redactor: Redactor) -> int:
    """A signal during the start cancels it; later it ends the block in order."""
    told = asyncio.Event()
    starting = asyncio.current_task()
    assert starting is not None
    started = False

    def stop() -> None:
        told.set()
        if not started:
            starting.cancel()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
    try:
        async with running(settings, role=role, redactor=redactor) as bot:
            started = True
            _leave_out_of_collections()
            await _first(told, bot.stop)
            logger.info("stopping")
    except asyncio.CancelledError:
        if not told.is_set():
            raise
        return 0
    return 0 if told.is_set() else 1


def _leave_out_of_collections() -> None:
    """What the start has made stays: looking through all of it again and again stopped everybody for up to 0.3 s."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)


async def _first(*events: asyncio.Event) -> None:
    """Returns when one of them is set."""
    waits = [asyncio.create_task(event.wait()) for event in events]
    await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    for wait in waits:
        wait.cancel()
