"""What people may fetch by hand, how often, and whose turn it is (product IP9 to IP11, CV16)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.invoices import NEW, UNPAID
from bot.domain.syncs import Group


class Fetch(StrEnum):
    NEW = NEW
    UNPAID = UNPAID

    @property
    def cool_down(self) -> timedelta:
        """How long one turn keeps everybody from the next."""
        return timedelta(hours=1) if self is Fetch.NEW else timedelta(hours=12)

    @property
    def groups(self) -> tuple[str, ...]:
        both = (Group.COMPANIES.value, Group.INVOICES.value)
        return both if self is Fetch.NEW else both[1:]

    @property
    def label(self) -> str:
        return "Fetch new data" if self is Fetch.NEW else "Fetch unpaid invoices"


@dataclass(frozen=True)
class Turn:
    """A turn that somebody took; ``is_free`` where what it began has failed: it was given back."""

    fetch: Fetch
    run_key: str
    taken_by: str
    taken_at: datetime
    is_free: bool = False

    @property
    def again_at(self) -> datetime:
        return self.taken_at + self.fetch.cool_down

    def holds(self, now: datetime) -> bool:
        """Whether nobody else may fetch yet."""
        return not self.is_free and now < self.again_at


@dataclass(frozen=True)
class Correction:
    """One invoice that a fetch found to differ: in words, old → new."""

    text: str
    at: datetime


@dataclass(frozen=True)
class FetchPage:
    """How it stands with both fetches; ``corrections`` are those of the last unpaid fetch, as far as seen."""

    now: datetime
    is_primary: bool
    turns: tuple[Turn, ...]
    corrections: tuple[Correction, ...] = ()
    corrected: int = 0

    def turn(self, fetch: Fetch) -> Turn | None:
        return next((each for each in self.turns if each.fetch is fetch), None)
