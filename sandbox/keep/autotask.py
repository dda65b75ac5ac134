"""The Autotask database as a file. Users are not in it: they come with the MSP."""

import gzip
import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from sandbox.autotask.database import Database, Snapshot
from sandbox.autotask.picklists import PicklistValue
from sandbox.autotask.schema import Entity
from sandbox.autotask.values import UDF, Row, Value, moment_text, stored
from sandbox.keep.files import Keeper

_FORMAT = 1


def autotask_keeper(path: Path, database: Database) -> Keeper[Snapshot]:
    """Keeps a database in `path`."""
    return Keeper(path, database.snapshot, _dumped)


def load_autotask(path: Path, database: Database) -> bool:
    """Make a file's content that of the database; False when there is no such file.

    Raises ValueError for a file of another format.
    """
    if not path.exists():
        return False
    content = json.loads(gzip.decompress(path.read_bytes()))
    if content.get("format") != _FORMAT:
        raise ValueError(f"{path} was written by another version")
    database.restore(
        Snapshot(
            users=database.snapshot().users,
            rows={name: _rows(database.entity(name), rows) for name, rows in content["rows"].items()},
            picklists={_pair(key): _values(values) for key, values in content["picklists"].items()},
            next_ids=content["next_ids"],
            tickets_of_day=content["tickets_of_day"],
        )
    )
    return True


def _dumped(snapshot: Snapshot) -> bytes:
    content = {
        "format": _FORMAT,
        "rows": {name: list(rows.values()) for name, rows in snapshot.rows.items()},
        "picklists": {".".join(key): list(map(asdict, values)) for key, values in snapshot.picklists.items()},
        "next_ids": dict(snapshot.next_ids),
        "tickets_of_day": dict(snapshot.tickets_of_day),
    }
    return json.dumps(content, default=_plain, ensure_ascii=False, separators=(",", ":")).encode()


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return moment_text(value)
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(value)


def _rows(entity: Entity, rows: list[dict[str, object]]) -> dict[int, Row]:
    typed = (_row(entity, row) for row in rows)
    return {record_id: row for row in typed if isinstance(record_id := row["id"], int)}


def _row(entity: Entity, row: dict[str, object]) -> dict[str, Value]:
    return {name: _value(entity, name, value) for name, value in row.items()}


def _value(entity: Entity, name: str, value: object) -> Value:
    if name == UDF and isinstance(value, dict):
        return value
    field = entity.find(name)
    if field is None:
        raise ValueError(f"{entity.name} has no field {name}")
    return stored(field, value)


def _pair(key: str) -> tuple[str, str]:
    entity, _, field = key.partition(".")
    return entity, field


def _values(values: list[Mapping[str, object]]) -> tuple[PicklistValue, ...]:
    return tuple(PicklistValue(**value) for value in values)  # type: ignore[arg-type]
