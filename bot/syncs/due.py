"""Which passes a run makes of those that are not made every time."""

from datetime import timedelta

from bot.db.session import UnitOfWork
from bot.domain.syncs import Scope

DAILY = timedelta(hours=23)
"""An hour short of a day: hourly runs are never on the minute, and the hour of a daily pass should not wander."""
WEEKLY = timedelta(days=7)


async def is_due(uow: UnitOfWork, sync: str, scope: Scope, *, every: timedelta = DAILY) -> bool:
    """Whether the sync's last complete pass is that old, or everything is asked for."""
    since = (await uow.syncs.cursor(sync)).since
    return scope.full or since is None or scope.now - since >= every


async def goes_full(uow: UnitOfWork, sync: str, scope: Scope, *, every: timedelta = WEEKLY) -> bool:
    """Whether the sync's pass in this run looks at everything, so that partial ones need not; also when it just did."""
    cursor = await uow.syncs.cursor(sync)
    under_way = cursor.pass_started is not None and cursor.scope.startswith("full")
    if scope.full or under_way or cursor.full_at is None:
        return True
    return cursor.full_at >= scope.now or scope.now - cursor.full_at >= every
