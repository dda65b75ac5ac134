"""The list of tickets: which are wanted, and one page of them."""

from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

from bot.domain.tickets import Ticket

Whose: TypeAlias = Literal["mine", "all", "archived"]
_SIZE = 60
"""Characters of words that a page's buttons carry along."""


@dataclass(frozen=True)
class TicketFilter:
    """Mine, everybody's, or what was put away; ``words`` are looked for in summary, number and organization."""

    whose: Whose = "mine"
    words: str = ""


@dataclass(frozen=True)
class TicketPage:
    tickets: tuple[Ticket, ...]
    total: int


def read_filter(text: str) -> TicketFilter:
    """``all printer acme`` as people type it after ``/autotask tickets``."""
    first, _, rest = text.strip().partition(" ")
    for whose in get_args(Whose):
        if first.casefold() == whose:
            return TicketFilter(whose, " ".join(rest.split())[:_SIZE])
    return TicketFilter("all" if text.strip() else "mine", " ".join(text.split())[:_SIZE])


def filter_text(wanted: TicketFilter) -> str:
    """The same the other way round: what a button carries."""
    return f"{wanted.whose} {wanted.words}".strip()
