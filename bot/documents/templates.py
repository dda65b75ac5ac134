"""Files of review templates: read from CSV or YAML, with every bad line named, and written as both."""

import csv
import io
from collections.abc import Sequence
from typing import Final

import yaml

from bot.documents.template_yaml import read_yaml
from bot.documents.texts import NotText, decode
from bot.domain.imports import STARTS_A_FORMULA
from bot.domain.organizations import fold
from bot.domain.template_lines import Line, collected
from bot.domain.templates import Problem, ReadTemplate, Template

COLUMNS: Final = ("category", "question", "guidance")
_REQUIRED: Final = COLUMNS[:2]
_ALL: Final = ", ".join(COLUMNS)
_WIDEST: Final = 50
"""Columns of a header that is looked at."""
_DELIMITERS: Final = ",;\t"


def read(content: bytes, name: str = "") -> ReadTemplate:
    """A template from a file's bytes; never raises: what is wrong is in ``problems``.

    The file's name decides between CSV and YAML; without a telling name, its look does.
    """
    try:
        decoded = decode(content)
    except NotText as problem:
        return ReadTemplate(problems=(Problem(0, "", str(problem)),))
    text = decoded.text.removeprefix("\ufeff")
    found = read_yaml(text) if _is_yaml(text, name) else read_csv(text)
    remarks = (decoded.remark,) if decoded.remark else ()
    return ReadTemplate(found.questions, found.name, found.key, found.problems, (*remarks, *found.remarks))


def read_csv(text: str) -> ReadTemplate:
    """``category,question,guidance`` (also with ; or tabs), one question a line; guidance may be missing."""
    head = text.lstrip("\r\n").partition("\n")[0]
    reader = csv.reader(io.StringIO(text), delimiter=_delimiter(head), strict=True)
    rows: list[tuple[int, list[str]]] = []
    begins = 1
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                rows.append((begins, row))
            begins = reader.line_num + 1
    except csv.Error as problem:
        return ReadTemplate(problems=(Problem(begins, "", _csv_words(problem)),))
    if not rows:
        return ReadTemplate(problems=(Problem(1, "", "There is nothing in it but separators."),))
    (line, header), *body = rows
    if len(header) > _WIDEST:
        return ReadTemplate(
            problems=(Problem(line, "", f"It names {len(header):,} columns; expected {_ALL}."),)
        )
    wrong = _header_problems(line, header)
    if wrong:
        return ReadTemplate(problems=tuple(wrong))
    places = {fold(name): index for index, name in enumerate(header)}
    return collected(_line(number, row, places, len(header)) for number, row in body)


def as_csv(template: Template) -> bytes:
    """The template as CSV that ``read`` takes back, with a mark so that Excel knows it is UTF-8.

    A cell that a spreadsheet would run as a formula is led by an apostrophe.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for each in template.questions:
        writer.writerow([_harmless(cell) for cell in (each.category, each.text, each.guidance)])
    return out.getvalue().encode("utf-8-sig")


def as_yaml(template: Template) -> bytes:
    """The template as YAML that ``read`` takes back."""
    categories = [
        {
            "name": category,
            "questions": [
                {"text": each.text, "guidance": each.guidance} if each.guidance else {"text": each.text}
                for each in template.of(category)
            ],
        }
        for category in template.categories
    ]
    whole = {"key": template.key, "name": template.name, "categories": categories}
    return yaml.safe_dump(whole, allow_unicode=True, sort_keys=False, width=100).encode()


def _is_yaml(text: str, name: str) -> bool:
    ending = name.rpartition(".")[2].lower()
    if ending in {"yaml", "yml", "csv"}:
        return ending != "csv"
    head = next((line for line in text.splitlines() if line.strip() and not line.startswith("#")), "")
    return head.startswith(("key:", "name:", "categories:", "---", "{"))


def _delimiter(head: str) -> str:
    return max(_DELIMITERS, key=head.count)


def _header_problems(line: int, header: Sequence[str]) -> list[Problem]:
    """Each column that is missing, with the one that probably was meant."""
    given = [fold(name) for name in header]
    missing = [name for name in COLUMNS if name not in given]
    unknown = [(place, name) for place, name in enumerate(header, start=1) if fold(name) not in COLUMNS]
    problems = [
        Problem(
            line,
            str(place),
            f"The header “{name.strip()}” is not known; expected “{_expected(missing, position)}”.",
        )
        for position, (place, name) in enumerate(unknown)
    ]
    if len(unknown) < sum(name in missing for name in _REQUIRED):
        wanted = ", ".join(name for name in _REQUIRED if name in missing)
        problems.append(Problem(line, "", f"The first line must name the columns; missing: {wanted}."))
    twice = sorted(name for name in COLUMNS if given.count(name) > 1)
    return problems + [Problem(line, name, "This column comes twice.") for name in twice]


def _expected(missing: Sequence[str], position: int) -> str:
    return missing[position] if position < len(missing) else ", ".join(COLUMNS)


def _line(number: int, row: Sequence[str], places: dict[str, int], width: int) -> Line:
    def cell(name: str) -> str:
        place = places.get(name)
        return _plain(row[place]) if place is not None and place < len(row) else ""

    extra = [each for each in row[width:] if each.strip()]
    wrong = (
        f"It has {len(row)} cells and the header {width}; put a text that contains the separator in quotes."
        if extra
        else ""
    )
    return Line(number, cell("category"), cell("question"), cell("guidance"), wrong)


def _csv_words(problem: csv.Error) -> str:
    if "end of data" in str(problem):
        return "A quotation mark opens here and is never closed."
    return f"This cannot be read as CSV: {problem}."


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(STARTS_A_FORMULA) else cell


def _plain(cell: str) -> str:
    """Takes back the apostrophe that ``_harmless`` wrote."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(STARTS_A_FORMULA) else cell
