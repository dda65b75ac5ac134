"""Reviews: everything that is drawn of one, by the name it has in every layer."""

from blocks.review_cards import card, overview
from blocks.review_parts import (
    ANSWER,
    ANSWER_OPEN,
    CATEGORIES_PAGE,
    CATEGORY,
    CATEGORY_CALLBACK,
    COMPLETE,
    NEW,
    NOTE,
    NOTE_CALLBACK,
    OPEN,
    OVERVIEW_CALLBACK,
    REOPEN,
    SHARE,
    TICKETS,
)
from blocks.review_questions import note_form, questions

__all__ = [
    "ANSWER",
    "ANSWER_OPEN",
    "CATEGORIES_PAGE",
    "CATEGORY",
    "CATEGORY_CALLBACK",
    "COMPLETE",
    "NEW",
    "NOTE",
    "NOTE_CALLBACK",
    "OPEN",
    "OVERVIEW_CALLBACK",
    "REOPEN",
    "SHARE",
    "TICKETS",
    "card",
    "note_form",
    "overview",
    "questions",
]
