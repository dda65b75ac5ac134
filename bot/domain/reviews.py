"""Reviews: a walk through a template's questions, by category, for one organization."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.domain.organizations import Organization
from bot.domain.templates import Question, Template
from bot.errors import InvalidInput

__all__ = [
    "Answer",
    "Answered",
    "Progress",
    "Question",
    "Review",
    "ReviewDraft",
    "ReviewFilter",
    "Standing",
    "Step",
    "Template",
    "checked_title",
    "chosen_categories",
    "first_open",
    "progress",
    "step_of",
    "steps",
]

LONGEST_TITLE = 150
QUESTIONS_AT_ONCE = 10
"""Questions on one page: each takes up to six of the hundred blocks that a modal holds."""


class Answer(StrEnum):
    ALIGNED = "aligned"
    MISALIGNED = "misaligned"
    NOT_APPLICABLE = "not_applicable"
    OPEN = "open"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {
    Answer.ALIGNED: "Aligned",
    Answer.MISALIGNED: "Misaligned",
    Answer.NOT_APPLICABLE: "Not applicable",
    Answer.OPEN: "Open",
}


@dataclass(frozen=True)
class Answered:
    """One saved answer and its note. Each has a version of its own that grows with every change, so that
    nobody overwrites unseen, and an answer never gets in the way of a note.
    """

    question_id: int
    answer: Answer
    note: str
    answered_by: str
    answered_at: datetime
    version: int
    note_version: int = 0
    note_by: str = ""
    note_at: datetime | None = None


@dataclass(frozen=True)
class Review:
    id: int
    title: str
    organization_id: int
    organization_name: str
    template: Template
    created_by: str
    opened_at: datetime
    completed_at: datetime | None = None
    channel_id: str = ""
    answers: Mapping[int, Answered] = field(default_factory=dict)
    """Saved answers by question id; a missing one is open."""
    completed_by: str = ""
    shared_in: tuple[str, ...] = ()
    """Channels that got a copy of the card."""

    @property
    def categories(self) -> tuple[str, ...]:
        return self.template.categories

    @property
    def revision(self) -> int:
        """Grows with every change of an answer or note: tells whether a drawing is still true."""
        return sum(saved.version + saved.note_version for saved in self.answers.values())

    def answer_to(self, question: Question) -> Answer:
        saved = self.answers.get(question.id)
        return saved.answer if saved else Answer.OPEN

    def question(self, question_id: int) -> Question | None:
        return next((each for each in self.template.questions if each.id == question_id), None)


@dataclass(frozen=True)
class ReviewDraft:
    """What the form for a new review shows, given what was chosen in it so far."""

    templates: tuple[Template, ...]
    template: Template
    title: str
    """What an empty title becomes."""
    organization: Organization | None = None
    obstacle: str = ""
    """Why no ticket can be raised with it: ``unmapped``, ``not_connected``, ``no_queue``, ``read_only``, ``off``,
    or nothing.
    """
    queue: str = ""


@dataclass(frozen=True)
class Step:
    """One page of questions, all of one category; the steps of a review are walked through one by one."""

    category: str
    questions: tuple[Question, ...]
    page: int
    pages: int


@dataclass(frozen=True)
class Progress:
    done: int
    total: int
    misaligned: int

    @property
    def is_complete(self) -> bool:
        return self.done == self.total


class Standing(StrEnum):
    """Which reviews a list shows."""

    ANY = "any"
    OPEN = "open"
    COMPLETED = "completed"


@dataclass(frozen=True)
class ReviewFilter:
    """What a list of reviews is narrowed to; every word must be in the title or the organization's name."""

    mine: bool = True
    standing: Standing = Standing.ANY
    organization_id: int = 0
    words: str = ""


def progress(review: Review, questions: Iterable[Question] | None = None) -> Progress:
    """How far a review (or the given questions of it) has come; an open answer is not done."""
    chosen = tuple(review.template.questions if questions is None else questions)
    answers = [review.answer_to(question) for question in chosen]
    return Progress(
        done=sum(answer is not Answer.OPEN for answer in answers),
        total=len(chosen),
        misaligned=answers.count(Answer.MISALIGNED),
    )


def checked_title(typed: str, default: str) -> str:
    """The title on one line, or the default; raises ``InvalidInput`` when it is too long."""
    title = " ".join(typed.split()) or default
    if len(title) > LONGEST_TITLE:
        reason = f"Titles have at most {LONGEST_TITLE} characters; this one has {len(title)}."
        raise InvalidInput("title", reason)
    return title


def chosen_categories(chosen: Collection[str], template: Template) -> tuple[str, ...]:
    """Those of the template's categories that were chosen, in its order; none chosen means all.

    Raises ``InvalidInput`` when none of them is the template's.
    """
    kept = tuple(each for each in template.categories if not chosen or each in chosen)
    if not kept:
        raise InvalidInput("categories", "The template has changed. Please choose its categories again.")
    return kept


def steps(review: Review) -> tuple[Step, ...]:
    """The review page by page: its categories in order, long ones in several pages."""
    found: list[Step] = []
    for category in review.categories:
        questions = review.template.of(category)
        starts = range(0, len(questions), QUESTIONS_AT_ONCE)
        found += [
            Step(category, questions[start : start + QUESTIONS_AT_ONCE], page, len(starts))
            for page, start in enumerate(starts, start=1)
        ]
    return tuple(found)


def step_of(review: Review, question_id: int) -> int:
    """The index of the step with that question."""
    return next(
        index
        for index, step in enumerate(steps(review))
        if any(question.id == question_id for question in step.questions)
    )


def first_open(review: Review) -> int:
    """The index of the first step with an open question; 0 when there is none: where to go on."""
    open_ones = (
        index
        for index, step in enumerate(steps(review))
        if any(review.answer_to(question) is Answer.OPEN for question in step.questions)
    )
    return next(open_ones, 0)
