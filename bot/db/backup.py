"""Backup and restore with PostgreSQL's own tools, which come with the wheel."""

import asyncio
import os
import subprocess
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from bot.db.embedded import tool
from bot.db.urls import libpq_url

PARTIAL = ".partial"
"""What a backup is called until it is whole."""
_TOO_NEW = b"SET transaction_timeout = 0;\n"
"""Written by pg_restore 17 and newer, refused by servers older than that."""


class BackupProblem(Exception):  # the command line's own; nobody in Slack meets it
    """pg_dump or psql said no; the text is theirs."""


async def backup(url: str, target: Path) -> None:
    """Writes the whole database to ``target``, in PostgreSQL's custom format, for its owner's eyes only.

    The login must see every workspace's rows: a superuser, as the embedded server's is, or one with BYPASSRLS.
    Raises ``BackupProblem``.
    """
    await asyncio.to_thread(dump, url, target)


async def restore(url: str, source: Path) -> None:
    """Reads a backup into the database, whole or not at all; what stands there of the same name is replaced.

    Roles and rights are not in a backup: ``bot.db.migrate.migrate`` gives them afterwards.
    Raises ``BackupProblem``.
    """
    await asyncio.to_thread(_restore, url, source)


def dump(url: str, target: Path) -> None:
    """The same as ``backup``, for who is in a thread already."""
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(target.name + PARTIAL)
    partial.touch(mode=0o600)
    address, environment = _without_password(url)
    bare = ("--format=custom", "--no-owner", "--no-privileges")
    try:
        _run([tool("pg_dump"), *bare, "--file", str(partial), address], environment)
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)


def _restore(url: str, source: Path) -> None:
    """pg_restore writes a script, and only a whole one is carried out, in one transaction."""
    bare = ("--clean", "--if-exists", "--no-owner", "--no-privileges")
    with tempfile.TemporaryFile() as script:
        _run([tool("pg_restore"), *bare, "--file=-", str(source)], output=script)
        script.seek(0)
        _carry_out(script, url)


def _carry_out(script: IO[bytes], url: str) -> None:
    address, environment = _without_password(url)
    psql = [tool("psql"), "--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1", address]
    with tempfile.TemporaryFile() as complaint:
        process = subprocess.Popen(  # noqa: S603 - a program of the wheel with our own arguments
            psql, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=complaint,
            env={**os.environ, **environment},
        )  # fmt: skip
        assert process.stdin is not None
        with suppress(BrokenPipeError), process.stdin as entrance:  # it stops reading at the first error
            entrance.writelines(line for line in script if line != _TOO_NEW)
        _judge(process.wait(), complaint)


def _without_password(url: str) -> tuple[str, dict[str, str]]:
    """The address as everybody on the machine may see it in the list of processes, and the password."""
    parts = conninfo_to_dict(libpq_url(url))
    password = parts.pop("password", None)
    return make_conninfo("", **parts), {"PGPASSWORD": str(password)} if password else {}


def _run(
    command: list[str], environment: Mapping[str, str] | None = None, *, output: IO[bytes] | None = None
) -> None:
    with tempfile.TemporaryFile() as complaint:
        done = subprocess.run(  # noqa: S603 - a program of the wheel with our own arguments
            command, stdout=output, stderr=complaint, check=False, env={**os.environ, **(environment or {})}
        )
        _judge(done.returncode, complaint)


def _judge(status: int, complaint: IO[bytes]) -> None:
    if status:
        complaint.seek(0)
        raise BackupProblem(complaint.read().decode(errors="replace").strip())
