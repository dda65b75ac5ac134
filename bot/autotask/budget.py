"""The API budget of one Autotask database, as pure bookkeeping.

Autotask allows 10,000 requests per rolling hour and database, for all integrations together; above it, nothing
works for anybody (help page "Thresholds and Limits"). So we keep our own ceiling, leave part of it to people,
and slow down by what everybody together has used.
"""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

WINDOW = timedelta(hours=1)
AT_ONCE = timedelta(0)
CALM_READING = timedelta(minutes=5)
BUSY_READING = timedelta(minutes=1)


class Urgency(StrEnum):
    """Who waits for a request."""

    PERSON = "person"
    BILLING = "billing"
    BACKGROUND = "background"


@dataclass(frozen=True, slots=True)
class Threshold:
    """What everybody together has used of the database's allowance."""

    used: int
    limit: int
    window: timedelta

    @property
    def share(self) -> float:
        return self.used / self.limit if self.limit else 1.0


@dataclass(frozen=True, slots=True)
class Usage:
    """For status displays."""

    used: int | None
    """By everybody, at the last reading; None before the first."""
    limit: int | None
    own: int
    """By us within the last hour."""

    def __str__(self) -> str:
        together = "?" if self.used is None else f"{self.used:,}/{self.limit:,}"
        return f"API {together} · us {self.own:,}"


@dataclass(frozen=True, slots=True)
class Standing:
    """How the hour's requests stand. ``used`` and ``limit`` are None before the first reading."""

    used: int | None
    limit: int | None
    own: int
    closed_until: datetime | None = None
    """Until then Autotask refuses everybody, and nobody asks it."""

    @property
    def share(self) -> float:
        return self.used / self.limit if self.used is not None and self.limit else 0.0

    @property
    def others(self) -> int:
        """What other integrations have used."""
        return max(0, (self.used or 0) - self.own)


@dataclass(frozen=True, slots=True)
class Limits:
    """What we allow ourselves."""

    at_once: int = 2
    """Requests side by side per entity; Autotask refuses a fourth, from all our processes together."""
    in_flight: int = 12
    """Requests side by side per login that was just accepted, one place of them for people: room for several
    entities. In each process it bounds how many logins can fail before we notice (docs/decisions/0008)."""
    ceiling: int = 2_500
    """Requests per rolling hour."""
    reserve: int = 500
    """The part of the ceiling that only people may use."""

    def __post_init__(self) -> None:
        if not 1 <= self.at_once <= 3:
            raise ValueError("Autotask allows 1 to 3 requests at once per entity")
        if self.in_flight < 2 or not 0 <= self.reserve < self.ceiling:
            raise ValueError("two requests in flight at least, and a reserve below the ceiling")


@dataclass(slots=True)
class Budget:
    """Decides how long a request has to wait. Every moment comes from the caller."""

    limits: Limits
    _spent: deque[datetime] = field(default_factory=deque)
    _reading: Threshold | None = None
    _since_reading: int = 0
    _next_reading: datetime | None = None
    _next_background: datetime | None = None
    _closed_until: datetime | None = None

    def take(self, urgency: Urgency, now: datetime) -> timedelta:
        """Zero: the request is counted, send it. Else: how long until it is worth asking again."""
        wait = self._wait(urgency, now)
        if wait > AT_ONCE:
            return wait
        self._spent.append(now)
        self._since_reading += 1
        if urgency is Urgency.BACKGROUND:
            self._next_background = now + self._pace()
        return AT_ONCE

    def reading_due(self, now: datetime) -> bool:
        """Whether it is time to ask Autotask what everybody has used (only background and billing need it)."""
        return self._next_reading is None or now >= self._next_reading

    def read_later(self, now: datetime) -> None:
        """A reading has begun or failed; nobody else needs to try for a while."""
        self._next_reading = now + BUSY_READING

    def observe(self, threshold: Threshold, now: datetime) -> None:
        """Note a reading; the next one is due in five minutes, above half of the allowance in one."""
        self._reading, self._since_reading = threshold, 0
        self._next_reading = now + (BUSY_READING if threshold.share >= 0.5 else CALM_READING)

    def close(self, wait: timedelta, now: datetime) -> None:
        """Autotask refuses everybody for now: so do we, people included."""
        self._closed_until = now + wait

    def usage(self, now: datetime) -> Usage:
        self._forget(now)
        if self._reading is None:
            return Usage(None, None, len(self._spent))
        return Usage(self._reading.used + self._since_reading, self._reading.limit, len(self._spent))

    def standing(self, now: datetime) -> Standing:
        """What everybody has used, and whether Autotask refuses everybody."""
        known = self.usage(now)
        closed = self._closed_until if self._closed_until and self._closed_until > now else None
        return Standing(known.used, known.limit, known.own, closed)

    def rests(self, urgency: Urgency) -> bool:
        """Whether this kind of request rests until others have used less: waiting for it may take hours."""
        return self._share() >= _stop(urgency)

    def _wait(self, urgency: Urgency, now: datetime) -> timedelta:
        self._forget(now)
        waits = [_until(self._closed_until, now), self._ceiling_wait(urgency, now)]
        if self.rests(urgency):
            waits.append(max(_until(self._next_reading, now), timedelta(seconds=1)))
        if urgency is Urgency.BACKGROUND:
            waits.append(_until(self._next_background, now))
        return max(waits)

    def _ceiling_wait(self, urgency: Urgency, now: datetime) -> timedelta:
        ceiling = (
            self.limits.ceiling if urgency is Urgency.PERSON else self.limits.ceiling - self.limits.reserve
        )
        over = len(self._spent) - ceiling
        return _until(self._spent[over] + WINDOW, now) if over >= 0 else AT_ONCE

    def _pace(self) -> timedelta:
        """At half of the allowance and above, background work keeps to half of its hourly share."""
        share = self.limits.ceiling - self.limits.reserve
        return AT_ONCE if self._share() < 0.5 else WINDOW / (share / 2)

    def _share(self) -> float:
        """Of everybody's allowance, counting what we sent since the last reading."""
        if self._reading is None:
            return 0.0
        return Threshold(
            self._reading.used + self._since_reading, self._reading.limit, self._reading.window
        ).share

    def _forget(self, now: datetime) -> None:
        while self._spent and self._spent[0] <= now - WINDOW:
            self._spent.popleft()


def _stop(urgency: Urgency) -> float:
    """Share of the allowance at which this kind of request rests; people always may ask."""
    return {Urgency.BACKGROUND: 0.75, Urgency.BILLING: 0.9, Urgency.PERSON: float("inf")}[urgency]


def _until(moment: datetime | None, now: datetime) -> timedelta:
    return AT_ONCE if moment is None else max(AT_ONCE, moment - now)
