"""The workspace's own installation: its sealed token, and what came with it."""

from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, delete, select, update
from sqlalchemy.dialects.postgresql import insert

from bot.db.repository import Repository
from bot.db.tables import installations
from bot.domain.installations import Installation


class Installations(Repository):
    async def get(self) -> Installation | None:
        row = await self._first(select(installations).where(*self._ours()))
        return _installation(row) if row else None

    async def save(self, installation: Installation) -> None:
        """Makes it, or puts it in place of the one before."""
        row = {**vars(installation), "scopes": ",".join(installation.scopes)}
        made = insert(installations).values(tenant_id=self.tenant_id, **row)
        await self._run(made.on_conflict_do_update(index_elements=["tenant_id"], set_=row))

    async def reseal(self, token: bytes) -> None:
        """The same token under another key."""
        await self._run(update(installations).where(*self._ours()).values(token=token))

    async def remove(self, until: datetime) -> None:
        """Drops it, unless it was made after that: then the workspace has come back meanwhile."""
        await self._run(delete(installations).where(*self._ours(), installations.c.installed_at <= until))

    def _ours(self) -> tuple[Any, ...]:
        return (installations.c.tenant_id == self.tenant_id,)


def _installation(row: RowMapping) -> Installation:
    facts = {name: row[name] for name in Installation.__dataclass_fields__}
    scopes = tuple(filter(None, row["scopes"].split(",")))
    return Installation(**{**facts, "token": bytes(row["token"]), "scopes": scopes})
