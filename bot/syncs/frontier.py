"""What a pass has still to fetch, as ranges of ids, and who fetches which: bookkeeping without I/O.

Autotask pages by ascending id and allows a few requests of one entity at once, so a pass is cut into ranges that
are fetched side by side. Where the ids lie is unknown: a count and the density of what was seen tell where to
cut, and who is done with a range takes over half of the largest one that is left. Every cut costs at most one
page that is not full; ``Frontier`` bounds how many there are.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import ceil

from bot.db.syncs import Span

PAGE = 500
PAGES_BEFORE_COUNT = 3
"""A pass of so few pages is over before counting and cutting would have helped."""
WORTH_CUTTING = 4
"""Pages that a range must have left to be cut in two."""
PAGES_PER_CUT = 25
"""One cut for so many pages, besides the first ones: what cuts cost stays below 4 % of the requests."""


@dataclass(eq=False, slots=True)
class Walk:
    """One range on its way. Ids up to ``asked`` are fetched, up to ``saved`` saved; ``until`` shrinks when cut."""

    part: int = 0
    asked: int | None = None
    saved: int | None = None
    until: int | None = None
    pages: int = 0
    rows: int = 0
    first: int | None = None
    density: float = 0.0
    """Rows per id; 0 while unknown."""
    expected: float | None = None
    """Rows that were expected before the first page came."""
    is_fetched: bool = False

    def came(self, ids: Sequence[int]) -> None:
        """A page came: the ids it brought, ascending, none above ``until``."""
        self.pages += 1
        if not ids:
            return
        self.first = ids[0] if self.first is None else self.first
        self.rows += len(ids)
        self.asked = ids[-1]
        self.density = self.rows / (ids[-1] - self.first + 1)
        if self.until is not None and self.asked >= self.until:
            self.is_fetched = True

    @property
    def left(self) -> float | None:
        """Rows that a bounded range probably still has; None where nothing is known."""
        if self.is_fetched:
            return 0.0
        if self.until is None or self.asked is None or not self.pages:
            return self.expected
        return max(0.0, (self.until - self.asked) * self.density)


@dataclass
class Frontier:
    """All ranges of a pass. ``at_once`` walkers ask for work with ``take``; the saver reads ``spans``."""

    at_once: int
    page: int = PAGE
    waiting: list[Walk] = field(default_factory=list)
    walking: list[Walk] = field(default_factory=list)
    unsaved: list[Walk] = field(default_factory=list)
    """Every range of which something is not saved yet."""
    total_left: float | None = None
    """Rows not fetched yet, as far as Autotask was asked to count."""
    cuts_left: int = 0
    is_counted: bool = False

    @classmethod
    def of(
        cls, spans: Iterable[Span], *, at_once: int, rows: int | None = None, page: int = PAGE
    ) -> "Frontier":
        """The ranges to fetch; ``rows`` is how many records they hold, where the mirror knows."""
        walks = [Walk(span.part, span.after, span.after, span.until) for span in spans]
        made = cls(at_once, page, waiting=walks, unsaved=list(walks))
        if rows is not None:
            made._learn(rows)
            for walk in walks:
                walk.expected = rows / len(walks)
        return made

    @property
    def spans(self) -> tuple[Span, ...]:
        """What is still to be fetched or saved: what the next attempt goes on with."""
        return tuple(Span(walk.saved, walk.until, walk.part) for walk in self.unsaved)

    @property
    def is_over(self) -> bool:
        return not self.waiting and not self.walking

    def take(self) -> Walk | None:
        """A range for a walker: one that waits, else half of the largest that another walks through; or nothing."""
        found = self.waiting.pop(0) if self.waiting else self._half()
        if found is not None:
            self.walking.append(found)
        return found

    def came(self, walk: Walk, ids: Sequence[int], *, more: bool) -> None:
        """A page of a range came; without ``more`` it was the last one."""
        walk.came(ids)
        walk.is_fetched = walk.is_fetched or not more
        if self.total_left is not None:
            self.total_left = max(0.0, self.total_left - len(ids))
        if walk.is_fetched:
            self.walking.remove(walk)

    def saved(self, walk: Walk, last: int | None, *, is_last: bool) -> None:
        """What a range brought up to the id ``last`` is saved; with ``is_last`` all of it."""
        walk.saved = walk.saved if last is None else last
        if is_last:
            self.unsaved.remove(walk)

    # --- counting and cutting ---

    @property
    def to_count(self) -> Walk | None:
        """The range of which somebody should count what is left: one alone, without end, and not a short one."""
        if self.is_counted or self.at_once == 1 or self.waiting or len(self.walking) != 1:
            return None
        [walk] = self.walking
        return walk if walk.pages >= PAGES_BEFORE_COUNT and walk.until is None else None

    def counted(self, walk: Walk, left: int, *, behind: int | None) -> None:
        """``left`` records were found behind the id ``behind``: the rest is cut into as many ranges as there are walkers."""
        since = walk.asked - behind if walk.asked is not None and behind is not None else 0
        self._learn(max(0.0, left - since * walk.density))
        if walk.is_fetched or self.total_left is None:
            return
        parts = min(self.at_once, int(self.total_left / (2 * self.page)))
        if self.total_left >= WORTH_CUTTING * self.page:
            for each in range(parts - 1, 0, -1):
                self.waiting.insert(
                    0, self._cut(walk, each / (each + 1), self.total_left * (each + 1) / parts)
                )

    def _learn(self, rows: float) -> None:
        self.is_counted, self.total_left = True, rows
        self.cuts_left = self.at_once - 1 + int(rows / self.page / PAGES_PER_CUT)

    def _half(self) -> Walk | None:
        if self.total_left is None or not self.cuts_left or not self.walking:
            return None
        largest = max(self.walking, key=self._left)
        left = self._left(largest)
        if left < WORTH_CUTTING * self.page or largest.asked is None or not largest.density:
            return None
        return self._cut(largest, 0.5, left)

    def _left(self, walk: Walk) -> float:
        assert self.total_left is not None
        if walk.until is not None or walk.left is not None:
            return min(self.total_left, walk.left or 0.0)
        others = (each.left or 0.0 for each in (*self.waiting, *self.walking) if each is not walk)
        return max(0.0, self.total_left - sum(others))

    def _cut(self, walk: Walk, kept: float, left: float) -> Walk:
        """The part of a range that another shall fetch; ``kept`` is the share of its ``left`` rows that it keeps."""
        assert walk.asked is not None
        width = left / walk.density if walk.until is None else walk.until - walk.asked
        at = walk.asked + max(1, ceil(min(width * kept, 2.0**53)))
        made = Walk(
            walk.part,
            asked=at,
            saved=at,
            until=walk.until,
            density=walk.density,
            expected=None if walk.until is None else left * (1 - kept),
        )
        walk.until = at
        self.cuts_left -= 1
        self.unsaved.append(made)
        return made


def cut_at(bounds: Sequence[int]) -> tuple[Span, ...]:
    """All ids, cut behind each of the ascending ``bounds``."""
    edges: list[int | None] = [None, *bounds, None]
    return tuple(Span(edges[at], edges[at + 1]) for at in range(len(edges) - 1))


def even_bounds(rows: int, at_once: int, page: int = PAGE) -> list[int]:
    """Behind how many rows to cut, so that every range but the last holds full pages only."""
    pages = ceil(rows / page)
    if at_once == 1 or pages < WORTH_CUTTING:
        return []
    return [round(pages * each / at_once) * page for each in range(1, at_once)]
