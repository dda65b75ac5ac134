"""Which channels hear of what, and syncs that fail again and again."""

from datetime import datetime

from sqlalchemy import ColumnElement, RowMapping, case, delete, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from bot.db.repository import Repository
from bot.db.tables import alert_channels, preferences, sync_pauses
from bot.domain.alerts import Subscription, Threads
from bot.domain.pauses import PAUSE_AFTER, WARN_AFTER, SyncPause, Thresholds, thresholds_of
from bot.domain.problems import EventKind, Severity


class AlertChannels(Repository):
    async def all(self) -> list[Subscription]:
        """In the order they were added."""
        own = alert_channels.c.tenant_id == self.tenant_id
        rows = await self._all(select(alert_channels).where(own).order_by(alert_channels.c.id))
        return [_subscription(row) for row in rows]

    async def get(self, subscription_id: int) -> Subscription | None:
        chosen = select(alert_channels).where(*self._named(subscription_id)).with_for_update()
        row = await self._first(chosen)
        return _subscription(row) if row else None

    async def save(self, wanted: Subscription) -> int:
        """Adds it, or changes the one with its id; the id."""
        row = _row(wanted)
        if wanted.id:
            await self._run(update(alert_channels).where(*self._named(wanted.id)).values(**row))
            return wanted.id
        made = insert(alert_channels).values(tenant_id=self.tenant_id, **row)
        return int(await self._scalar(made.returning(alert_channels.c.id)))

    async def remove(self, subscription_id: int) -> None:
        await self._run(delete(alert_channels).where(*self._named(subscription_id)))

    def _named(self, subscription_id: int) -> tuple[ColumnElement[bool], ...]:
        return (alert_channels.c.tenant_id == self.tenant_id, alert_channels.c.id == subscription_id)


class SyncPauses(Repository):
    async def all(self) -> list[SyncPause]:
        """The groups that fail, by name; paused or not."""
        own = sync_pauses.c.tenant_id == self.tenant_id
        rows = await self._all(select(sync_pauses).where(own).order_by(sync_pauses.c.name))
        return [_pause(row) for row in rows]

    async def get(self, name: str) -> SyncPause | None:
        row = await self._first(select(sync_pauses).where(*self._named(name)))
        return _pause(row) if row else None

    async def limits(self) -> Thresholds:
        """After how many failures a sync is warned of and paused here."""
        chosen = select(preferences.c.name, preferences.c.value).where(
            preferences.c.tenant_id == self.tenant_id, preferences.c.name.in_([WARN_AFTER, PAUSE_AFTER])
        )
        return thresholds_of({row["name"]: row["value"]["value"] for row in await self._all(chosen)})

    async def paused(self) -> frozenset[str]:
        """Names of the groups that schedules leave alone."""
        return frozenset(each.name for each in await self.all() if each.paused_at is not None)

    async def failed(self, name: str, run_key: str, at: datetime) -> SyncPause:
        """One more run has failed for good; told again of the same run, it is not counted twice."""
        one_more = case((sync_pauses.c.last_key == run_key, 0), else_=1)
        made = upsert(sync_pauses).values(
            tenant_id=self.tenant_id, name=name, failures=1, failing_since=at, last_key=run_key
        )
        counted = made.on_conflict_do_update(
            index_elements=["tenant_id", "name"],
            set_={"failures": sync_pauses.c.failures + one_more, "last_key": run_key},
        )
        row = await self._first(counted.returning(sync_pauses))
        assert row is not None
        return _pause(row)

    async def pause(self, name: str, at: datetime) -> bool:
        """Pauses it; False when it is paused already."""
        meant = (*self._named(name), sync_pauses.c.paused_at.is_(None))
        return await self._run(update(sync_pauses).where(*meant).values(paused_at=at)) == 1

    async def clear(self, name: str) -> SyncPause | None:
        """It has succeeded, or somebody resumes it: counting begins anew. What it was."""
        row = await self._first(delete(sync_pauses).where(*self._named(name)).returning(sync_pauses))
        return _pause(row) if row else None

    def _named(self, name: str) -> tuple[ColumnElement[bool], ...]:
        return (sync_pauses.c.tenant_id == self.tenant_id, sync_pauses.c.name == name)


def _row(wanted: Subscription) -> dict[str, object]:
    return {
        "channel_id": wanted.channel_id,
        "kinds": sorted(each.value for each in wanted.kinds),
        "organizations": None if wanted.organizations is None else sorted(wanted.organizations),
        "threads": wanted.threads.value,
        "severity": wanted.severity.value,
        "money": wanted.money,
        "changed_by": wanted.changed_by,
        "changed_at": wanted.changed_at,
    }


def _subscription(row: RowMapping) -> Subscription:
    seen = row["organizations"]
    return Subscription(
        row["channel_id"],
        frozenset(EventKind(each) for each in row["kinds"] if each in set(EventKind)),
        None if seen is None else frozenset(seen),
        Threads(row["threads"]),
        Severity(row["severity"]),
        money=row["money"],
        id=row["id"],
        changed_by=row["changed_by"],
        changed_at=row["changed_at"],
    )


def _pause(row: RowMapping) -> SyncPause:
    return SyncPause(row["name"], row["failures"], row["failing_since"], row["paused_at"])
