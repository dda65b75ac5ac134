"""The workspace's Autotask connection, and credentials that are still to be proven."""

from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import RowMapping, delete, select, update
from sqlalchemy.dialects.postgresql import insert

from bot.db.repository import Repository
from bot.db.tables import connection_drafts, connections
from bot.domain.connections import (
    Choice,
    Connection,
    ConnectionState,
    SealedCredentials,
    TicketDefaults,
    ZoneFacts,
)
from bot.errors import AlreadyDone, MappingMissing, NotConnected

DRAFTS_KEPT_FOR = timedelta(days=1)


class Connections(Repository):
    async def get(self) -> Connection | None:
        row = await self._first(select(connections).where(connections.c.tenant_id == self.tenant_id))
        return _connection(row) if row else None

    async def ticket_defaults(self) -> TicketDefaults:
        """Queue, statuses and priority of new tickets. Raises ``NotConnected`` or ``MappingMissing``."""
        connection = await self.get()
        if connection is None or connection.state is ConnectionState.REMOVING:
            raise NotConnected
        if connection.defaults is None:
            raise MappingMissing("the queue for new tickets")
        return connection.defaults

    async def hold_open(self) -> None:
        """Keeps a removal from beginning until this transaction ends: the last check before anything is written.

        Raises ``NotConnected`` when there is no connection, or an Admin is removing it.
        """
        state = select(connections.c.state).where(connections.c.tenant_id == self.tenant_id)
        if await self._scalar(state.with_for_update(read=True)) in {None, ConnectionState.REMOVING.value}:
            raise NotConnected

    async def credentials(self) -> SealedCredentials | None:
        row = await self._first(select(connections).where(connections.c.tenant_id == self.tenant_id))
        return _sealed(row) if row else None

    async def save(
        self,
        zone: ZoneFacts,
        sealed: SealedCredentials,
        *,
        defaults: TicketDefaults | None,
        by: str,
        at: datetime,
    ) -> None:
        """Makes or replaces the connection; it is active afterwards. Raises ``AlreadyDone`` while it is removed."""
        row = {
            "username": sealed.username,
            "secret": sealed.secret,
            "tracking_id": sealed.tracking_id,
            "zone_name": zone.name,
            "api_url": zone.api_url,
            "web_url": zone.web_url,
            "ci": zone.ci,
            "state": ConnectionState.ACTIVE.value,
            "paused_reason": "",
            "defaults": asdict(defaults) if defaults else None,
            "connected_by": by,
            "connected_at": at,
            "proven_at": at,
        }
        made = insert(connections).values(tenant_id=self.tenant_id, **row)
        stays = connections.c.state != ConnectionState.REMOVING.value
        saved = made.on_conflict_do_update(index_elements=["tenant_id"], set_=row, where=stays)
        if not await self._run(saved):
            raise AlreadyDone("The old connection is just being removed. Connect again in a minute.")

    async def set_defaults(self, defaults: TicketDefaults) -> None:
        await self._change(defaults=asdict(defaults))

    async def reseal(self, sealed: SealedCredentials) -> None:
        """The same credentials under another key."""
        await self._change(secret=sealed.secret, tracking_id=sealed.tracking_id)

    async def pause(self, reason: str, *, proven_at: datetime) -> bool:
        """Pauses the connection that was proven then; False when it is paused already, or is another by now.

        So a late refusal of old credentials does not stop new ones.
        """
        meant = (connections.c.state == ConnectionState.ACTIVE.value, connections.c.proven_at == proven_at)
        return await self._change(*meant, state=ConnectionState.PAUSED.value, paused_reason=reason)

    async def resume(self, at: datetime) -> None:
        """Active again, as proven ``at``: every process lets go of a login that it held."""
        there = connections.c.state != ConnectionState.REMOVING.value
        await self._change(there, state=ConnectionState.ACTIVE.value, paused_reason="", proven_at=at)

    async def remove(self) -> None:
        await self._run(delete(connections).where(connections.c.tenant_id == self.tenant_id))

    async def add_draft(self, sealed: SealedCredentials, by: str, at: datetime, *, draft_id: str = "") -> str:
        """Keeps credentials until they are proven; the draft's id. A person's older drafts are dropped."""
        await self._run(
            delete(connection_drafts).where(*self._drafts(), connection_drafts.c.created_by == by)
        )
        draft_id = draft_id or str(uuid4())
        row = {**asdict(sealed), "created_by": by, "created_at": at}
        await self._run(insert(connection_drafts).values(tenant_id=self.tenant_id, id=draft_id, **row))
        return draft_id

    async def draft(self, draft_id: str) -> SealedCredentials | None:
        row = await self._first(
            select(connection_drafts).where(*self._drafts(), connection_drafts.c.id == draft_id)
        )
        return _sealed(row) if row else None

    async def drop_draft(self, draft_id: str) -> None:
        await self._run(delete(connection_drafts).where(*self._drafts(), connection_drafts.c.id == draft_id))

    async def prune(self, now: datetime) -> int:
        """Drops credentials that nobody has proven or saved in time."""
        return await self._run(
            delete(connection_drafts).where(
                *self._drafts(), connection_drafts.c.created_at < now - DRAFTS_KEPT_FOR
            )
        )

    def _drafts(self) -> tuple[Any, ...]:
        return (connection_drafts.c.tenant_id == self.tenant_id,)

    async def _change(self, *conditions: Any, **values: Any) -> bool:
        ours = connections.c.tenant_id == self.tenant_id
        return await self._run(update(connections).where(ours, *conditions).values(**values)) == 1


def _sealed(row: RowMapping) -> SealedCredentials:
    return SealedCredentials(row["username"], bytes(row["secret"]), bytes(row["tracking_id"]))


def _connection(row: RowMapping) -> Connection:
    defaults = row["defaults"]
    return Connection(
        ZoneFacts(row["zone_name"], row["api_url"], row["web_url"], row["ci"]),
        row["username"],
        ConnectionState(row["state"]),
        TicketDefaults(**{name: Choice(**choice) for name, choice in defaults.items()}) if defaults else None,
        row["connected_by"],
        row["connected_at"],
        row["proven_at"],
        row["paused_reason"],
    )
