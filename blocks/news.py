"""What a sync run found worth telling, in a dozen lines, and all of it as pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final, Protocol

from blocks import kit
from blocks.kit import Block, Message, View
from bot.domain.money import change_of, without_amounts
from bot.domain.problems import EventKind, News

OPEN: Final = "news_open"
PAGE: Final = "news_page"
PAGE_SIZE: Final = 20
MOST_LINES: Final = 15
_A_MONTH: Final = frozenset({EventKind.CONTRACTS})
"""Kinds whose amounts are a month's."""


class Sum(Protocol):
    """How much news of a kind there is, and what it is worth together."""

    @property
    def kind(self) -> EventKind: ...
    @property
    def count(self) -> int: ...
    @property
    def amount(self) -> Decimal | None: ...


class Item(Protocol):
    """A piece of news as it was written."""

    @property
    def at(self) -> datetime: ...
    @property
    def news(self) -> News: ...


@dataclass(frozen=True)
class Found:
    """What one channel hears of one run: sums over all of it, and the first lines; amounts only with ``money``."""

    sums: tuple[Sum, ...]
    items: tuple[Item, ...]
    money: bool = False
    currency: str = "USD"

    @property
    def total(self) -> int:
        return sum(each.count for each in self.sums)

    def line(self, item: Item) -> str:
        return item.news.text if self.money else without_amounts(item.news.text)

    def sum_words(self, kind: Sum) -> str:
        """``Contracts: 4, +$412.00 a month``."""
        words = f"{kind.kind.label}: {kind.count:,}"
        if not kind.amount or not self.money:
            return words
        often = "a month" if kind.kind in _A_MONTH else "in all"
        return f"{words}, {change_of(kind.amount, self.currency)} {often}"


def message(found: Found, run_id: int) -> Message:
    """At most ``MOST_LINES`` lines, shared fairly among the kinds; the rest is a button away."""
    text = f"News from Autotask: {'; '.join(found.sum_words(each) for each in found.sums)}"
    room = max(1, MOST_LINES // len(found.sums))
    parts: list[Block] = [kit.header("News from Autotask")]
    shown = 0
    for each in found.sums:
        lines = [item for item in found.items if item.news.kind is each.kind][:room]
        shown += len(lines)
        parts += [
            kit.section(f"*{found.sum_words(each)}*"),
            kit.listed([(found.line(item),) for item in lines]),
        ]
    left = found.total - shown
    more = f"and {left:,} more" if left else "Show as a list"
    parts.append(kit.actions(kit.button(more.capitalize(), OPEN, value=str(run_id))))
    return Message(text, tuple(parts))


def page(items: Sequence[Item], where: kit.Page, run_id: int) -> View:
    """One page of everything that the run found and the person sees."""
    rows = [kit.listed([(item.news.text,) for item in items])] if items else []
    steps = kit.page_buttons(where, PAGE, context_value=str(run_id))
    when = [kit.context(f"As of {kit.date(items[0].at)}")] if items else []
    return kit.modal(
        "News from Autotask",
        (
            *(rows or [kit.section("Nothing here that you may see.")]),
            *([kit.actions(*steps)] if steps else []),
            kit.context(f"Showing {where.label}"),
            *when,
        ),
        close="Close",
    )
