"""Reviews: a walk through a template's questions, by category, for one organization."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.domain.templates import Question, Template

__all__ = ["Answer", "Answered", "Progress", "Question", "Review", "Template", "progress"]


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
    """One saved answer. ``version`` grows with each change, so that nobody overwrites unseen."""

    question_id: int
    answer: Answer
    note: str
    answered_by: str
    answered_at: datetime
    version: int


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

    def answer_to(self, question: Question) -> Answer:
        saved = self.answers.get(question.id)
        return saved.answer if saved else Answer.OPEN

    def question(self, question_id: int) -> Question | None:
        return next((each for each in self.template.questions if each.id == question_id), None)


@dataclass(frozen=True)
class Progress:
    done: int
    total: int
    misaligned: int

    @property
    def is_complete(self) -> bool:
        return self.done == self.total


def progress(review: Review, questions: Iterable[Question] | None = None) -> Progress:
    """How far a review (or the given questions of it) has come; an open answer is not done."""
    chosen = tuple(review.template.questions if questions is None else questions)
    answers = [review.answer_to(question) for question in chosen]
    return Progress(
        done=sum(answer is not Answer.OPEN for answer in answers),
        total=len(chosen),
        misaligned=answers.count(Answer.MISALIGNED),
    )
