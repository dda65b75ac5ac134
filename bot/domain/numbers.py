"""Whole numbers in words, in buttons and in what is stored as text: ids, pages, days."""

from typing import Final

MOST_DIGITS: Final = 17
"""Far above any id, and a page of such a number still has a place that the database can count to."""

MOST_SMALL: Final = 2**31 - 1


def whole(text: str) -> int | None:
    """The number that ``text`` says in plain digits, or None.

    Python takes more for digits than people do ("²" is one, and no number), and the database less.
    """
    return int(text) if text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS else None


def signed(text: str) -> int | None:
    """The same, below zero too: Autotask's picklists have such values."""
    found = whole(text.removeprefix("-"))
    return -found if found is not None and text.startswith("-") else found


def small(text: str) -> int | None:
    """The same, of what the database counts in four bytes: picklist values, versions, how many there are."""
    found = signed(text)
    return found if found is not None and abs(found) <= MOST_SMALL else None
