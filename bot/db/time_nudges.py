"""Who is reminded of missing time, and until when somebody wants to be left alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.dialects.postgresql import insert

from bot.db.repository import Repository
from bot.db.tables import time_nudges


@dataclass(frozen=True)
class Nudged:
    """One person, and their wish to be left alone."""

    user_id: str
    paused_until: date | None = None
    stopped: bool = False

    def is_left_alone(self, day: date) -> bool:
        """Whether they want no reminder of that day."""
        return self.stopped or (self.paused_until is not None and day < self.paused_until)


class TimeNudges(Repository):
    async def all(self) -> list[Nudged]:
        rows = await self._all(
            select(time_nudges)
            .where(time_nudges.c.tenant_id == self.tenant_id)
            .order_by(time_nudges.c.user_id)
        )
        return [Nudged(row["user_id"], row["paused_until"], row["stopped"]) for row in rows]

    async def replace(self, people: Sequence[str], by: str, at: datetime) -> None:
        """Exactly these people are reminded; whoever paused stays paused."""
        others = (time_nudges.c.tenant_id == self.tenant_id, time_nudges.c.user_id.not_in(people))
        await self._run(delete(time_nudges).where(*others))
        for user_id in people:
            row = {"tenant_id": self.tenant_id, "user_id": user_id, "added_by": by, "added_at": at}
            await self._run(insert(time_nudges).values(**row).on_conflict_do_nothing())

    async def get(self, user_id: str) -> Nudged | None:
        return next((each for each in await self.all() if each.user_id == user_id), None)

    async def pause(self, user_id: str, until: date) -> bool:
        """No reminder before that day; False for who gets none anyway."""
        return await self._run(update(time_nudges).where(*self._of(user_id)).values(paused_until=until)) == 1

    async def stop(self, user_id: str, *, stopped: bool) -> bool:
        done = update(time_nudges).where(*self._of(user_id)).values(stopped=stopped, paused_until=None)
        return await self._run(done) == 1

    def _of(self, user_id: str) -> tuple[ColumnElement[bool], ...]:
        return (time_nudges.c.tenant_id == self.tenant_id, time_nudges.c.user_id == user_id)
