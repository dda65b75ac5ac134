"""Thread limit, hourly threshold, and the lag with which fresh records appear."""

from collections import Counter, deque
from dataclasses import dataclass
from datetime import datetime, timedelta

from sandbox.autotask.errors import Refusal, rejected


class Threads:
    """Requests in flight per (tracking identifier, object endpoint)."""

    def __init__(self) -> None:
        self._running: Counter[tuple[str, str]] = Counter()

    def enter(self, tracking_id: str, endpoint: str) -> int:
        """Count a request in; returns how many run now, this one included."""
        self._running[tracking_id, endpoint] += 1
        return self._running[tracking_id, endpoint]

    def leave(self, tracking_id: str, endpoint: str) -> None:
        """Count a request out."""
        self._running[tracking_id, endpoint] -= 1


def too_many_threads(endpoint: str) -> Refusal:
    """The refusal of a request beyond the thread limit."""
    return rejected(f"Thread Threshold Exceeded for {endpoint}. Error code: Itgenatr005.", status=429)


class Threshold:
    """External requests within the rolling window, all integrations of the database together."""

    def __init__(self) -> None:
        self._moments: deque[datetime] = deque()

    def count(self, now: datetime, minutes: int) -> int:
        """Requests within the last `minutes`."""
        start = now - timedelta(minutes=minutes)
        while self._moments and self._moments[0] <= start:
            self._moments.popleft()
        return len(self._moments)

    def record(self, now: datetime) -> None:
        """Count a request."""
        self._moments.append(now)

    def set(self, count: int, now: datetime) -> None:
        """Pretend that `count` requests were made just now."""
        self._moments = deque([now] * count)


def delay_seconds(count: int, threshold: int) -> float:
    """The latency that usage brings: 0.5 s from 50 %, 1 s from 75 %."""
    if count * 4 >= threshold * 3:
        return 1.0
    return 0.5 if count * 2 >= threshold else 0.0


def over_threshold() -> Refusal:
    """The refusal above 100 %; its status and words are not documented."""
    return rejected("The request threshold of this database has been exceeded.", status=429)


@dataclass(slots=True)
class _Fresh:
    reads: int
    until: datetime


class Lag:
    """Fresh records stay invisible for some reads of their entity, or for some milliseconds."""

    def __init__(self) -> None:
        self._rules: dict[str, tuple[int, float]] = {}
        self._fresh: dict[str, dict[int, _Fresh]] = {}

    def set(self, entity: str, *, reads: int = 0, ms: float = 0) -> None:
        """From now on hide new records of `entity` (`*` for all) for so many reads and at least so long."""
        self._rules[entity] = (reads, ms)

    def created(self, entity: str, record_id: int, now: datetime) -> None:
        """Tell that a record was created."""
        reads, ms = self._rules.get(entity) or self._rules.get("*") or (0, 0)
        if reads or ms:
            self._fresh.setdefault(entity, {})[record_id] = _Fresh(reads, now + timedelta(milliseconds=ms))

    def hidden(self, entity: str, now: datetime) -> frozenset[int]:
        """The ids that this read of `entity` does not see; counts the read."""
        waiting = self._fresh.get(entity)
        if not waiting:
            return frozenset()
        unseen = frozenset(key for key, fresh in waiting.items() if fresh.reads > 0 or now < fresh.until)
        for key in list(waiting):
            waiting[key].reads -= 1
            if key not in unseen:
                del waiting[key]
        return unseen

    def clear(self) -> None:
        """No lag any more; everything is visible."""
        self._rules.clear()
        self._fresh.clear()
