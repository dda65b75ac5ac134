"""The sync log as CSV, written piece by piece (product SY14)."""

from collections.abc import Sequence
from datetime import UTC, datetime

from bot.documents.exports import BOM, csv_rows
from bot.domain.sync_logs import LogLine

COLUMNS = ("ID", "Sync Type", "Operation", "Status", "Message", "Duration (ms)", "Created At")


def file_name(department_id: str, at: datetime) -> str:
    """``department_id`` is the workspace's id at Slack; the time is UTC."""
    return f"autotask_logs_{department_id}_{at.astimezone(UTC):%Y%m%d_%H%M%S}.csv"


def head(*, has_bom: bool) -> bytes:
    return (BOM if has_bom else b"") + csv_rows([COLUMNS])


def rows(lines: Sequence[LogLine]) -> bytes:
    """Times are UTC, ISO 8601; a message that a spreadsheet would take for a formula gets a leading quote mark."""
    return csv_rows(map(_row, lines))


def _row(line: LogLine) -> tuple[object, ...]:
    entry = line.entry
    return (
        line.id,
        entry.type.value,
        entry.operation.value,
        entry.status.value,
        entry.message,
        entry.duration_ms,
        line.at.astimezone(UTC).isoformat(timespec="seconds"),
    )
