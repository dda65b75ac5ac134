"""The words that people type for the lists of time."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from bot.domain.time_entries import TimeFilter, TimeState

_READY: Final = frozenset({"ready", "ready to bill", "to bill", "uninvoiced", "not invoiced"})
_NAMES: Final[Mapping[str, TimeState]] = {
    "imported": TimeState.IMPORTED,
    "unapproved": TimeState.NOT_APPROVED,
    "unlinked": TimeState.UNLINKED,
    "without contract": TimeState.UNLINKED,
    "no contract": TimeState.UNLINKED,
    "not mapped": TimeState.UNMAPPED,
    "after end": TimeState.AFTER_END,
    "after the end": TimeState.AFTER_END,
    "ended": TimeState.AFTER_END,
    "expired": TimeState.AFTER_END,
    "late": TimeState.OUTSIDE,
    "outside the days": TimeState.OUTSIDE,
    "nonbillable": TimeState.NOT_BILLABLE,
    "unbillable": TimeState.NOT_BILLABLE,
}
"""Beside the states' own values, such as ``not approved``."""
_OWN: Final = {each.value.replace("_", " "): each for each in TimeState if each is not TimeState.GONE}


def list_named(text: str, wanted: TimeFilter | None = None) -> TimeFilter | None:
    """The list whose name ``text`` is, of what ``wanted`` narrows it to; None where it is no list's name."""
    name = " ".join(text.lower().replace("_", " ").replace("-", " ").split())
    of = wanted or TimeFilter()
    if name in _READY:
        return replace(of, state=TimeState.IMPORTED, ready=True, words="")
    state = _NAMES.get(name) or _OWN.get(name)
    return replace(of, state=state, words="") if state else None
