"""When work that failed is tried again: a value, computed from the error and the number of the attempt."""

from asyncio import CancelledError
from dataclasses import dataclass
from datetime import timedelta

from bot.errors import AutotaskBusy, BotError

BUG_ATTEMPTS = 3
"""How often something is tried that fails in a way nobody foresaw."""


class Parked(Exception):
    """Not now: the workspace has uninstalled us. The work is kept as it is, and goes on if it comes back."""


@dataclass(frozen=True)
class RetryPolicy:
    """How long to wait before each further attempt."""

    delays: tuple[timedelta, ...]
    waits_for_room: bool = False
    """Whether Autotask's "not now", and our own budget's, is no failure: it is asked again until there is room."""

    @property
    def attempts(self) -> int:
        return len(self.delays) + 1

    def after(self, error: BaseException, attempt: int) -> timedelta | None:
        """How long after the ``attempt``-th (from 1) failure to try again; None: not at all.

        Work that is interrupted because the process stops goes on at once, whatever its attempts.
        """
        if isinstance(error, CancelledError):
            return timedelta()
        if self.is_only_waiting(error):
            assert isinstance(error, AutotaskBusy)
            return max(self.delays[0], error.retry_after)
        if attempt >= self.attempts:
            return None
        if isinstance(error, BotError):
            asked = error.retry_after if isinstance(error, AutotaskBusy) else timedelta()
            return max(self.delays[attempt - 1], asked) if error.retryable else None
        return self.delays[attempt - 1] if attempt < BUG_ATTEMPTS else None

    def is_only_waiting(self, error: BaseException) -> bool:
        """There is no room for more requests just now: the attempt does not count."""
        return self.waits_for_room and isinstance(error, AutotaskBusy)


def after_seconds(*delays: int, waits_for_room: bool = False) -> RetryPolicy:
    return RetryPolicy(tuple(timedelta(seconds=each) for each in delays), waits_for_room)


HOURS = after_seconds(5, 15, 60, 300, 900, 3600, 3 * 3600, 6 * 3600, waits_for_room=True)
TWO_MINUTES = after_seconds(3, 5, 10, 15, 30, 45)
UNTIL_REMOVED = after_seconds(3, 5, 10, 15, 30, 30, 60, 60, 120, 300, 600)
MINUTES = after_seconds(15, 60, 300, 900, waits_for_room=True)
SYNCS = after_seconds(15, 60, 300, 900, 1800, waits_for_room=True)
"""Five more attempts, then people hear of it (product SY22)."""
