"""Programs measured from outside: each in a process of its own, with its memory."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
STOP_WITHIN_S = 15.0
FIRST_LINE_WITHIN_S = 120.0


class ProgramFailed(Exception):
    """A measured program ended, or refused; the text quotes its last lines."""


@dataclass(frozen=True)
class Program:
    """A running Python module. What it says goes to ``log``, except its first line where that is read."""

    process: asyncio.subprocess.Process
    log: Path

    @property
    def status(self) -> Path:
        return Path(f"/proc/{self.process.pid}")

    def check(self) -> None:
        """Raises ProgramFailed when it has ended."""
        if self.process.returncode is not None:
            raise ProgramFailed(f"ended with {self.process.returncode}:\n{self.last_words()}")

    def last_words(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-20:])

    def forget_peak(self) -> None:
        """From here on ``peak_mib`` counts anew, where the system can do that (Linux)."""
        try:
            (self.status / "clear_refs").write_text("5")
        except OSError:
            return

    def peak_mib(self) -> float:
        """The most resident memory so far; 0 where the system does not tell."""
        return self._memory("VmHWM")

    def resident_mib(self) -> float:
        return self._memory("VmRSS")

    def processor_s(self) -> float:
        """Seconds of processor time so far; 0 where the system does not tell."""
        try:
            fields = (self.status / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            return 0.0
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def _memory(self, name: str) -> float:
        try:
            lines = (self.status / "status").read_text().splitlines()
        except OSError:
            return 0.0
        found = next((line.split()[1] for line in lines if line.startswith(name)), "0")
        return int(found) / 1024


@asynccontextmanager
async def program(
    *arguments: str, log: Path, environment: Mapping[str, str] | None = None
) -> AsyncIterator[Program]:
    """``python -m …`` while the block runs, away from any ``.env`` and from this process's settings."""
    with log.open("ab") as output:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            *arguments,
            cwd=log.parent,
            env=_clean() | dict(environment or {}),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE if environment is None else output,
            stderr=output,
        )
        try:
            yield Program(process, log)
        finally:
            await _stopped(process)


async def first_line(running: Program) -> Mapping[str, object]:
    """The line of JSON that a sandbox prints when it is ready (``program`` without environment)."""
    assert running.process.stdout is not None
    line = await asyncio.wait_for(running.process.stdout.readline(), FIRST_LINE_WITHIN_S)
    if not line:
        await running.process.wait()
        running.check()
    said: Mapping[str, object] = json.loads(line)
    return said


async def _stopped(process: asyncio.subprocess.Process) -> None:
    if process.returncode is not None:
        return
    process.terminate()
    try:
        await asyncio.wait_for(process.wait(), STOP_WITHIN_S)
    except TimeoutError:
        process.kill()
        await process.wait()


def _clean() -> dict[str, str]:
    mine = {name: value for name, value in os.environ.items() if not name.startswith(("BOT_", "SLACK_"))}
    return mine | {"PYTHONPATH": str(ROOT)}
