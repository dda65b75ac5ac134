"""A review's card in a channel, and the first page of its modal."""

from collections.abc import Sequence

from blocks import kit
from blocks.review_parts import (
    CATEGORIES_PAGE,
    CATEGORY,
    COMPLETE,
    OPEN,
    OVERVIEW_CALLBACK,
    REOPEN,
    SHARE,
    TICKETS,
    bar,
    misaligned,
)
from bot.domain.reviews import Progress, Review, first_open, progress, steps
from bot.domain.tickets import Ticket

_PAGE = 10
_CARD_CATEGORIES = 20


def card(review: Review, tickets: Sequence[Ticket] = ()) -> kit.Message:
    """The review in a channel: how far it is, category by category, and the way in."""
    state = progress(review)
    done = review.completed_at is not None
    way_in = (
        kit.button("See answers", OPEN, value=str(review.id))
        if done
        else kit.button("Answer questions", OPEN, value=str(review.id), style="primary")
    )
    return kit.Message(
        f"{kit.escape(review.title)}: {state.done} of {state.total} answered",
        (
            kit.header(review.title),
            kit.rich(kit.strong(review.organization_name), f" · {'Completed' if done else 'In progress'}"),
            _progress(state),
            kit.facts(_by_category(review)),
            kit.actions(way_in, *_ticket_buttons(review, tickets)),
            kit.context(f"{_history(review)} · {kit.count(len(tickets), 'ticket')}"),
        ),
    )


def overview(review: Review, tickets: Sequence[Ticket], number: int = 0, *, channel_id: str = "") -> kit.View:
    """The modal's first page: the categories with their progress, the tickets, and what can be done."""
    where = kit.page(len(review.categories), number, _PAGE)
    shown = review.categories[where.offset : where.offset + _PAGE]
    turning = kit.page_buttons(where, CATEGORIES_PAGE, context_value=str(review.id))
    state = progress(review)
    return kit.modal(
        "Review",
        (
            kit.header(review.title),
            kit.rich(kit.strong(review.organization_name)),
            _progress(state),
            kit.actions(*_main_buttons(review, tickets)),
            kit.divider(),
            *(_category_row(review, category, tickets) for category in shown),
            *((kit.actions(*turning), kit.context(f"Categories {where.label}")) if turning else ()),
            kit.divider(),
            _sharing(review, channel_id),
            kit.context(_history(review)),
        ),
        callback_id=OVERVIEW_CALLBACK,
        close="Close",
        metadata={"review": review.id, "channel": channel_id, "page": where.number},
    )


# --- parts of the card and the overview ---


def _main_buttons(review: Review, tickets: Sequence[Ticket]) -> list[kit.Element]:
    state = progress(review)
    if review.completed_at is not None:
        ending = kit.button("Re-open", REOPEN, value=str(review.id), confirm=_reopening())
        return [*_ticket_buttons(review, tickets), ending]
    word = "Continue" if state.done else "Start"
    go_on = kit.button(
        word,
        f"{CATEGORY}:continue",
        value=f"{review.id}|{first_open(review)}|push",
        style="" if state.is_complete else "primary",
    )
    return [go_on, *_ticket_buttons(review, tickets), _completing(review, state)]


def _completing(review: Review, state: Progress) -> kit.Element:
    left = state.total - state.done
    still = (
        f"{kit.count(left, 'question is', 'questions are')} still open."
        if left
        else "Every question is answered."
    )
    return kit.button(
        "Complete review",
        COMPLETE,
        value=str(review.id),
        style="" if left else "primary",
        confirm=kit.confirm(
            "Complete this review?",
            f"{still} The review's tickets get a note with the result. Whoever may run reviews can re-open it.",
            "Complete",
        ),
    )


def _reopening() -> kit.Element:
    text = "Its answers can be changed again. Notes that are on its tickets stay there."
    return kit.confirm("Re-open this review?", text, "Re-open")


def _sharing(review: Review, channel_id: str) -> kit.Block:
    if channel_id.startswith(("C", "G")):
        return kit.actions(kit.button("Share here", SHARE, value=f"{review.id}|{channel_id}"))
    return kit.plain_section(
        "Share the card in a channel",
        accessory=kit.conversations_select(SHARE),
        block_id=f"share:{review.id}",
    )


def _ticket_buttons(review: Review, tickets: Sequence[Ticket]) -> list[kit.Element]:
    buttons = [kit.button("Add ticket", "ticket_open", value=f"{review.id}|")]
    if tickets:
        buttons.append(kit.button(f"Tickets ({len(tickets)})", TICKETS, value=f"0|{review.id}"))
    return buttons


def _history(review: Review) -> str:
    started = f"Started by {kit.mention(review.created_by)}, {kit.date(review.opened_at)}"
    if review.completed_at is None:
        return started
    by = f" by {kit.mention(review.completed_by)}" if review.completed_by else ""
    return f"{started} · :checkered_flag: completed{by}, {kit.date(review.completed_at)}"


def _category_row(review: Review, category: str, tickets: Sequence[Ticket]) -> kit.Block:
    chosen = review.template.of(category)
    state = progress(review, chosen)
    raised = sum(ticket.question_id in {each.id for each in chosen} for ticket in tickets)
    more = f" · {kit.count(raised, 'ticket')}" if raised else ""
    label = "See" if state.is_complete or review.completed_at else "Answer"
    index = next(at for at, step in enumerate(steps(review)) if step.category == category)
    return kit.plain_section(
        f"{category}\n{state.done} of {state.total} answered{misaligned(state)}{more}",
        accessory=kit.button(label, CATEGORY, value=f"{review.id}|{index}|push"),
    )


def _by_category(review: Review) -> list[tuple[str, kit.Piece]]:
    pairs: list[tuple[str, kit.Piece]] = []
    for category in review.categories[:_CARD_CATEGORIES]:
        state = progress(review, review.template.of(category))
        pairs.append((category, f"{state.done} of {state.total}{misaligned(state)}"))
    left = len(review.categories) - len(pairs)
    return [*pairs, ("More", kit.count(left, "category", "categories"))] if left else pairs


def _progress(state: Progress) -> kit.Block:
    return kit.section(f"{bar(state)}  *{state.done}* of {state.total} answered{misaligned(state)}")
