"""What a sync run did, as numbers that add up."""

from dataclasses import dataclass, replace
from enum import StrEnum


class SyncState(StrEnum):
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


@dataclass(frozen=True)
class SyncCounts:
    """Rows by what became of them; ``gone`` are those no longer found upstream."""

    inserted: int = 0
    updated: int = 0
    unchanged: int = 0
    gone: int = 0

    @property
    def seen(self) -> int:
        return self.inserted + self.updated + self.unchanged

    def __add__(self, other: "SyncCounts") -> "SyncCounts":
        return SyncCounts(
            self.inserted + other.inserted,
            self.updated + other.updated,
            self.unchanged + other.unchanged,
            self.gone + other.gone,
        )

    def with_gone(self, gone: int) -> "SyncCounts":
        return replace(self, gone=gone)
