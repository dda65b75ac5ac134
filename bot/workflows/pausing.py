"""A refused login pauses the connection, so that nobody's API user is locked out, and tells the Admins once."""

from blocks import connections as blocks
from bot.db.session import Database
from bot.domain.connections import ConnectionState
from bot.errors import CredentialsRejected
from bot.slack.notifier import Notifier
from bot.workflows.engine import TenantOf


class PauseOnRefusal:
    def __init__(self, database: Database, notifier: Notifier, tenant_of: TenantOf) -> None:
        self._database = database
        self._notifier = notifier
        self._tenant_of = tenant_of

    async def __call__(self, tenant_id: int, error: CredentialsRejected) -> None:
        """Pauses an active connection; one message per Admin and connection, however many jobs met the refusal."""
        async with self._database.unit(tenant_id) as uow:
            connection = await uow.connections.get()
            if connection is None or connection.state is ConnectionState.PAUSED:
                return
            await uow.connections.pause(error.reason)
            admins = await uow.people.admins() or [connection.connected_by]
        tenant = await self._tenant_of(tenant_id)
        for admin in admins:
            key = f"paused:{connection.proven_at.isoformat()}:{admin}"
            await self._notifier.post(tenant, key, admin, blocks.paused())
