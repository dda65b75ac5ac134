"""What people ask to be synced, in their words (product SY3 to SY5)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from bot.domain.audit import days_in
from bot.domain.switches import Capability
from bot.domain.syncs import Group
from bot.errors import InvalidInput

END_EXPIRED: Final = "end-expired"
THEN_TIME: Final = "then-time"
"""Time entries are looked at again after the contracts, without asking Autotask for them."""
USUAL_DAYS: Final = timedelta(days=7)
"""How far back time entries are fetched that somebody asks for."""
LONGEST: Final = timedelta(days=366)
CAPABILITY_OF: Final = {
    Group.CONTRACTS: Capability.CONTRACTS,
    Group.TIME: Capability.TIME,
    Group.INVOICES: Capability.INVOICES,
    Group.TICKETS: Capability.TICKETS,
}
LABELS: Final = {
    Group.COMPANIES: "Company",
    Group.CONTRACTS: "Contract",
    Group.TIME: "Time entry",
    Group.INVOICES: "Invoice",
    Group.OPPORTUNITIES: "Opportunity",
    Group.TICKETS: "Ticket",
    Group.RESOURCES: "People",
}
"""As in "Contract sync"."""
_NAMES: Final = {
    "company": Group.COMPANIES, "companies": Group.COMPANIES, "customers": Group.COMPANIES,
    "contract": Group.CONTRACTS, "contracts": Group.CONTRACTS,
    "time": Group.TIME, "entries": Group.TIME, "time-entries": Group.TIME, "timesheets": Group.TIME,
    "invoice": Group.INVOICES, "invoices": Group.INVOICES,
    "opp": Group.OPPORTUNITIES, "opps": Group.OPPORTUNITIES, "opportunity": Group.OPPORTUNITIES,
    "opportunities": Group.OPPORTUNITIES,
    "ticket": Group.TICKETS, "tickets": Group.TICKETS,
    "people": Group.RESOURCES, "resources": Group.RESOURCES, "users": Group.RESOURCES,
}  # fmt: skip


@dataclass(frozen=True)
class SyncOrder:
    """``window``: first and last day (both included) of time entries; None: the usual days."""

    groups: tuple[Group, ...]
    window: tuple[date, date] | None = None
    options: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """As it begins a sentence: "Contract sync"."""
        if len(self.groups) == 1:
            return f"{LABELS[self.groups[0]]} sync"
        *first, last = [each.label for each in self.groups]
        return f"Sync of {', '.join(first)} and {last}"


@dataclass(frozen=True)
class Typed:
    """What was understood: groups, days, and the words that mean nothing here."""

    groups: tuple[Group, ...] = ()
    window: tuple[date, date] | None = None
    is_now: bool = False
    unknown: tuple[str, ...] = ()


def read_words(text: str, today: date) -> Typed:
    """Such as "contracts", "time last week" or "all"; ``now`` leaves out the form. Days end today at the latest."""
    words, days = days_in(text.lower().split(), today)
    groups = tuple(Group) if words and words[0] in {"all", "everything"} else _groups(words)
    known = {*_NAMES, "all", "everything", "now", "and", "the"}
    since, until = days or (None, None)
    last = min(today, until - timedelta(days=1)) if until and until > date.min else today
    window = (since, last) if since and since <= last else None
    return Typed(groups, window, "now" in words, tuple(word for word in words if word not in known))


def checked(window: tuple[date | None, date | None], today: date) -> tuple[date, date]:
    """The days of a form. Raises ``InvalidInput`` naming the field."""
    first, last = window[0] or today - USUAL_DAYS, window[1] or today
    if first > today:
        raise InvalidInput("first", "This day is in the future.")
    if last > today:
        raise InvalidInput("last", "This day is in the future.")
    if last < first:
        raise InvalidInput("last", "The end is before the start.")
    if last - first >= LONGEST:
        raise InvalidInput("first", "At most 366 days at once.")
    return first, last


def groups_in(names: str) -> tuple[Group, ...] | None:
    """The groups that a button or a form names between commas; None where it names none that there is."""
    named = names.split(",")
    return tuple(each for each in Group if each.value in named) or None


def _groups(words: Sequence[str]) -> tuple[Group, ...]:
    named = {_NAMES[word] for word in words if word in _NAMES}
    return tuple(group for group in Group if group in named)
