"""What clients asked, in order, for tests to judge a client by."""

from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sandbox.autotask.values import moment_text

_KEPT = 200_000


@dataclass(slots=True)
class LogEntry:
    """One request. `in_flight` counts requests of the same client on the same endpoint, this one included."""

    at: datetime
    method: str
    path: str
    entity: str
    filter: str
    in_flight: int
    status: int = 0
    ms: float = 0.0
    fault: str = ""

    def as_json(self) -> dict[str, object]:
        """For the control surface."""
        return {
            "at": moment_text(self.at),
            "method": self.method,
            "path": self.path,
            "entity": self.entity,
            "filter": self.filter,
            "in_flight": self.in_flight,
            "status": self.status,
            "ms": round(self.ms, 3),
            "fault": self.fault,
        }


class RequestLog:
    """The most recent requests."""

    def __init__(self) -> None:
        self._entries: deque[LogEntry] = deque(maxlen=_KEPT)

    def add(self, entry: LogEntry) -> None:
        """Remember a request."""
        self._entries.append(entry)

    def clear(self) -> None:
        """Forget all."""
        self._entries.clear()

    def entries(self, *, entity: str | None = None, method: str | None = None) -> list[LogEntry]:
        """Requests in order of arrival, optionally of one entity or one HTTP method (any letter case)."""
        return [
            each
            for each in self._entries
            if (entity is None or each.entity.lower() == entity.lower())
            and (method is None or each.method == method.upper())
        ]


def summary(entries: Iterable[LogEntry]) -> dict[str, object]:
    """How many requests by endpoint, method and status, and the highest concurrency per endpoint."""
    by_entity: Counter[str] = Counter()
    by_method: Counter[str] = Counter()
    by_status: Counter[str] = Counter()
    concurrency: dict[str, int] = {}
    for each in entries:
        by_entity[each.entity] += 1
        by_method[each.method] += 1
        by_status[str(each.status)] += 1
        concurrency[each.entity] = max(concurrency.get(each.entity, 0), each.in_flight)
    return {
        "count": by_entity.total(),
        "by_entity": dict(by_entity),
        "by_method": dict(by_method),
        "by_status": dict(by_status),
        "max_concurrency": concurrency,
    }
