"""Leases with fencing tokens: one worker at a time creates one record in Autotask."""

from datetime import datetime, timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.dialects.postgresql import insert

from bot.db.repository import Repository
from bot.db.tables import leases


class Leases(Repository):
    async def take(self, reference: str, holder: str, ttl: timedelta, now: datetime) -> int | None:
        """The lease's token, higher than any before; None while another holder's has not run out.

        The same holder takes its own lease over at once: the earlier token is void from then on.
        """
        row = {"holder": holder, "expires_at": now + ttl}
        made = insert(leases).values(tenant_id=self.tenant_id, reference=reference, token=1, **row)
        free = or_(leases.c.expires_at.is_(None), leases.c.expires_at <= now, leases.c.holder == holder)
        taken = made.on_conflict_do_update(
            index_elements=["tenant_id", "reference"], set_={**row, "token": leases.c.token + 1}, where=free
        ).returning(leases.c.token)
        found = await self._scalar(taken)
        return int(found) if found is not None else None

    async def holds(self, reference: str, token: int, now: datetime) -> bool:
        """Whether the token is still the newest and its time has not run out."""
        chosen = select(leases.c.token).where(
            leases.c.tenant_id == self.tenant_id,
            leases.c.reference == reference,
            leases.c.token == token,
            leases.c.expires_at > now,
        )
        return await self._scalar(chosen.with_for_update()) is not None

    async def renew(self, reference: str, token: int, until: datetime) -> bool:
        """Keeps the lease for longer; False when somebody has taken it since, however long ago it ran out."""
        renewed = (
            update(leases)
            .where(
                leases.c.tenant_id == self.tenant_id,
                leases.c.reference == reference,
                leases.c.token == token,
            )
            .values(expires_at=until)
        )
        return await self._run(renewed) == 1

    async def release(self, reference: str, token: int) -> None:
        """Frees the lease if it is still this token's."""
        await self._run(
            update(leases)
            .where(
                leases.c.tenant_id == self.tenant_id,
                leases.c.reference == reference,
                leases.c.token == token,
            )
            .values(expires_at=None)
        )
