"""The sync log: one line per thing that a sync did, left alone, or could not do (product SY7 to SY15)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from pydantic import JsonValue

from bot.domain.syncs import SyncType


class Operation(StrEnum):
    CREATE = "create"
    UPDATE = "update"
    SKIP = "skip"
    ERROR = "error"


class LogStatus(StrEnum):
    """Success: nothing to do. Warning: look at it, perhaps. Error: investigate. Skip: left alone on purpose."""

    SUCCESS = "success"
    WARNING = "warning"
    ERROR = "error"
    SKIP = "skip"


UNMAPPED: Final = 0
"""In place of an organization: only who sees every client sees the line."""


@dataclass(frozen=True)
class LogEntry:
    """One line to be written. ``message`` is plain text for people; ``details`` are JSON values without secrets.

    ``code`` is the number of the error catalogue (``AT-301``) where something went wrong; ``duration_ms`` is None
    where nothing was measured; ``record_id`` is Autotask's id of what the line is about; ``organization_id`` hides
    the line from people who do not see that organization (None: the line names no client;
    ``UNMAPPED``: it names one that no organization stands for). ``count`` is how
    many records the line stands for.
    """

    type: SyncType
    operation: Operation
    status: LogStatus
    message: str
    duration_ms: int | None = None
    details: Mapping[str, JsonValue] = field(default_factory=dict)
    code: str = ""
    record_id: int | None = None
    organization_id: int | None = None
    count: int = 1


@dataclass(frozen=True)
class LogLine:
    """One line as it was written; ``alike`` of recent activity is the number of records that it speaks for."""

    id: int
    at: datetime
    run_id: int | None
    entry: LogEntry
    alike: int = 1


@dataclass(frozen=True)
class Troubles:
    """How many records a run warned of, could not do or left alone."""

    warnings: int = 0
    errors: int = 0
    skips: int = 0


def succeeded(kind: SyncType, operation: Operation, message: str, **facts: JsonValue) -> LogEntry:
    """A line about something that went well; the facts become its details."""
    return LogEntry(kind, operation, LogStatus.SUCCESS, message, details=facts)


def sharing(lines: Sequence[LogEntry], milliseconds: float) -> list[LogEntry]:
    """The lines of one step that took so long: each with the share of its records."""
    each = milliseconds / max(1, sum(line.count for line in lines))
    return [replace(line, duration_ms=round(each * line.count)) for line in lines]
