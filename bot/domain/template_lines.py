"""The rules of a template's lines, whatever file they came from."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import islice

from bot.domain.organizations import fold
from bot.domain.templates import (
    LONGEST_CATEGORY,
    LONGEST_TEXT,
    MOST_CATEGORIES,
    MOST_QUESTIONS,
    Problem,
    Question,
    ReadTemplate,
)

_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
"""Control characters and halves of characters, which neither Slack nor the database takes."""


@dataclass(frozen=True)
class Line:
    """One question as it stands in a file; ``wrong`` is what the reader could not make sense of."""

    number: int
    category: str
    question: str
    guidance: str = ""
    wrong: str = ""


def collected(lines: Iterable[Line]) -> ReadTemplate:
    """The questions, numbered in order, and everything that is wrong with them.

    One line too many is enough to refuse the file: what comes after it is not looked at.
    """
    problems: list[Problem] = []
    questions: list[Question] = []
    seen: dict[str, int] = {}
    for line in map(_trimmed, islice(lines, MOST_QUESTIONS + 1)):
        problems += _problems(line, seen)
        seen.setdefault(fold(line.question), line.number)
        questions.append(Question(0, line.category, len(questions) + 1, line.question, line.guidance))
    return ReadTemplate(_grouped(questions), problems=(*problems, *_problems_of_all(questions)))


def _trimmed(line: Line) -> Line:
    return replace(
        line,
        category=printable(line.category),
        question=_UNPRINTABLE.sub("", line.question).strip(),
        guidance=_UNPRINTABLE.sub("", line.guidance).strip(),
    )


def printable(name: str) -> str:
    """A name on one line, without what cannot be shown."""
    return " ".join(_UNPRINTABLE.sub("", name).split())


def _problems(line: Line, seen: dict[str, int]) -> list[Problem]:
    if line.wrong:
        return [Problem(line.number, "", line.wrong)]
    found = [
        *_category_problems(line),
        *_length("question", line.number, line.question),
        *_length("guidance", line.number, line.guidance),
    ]
    if not line.question:
        found.append(Problem(line.number, "question", "The question is empty."))
    elif first := seen.get(fold(line.question)):
        found.append(
            Problem(line.number, "question", f"The same question stands in line {first} already; drop one.")
        )
    return found


def _category_problems(line: Line) -> list[Problem]:
    if not line.category:
        return [Problem(line.number, "category", "The category is empty; every question needs one.")]
    if len(line.category) > LONGEST_CATEGORY:
        too_long = f"{len(line.category)} characters; at most {LONGEST_CATEGORY} fit."
        return [Problem(line.number, "category", too_long)]
    return []


def _length(column: str, number: int, text: str) -> list[Problem]:
    if len(text) <= LONGEST_TEXT:
        return []
    return [Problem(number, column, f"{len(text):,} characters; at most {LONGEST_TEXT:,} fit.")]


def _problems_of_all(questions: list[Question]) -> list[Problem]:
    categories = {each.category for each in questions}
    found = []
    if not questions:
        found.append(Problem(0, "", "There is no question in it."))
    if len(questions) > MOST_QUESTIONS:
        found.append(
            Problem(0, "", f"More than {MOST_QUESTIONS:,} questions; divide it into several templates.")
        )
    if len(categories) > MOST_CATEGORIES:
        found.append(Problem(0, "", f"{len(categories)} categories; at most {MOST_CATEGORIES} fit."))
    return found


def _grouped(questions: list[Question]) -> tuple[Question, ...]:
    """Questions of one category stand together, in the order of the categories' first lines."""
    order = {name: place for place, name in enumerate(dict.fromkeys(each.category for each in questions))}
    grouped = sorted(questions, key=lambda each: order[each.category])
    return tuple(replace(each, position=place) for place, each in enumerate(grouped, start=1))
