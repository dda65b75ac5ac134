"""Schedules, and the slots of them that have been served."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta

from sqlalchemy import RowMapping, and_, case, delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from bot.db.repository import Repository
from bot.db.tables import people, schedule_slots, schedules
from bot.domain.schedules import Schedule

KEPT_FOR = timedelta(days=90)
"""Longer than any schedule's pause between two slots."""


class Schedules(Repository):
    async def all(self) -> Sequence[Schedule]:
        """With the zone each rings by now: a person's own is Slack's latest word on it."""
        own = and_(people.c.tenant_id == schedules.c.tenant_id, people.c.user_id == schedules.c.channel_id)
        known = case((schedules.c.own_zone, func.nullif(people.c.timezone, "")))
        zone = func.coalesce(known, schedules.c.timezone).label("zone")
        chosen = select(schedules, zone).outerjoin(people, own)
        rows = await self._all(chosen.where(schedules.c.tenant_id == self.tenant_id))
        return [_schedule(row) for row in rows]

    async def get(self, name: str) -> Schedule | None:
        return next((each for each in await self.all() if each.name == name), None)

    async def drop(self, names: Sequence[str]) -> None:
        await self._run(
            delete(schedules).where(schedules.c.tenant_id == self.tenant_id, schedules.c.name.in_(names))
        )

    async def move(self, timezone: str, since: datetime) -> None:
        """The workspace lives by another zone: what rang by the old one rings by the new one from now on."""
        moved = update(schedules).where(schedules.c.tenant_id == self.tenant_id, ~schedules.c.own_zone)
        await self._run(moved.values(timezone=timezone, since=since))

    async def save(self, schedule: Schedule) -> None:
        row = {name: value for name, value in asdict(schedule).items() if name not in {"tenant_id", "name"}}
        made = insert(schedules).values(tenant_id=self.tenant_id, name=schedule.name, **row)
        await self._run(made.on_conflict_do_update(index_elements=["tenant_id", "name"], set_=row))

    async def add_if_missing(self, schedule: Schedule) -> None:
        """Keeps what somebody has chosen before."""
        row = {**asdict(schedule), "tenant_id": self.tenant_id}
        await self._run(insert(schedules).values(**row).on_conflict_do_nothing())

    async def last_slots(self) -> dict[str, str]:
        """The newest slot of every schedule that was served since it was made or last changed."""
        counts = and_(
            schedules.c.tenant_id == schedule_slots.c.tenant_id,
            schedules.c.name == schedule_slots.c.name,
            or_(schedules.c.since.is_(None), schedule_slots.c.fired_at > schedules.c.since),
        )
        chosen = select(schedule_slots.c.name, func.max(schedule_slots.c.slot).label("slot")).join(
            schedules, counts
        )
        rows = await self._all(
            chosen.where(schedule_slots.c.tenant_id == self.tenant_id).group_by(schedule_slots.c.name)
        )
        return {row["name"]: row["slot"] for row in rows}

    async def last_rings(self) -> dict[str, datetime]:
        """When each schedule rang last, by its name."""
        chosen = select(schedule_slots.c.name, func.max(schedule_slots.c.fired_at).label("at"))
        rows = await self._all(
            chosen.where(schedule_slots.c.tenant_id == self.tenant_id).group_by(schedule_slots.c.name)
        )
        return {row["name"]: row["at"] for row in rows}

    async def claim_slot(self, name: str, slot: str, at: datetime) -> bool:
        """True for the one replica that serves the slot."""
        made = insert(schedule_slots).values(tenant_id=self.tenant_id, name=name, slot=slot, fired_at=at)
        return await self._run(made.on_conflict_do_nothing()) == 1

    async def prune(self, now: datetime) -> int:
        return await self._run(
            delete(schedule_slots).where(
                schedule_slots.c.tenant_id == self.tenant_id, schedule_slots.c.fired_at < now - KEPT_FOR
            )
        )


def _schedule(row: RowMapping) -> Schedule:
    facts = {name: row[name] for name in Schedule.__dataclass_fields__}
    return Schedule(**{**facts, "timezone": row["zone"]})
