"""Schedules: what rings when, in a workspace's own wall-clock time."""

from dataclasses import dataclass
from datetime import datetime, time

DAILY_DIGEST = "daily-digest"
NIGHTLY_VERIFY = "nightly-verify"
NIGHTLY_TICKETS = "nightly-tickets"
NIGHTLY_CHOICES = "nightly-choices"


@dataclass(frozen=True)
class Schedule:
    """Something that happens every day at a local time (or on one weekday, 0 is Monday).

    ``channel_id`` is where its result goes: a channel, or a person's id for a direct message.
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
