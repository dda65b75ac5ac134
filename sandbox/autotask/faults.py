"""Faults on demand: the next n requests that match are answered as told."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

FaultKind: TypeAlias = Literal["fail", "hang", "slow", "drop_request", "drop_reply", "truncate", "empty"]


@dataclass(slots=True)
class Fault:
    """A planned fault.

    `fail` answers `status` and `body` without doing the work; `hang` never answers; `slow` waits
    `delay_ms` first; `drop_request` closes the connection before the work, `drop_reply` after it;
    `truncate` sends half of the body, `empty` none of it. `skip` matching requests pass first.
    """

    kind: FaultKind
    entity: str = "*"
    method: str = "*"
    path: str = ""
    count: int = 1
    skip: int = 0
    status: int = 500
    body: str = ""
    delay_ms: float = 0.0

    def matches(self, entity: str, method: str, path: str) -> bool:
        """Whether a request is meant."""
        return (
            self.entity.lower() in ("*", entity.lower())
            and self.method.upper() in ("*", method)
            and self.path.lower() in path.lower()
        )


class Faults:
    """The planned faults, oldest first; each request meets at most one."""

    def __init__(self) -> None:
        self._planned: list[Fault] = []

    def plan(self, fault: Fault) -> None:
        """Add a fault."""
        self._planned.append(fault)

    def clear(self) -> None:
        """Cancel all."""
        self._planned.clear()

    @property
    def pending(self) -> int:
        """How many requests are still to be spoilt."""
        return sum(fault.count for fault in self._planned)

    def take(self, entity: str, method: str, path: str) -> Fault | None:
        """The fault for this request, counted down."""
        for fault in self._planned:
            if not fault.matches(entity, method, path):
                continue
            if fault.skip > 0:
                fault.skip -= 1
                continue
            fault.count -= 1
            if fault.count <= 0:
                self._planned.remove(fault)
            return fault
        return None
