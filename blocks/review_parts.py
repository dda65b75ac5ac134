"""What the card, the overview and the questions of a review share: their buttons' names and the bar."""

from typing import Final

from bot.domain.reviews import Progress

NEW: Final = "review_new"
OPEN: Final = "review_open"
CATEGORY: Final = "review_category"
CATEGORIES_PAGE: Final = "review_categories_page"
ANSWER: Final = "review_answer"
ANSWER_OPEN: Final = "review_answer_open"
NOTE: Final = "review_note"
COMPLETE: Final = "review_complete"
REOPEN: Final = "review_reopen"
SHARE: Final = "review_share"
TICKETS: Final = "review_tickets"
NOTE_CALLBACK: Final = "review_note_save"
OVERVIEW_CALLBACK: Final = "review_overview"
CATEGORY_CALLBACK: Final = "review_questions"

_CELLS = 10


def bar(state: Progress) -> str:
    """Ten cells; the first is filled by the first answer, the last only by the last one."""
    filled = _CELLS * state.done // state.total if state.total else 0
    filled = max(filled, 1) if state.done else 0
    return "▰" * filled + "▱" * (_CELLS - filled)


def misaligned(state: Progress) -> str:
    return f" · {state.misaligned} misaligned" if state.misaligned else ""
