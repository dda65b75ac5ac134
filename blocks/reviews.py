"""Reviews: the form that opens one, its card, and the modals in which its questions are answered."""

from collections.abc import Sequence
from dataclasses import dataclass

from blocks import kit
from blocks.form import Form, State
from bot.domain.organizations import Organization
from bot.domain.reviews import Answer, Progress, Question, Review, Template, progress
from bot.domain.tickets import Ticket, TicketState

NEW = "review_new"
OPEN = "review_open"
CATEGORY = "review_category"
ANSWER = "review_answer"
NOTE = "review_note"
COMPLETE = "review_complete"
LIST = "review_list"
PAGE = "review_page"
ORGANIZATION_OPTIONS = "review_organization"
CREATE_CALLBACK = "review_create"
NOTE_CALLBACK = "review_note_save"
OVERVIEW_CALLBACK = "review_overview"
CATEGORY_CALLBACK = "review_questions"

_MARKS = {
    Answer.ALIGNED: ":white_check_mark:",
    Answer.MISALIGNED: ":x:",
    Answer.NOT_APPLICABLE: ":heavy_minus_sign:",
    Answer.OPEN: ":white_circle:",
}
_BAR = 10


@dataclass(frozen=True)
class TypedReview:
    organization_id: int
    template_id: int
    title: str


def create_form(
    templates: Sequence[Template], *, organization: Organization | None = None, channel_id: str = ""
) -> kit.View:
    chosen = kit.option(organization.name, str(organization.id)) if organization else None
    choices = [
        kit.option(
            template.name, str(template.id), description=kit.count(len(template.questions), "question")
        )
        for template in templates
    ]
    return kit.modal(
        "Start a review",
        (
            kit.input_block(
                "organization",
                "Organization",
                kit.external_select(ORGANIZATION_OPTIONS, chosen=chosen, placeholder="Type a client's name…"),
            ),
            kit.input_block(
                "template",
                "Template",
                kit.static_select("value", choices, chosen=str(templates[0].id) if templates else ""),
            ),
            kit.input_block(
                "title",
                "Title",
                kit.plain_text_input("value", max_length=150),
                hint="Leave empty for the template's name and the month.",
                optional=True,
            ),
        ),
        callback_id=CREATE_CALLBACK,
        submit="Start",
        metadata={"channel": channel_id},
    )


def read_create_form(state: State) -> TypedReview:
    form = Form(state)
    return TypedReview(
        int(form.required_choice("organization", "Choose the organization.")),
        int(form.required_choice("template", "Choose a template.")),
        form.text("title"),
    )


def card(review: Review, tickets: Sequence[Ticket] = ()) -> kit.Message:
    """The review in a channel: how far it is, category by category, and the way in."""
    state = progress(review)
    done = review.completed_at is not None
    main = (
        kit.button("See answers", OPEN, value=str(review.id))
        if done
        else kit.button("Answer questions", OPEN, value=str(review.id), style="primary")
    )
    status = "Completed" if done else "In progress"
    return kit.Message(
        f"{kit.escape(review.title)}: {state.done} of {state.total} answered",
        (
            kit.section(f"{kit.bold(review.title)}\n{kit.escape(review.organization_name)} · {status}"),
            kit.section(f"{_bar(state)}  *{state.done}* of {state.total} answered{_misaligned(state)}"),
            kit.fields(_category_fields(review)),
            kit.actions(main, *_ticket_button(review)),
            kit.context(
                f"Started by {kit.mention(review.created_by)}, {kit.date(review.opened_at)}"
                f" · {kit.count(len(tickets), 'ticket')}"
            ),
        ),
    )


def overview(review: Review, tickets: Sequence[Ticket]) -> kit.View:
    """The modal's first page: every category with its progress."""
    state = progress(review)
    rows = [_category_row(review, index, tickets) for index, _ in enumerate(review.template.categories)]
    return kit.modal(
        "Review",
        (
            kit.section(f"{kit.bold(review.title)}\n{kit.escape(review.organization_name)}"),
            kit.section(f"{_bar(state)}  *{state.done}* of {state.total} answered{_misaligned(state)}"),
            kit.divider(),
            *rows,
            kit.divider(),
            *_ending(review, state),
        ),
        callback_id=OVERVIEW_CALLBACK,
        close="Close",
        metadata={"review": review.id},
    )


def questions(review: Review, index: int, tickets: Sequence[Ticket]) -> kit.View:
    """One category: each answer is saved the moment it is chosen."""
    categories = review.template.categories
    category = categories[index]
    chosen = [each for each in review.template.questions if each.category == category]
    state = progress(review, chosen)
    blocks = [block for question in chosen for block in _question(review, question, tickets)]
    return kit.modal(
        category,
        (
            kit.context(
                f"{_bar(state)}  {state.done} of {state.total} · each answer is saved as you choose it"
            ),
            *blocks,
            kit.actions(*_steps(review.id, index, categories)),
        ),
        callback_id=CATEGORY_CALLBACK,
        close="Back",
        metadata={"review": review.id, "category": index},
    )


def note_form(review_id: int, index: int, question: Question, note: str) -> kit.View:
    return kit.modal(
        "Note",
        (
            kit.section(kit.bold(question.text)),
            kit.input_block(
                "note",
                "Note",
                kit.plain_text_input("value", initial=note, multiline=True, focus=True),
                hint="Goes into the description when you raise a ticket from this question.",
                optional=True,
            ),
        ),
        callback_id=NOTE_CALLBACK,
        submit="Save",
        close="Back",
        metadata={"review": review_id, "category": index, "question": question.id},
    )


def listing(reviews: Sequence[Review], where: kit.Page, *, mine: bool) -> kit.Message:
    title = "My reviews" if mine else "All reviews"
    new = kit.button("Start a review", NEW, style="primary")
    if not where.total:
        text = (
            "Walk through a template's questions for one client, and raise a ticket where something is off."
        )
        return kit.Message(
            "No reviews yet", (kit.header("No reviews yet"), kit.section(text), kit.actions(new))
        )
    other = kit.button("All reviews" if mine else "My reviews", LIST, value="all" if mine else "mine")
    steps = kit.page_buttons(where, PAGE, context_value="mine" if mine else "all")
    return kit.Message(
        f"{title}: {where.total}",
        (
            kit.header(title),
            *(_row(review) for review in reviews),
            kit.actions(new, other, *steps),
            kit.context(f"Showing {where.label}"),
        ),
    )


def _row(review: Review) -> kit.Block:
    state = progress(review)
    ended = ":checkered_flag: " if review.completed_at else ""
    return kit.section(
        f"{ended}{kit.bold(review.title)}\n{kit.escape(review.organization_name)} · {state.done} of {state.total}"
        f" answered{_misaligned(state)} · {kit.date(review.opened_at, '{date_short_pretty}')}",
        accessory=kit.button("Open", OPEN, value=str(review.id)),
    )


def _question(review: Review, question: Question, tickets: Sequence[Ticket]) -> tuple[kit.Block, ...]:
    answer = review.answer_to(question)
    saved = review.answers.get(question.id)
    guidance = f"\n_{kit.escape(question.guidance)}_" if question.guidance else ""
    text = f"{_MARKS[answer]} {kit.bold(question.text)}{guidance}"
    locked = review.completed_at is not None
    select = kit.static_select(
        f"{ANSWER}:{question.id}",
        [kit.option(each.label, each.value) for each in Answer],
        chosen=answer.value,
    )
    value = f"{review.id}|{question.id}"
    buttons = [kit.button("Raise a ticket", "ticket_open", value=value)]
    if not locked:
        buttons.append(kit.button("Edit note" if saved and saved.note else "Add note", NOTE, value=value))
    facts = [f"Answered by {kit.mention(saved.answered_by)} {kit.ago(saved.answered_at)}"] if saved else []
    facts += [_ticket_fact(ticket) for ticket in tickets if ticket.question_id == question.id]
    note = (
        (kit.section(f">{kit.escape(saved.note).replace(chr(10), chr(10) + '>')}"),)
        if saved and saved.note
        else ()
    )
    return (
        kit.section(
            f"{text}\n*{answer.label}*" if locked else text,
            accessory=None if locked else select,
            block_id=f"question:{question.id}",
        ),
        *note,
        kit.actions(*buttons),
        *((kit.context(*facts),) if facts else ()),
        kit.divider(),
    )


def _ticket_fact(ticket: Ticket) -> str:
    waiting = {TicketState.SAVED: "being created", TicketState.FAILED: "not created"}.get(ticket.state, "")
    name = ticket.number or waiting or f"ticket {ticket.autotask_id}"
    return f":ticket: {kit.escape(name)} {kit.escape(ticket.status_label)}".strip()


def _category_row(review: Review, index: int, tickets: Sequence[Ticket]) -> kit.Block:
    category = review.template.categories[index]
    chosen = [each for each in review.template.questions if each.category == category]
    state = progress(review, chosen)
    raised = sum(ticket.question_id in {each.id for each in chosen} for ticket in tickets)
    more = f" · {kit.count(raised, 'ticket')}" if raised else ""
    label = "See" if state.is_complete else "Answer"
    return kit.section(
        f"{kit.bold(category)}\n{state.done} of {state.total} answered{_misaligned(state)}{more}",
        accessory=kit.button(label, CATEGORY, value=f"{review.id}|{index}|push"),
    )


def _ending(review: Review, state: Progress) -> tuple[kit.Block, ...]:
    if review.completed_at is not None:
        return (kit.context(f":checkered_flag: Completed {kit.date(review.completed_at)}"),)
    left = state.total - state.done
    text = f"{kit.count(left, 'question')} still open." if left else "Every question is answered."
    return (
        kit.actions(
            kit.button(
                "Complete review",
                COMPLETE,
                value=str(review.id),
                style="" if left else "primary",
                confirm=kit.confirm(
                    "Complete this review?", f"{text} Answers are final after this.", "Complete"
                ),
            )
        ),
    )


def _steps(review_id: int, index: int, categories: Sequence[str]) -> list[kit.Element]:
    steps = []
    if index > 0:
        steps.append(
            kit.button(
                f"◀ {categories[index - 1]}", f"{CATEGORY}:back", value=f"{review_id}|{index - 1}|update"
            )
        )
    if index + 1 < len(categories):
        steps.append(
            kit.button(
                f"{categories[index + 1]} ▶", f"{CATEGORY}:next", value=f"{review_id}|{index + 1}|update"
            )
        )
    return steps or [kit.button("Refresh", f"{CATEGORY}:next", value=f"{review_id}|{index}|update")]


def _category_fields(review: Review) -> list[tuple[str, str]]:
    pairs = []
    for category in review.template.categories[:10]:
        state = progress(review, [each for each in review.template.questions if each.category == category])
        pairs.append((kit.escape(category), f"{state.done} of {state.total}{_misaligned(state)}"))
    return pairs


def _ticket_button(review: Review) -> list[kit.Element]:
    return [kit.button("Add ticket", "ticket_open", value=f"{review.id}|")]


def _bar(state: Progress) -> str:
    filled = round(_BAR * state.done / state.total) if state.total else 0
    return "▰" * filled + "▱" * (_BAR - filled)


def _misaligned(state: Progress) -> str:
    return f" · {state.misaligned} misaligned" if state.misaligned else ""
