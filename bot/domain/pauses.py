"""Syncs that keep failing: a warning first, then they are paused until somebody resumes them (product SY23)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

WARN_AFTER, PAUSE_AFTER = "sync_warn_after", "sync_pause_after"
"""Names of the preferences that hold the thresholds."""


@dataclass(frozen=True)
class Thresholds:
    """After how many runs that failed for good, one after the other."""

    warn: int = 3
    pause: int = 5


@dataclass(frozen=True)
class SyncPause:
    """A group of syncs that fails: how often in a row, since when, and whether it is paused."""

    name: str
    failures: int
    failing_since: datetime
    paused_at: datetime | None = None

    def left(self, limits: Thresholds) -> int:
        """Failures until it is paused."""
        return max(0, limits.pause - self.failures)

    def warns(self, limits: Thresholds) -> bool:
        return self.paused_at is None and self.failures >= limits.warn


def thresholds_of(values: Mapping[str, str]) -> Thresholds:
    """From the preferences' values; the usual ones where nothing was chosen."""
    usual = Thresholds()
    return Thresholds(int(values.get(WARN_AFTER, usual.warn)), int(values.get(PAUSE_AFTER, usual.pause)))
