"""A program that runs beside the servers: started, waited for, stopped, and quoted when it dies."""

import asyncio
import os
import signal
import sys
from collections import deque
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

STOP_WITHIN_S = 12.0


class ChildDied(Exception):
    """The program ended or never became ready; the text says how, with its last lines."""


@dataclass(frozen=True, slots=True)
class Program:
    """What to start. Its output goes to `log`; `holds` are open files that it keeps open."""

    command: Sequence[str]
    folder: Path
    environment: Mapping[str, str]
    log: Path
    holds: Sequence[int] = ()


class Child:
    """A running program."""

    def __init__(self, program: Program, process: asyncio.subprocess.Process) -> None:
        self._program = program
        self._process = process

    async def ready(self, url: str, *, within_s: float) -> None:
        """Return once `url` answers 200. Raises ChildDied."""
        ended = asyncio.create_task(self.ended())
        answered = asyncio.create_task(_answered(url))
        try:
            await asyncio.wait({ended, answered}, timeout=within_s, return_when=asyncio.FIRST_COMPLETED)
            if answered.done():
                return
            if ended.done():
                raise self.last_words()
        finally:
            answered.cancel()
            ended.cancel()
        raise ChildDied(self._obituary(f"was not ready within {within_s:.0f} s"))

    async def ended(self) -> None:
        """Return when the program has ended by itself."""
        await self._process.wait()

    def last_words(self) -> ChildDied:
        """What to say of a program that ended by itself."""
        return ChildDied(self._obituary(f"ended with code {self._process.returncode}"))

    async def stop(self) -> None:
        """Ask it to stop; insist after STOP_WITHIN_S."""
        if self._process.returncode is not None:
            return
        self._process.send_signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(self._process.wait(), STOP_WITHIN_S)
        except TimeoutError:
            self._process.kill()
            await self._process.wait()

    def _obituary(self, end: str) -> str:
        with self._program.log.open(encoding="utf-8", errors="replace") as log:
            lines = "".join(f"  {line}" for line in deque(log, maxlen=20))
        return f"The bot {end}. The end of {self._program.log}:\n{lines}"


async def _answered(url: str) -> None:
    async with httpx.AsyncClient(timeout=2, trust_env=False) as client:
        while True:
            try:
                if (await client.get(url)).status_code == 200:
                    return
            except httpx.HTTPError:
                pass
            await asyncio.sleep(0.1)


@asynccontextmanager
async def running(program: Program) -> AsyncIterator[Child]:
    """Run a program while the context lasts. Ctrl-C does not reach it: the context stops it in order."""
    with program.log.open("ab") as log:
        process = await asyncio.create_subprocess_exec(
            *program.command,
            cwd=program.folder,
            env=dict(program.environment),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            pass_fds=tuple(program.holds),
        )
    child = Child(program, process)
    try:
        yield child
    finally:
        await child.stop()


def clean_environment(root: Path, own: Mapping[str, str]) -> dict[str, str]:
    """This process's environment without anybody's settings for the bot, plus `own`."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("BOT_", "SLACK_"))}
    return inherited | {"PYTHONPATH": str(root), "PYTHONUNBUFFERED": "1"} | dict(own)


def bot_command() -> tuple[str, ...]:
    """How the bot is started."""
    return (sys.executable, "-m", "bot", "run")
