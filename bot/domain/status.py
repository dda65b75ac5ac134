"""How syncs stand: the cards, the breakdown by type, each group, and the API budget (product SY2 to SY9, AO1)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum

from bot.domain.sync_logs import LogLine, LogStatus
from bot.domain.syncs import Group, SyncRun, SyncType

RECENT = 10
"""Operations listed; the log has the rest."""


class Period(StrEnum):
    """What the breakdown counts; days are those of the person who asks."""

    TODAY = "today"
    WEEK = "7d"
    MONTH = "30d"
    ALL = "all"

    @property
    def label(self) -> str:
        return {"today": "Today", "7d": "7 days", "30d": "30 days", "all": "All"}[self.value]

    def first_day(self, today: date) -> date | None:
        days = {Period.TODAY: 0, Period.WEEK: 7, Period.MONTH: 30}.get(self)
        return None if days is None else today - timedelta(days=days)

    def since(self, now: datetime, zone: tzinfo) -> datetime | None:
        day = self.first_day(now.astimezone(zone).date())
        return datetime.combine(day, time(), zone) if day else None


@dataclass(frozen=True)
class ApiUsage:
    """Requests of the last hour: by everybody (None before the first reading), what is allowed, and ours."""

    used: int | None
    limit: int | None
    own: int
    as_of: datetime

    def __str__(self) -> str:
        together = "?" if self.used is None or self.limit is None else f"{self.used:,}/{self.limit:,}"
        return f"API {together} · us {self.own:,}"


@dataclass(frozen=True)
class Tally:
    """Runs that are kept, by how they ended; ``last`` is when one last ended well or badly."""

    total: int = 0
    succeeded: int = 0
    failed: int = 0
    last: datetime | None = None


@dataclass(frozen=True)
class Ring:
    """When a schedule rings next, and which groups it runs."""

    title: str
    groups: tuple[str, ...]
    next_at: datetime


@dataclass(frozen=True)
class GroupStatus:
    """``run`` is the last one; ``is_queued``: another waits or runs; ``again_at``: the next attempt of a failed one."""

    group: Group
    run: SyncRun | None = None
    is_queued: bool = False
    again_at: datetime | None = None
    is_paused: bool = False
    is_off: bool = False
    next_at: datetime | None = None


@dataclass(frozen=True)
class Status:
    """``lines`` are the last operations that the person may see, the newest first."""

    as_of: datetime
    tally: Tally = field(default_factory=Tally)
    lines: Sequence[LogLine] = ()
    rings: Sequence[Ring] = ()
    usage: ApiUsage | None = None
    groups: Sequence[GroupStatus] = ()
    breakdown: Mapping[tuple[SyncType, LogStatus], int] = field(default_factory=dict)
    period: Period = Period.WEEK
