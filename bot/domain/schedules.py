"""Schedules: what rings when, in a workspace's own wall-clock time. Pure: the clock is an argument.

Daily and weekly slots are named by the local wall clock without offset: a night with two 02:00s rings once, one
without 02:00 rings at the next minute there is. Hourly slots are named by UTC: an hour that a night has twice is
two real hours, and each rings.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from bot.domain.numbers import whole
from bot.domain.syncs import SyncRun

NIGHTLY_VERIFY = "nightly-verify"
NIGHTLY_TICKETS = "nightly-tickets"
NIGHTLY_CHOICES = "nightly-choices"
NIGHTLY_SYNC = "nightly-sync"
NIGHTLY_INVOICES = "nightly-invoices"
NIGHTLY_OPPORTUNITIES = "nightly-opportunities"
NIGHTLY_RESOURCES = "nightly-resources"
HOURLY_COMPANIES = "hourly-companies"
HOURLY_INVOICES = "hourly-invoices"
HOURLY_TICKETS = "hourly-tickets"
DIGEST = "digest:"
"""Digests' schedules are named ``digest:<period>:<channel or person>``."""

SLOT_FORMAT = "%Y-%m-%dT%H:%M"
HOURLY_FORMAT = "%Y-%m-%dT%H:%MZ"
HOUR = timedelta(hours=1)
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
CATCH_UP = timedelta(days=8)
"""How far back a missed slot is looked for: a weekly one is found after a week's downtime."""


@dataclass(frozen=True)
class Schedule:
    """Something that happens every day at a local time, or on one weekday (0 is Monday), or every hour.

    ``channel_id`` is where its result goes: a channel, or a person's id for a direct message.
    ``hourly``: at ``local_time.minute`` of every hour of UTC.
    """

    tenant_id: int
    name: str
    local_time: time
    timezone: str
    channel_id: str = ""
    weekday: int | None = None
    enabled: bool = True
    since: datetime | None = None
    """When it was made or last changed: earlier slots are not caught up."""
    hourly: bool = False
    own_zone: bool = False
    """Rings by the clock of the person in ``channel_id``, as Slack knows it; ``timezone`` is only for when it does not."""


@dataclass(frozen=True)
class Standing:
    """A schedule that every connected workspace has. ``groups``: the syncs that it sets going."""

    name: str
    title: str
    at: time
    groups: tuple[str, ...] = ()
    hourly: bool = False
    options: tuple[str, ...] = ()

    def made(self, tenant_id: int, timezone: str, since: datetime) -> Schedule:
        return Schedule(tenant_id, self.name, self.at, timezone, hourly=self.hourly, since=since)


STANDING: tuple[Standing, ...] = (
    Standing(NIGHTLY_RESOURCES, "People and roles", time(1, 15), ("resources",)),
    Standing(NIGHTLY_SYNC, "Contracts, then time entries", time(2, 0), ("contracts", "time")),
    Standing(NIGHTLY_VERIFY, "Permission check", time(2, 30)),
    Standing(NIGHTLY_TICKETS, "Tickets held against Autotask", time(3, 0)),
    Standing(NIGHTLY_CHOICES, "Queues, statuses and priorities", time(3, 30)),
    Standing(NIGHTLY_OPPORTUNITIES, "Opportunities", time(3, 45), ("opportunities",)),
    Standing(NIGHTLY_INVOICES, "Unpaid and changed invoices", time(4, 0), ("invoices",), options=("unpaid",)),
    Standing(HOURLY_COMPANIES, "Companies", time(0, 5), ("companies",), hourly=True),
    Standing(HOURLY_INVOICES, "New invoices", time(0, 20), ("invoices",), hourly=True, options=("new",)),
    Standing(HOURLY_TICKETS, "Tickets", time(0, 35), ("tickets",), hourly=True),
)
"""02:00 for contracts, then time entries; companies and invoices every hour (product SY1, 2.3); the rest beside them."""
BY_NAME: Mapping[str, Standing] = {each.name: each for each in STANDING}


@dataclass(frozen=True)
class Due:
    """A slot that should be served now: local wall-clock time without offset, or an hour of UTC."""

    schedule: Schedule
    slot: str


@dataclass(frozen=True)
class Slot:
    """One ring of a schedule: its name, and when it is."""

    slot: str
    moment: datetime


@dataclass(frozen=True)
class Row:
    """One schedule as it stands: when it rings next and when it rang last (None: never), and what came of that."""

    standing: Standing
    schedule: Schedule
    next_at: datetime | None
    rang_at: datetime | None
    runs: tuple[SyncRun, ...] = ()


@dataclass(frozen=True)
class Wanted:
    """How a schedule is to be; ``weekday`` is None for every day, ``at`` of an hourly one counts by its minute."""

    at: time
    weekday: int | None = None
    enabled: bool = True


@dataclass(frozen=True)
class Moved:
    """What was changed, in words; ``batch`` names it for ``undo``, "" where nothing was."""

    batch: str
    title: str
    words: str


def due(schedules: Iterable[Schedule], now: datetime, last_slots: Mapping[str, str]) -> list[Due]:
    """The newest slot of each schedule that has come and was not served.

    ``last_slots`` holds, by schedule, the newest slot served since the schedule was last changed. Downtime is
    caught up once: older missed slots are left out. Nothing is caught up from before a schedule was made or changed.
    """
    found = []
    for schedule in schedules:
        newest = newest_run(schedule, now) if schedule.enabled else None
        if newest is None or newest.slot <= last_slots.get(schedule.name, ""):
            continue
        if schedule.since is None or newest.moment >= schedule.since:
            found.append(Due(schedule, newest.slot))
    return found


def newest_run(schedule: Schedule, now: datetime) -> Slot | None:
    """The latest slot at or before ``now``."""
    if schedule.hourly:
        return _hourly(schedule, now)
    today = now.astimezone(zone_of(schedule.timezone)).date()
    days = (today - timedelta(days=back) for back in range(CATCH_UP.days + 1))
    return next((slot for slot in _slots(schedule, days) if slot.moment <= now), None)


def next_run(schedule: Schedule, now: datetime) -> datetime | None:
    """When it rings next after ``now``; None while it is switched off."""
    if not schedule.enabled:
        return None
    if schedule.hourly:
        return _hourly(schedule, now).moment + HOUR
    today = now.astimezone(zone_of(schedule.timezone)).date()
    days = (today + timedelta(days=ahead) for ahead in range(CATCH_UP.days + 1))
    return next((slot.moment for slot in _slots(schedule, days) if slot.moment > now), None)


def moment_of(schedule: Schedule, slot: str) -> datetime:
    """When a slot of this schedule was, or is; UTC."""
    if slot.endswith("Z"):
        return datetime.strptime(slot, HOURLY_FORMAT).replace(tzinfo=UTC)
    wall = datetime.strptime(slot, SLOT_FORMAT)  # noqa: DTZ007 - a wall clock's time has no offset
    return moment_on(wall, schedule.timezone)


def moment_on(wall: datetime, zone: str) -> datetime:
    """When the wall clock first shows this time; where the clocks skip it, the next minute they show."""
    there = zone_of(zone)
    while True:
        moment = wall.replace(tzinfo=there, fold=0).astimezone(UTC)
        if moment.astimezone(there).replace(tzinfo=None) == wall:
            return moment
        wall += timedelta(minutes=1)


def zone_of(name: str) -> tzinfo:
    """The zone of that name; UTC where this machine does not know it (Slack may know newer ones)."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return UTC


def utc_minute(minute: int, zone: str, now: datetime) -> int:
    """The minute of UTC's hour at which the local clock shows this minute (zones differ by half hours, too)."""
    offset = now.astimezone(zone_of(zone)).utcoffset() or timedelta()
    return (minute - int(offset.total_seconds() // 60)) % 60


def words_of(schedule: Schedule, now: datetime) -> str:
    """When it rings, by the clock of its zone: ``every day at 02:00``."""
    if not schedule.enabled:
        return "switched off"
    if schedule.hourly:
        local = _hourly(schedule, now).moment.astimezone(zone_of(schedule.timezone))
        return f"every hour at :{local:%M}"
    day = "every day" if schedule.weekday is None else f"every {WEEKDAYS[schedule.weekday]}"
    return f"{day} at {schedule.local_time:%H:%M}"


def weekday_of(choice: str) -> int | None:
    """The day that a form's choice stands for, from 0 for Monday; None where it stands for none."""
    found = whole(choice)
    return found if found is not None and found < len(WEEKDAYS) else None


def _hourly(schedule: Schedule, now: datetime) -> Slot:
    at = now.astimezone(UTC).replace(minute=schedule.local_time.minute, second=0, microsecond=0)
    newest = at if at <= now else at - HOUR
    return Slot(newest.strftime(HOURLY_FORMAT), newest)


def _slots(schedule: Schedule, days: Iterable[date]) -> Iterator[Slot]:
    for day in days:
        wall = datetime.combine(day, schedule.local_time)
        if schedule.weekday is None or wall.weekday() == schedule.weekday:
            yield Slot(wall.strftime(SLOT_FORMAT), moment_on(wall, schedule.timezone))
