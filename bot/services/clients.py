"""The Autotask client of a workspace: credentials are opened here and go straight into the pool."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial
from typing import TypeAlias

from pydantic import SecretStr

from bot.autotask.client import AutotaskClient
from bot.autotask.pool import AutotaskPool, Credentials
from bot.db.session import Database
from bot.domain.connections import ConnectionState, SealedCredentials
from bot.errors import CredentialsRejected, NotConnected
from bot.secretbox import SecretBox

Refused: TypeAlias = Callable[[int, datetime, CredentialsRejected], Awaitable[None]]
"""Told of a refused login: the tenant, and when the connection that it happened to was proven."""


async def _untold(_tenant_id: int, _proven_at: datetime, _error: CredentialsRejected) -> None:
    """Nobody is there to pause the connection."""


def _keep(_secret: SecretStr, _tracking_id: SecretStr) -> None:
    """There is no log to hide them from."""


class Clients:
    """Call it with a tenant's id. ``managed`` credentials stand before stored ones in the environment's workspace."""

    def __init__(
        self,
        database: Database,
        autotask: AutotaskPool,
        secrets: SecretBox,
        *,
        managed: Credentials | None = None,
        hide: Callable[[SecretStr, SecretStr], None] = _keep,
        refused: Refused = _untold,
    ) -> None:
        """``hide`` is told each secret that is opened, so that the log never shows it; ``refused`` each refusal."""
        self._database = database
        self._autotask = autotask
        self._secrets = secrets
        self._managed = managed
        self._hide = hide
        self._refused = refused

    async def __call__(self, tenant_id: int) -> AutotaskClient:
        """Raises ``NotConnected``, and ``CredentialsRejected`` while the connection is paused."""
        async with self._database.unit(tenant_id) as uow:
            connection = await uow.connections.get()
            sealed = await uow.connections.credentials()
        if connection is None or sealed is None or connection.state is ConnectionState.REMOVING:
            raise NotConnected
        if connection.state is ConnectionState.PAUSED:
            raise CredentialsRejected("", connection.paused_reason or "the connection is paused")
        credentials = await self._credentials(tenant_id, sealed)
        proven_at = connection.proven_at
        client = self._autotask.for_connection(tenant_id, credentials, proven_at=proven_at)
        return client.watched(partial(self._refused, tenant_id, proven_at))

    async def while_removing(self, tenant_id: int) -> AutotaskClient:
        """For the removal alone: a client of the connection that nobody else may use any more.

        Raises ``NotConnected`` when no removal is under way.
        """
        async with self._database.unit(tenant_id) as uow:
            connection = await uow.connections.get()
            sealed = await uow.connections.credentials()
        if connection is None or sealed is None or connection.state is not ConnectionState.REMOVING:
            raise NotConnected
        credentials = await self._credentials(tenant_id, sealed)
        return self._autotask.for_connection(tenant_id, credentials, proven_at=connection.proven_at)

    async def _credentials(self, tenant_id: int, sealed: SealedCredentials) -> Credentials:
        """The environment's login is meant for the environment's workspace, and for no other that installed us."""
        if self._managed is not None:
            async with self._database.directory() as directory:
                tenant = await directory.tenant(tenant_id)
            if tenant is not None and tenant.by_environment:
                return self._managed
        return self._opened(sealed)

    def _opened(self, sealed: SealedCredentials) -> Credentials:
        secret, tracking_id = self._secrets.open(sealed.secret), self._secrets.open(sealed.tracking_id)
        self._hide(secret, tracking_id)
        return Credentials(sealed.username, secret, tracking_id)
