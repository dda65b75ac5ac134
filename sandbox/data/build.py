"""What every part of the generator shares: the database, the dice, the day, the amounts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from random import Random

from sandbox.autotask.database import Database


@dataclass(frozen=True, slots=True)
class Volumes:
    """How much of everything, from the number of company records.

    The ratios are those of a small (300 records), medium (2,000) and large (10,000) MSP; activity
    is capped, so that the largest database still builds in seconds.
    """

    companies: int

    @property
    def customers(self) -> int:
        """Managed customers: 40 of 300 records, 139 of 2,000, 400 of 10,000."""
        grown = 40 * float((self.companies / 300) ** 0.657)
        return max(3, round(max(min(0.35 * self.companies, 40), grown)))

    @property
    def vendors(self) -> int:
        return max(2, min(60, self.companies // 12))

    @property
    def technicians(self) -> int:
        return max(4, round(self.customers * 0.13))

    @property
    def endpoints(self) -> int:
        return min(self.customers * 25, 6_000)

    @property
    def tickets(self) -> int:
        """Over 90 days."""
        return min(self.customers * 45, 12_000)

    @property
    def opportunities(self) -> int:
        """Open ones; as many again are won or lost."""
        return max(4, round(self.customers * 0.75))

    @property
    def projects(self) -> int:
        return max(2, self.customers // 2)


@dataclass(frozen=True, slots=True)
class Customer:
    """A company under management, as the later parts need it. `people` are contact ids."""

    id: int
    name: str
    seats: int
    owner: int
    since: date
    people: tuple[int, ...]
    is_active: bool = True


@dataclass(frozen=True, slots=True)
class Technician:
    """Someone who works tickets: the resource and a role that it holds."""

    id: int
    role: int


@dataclass(slots=True)
class Build:
    """One generation. Nothing here reads a clock: `today` is the day on which the data ends."""

    database: Database
    random: Random
    today: date
    volumes: Volumes
    owners: list[int] = field(default_factory=list)
    technicians: list[Technician] = field(default_factory=list)
    customers: list[Customer] = field(default_factory=list)

    def add(self, entity: str, rows: Sequence[Mapping[str, object]]) -> list[int]:
        """Store rows in bulk; gives their ids in order."""
        return self.database.insert_many(entity, rows)

    def chance(self, probability: float) -> bool:
        return self.random.random() < probability

    def day(self, ago: int) -> date:
        """The day so many days before today (negative: after it)."""
        return self.today - timedelta(days=ago)

    def work_moment(self, ago: int) -> datetime:
        """A moment in working hours so many days ago, at least one; on a weekend the Friday before.

        Nothing lies in the present day: whoever syncs by time of change would take it for the future.
        """
        day = self.day(max(ago, 1))
        day -= timedelta(days=max(0, day.weekday() - 4))
        minutes = self.random.randrange(8 * 60, 17 * 60)
        return midnight(day) + timedelta(minutes=minutes)


def midnight(day: date) -> datetime:
    """The start of a day, UTC."""
    return datetime.combine(day, time(), UTC)


def month_start(day: date, months: int = 0) -> date:
    """The first of the month so many months from a day's month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, 1)
