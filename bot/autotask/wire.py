"""Values on Autotask's wire: exact decimals, UTC moments with Z, dates at midnight that no time zone moves.

Source: REST help "Date and time", and samples in which decimals keep their SQL scale (``386.6450``).
"""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TypeAlias

from bot.domain.texts import readable

Scalar: TypeAlias = str | int | bool | Decimal | date | datetime
"""What a filter can compare with. Floats are left out on purpose: money and hours are ``Decimal``."""
Value: TypeAlias = Scalar | Sequence["Value"] | Mapping[str, "Value"] | None
"""What a body can hold; ``None`` clears a field in a PATCH."""
Json: TypeAlias = str | int | Decimal | bool | Sequence["Json"] | Mapping[str, "Json"] | None
"""What an answer can hold."""
JsonObject: TypeAlias = Mapping[str, Json]


def encode(value: Value) -> str:
    """JSON text of ``value``, with decimals to the last digit.

    Raises:
        TypeError: a float or a foreign type; ValueError: a naive datetime or a non-finite decimal.
    """
    if isinstance(value, Mapping):
        return "{" + ",".join(f"{json.dumps(key)}:{encode(item)}" for key, item in value.items()) + "}"
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return "[" + ",".join(encode(item) for item in value) + "]"
    return _encode_scalar(value)


def _encode_scalar(value: Value) -> str:
    if value is None or isinstance(value, bool | int | str):
        return json.dumps(value)
    if isinstance(value, Decimal):
        return _decimal(value)
    if isinstance(value, date):  # a datetime is one too
        return json.dumps(timestamp(value))
    raise TypeError(f"{type(value).__name__} has no place in an Autotask body")


def _decimal(value: Decimal) -> str:
    if not value.is_finite():
        raise ValueError("Autotask has no infinite numbers")
    return format(value, "f")


def timestamp(value: date) -> str:
    """``2026-03-01T00:00:00Z`` for a date, never shifted; a datetime in UTC, down to the millisecond.

    Raises:
        ValueError: a datetime without time zone.
    """
    if not isinstance(value, datetime):
        return f"{value.isoformat()}T00:00:00Z"
    if value.tzinfo is None:
        raise ValueError("a datetime for Autotask needs a time zone")
    moment = value.astimezone(UTC).replace(tzinfo=None)
    return moment.isoformat(timespec="milliseconds" if moment.microsecond >= 1000 else "seconds") + "Z"


def decode(body: bytes) -> JsonObject | None:
    """The JSON object in ``body`` with decimals intact, or None when there is none (empty, cut off, HTML)."""
    found = _parse(body)
    return found if isinstance(found, dict) else None


def decode_list(body: bytes) -> Sequence[Json] | None:
    """The JSON list in ``body``, or None when there is none."""
    found = _parse(body)
    return found if isinstance(found, list) else None


def _parse(body: bytes) -> Json:
    """Broken characters, and control characters that are not escaped, spoil nothing else."""
    text = body.decode(json.detect_encoding(body), "replace")
    try:
        found: Json = json.loads(text, parse_float=Decimal, parse_constant=_no_number, strict=False)
    except (ValueError, RecursionError):
        return None
    is_suspect = b"\0" in body or (b"\\u" in body and _HALF_OR_NUL.search(body))
    return _readable(found) if is_suspect else found


def _no_number(_name: str) -> None:
    """``NaN`` and ``Infinity``, which JSON does not have."""


def _readable(found: Json) -> Json:
    if isinstance(found, str):
        return readable(found)
    if isinstance(found, Mapping):
        return {readable(name): _readable(value) for name, value in found.items()}
    return [_readable(each) for each in found] if isinstance(found, list) else found


_HALF_OR_NUL = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")
"""As JSON can write them: rare, and only then every text is looked at."""
