"""What a workspace has chosen, and the changes that may still be taken back."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from bot.db.repository import Repository
from bot.db.tables import autotask_fields, preferences, setting_changes
from bot.domain.settings import Change, Chosen

KEPT_FOR = timedelta(days=1)
"""Longer than any change may be taken back."""


class SettingsStore(Repository):
    async def lock(self) -> None:
        """Lets one change of this workspace's settings happen at a time, until the transaction ends."""
        key = func.hashtextextended(f"settings:{self.tenant_id}", 0)
        await self._scalar(select(func.pg_advisory_xact_lock(key)))

    async def preferences(self) -> dict[str, Chosen]:
        rows = await self._all(select(preferences).where(preferences.c.tenant_id == self.tenant_id))
        return {row["name"]: Chosen(**row["value"]) for row in rows}

    async def number(self, name: str, usual: int) -> int:
        """The whole number that was chosen, or the usual one."""
        chosen = (await self.preferences()).get(name)
        return int(chosen.value) if chosen else usual

    async def prefer(self, name: str, chosen: Chosen, *, by: str, at: datetime) -> None:
        row = {"value": asdict(chosen), "changed_by": by, "changed_at": at}
        made = upsert(preferences).values(tenant_id=self.tenant_id, name=name, **row)
        await self._run(made.on_conflict_do_update(index_elements=["tenant_id", "name"], set_=row))

    async def remember(self, batch: str, changes: Sequence[Change], *, by: str, at: datetime) -> None:
        """Keeps what was changed, so that it can be taken back; forgets what no longer can."""
        await self._run(
            delete(setting_changes).where(
                setting_changes.c.tenant_id == self.tenant_id, setting_changes.c.changed_at < at - KEPT_FOR
            )
        )
        for change in changes:
            row = {
                "name": change.name,
                "before": asdict(change.before) if change.before else None,
                "after": asdict(change.after),
            }
            made = insert(setting_changes).values(tenant_id=self.tenant_id, batch=batch, **row)
            await self._run(made.values(changed_by=by, changed_at=at))

    async def batch(self, batch: str) -> tuple[list[Change], datetime | None]:
        """What a batch changed and when, without what was taken back already."""
        chosen = select(setting_changes).where(
            setting_changes.c.tenant_id == self.tenant_id,
            setting_changes.c.batch == batch,
            setting_changes.c.undone_at.is_(None),
        )
        rows = await self._all(chosen.order_by(setting_changes.c.id))
        changes = [
            Change(row["name"], Chosen(**row["before"]) if row["before"] else None, Chosen(**row["after"]))
            for row in rows
        ]
        return changes, rows[0]["changed_at"] if rows else None

    async def undone(self, batch: str, at: datetime) -> None:
        await self._run(
            update(setting_changes)
            .where(setting_changes.c.tenant_id == self.tenant_id, setting_changes.c.batch == batch)
            .values(undone_at=at)
        )

    async def picklists_as_of(self) -> datetime | None:
        """When Autotask's ticket picklists were last read."""
        chosen = select(func.max(autotask_fields.c.synced_at)).where(
            autotask_fields.c.tenant_id == self.tenant_id, autotask_fields.c.entity == "Tickets"
        )
        found = await self._scalar(chosen)
        return found if isinstance(found, datetime) else None

    async def forget(self) -> int:
        """Drops every preference and the memory of changes, when the connection is removed."""
        own = preferences.c.tenant_id == self.tenant_id
        await self._run(delete(setting_changes).where(setting_changes.c.tenant_id == self.tenant_id))
        return await self._run(delete(preferences).where(own))
