"""Review templates: questions by category, in versions; and what a file of one may hold."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from bot.domain.organizations import fold

LONGEST_TEXT: Final = 2000
"""Characters of a question or its guidance; Slack shows 3,000 in one piece."""
LONGEST_CATEGORY: Final = 75
"""Characters of a category's name: it is a choice in a drop-down (Slack's limit)."""
LONGEST_NAME: Final = 75
"""Characters of a template's name, for the same reason."""
MOST_CATEGORIES: Final = 100
"""Slack's limit of choices in one drop-down."""
MOST_QUESTIONS: Final = 1000


@dataclass(frozen=True)
class Question:
    id: int
    category: str
    position: int
    text: str
    guidance: str = ""


@dataclass(frozen=True)
class Template:
    """One version of a template. Versions share the ``key``; reviews keep the one they began with."""

    id: int
    key: str
    name: str
    questions: tuple[Question, ...] = ()
    version: int = 1
    created_by: str = ""
    created_at: datetime | None = None
    replaced_at: datetime | None = None
    """When a newer version took its place."""
    archived_at: datetime | None = None

    @property
    def categories(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(question.category for question in self.questions))

    @property
    def sizes(self) -> Mapping[str, int]:
        """Questions by category, in the template's order."""
        return Counter(question.category for question in self.questions)

    def of(self, category: str) -> tuple[Question, ...]:
        return tuple(question for question in self.questions if question.category == category)


@dataclass(frozen=True)
class Problem:
    """One thing wrong in a file: where, and what to do. Line 0 means the file as a whole."""

    line: int
    column: str
    reason: str

    @property
    def place(self) -> str:
        named = f"column {self.column}" if self.column.isdigit() else self.column
        parts = [f"Line {self.line}" if self.line else "", named]
        return ", ".join(part for part in parts if part) or "The file"


@dataclass(frozen=True)
class ReadTemplate:
    """What a file holds. It can be saved when there is no problem; ``remarks`` tell what was assumed."""

    questions: tuple[Question, ...] = ()
    name: str = ""
    key: str = ""
    problems: tuple[Problem, ...] = ()
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Change:
    """How a new version differs from the one before it, question by question (text and category)."""

    added: int = 0
    gone: int = 0
    kept: int = 0


@dataclass(frozen=True)
class TemplateDraft:
    """An import that was read and not saved yet."""

    id: str
    key: str
    name: str
    questions: tuple[Question, ...] = ()
    remarks: tuple[str, ...] = field(default=())


def change(before: Sequence[Question], after: Sequence[Question]) -> Change:
    old, new = Counter(map(_same, before)), Counter(map(_same, after))
    return Change(
        added=(new - old).total(),
        gone=(old - new).total(),
        kept=(old & new).total(),
    )


def slug(name: str) -> str:
    """A template's key from its name: ``IT alignment`` and ``it alignment`` are the same template."""
    letters = "".join(char if char.isalnum() else " " for char in fold(name))
    return "-".join(letters.split())[:60] or "template"


def _same(question: Question) -> tuple[str, str]:
    return fold(question.category), fold(question.text)
