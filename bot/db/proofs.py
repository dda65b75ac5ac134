"""How proofs of credentials stand, and how often each username was refused."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, case, delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from bot.db.repository import Repository
from bot.db.tables import connection_drafts, login_refusals
from bot.domain.proofs import HELD_FOR, MOST_REFUSALS, Proof, Standing, as_json, from_json
from bot.errors import BotError


class Proofs(Repository):
    async def standing(self, draft_id: str) -> Standing | None:
        """None once the credentials were dropped or saved."""
        row = await self._first(select(connection_drafts).where(*self._draft(draft_id)))
        return _standing(row) if row else None

    async def record(self, draft_id: str, outcome: Proof | BotError) -> None:
        """Keeps how the proof ended; the first word stands."""
        await self._change(draft_id, connection_drafts.c.outcome.is_(None), outcome=as_json(outcome))

    async def leave_to_job(self, draft_id: str) -> bool:
        """From now on a job tells the person. False when the form has told, or the answer is there by now."""
        pending = connection_drafts.c.outcome.is_(None)
        return await self._change(draft_id, connection_drafts.c.told == "", pending, told="job")

    async def claim(self, draft_id: str, teller: str) -> bool:
        """True for the one of form and job that tells."""
        return await self._change(draft_id, connection_drafts.c.told == "", told=teller)

    async def done(self, draft_id: str) -> None:
        """The person was told: a job that runs again draws nothing over what they do since."""
        await self._change(draft_id, told="done")

    # --- refused logins ---

    async def take_try(self, username: str, at: datetime) -> bool:
        """Counts a login before it is sent, in whichever process; False when there were too many refusals."""
        stale = login_refusals.c.last_at <= at - HELD_FOR
        row = {"tenant_id": self.tenant_id, "username": username.lower(), "refusals": 1, "last_at": at}
        made = insert(login_refusals).values(**row)
        counted = made.on_conflict_do_update(
            index_elements=["tenant_id", "username"],
            set_={"refusals": case((stale, 1), else_=login_refusals.c.refusals + 1), "last_at": at},
            where=or_(stale, login_refusals.c.refusals < MOST_REFUSALS),
        )
        return await self._run(counted) == 1

    async def give_try_back(self, username: str) -> None:
        """It was not refused: Autotask did not answer, or complained of something else."""
        fewer = func.greatest(login_refusals.c.refusals - 1, 0)
        await self._run(update(login_refusals).where(*self._user(username)).values(refusals=fewer))

    async def forgive(self, username: str) -> None:
        """The login was accepted, which also ends Autotask's own count."""
        await self._run(delete(login_refusals).where(*self._user(username)))

    async def tries_left(self, username: str) -> int:
        used = await self._scalar(select(login_refusals.c.refusals).where(*self._user(username)))
        return MOST_REFUSALS - int(used or 0)

    async def prune(self, now: datetime) -> int:
        """Forgets refusals that no longer count."""
        old = login_refusals.c.last_at <= now - HELD_FOR
        return await self._run(
            delete(login_refusals).where(login_refusals.c.tenant_id == self.tenant_id, old)
        )

    def _draft(self, draft_id: str) -> tuple[Any, ...]:
        return (connection_drafts.c.tenant_id == self.tenant_id, connection_drafts.c.id == draft_id)

    def _user(self, username: str) -> tuple[Any, ...]:
        return (login_refusals.c.tenant_id == self.tenant_id, login_refusals.c.username == username.lower())

    async def _change(self, draft_id: str, *conditions: Any, **values: Mapping[str, Any] | str) -> bool:
        changed = update(connection_drafts).where(*self._draft(draft_id), *conditions).values(**values)
        return await self._run(changed) == 1


def _standing(row: RowMapping) -> Standing:
    outcome = row["outcome"]
    return Standing(
        row["username"],
        row["created_by"],
        row["created_at"],
        from_json(outcome) if outcome else None,
        row["told"],
    )
