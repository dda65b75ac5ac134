"""Schedules, and the slots of them that have been served."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta

from sqlalchemy import and_, delete, func, or_, select
from sqlalchemy.dialects.postgresql import insert

from bot.db.repository import Repository
from bot.db.tables import schedule_slots, schedules
from bot.domain.schedules import Schedule

KEPT_FOR = timedelta(days=90)
"""Longer than any schedule's pause between two slots."""


class Schedules(Repository):
    async def all(self) -> Sequence[Schedule]:
        rows = await self._all(select(schedules).where(schedules.c.tenant_id == self.tenant_id))
        return [Schedule(**{name: row[name] for name in Schedule.__dataclass_fields__}) for row in rows]

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
