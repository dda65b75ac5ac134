"""The daily digest: what was connected, mapped and raised, in the words of facts."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.tickets import Ticket


@dataclass(frozen=True)
class Digest:
    """One stretch of a workspace's day; times are UTC."""

    since: datetime
    until: datetime
    connected: str
    """The Autotask zone, or "" while nothing is connected."""
    newly_connected: bool
    mapped: tuple[str, ...]
    unmapped: int
    raised: tuple[Ticket, ...]
    not_created: tuple[Ticket, ...]
    reviews_started: tuple[str, ...]
    reviews_completed: tuple[str, ...]

    @property
    def is_empty(self) -> bool:
        """Nothing happened and nothing waits: the digest is one line."""
        return not (
            self.newly_connected
            or self.mapped
            or self.raised
            or self.not_created
            or self.reviews_started
            or self.reviews_completed
        )
