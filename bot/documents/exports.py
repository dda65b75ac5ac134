"""Tables as files that people open elsewhere: JSON, and CSV that no spreadsheet takes for formulas."""

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from bot.domain.imports import STARTS_A_FORMULA

BOM = b"\xef\xbb\xbf"
"""What Excel wants at the head of a CSV file to read it as UTF-8."""


@dataclass(frozen=True)
class Table:
    """Rows under a name; every row has the columns in this order."""

    name: str
    columns: tuple[str, ...]
    rows: Sequence[Sequence[object]]


def csv_file(table: Table, *, bom: bool = True) -> bytes:
    """The table in UTF-8 with CRLF line ends (RFC 4180); a text that would be a formula gets a leading quote mark."""
    return (BOM if bom else b"") + csv_rows([table.columns, *table.rows])


def csv_rows(rows: Iterable[Sequence[object]]) -> bytes:
    """Some rows of such a file, for files that are written piece by piece."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows([_shown(cell) for cell in row] for row in rows)
    return text.getvalue().encode()


def json_file(facts: Mapping[str, object], tables: Sequence[Table]) -> bytes:
    """One document: the facts first, then each table as a list of objects. Times are ISO 8601 with their offset."""
    as_json = json.JSONEncoder(ensure_ascii=False, default=_plain).encode
    members = [f"{as_json(name)}: {as_json(value)}" for name, value in facts.items()]
    for table in tables:
        rows = [as_json(dict(zip(table.columns, row, strict=True))) for row in table.rows]
        members.append(f"{as_json(table.name)}: [\n" + ",\n".join(rows) + "\n]")
    return ("{\n" + ",\n".join(members) + "\n}\n").encode()


def _shown(cell: object) -> str | int | float | Decimal:
    """Numbers stay numbers, a negative one, too; only texts can be formulas."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, int | float | Decimal):
        return cell
    text = cell if isinstance(cell, str) else _words(cell)
    return f"'{text}" if text.startswith(STARTS_A_FORMULA) else text


def _words(cell: object) -> str:
    if isinstance(cell, datetime | date):
        return cell.isoformat()
    return json.dumps(cell, ensure_ascii=False, default=_plain)


def _plain(value: object) -> str:
    """What JSON has no form for: times and money, as texts."""
    return value.isoformat() if isinstance(value, datetime | date) else str(value)
