"""Builders for what tests need, with believable defaults."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

from bot.autotask.pool import Pauses
from bot.domain.context import Ctx, Person, Role, Tenant
from bot.slack.budget import Pace
from sandbox.slack.settings import SlackSettings

UNPACED = Pace(per_second=1e6, channel_pause=0.0)
"""For worlds in which how fast we post is not what is tested; their Slack must not count either."""

UNHURRIED = SlackSettings(rate_limits=False, ack_seconds=10.0, trigger_seconds=10.0)
"""For the same: several test processes share a processor, and Slack's 3 seconds would measure that. Those have tests
and benchmarks of their own."""


async def hastily(seconds: float) -> None:
    """A wait as long as a retry's takes a twentieth; the short ones that keep requests apart stay what they are."""
    await asyncio.sleep(seconds / 20 if seconds > 0.2 else seconds)


HASTY = Pauses(sleep=hastily)
"""For worlds in which Autotask is away: what was waited in all is counted, and given up after, as ever."""
NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


class FrozenClock:
    """Stands still until somebody advances it."""

    def __init__(self, now: datetime = NOON) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now

    def advance(self, **by: float) -> None:
        self._now += timedelta(**by)

    def set(self, now: datetime) -> None:
        self._now = now


def tenant(tenant_id: int = 1, team_id: str = "T0DEMO001") -> Tenant:
    return Tenant(tenant_id, team_id, "Northwind IT", "Europe/Berlin")


def ctx(role: Role = Role.ADMIN, *, of: Tenant | None = None, user_id: str = "U0DANA001") -> Ctx:
    return Ctx(of or tenant(), Person(user_id, "Dana Reyes", role, "Europe/Berlin"))


async def until(condition: Callable[[], Awaitable[object]], *, within: float = 10.0) -> object:
    """Waits for the condition to hold and returns what it returned; fails after ``within`` seconds."""
    async with asyncio.timeout(within):
        while not (found := await condition()):
            await asyncio.sleep(0.02)
    return found
