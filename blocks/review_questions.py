"""The modals in which a review's questions are answered, one step at a time."""

from collections.abc import Iterable, Sequence

from blocks import kit
from blocks.review_parts import (
    ANSWER,
    ANSWER_OPEN,
    CATEGORY,
    CATEGORY_CALLBACK,
    NOTE,
    NOTE_CALLBACK,
    bar,
)
from bot.domain.reviews import Answer, Answered, Question, Review, Step, progress, steps
from bot.domain.tickets import Ticket, TicketState

_NOTE_LENGTH = 3000
_MARKS = {
    Answer.ALIGNED: "✅",
    Answer.MISALIGNED: "❌",
    Answer.NOT_APPLICABLE: "\N{HEAVY MINUS SIGN}",
    Answer.OPEN: "⚪",
}


def questions(
    review: Review,
    index: int,
    tickets: Sequence[Ticket],
    *,
    overtaken: Answered | None = None,
    notice: str = "",
    channel_id: str = "",
) -> kit.View:
    """One step of the review: each answer is saved the moment it is chosen.

    ``overtaken`` is somebody's newer answer because of which the person's own was not saved.
    """
    every = steps(review)
    index = min(max(index, 0), len(every) - 1)
    step = every[index]
    whole, part = progress(review), progress(review, review.template.of(step.category))
    rows = [block for each in step.questions for block in _question(review, each, tickets, overtaken)]
    return kit.modal(
        step.category,
        (
            *_heading(step),
            kit.context(
                f"{bar(part)}  {part.done} of {part.total} here · {whole.done} of {whole.total} in all"
                " · each answer is saved as you choose it"
            ),
            *((kit.context(f":information_source: {notice}"),) if notice else ()),
            kit.divider(),
            *rows,
            *_walking(review, index, every),
        ),
        callback_id=CATEGORY_CALLBACK,
        close="Back",
        metadata={"review": review.id, "category": index, "channel": channel_id},
    )


def note_form(
    review_id: int,
    index: int,
    question: Question,
    note: str,
    *,
    version: int = 0,
    standing: Answered | None = None,
) -> kit.View:
    """``standing`` is somebody's newer note: shown above what the person typed, which stays as it is."""
    theirs = (
        (
            kit.rich(
                kit.sign("warning"),
                " ",
                kit.person(standing.note_by),
                " changed this note meanwhile. It is now:\n",
                kit.soft(standing.note or "(empty)"),
            ),
            kit.context("Yours was not saved. Press Save once more to replace theirs with it."),
        )
        if standing
        else ()
    )
    return kit.modal(
        "Note",
        (
            kit.plain_section(question.text),
            *theirs,
            kit.input_block(
                "note",
                "Note",
                kit.plain_text_input(
                    "value", initial=note, multiline=True, focus=True, max_length=_NOTE_LENGTH
                ),
                hint="Goes into the description when you raise a ticket from this question.",
                optional=True,
            ),
        ),
        callback_id=NOTE_CALLBACK,
        submit="Save",
        close="Back",
        metadata={
            "review": review_id,
            "category": index,
            "question": question.id,
            "version": standing.note_version if standing else version,
        },
    )


# --- parts of the questions ---


def _question(
    review: Review, question: Question, tickets: Sequence[Ticket], overtaken: Answered | None
) -> Iterable[kit.Block]:
    answer = review.answer_to(question)
    saved = review.answers.get(question.id)
    locked = review.completed_at is not None
    verdict = f"\n{answer.label}" if locked else ""
    if overtaken and overtaken.question_id == question.id:
        yield _overtaken(overtaken)
    yield kit.plain_section(
        f"{_MARKS[answer]} {question.text}{verdict}",
        accessory=None if locked else _choices(question, answer),
        # a new id with each version: the choice shown is the saved one, and the press tells which one was seen
        block_id=f"question:{question.id}:{saved.version if saved else 0}",
    )
    if question.guidance:
        yield kit.plain_context(question.guidance)
    if saved and saved.note:
        yield kit.rich(kit.soft(saved.note))
    yield kit.actions(*_question_buttons(review, question, saved))
    facts = [*_answered_fact(saved), *map(_ticket_fact, _of(tickets, question))]
    if facts:
        yield kit.context(*facts[: kit.LIMITS.context_elements])
    yield kit.divider()


def _choices(question: Question, answer: Answer) -> kit.Element:
    return kit.static_select(
        f"{ANSWER}:{question.id}",
        [kit.option(each.label, each.value) for each in Answer],
        chosen=answer.value,
    )


def _question_buttons(review: Review, question: Question, saved: Answered | None) -> list[kit.Element]:
    value = f"{review.id}|{question.id}"
    buttons = [kit.button("Raise a ticket", "ticket_open", value=value)]
    if review.completed_at is None:
        buttons.append(kit.button("Edit note" if saved and saved.note else "Add note", NOTE, value=value))
    return buttons


def _overtaken(saved: Answered) -> kit.Block:
    return kit.rich(
        kit.sign("warning"),
        " ",
        kit.person(saved.answered_by),
        f" has just chosen {saved.answer.label}. Your choice was not saved; choose again to replace theirs.",
    )


def _answered_fact(saved: Answered | None) -> list[str]:
    facts = []
    if saved and saved.version:
        facts.append(f"Answered by {kit.mention(saved.answered_by)} {kit.ago(saved.answered_at)}")
    if saved and saved.note and saved.note_at:
        facts.append(f"Note by {kit.mention(saved.note_by)} {kit.ago(saved.note_at)}")
    return facts


def _ticket_fact(ticket: Ticket) -> str:
    waiting = {TicketState.SAVED: "being created", TicketState.FAILED: "not created"}.get(ticket.state, "")
    name = ticket.number or waiting or f"ticket {ticket.autotask_id}"
    return f":ticket: {kit.escape(name)} {kit.escape(ticket.status_label)}".strip()


def _of(tickets: Sequence[Ticket], question: Question) -> list[Ticket]:
    return [ticket for ticket in tickets if ticket.question_id == question.id]


def _walking(review: Review, index: int, every: Sequence[Step]) -> Iterable[kit.Block]:
    """The way to the steps before and after, and a short cut for what is open here."""
    value = f"{review.id}|{{}}|update"
    buttons = []
    if index > 0:
        buttons.append(
            kit.button(
                f"◀ {_name(every, index - 1, index)}", f"{CATEGORY}:back", value=value.format(index - 1)
            )
        )
    if index + 1 < len(every):
        buttons.append(
            kit.button(
                f"{_name(every, index + 1, index)} ▶", f"{CATEGORY}:next", value=value.format(index + 1)
            )
        )
    buttons.append(kit.button("Refresh", f"{CATEGORY}:again", value=value.format(index)))
    yield kit.actions(*buttons)
    category = every[index].category
    left = [each for each in review.template.of(category) if review.answer_to(each) is Answer.OPEN]
    if left and review.completed_at is None:
        yield kit.actions(_answer_the_open(review, index, len(left)))


def _answer_the_open(review: Review, index: int, left: int) -> kit.Element:
    options = [
        kit.option(f"Answer the open ones as {each.label}", f"{review.id}|{index}|{each.value}")
        for each in Answer
        if each is not Answer.OPEN
    ]
    question = kit.confirm(
        f"Answer {kit.count(left, 'open question')} at once?",
        "Only what is open in this category is answered. Each can be changed afterwards.",
        "Answer",
    )
    return kit.overflow(ANSWER_OPEN, options, confirm=question)


def _name(every: Sequence[Step], index: int, here: int) -> str:
    step = every[index]
    same = step.category == every[here].category
    return f"Questions, page {step.page}" if same else step.category


def _heading(step: Step) -> Iterable[kit.Block]:
    """What the modal's title has no room for."""
    page = f", page {step.page} of {step.pages}" if step.pages > 1 else ""
    if page or len(step.category) > kit.LIMITS.view_title:
        yield kit.plain_section(f"{step.category}{page}")
