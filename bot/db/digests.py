"""Who gets which digest, and when it rings."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import RowMapping, delete, select, update
from sqlalchemy.dialects.postgresql import insert

from bot.db.repository import Repository
from bot.db.tables import digests
from bot.domain.digests import Period, Section, Subscription

_UNTIL = {Period.DAILY: "daily_until", Period.WEEKLY: "weekly_until"}


class Digests(Repository):
    async def all(self) -> Sequence[Subscription]:
        """Channels' and people's, by their Slack ids."""
        chosen = select(digests).where(digests.c.tenant_id == self.tenant_id)
        return [_subscription(row) for row in await self._all(chosen.order_by(digests.c.target))]

    async def get(self, target: str) -> Subscription | None:
        row = await self._first(
            select(digests).where(digests.c.tenant_id == self.tenant_id, digests.c.target == target)
        )
        return _subscription(row) if row else None

    async def save(self, subscription: Subscription) -> None:
        """Sets it up or changes it; up to when it has told stays."""
        row = _row(subscription)
        made = insert(digests).values(tenant_id=self.tenant_id, target=subscription.target, **row)
        await self._run(made.on_conflict_do_update(index_elements=["tenant_id", "target"], set_=row))

    async def add_if_missing(self, subscription: Subscription) -> bool:
        """Keeps what somebody has chosen before; whether it is new."""
        row = _row(subscription)
        made = insert(digests).values(tenant_id=self.tenant_id, target=subscription.target, **row)
        return await self._run(made.on_conflict_do_nothing()) == 1

    async def remove(self, target: str) -> None:
        await self._run(
            delete(digests).where(digests.c.tenant_id == self.tenant_id, digests.c.target == target)
        )

    async def told(self, target: str, period: Period, until: datetime) -> None:
        """The digest that ends there is posted: the next one begins where it ended."""
        chosen = update(digests).where(digests.c.tenant_id == self.tenant_id, digests.c.target == target)
        await self._run(chosen.values({_UNTIL[period]: until}))


def _row(subscription: Subscription) -> Mapping[str, object]:
    seen = subscription.organizations
    return {
        "owner": subscription.owner,
        "daily": subscription.daily,
        "weekly": subscription.weekly,
        "at": subscription.at,
        "weekday": subscription.weekday,
        "sections": sorted(each.value for each in subscription.sections),
        "organizations": None if seen is None else sorted(seen),
        "money": subscription.money,
        "says_nothing": subscription.says_nothing,
        "quiet_from": subscription.quiet_from,
        "quiet_until": subscription.quiet_until,
    }


def _subscription(row: RowMapping) -> Subscription:
    known = {each.value for each in Section}
    seen = row["organizations"]
    return Subscription(
        target=row["target"],
        owner=row["owner"],
        daily=row["daily"],
        weekly=row["weekly"],
        at=row["at"],
        weekday=row["weekday"],
        sections=frozenset(Section(each) for each in row["sections"] if each in known),
        organizations=None if seen is None else frozenset(seen),
        money=row["money"],
        says_nothing=row["says_nothing"],
        quiet_from=row["quiet_from"],
        quiet_until=row["quiet_until"],
        told={period: row[name] for period, name in _UNTIL.items() if row[name] is not None},
    )
