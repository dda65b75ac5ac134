"""Values between JSON and storage: types, UTC dates, decimals of four digits."""

import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, TypeAlias

from sandbox.autotask.errors import Refusal, rejected
from sandbox.autotask.schema import WHOLE_NUMBERS, Entity, Field

Value: TypeAlias = int | str | Decimal | datetime | dict[str, str | None] | None
Row: TypeAlias = Mapping[str, Value]
"""A stored record: only fields that have a value. Rows are replaced, never changed in place."""

UDF = "userDefinedFields"
_SCALE = Decimal("0.0001")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?")


def parse_moment(text: str) -> datetime:
    """An ISO date or date-time; without zone it is UTC. Raises ValueError."""
    if not _DATE.fullmatch(text.strip()):
        raise ValueError(text)
    moment = datetime.fromisoformat(text.strip())
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def midnight(moment: datetime) -> datetime:
    """The start of the UTC day; date-only fields keep nothing else."""
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)


def money(amount: Decimal | float) -> Decimal:
    """A decimal with the four digits that the database keeps."""
    return Decimal(amount if isinstance(amount, Decimal | int) else str(amount)).quantize(_SCALE)


def stored(field: Field, value: object) -> Value:
    """The value as the database keeps it. Raises ValueError when the type does not fit."""
    if value is None:
        return None
    return _STORE[field.type](field, value)


def _whole(_: Field, value: object) -> Value:
    if isinstance(value, bool):
        raise ValueError(value)  # noqa: TRY004 - callers turn ValueError into Autotask's text
    if isinstance(value, int):
        return value
    if isinstance(value, str):
        return int(value)
    if isinstance(value, Decimal | float) and value == int(value):
        return int(value)
    raise ValueError(value)


def _decimal(_: Field, value: object) -> Value:
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        raise ValueError(value)  # noqa: TRY004 - as above
    try:
        return money(Decimal(str(value)))
    except InvalidOperation:
        raise ValueError(value) from None


def _text(_: Field, value: object) -> Value:
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise ValueError(value)  # noqa: TRY004 - as above
    return str(value)


def _moment(field: Field, value: object) -> Value:
    if isinstance(value, str):
        moment = parse_moment(value)
    elif isinstance(value, datetime):
        moment = value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
        moment = moment.replace(microsecond=moment.microsecond // 1000 * 1000)
    elif isinstance(value, date):
        moment = datetime(value.year, value.month, value.day, tzinfo=UTC)
    else:
        raise ValueError(value)  # noqa: TRY004 - as above
    return midnight(moment) if field.date_only else moment


def _truth(_: Field, value: object) -> Value:
    if not isinstance(value, bool):
        raise ValueError(value)  # noqa: TRY004 - as above
    return value


_STORE: Mapping[str, Callable[[Field, object], Value]] = {
    **dict.fromkeys(WHOLE_NUMBERS, _whole),
    "decimal": _decimal,
    "double": _decimal,
    "string": _text,
    "datetime": _moment,
    "boolean": _truth,
}


def default_row(entity: Entity) -> dict[str, Value]:
    """The values that a new record has where nothing is said."""
    row: dict[str, Value] = {}
    for field in entity.fields:
        if field.default is not None:
            row[field.name] = stored(
                field, field.default == "true" if field.type == "boolean" else field.default
            )
    return row


def from_body(field: Field, value: object) -> Value:
    """A value out of a request body; a wrong type is refused in the words of the JSON reader."""
    try:
        return stored(field, value)
    except ValueError:
        shown = json.dumps(value, default=str)
        raise rejected(
            f"Error converting value {shown} to type '{field.type}'. Path '{field.name}'."
        ) from None


def from_filter(field: Field, value: object) -> Value:
    """A value out of a filter; a wrong type gives the database's conversion error."""
    if value is None:
        return None
    try:
        return stored(field, value)
    except ValueError:
        raise _conversion_failed(field, value) from None


def _conversion_failed(field: Field, value: object) -> Refusal:
    if field.type == "datetime":
        return rejected("Conversion failed when converting date and/or time from character string.")
    kind = {"boolean": "bit", "string": "nvarchar", "decimal": "numeric", "double": "numeric"}.get(
        field.type, "int"
    )
    return rejected(f"Conversion failed when converting the varchar value '{value}' to data type {kind}.")


def moment_text(moment: datetime) -> str:
    """ISO-8601 UTC with `Z`; milliseconds without their trailing zeros (`…:45.2Z`, `…:00Z`)."""
    text = moment.isoformat()[:19]
    if not moment.microsecond:
        return f"{text}Z"
    fraction = f"{moment.microsecond // 1000:03d}".rstrip("0")
    return f"{text}.{fraction}Z" if fraction else f"{text}Z"


def wire(value: Value) -> str:
    """One value as JSON text; decimals keep their four digits."""
    return _WIRE[type(value)](value)


def _udf_text(value: dict[str, str | None]) -> str:
    return json.dumps([{"name": name, "value": text} for name, text in value.items()])


_WIRE: Mapping[type, Callable[[Any], str]] = {
    type(None): lambda _: "null",
    bool: lambda value: "true" if value else "false",
    int: str,
    str: json.dumps,
    Decimal: lambda value: f"{value:.4f}",
    datetime: lambda value: f'"{moment_text(value)}"',
    dict: _udf_text,
}


class Renderer:
    """Draws whole records of one entity as JSON: every field, empty ones as null."""

    def __init__(self, entity: Entity) -> None:
        names = [field.name for field in entity.fields] + ([UDF] if entity.udf else [])
        self._prefixes = [f'"{name}":' for name in names]
        self._empty = [f"{prefix}null" for prefix in self._prefixes]
        if entity.udf:
            self._empty[-1] = f"{self._prefixes[-1]}[]"
        self._places = {name: place for place, name in enumerate(names)}

    def text(self, row: Row) -> str:
        """One record."""
        parts = self._empty.copy()
        for name, value in row.items():
            place = self._places[name]
            parts[place] = self._prefixes[place] + wire(value)
        return "{" + ",".join(parts) + "}"


def part_text(row: Row, names: tuple[str, ...], udfs: tuple[str, ...]) -> str:
    """A record as JSON with only the named fields; the others are absent, not null."""
    parts = [f'"{name}":{wire(row.get(name))}' for name in names]
    if udfs:
        held = row.get(UDF)
        held = held if isinstance(held, dict) else {}
        parts.append(f'"{UDF}":{wire({name: held.get(name) for name in udfs})}')
    return "{" + ",".join(parts) + "}"
