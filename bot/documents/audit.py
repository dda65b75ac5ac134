"""The audit trail as CSV. The columns are documented in docs/operations.md."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC

from bot.documents.exports import Table, csv_file
from bot.domain.audit import Act, redacted

COLUMNS = (
    "id",
    "at_utc",
    "person",
    "person_id",
    "action",
    "subject",
    "subject_name",
    "before",
    "after",
    "autotask_id",
)


def written(acts: Sequence[Act]) -> bytes:
    """One row per act, in the order given."""
    return csv_file(Table("audit", COLUMNS, [_row(act) for act in acts]))


def _row(act: Act) -> tuple[str | int | None, ...]:
    return (
        act.id,
        act.at.astimezone(UTC).isoformat(timespec="seconds"),
        act.by_name or ("" if act.by else "Deskhand"),
        act.by,
        act.action,
        act.subject,
        act.subject_name,
        _json(act.before),
        _json(act.after),
        act.autotask_id,
    )


def _json(values: Mapping[str, object] | None) -> str:
    return json.dumps(redacted(values), ensure_ascii=False, sort_keys=True, default=str) if values else ""
