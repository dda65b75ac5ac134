"""What a review writes into Autotask: the ticket of its creation, and the note of its completion."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Final

from bot.domain.reviews import Answer, Question, Review, progress
from bot.domain.tickets import Ticket

NOTE_LIMIT: Final = 30_000
"""Characters of a note; Autotask's TicketNotes.description holds 32,000, and whoever adds it signs it."""


@dataclass(frozen=True)
class Text:
    title: str
    body: str


def creation_text(title: str, creator: str, categories: Sequence[str]) -> Text:
    """Summary and description of a review's ticket, in the format that product TK2 prescribes."""
    return Text(
        f"New Review ['{title}'] created",
        f"New Review ['{title}'] created by {creator}. Included categories: {', '.join(categories)}",
    )


def open_time(spent: timedelta) -> str:
    """How long a review was open: ``3 d 4 h 12 min``; under a minute ``0 min``."""
    minutes = max(0, int(spent.total_seconds() // 60))
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    parts = [f"{days} d" if days else "", f"{hours} h" if hours else "", f"{rest} min" if rest else ""]
    return " ".join(part for part in parts if part) or "0 min"


def completion_note(
    review: Review, tickets: Sequence[Ticket], *, completed_at: datetime, by: str, zone: tzinfo
) -> Text:
    """The open time, the counts of each category, and what is misaligned with its notes and tickets.

    Bounded by ``NOTE_LIMIT``: misaligned questions that do not fit are counted, never cut in the middle.
    """
    state = progress(review)
    span = f"{_moment(review.opened_at, zone)} to {_moment(completed_at, zone)}"
    head = [
        f"Review '{review.title}' for {review.organization_name} was completed by {by}.",
        f"Open for {open_time(completed_at - review.opened_at)}: {span}.",
        "",
        f"{state.done} of {state.total} questions answered: {_counts(review, review.template.questions)}.",
        *(_category(review, category) for category in review.categories),
    ]
    body = "\n".join(head)
    misaligned = [each for each in review.template.questions if review.answer_to(each) is Answer.MISALIGNED]
    if misaligned:
        body = _with_entries(f"{body}\n\nMisaligned:", [_entry(review, each, tickets) for each in misaligned])
    return Text(f"Review '{review.title}' completed", body)


def _counts(review: Review, questions: Sequence[Question]) -> str:
    answers = [review.answer_to(each) for each in questions]
    return ", ".join(f"{answers.count(each)} {each.label.lower()}" for each in Answer if each in answers)


def _category(review: Review, category: str) -> str:
    questions = review.template.of(category)
    state = progress(review, questions)
    return f"- {category}: {state.done} of {state.total} ({_counts(review, questions)})"


def _entry(review: Review, question: Question, tickets: Sequence[Ticket]) -> str:
    saved = review.answers.get(question.id)
    numbers = [each.number or "on its way" for each in tickets if each.question_id == question.id]
    lines = [f"- {question.category}: {question.text}"]
    if saved and saved.note.strip():
        lines.append(f"  Note: {saved.note.strip()}")
    if numbers:
        lines.append(f"  Tickets: {', '.join(numbers)}")
    return "\n".join(lines)


def _with_entries(body: str, entries: Sequence[str]) -> str:
    for index, entry in enumerate(entries):
        if len(body) + len(entry) > NOTE_LIMIT:
            return f"{body}\n… and {len(entries) - index} more in Deskhand"
        body = f"{body}\n{entry}"
    return body


def _moment(at: datetime, zone: tzinfo) -> str:
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M %Z}"
