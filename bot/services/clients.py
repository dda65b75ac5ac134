"""The Autotask client of a workspace: credentials are opened here and go straight into the pool."""

from collections.abc import Callable

from pydantic import SecretStr

from bot.autotask.client import AutotaskClient
from bot.autotask.pool import AutotaskPool, Credentials
from bot.db.session import Database
from bot.domain.connections import ConnectionState, SealedCredentials
from bot.errors import CredentialsRejected, NotConnected
from bot.secretbox import SecretBox


def _keep(_secret: SecretStr, _tracking_id: SecretStr) -> None:
    """There is no log to hide them from."""


class Clients:
    """Call it with a tenant's id. ``managed`` credentials (environment) stand before stored ones."""

    def __init__(
        self,
        database: Database,
        autotask: AutotaskPool,
        secrets: SecretBox,
        *,
        managed: Credentials | None = None,
        hide: Callable[[SecretStr, SecretStr], None] = _keep,
    ) -> None:
        """``hide`` is told each secret that is opened, so that the log never shows it."""
        self._database = database
        self._autotask = autotask
        self._secrets = secrets
        self._managed = managed
        self._hide = hide

    async def __call__(self, tenant_id: int) -> AutotaskClient:
        """Raises ``NotConnected``, and ``CredentialsRejected`` while the connection is paused."""
        async with self._database.unit(tenant_id) as uow:
            connection = await uow.connections.get()
            sealed = await uow.connections.credentials()
        if connection is None or sealed is None:
            raise NotConnected
        if connection.state is ConnectionState.PAUSED:
            raise CredentialsRejected("", connection.paused_reason or "the connection is paused")
        credentials = self._managed or self._opened(sealed)
        return self._autotask.for_connection(tenant_id, credentials, proven_at=connection.proven_at)

    def _opened(self, sealed: SealedCredentials) -> Credentials:
        secret, tracking_id = self._secrets.open(sealed.secret), self._secrets.open(sealed.tracking_id)
        self._hide(secret, tracking_id)
        return Credentials(sealed.username, secret, tracking_id)
