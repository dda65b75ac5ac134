"""Organizations from a CSV file: which columns it has, which lines can be used, and what is wrong with the rest."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from bot.domain.numbers import whole
from bot.domain.organizations import Company, Organization, fold
from bot.errors import InvalidInput

MOST_LINES: Final = 5_000
LARGEST: Final = 5_000_000
LONGEST_NAME: Final = 200
_DELIMITERS: Final = (",", ";", "\t")
_LONGEST_HEADER: Final = 10_000
"""Characters of a first line that is looked at."""
_SHOWN: Final = 80
STARTS_A_FORMULA: Final = (
    "=",
    "+",
    "-",
    "@",
    "\t",
    "\r",
    "\n",
    "\N{FULLWIDTH EQUALS SIGN}",
    "\N{FULLWIDTH PLUS SIGN}",
    "\N{FULLWIDTH HYPHEN-MINUS}",
    "\N{FULLWIDTH COMMERCIAL AT}",
)
"""OWASP's list for CSV injection, with the full-width forms that spreadsheets fold."""

_HEADERS: Final = {
    "name": ("name", "organization", "organisation", "organization name", "organisation name", "client", "client name",
             "customer", "customer name", "kunde", "kundenname"),
    "company": ("company", "company name", "autotask company", "autotask company name", "account", "account name", "firma"),
    "company id": ("company id", "companyid", "autotask company id", "autotask id", "account id", "accountid"),
    "company number": ("company number", "companynumber", "account number", "accountnumber", "kundennummer"),
}  # fmt: skip
COLUMNS: Final = tuple(_HEADERS)
EXAMPLE: Final = "name,company\nAcme,Acme Dental Ltd\n"


class Outcome(StrEnum):
    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


class ImportState(StrEnum):
    READ = "read"
    """Read and shown; nothing is saved."""
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class Line:
    """A line of the file that can be used: the organization, and its company if the file names one."""

    number: int
    name: str
    company_id: int | None = None


@dataclass(frozen=True)
class Fault:
    """A line that cannot be used, and why."""

    number: int
    text: str
    reason: str


@dataclass(frozen=True)
class RawLine:
    """The file's cells by column; ``number`` is the line a person sees in an editor."""

    number: int
    cells: Mapping[str, str]
    text: str


@dataclass(frozen=True)
class ImportCounts:
    created: int = 0
    updated: int = 0
    unchanged: int = 0

    @property
    def total(self) -> int:
        return self.created + self.updated + self.unchanged

    @property
    def news(self) -> int:
        return self.created + self.updated

    def __add__(self, other: "ImportCounts") -> "ImportCounts":
        return ImportCounts(
            self.created + other.created, self.updated + other.updated, self.unchanged + other.unchanged
        )


@dataclass(frozen=True)
class Import:
    """A file that was read. Nothing of it is saved before a person says so."""

    id: int
    file_name: str
    state: ImportState
    lines: tuple[Line, ...]
    faults: tuple[Fault, ...]
    by: str
    channel_id: str = ""
    position: int = 0
    """How many lines are saved so far."""
    counts: ImportCounts = ImportCounts()
    batch_id: int | None = None


def decoded(content: bytes) -> str:
    """The file's text: UTF-8 or UTF-16 by its mark, UTF-8 if it is, else Windows-1252 as Excel writes it."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def read_file(content: bytes) -> tuple[list[RawLine], list[Fault]]:
    """The lines with their cells, and those that are broken. Raises ``InvalidInput("file", …)``."""
    if len(content) > LARGEST:
        raise InvalidInput("file", f"The file is larger than {LARGEST // 1_000_000} MB.")
    text = decoded(content).replace("\0", "")
    if not text.strip():
        raise InvalidInput("file", "The file is empty.")
    delimiter, columns = _header(text)
    return _lines(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), columns)


def _header(text: str) -> tuple[str, list[str]]:
    """The delimiter under which the first line names the most columns that we know."""
    first = next(line for line in text.splitlines() if line.strip())
    read = {mark: _columns(first, mark) for mark in _DELIMITERS}
    best = max(_DELIMITERS, key=lambda mark: sum(map(bool, read[mark])))
    columns = read[best]
    known = [name for name in columns if name]
    if not known or not {"name", "company", "company id", "company number"} & set(known):
        raise InvalidInput("file", _wrong_header(first))
    if len(known) != len(set(known)):
        raise InvalidInput("file", f"The header names a column twice: {first.strip()[:_SHOWN]}")
    return best, columns


def _columns(first: str, delimiter: str) -> list[str]:
    """Nothing of a line that is too long to be a header."""
    cells = next(csv.reader([first], delimiter=delimiter), []) if len(first) <= _LONGEST_HEADER else []
    return [_column(cell) for cell in cells]


def _column(cell: str) -> str:
    wanted = fold(cell.replace("_", " ").replace("-", " "))
    return next((name for name, titles in _HEADERS.items() if wanted in titles), "")


def _wrong_header(first: str) -> str:
    return (
        f"The first line has to name the columns; it says “{first.strip()[:_SHOWN]}”. Deskhand knows: "
        f"{', '.join(COLUMNS)}. At least one of them is needed, such as: name,company"
    )


def _lines(rows: Iterable[list[str]], columns: Sequence[str]) -> tuple[list[RawLine], list[Fault]]:
    """Numbered as an editor numbers them, also after cells of several lines."""
    lines: list[RawLine] = []
    faults: list[Fault] = []
    for number, row in _numbered(rows):
        shown = " | ".join(row)[:_SHOWN]
        if not any(cell.strip() for cell in row):
            continue
        if len(lines) + len(faults) >= MOST_LINES:
            raise InvalidInput("file", f"The file has more than {MOST_LINES:,} lines. Split it, please.")
        if len(row) > len(columns) and any(cell.strip() for cell in row[len(columns) :]):
            faults.append(Fault(number, shown, f"{len(row)} cells, but the header has {len(columns)}"))
            continue
        cells = {name: " ".join(cell.split()) for name, cell in zip(columns, row, strict=False) if name}
        lines.append(RawLine(number, cells, shown))
    return lines, faults


def _numbered(rows: Iterable[list[str]]) -> Iterator[tuple[int, list[str]]]:
    """Each row with the number of the line on which it begins; the header is left out."""
    source, begins, seen_header = iter(rows), 1, False
    while True:
        try:
            row = next(source)
        except StopIteration:
            return
        except csv.Error as error:
            raise InvalidInput("file", f"Line {begins} cannot be read: {error}.") from error
        if seen_header:
            yield begins, row
        seen_header = seen_header or any(cell.strip() for cell in row)
        begins = getattr(source, "line_num", begins) + 1


class Directory:
    """The companies, found by what a file says of them."""

    def __init__(self, companies: Iterable[Company]) -> None:
        self._by_id: dict[int, Company] = {}
        self._by_name: dict[str, list[Company]] = {}
        self._by_number: dict[str, list[Company]] = {}
        for company in companies:
            self._by_id[company.autotask_id] = company
            self._by_name.setdefault(fold(company.name), []).append(company)
            if company.company_number:
                self._by_number.setdefault(fold(company.company_number), []).append(company)

    def named_by(self, cells: Mapping[str, str]) -> Company | None:
        """The one company that the cells name, if they name any. Raises ``ValueError`` with the reason."""
        if wanted := cells.get("company id"):
            return self._by(wanted)
        if number := cells.get("company number"):
            return _only(self._by_number.get(fold(number), []), f"the number {number}")
        if name := cells.get("company"):
            return _only(self._by_name.get(fold(name), []), f"the name {name}")
        return None

    def _by(self, wanted: str) -> Company:
        number = whole(wanted)
        found = None if number is None else self._by_id.get(number)
        if found is None:
            raise ValueError(f"no company in Autotask has the id {wanted}")
        return found


def _only(found: Sequence[Company], wanted: str) -> Company:
    """Of several, the only active one."""
    active = [each for each in found if each.is_active]
    chosen = active or list(found)
    if not chosen:
        raise ValueError(f"no company in Autotask has {wanted}")
    if len(chosen) > 1:
        raise ValueError(f"{len(chosen)} companies in Autotask have {wanted}: give the company id")
    return chosen[0]


def understood(
    raw: Iterable[RawLine], directory: Directory, faults: Sequence[Fault] = ()
) -> tuple[list[Line], list[Fault]]:
    """The lines that can be used, in the file's order, and every fault."""
    lines: list[Line] = []
    wrong, first_at = list(faults), dict[str, int]()
    for each in raw:
        try:
            lines.append(_line(each, directory, first_at))
        except ValueError as reason:
            wrong.append(Fault(each.number, each.text, str(reason)))
    return lines, sorted(wrong, key=lambda fault: fault.number)


def _line(raw: RawLine, directory: Directory, first_at: dict[str, int]) -> Line:
    company = directory.named_by(raw.cells)
    name = raw.cells.get("name") or (company.name if company else "")
    if not name:
        raise ValueError("no name and no company")
    if len(name) > LONGEST_NAME:
        raise ValueError(f"the name has {len(name)} characters; {LONGEST_NAME} are allowed")
    before = first_at.setdefault(fold(name), raw.number)
    if before != raw.number:
        raise ValueError(f"the same name as line {before}")
    return Line(raw.number, name, company.autotask_id if company else None)


def outcome(line: Line, known: Organization | None) -> Outcome:
    """What saving the line does; a company that the file leaves open is left as it is."""
    if known is None:
        return Outcome.CREATED
    mapped = known.company.autotask_id if known.company else None
    return Outcome.UNCHANGED if line.company_id in (None, mapped) else Outcome.UPDATED


def counted(outcomes: Iterable[Outcome]) -> ImportCounts:
    found = list(outcomes)
    return ImportCounts(*(found.count(each) for each in Outcome))


def faults_file(faults: Iterable[Fault]) -> bytes:
    """The faults as CSV for Excel; a cell that a spreadsheet would calculate is made text."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(("line", "reason", "content"))
    writer.writerows((fault.number, fault.reason, _harmless(fault.text)) for fault in faults)
    return out.getvalue().encode("utf-8-sig")


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(STARTS_A_FORMULA) else cell
