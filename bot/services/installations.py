"""Which workspaces added Deskhand, with what token, and what becomes of those that remove it."""

import hashlib
import hmac
import secrets
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias

import structlog
from pydantic import SecretStr

from bot.clock import Clock
from bot.db.session import Database, UnitOfWork
from bot.domain.context import Tenant
from bot.domain.installations import (
    STATE_LIFE,
    Arrival,
    Consent,
    Grant,
    Installation,
    is_doubtful,
    is_stale,
)
from bot.jobs import Jobs, WelcomeInstaller
from bot.secretbox import SecretBox

IsAlive: TypeAlias = Callable[[Tenant], Awaitable[bool]]
"""Asks Slack whether the workspace's token is still good."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Installed:
    """A workspace's installation with its token in the clear, on its way into a client."""

    tenant: Tenant
    installation: Installation
    token: SecretStr


class InstallationsService:
    """``kept_for``: how long the data of a workspace that left is kept, should it come back.

    ``timezone`` is the zone of a workspace that is new to us (IANA); ``zone_is_set``: somebody chose it.
    """

    def __init__(
        self,
        database: Database,
        secrets: SecretBox,
        *,
        jobs: Jobs,
        clock: Clock,
        kept_for: timedelta,
        timezone: str = "UTC",
        zone_is_set: bool = False,
    ) -> None:
        self._database = database
        self._secrets = secrets
        self._jobs = jobs
        self._clock = clock
        self._kept_for = kept_for
        self._timezone = timezone
        self._zone_is_set = zone_is_set

    # --- the way in: somebody's browser goes to Slack and comes back ---

    async def begin(self) -> Consent:
        """A new attempt: its state for Slack, and the browser's half for a cookie."""
        consent = Consent(secrets.token_urlsafe(32), secrets.token_urlsafe(32))
        now = self._clock.now()
        async with self._database.directory() as directory:
            await directory.consents.add(
                _hash(consent.state), _hash(consent.browser), now=now, expires_at=now + STATE_LIFE
            )
        return consent

    async def take(self, consent: Consent) -> bool:
        """Whether this browser began this attempt less than ten minutes ago; true once."""
        async with self._database.directory() as directory:
            browser = await directory.consents.take(_hash(consent.state), self._clock.now())
        return browser is not None and hmac.compare_digest(browser, _hash(consent.browser))

    async def save(self, grant: Grant) -> tuple[Tenant, Arrival]:
        """Keeps what Slack granted. A workspace that comes back finds everything again, and its work goes on.

        Who installed gets one message; who only renewed scopes gets none.
        """
        async with self._database.directory() as directory:
            known = await directory.tenant_by_team(grant.team_id)
            tenant = await directory.ensure_tenant(
                grant.team_id,
                grant.team_name,
                "" if known else self._timezone,
                enterprise_id=grant.enterprise_id,
                domain=grant.domain,
                bot_user_id=grant.bot_user_id,
            )
            if known is None and self._zone_is_set:
                await directory.move(tenant.id, self._timezone)
        async with self._database.unit(tenant.id) as uow:
            arrival = _arrival(tenant, await uow.installations.get())
            await uow.installations.save(self._stored(grant))
            await self._note(uow, grant, arrival)
        return await self._let_in(tenant.id, grant.installed_by, arrival), arrival

    # --- the way out ---

    async def is_over(self, tenant: Tenant, said_at: datetime, *, is_alive: IsAlive) -> bool:
        """Whether word of an uninstallation counts: not if the workspace has installed again since then.

        Where the two are so close that clocks cannot tell, Slack is asked whether the token still lives.
        """
        if not tenant.is_installed:
            return False
        installed_at = await self.installed_at(tenant)
        if installed_at is None or is_doubtful(said_at, installed_at):
            return not await is_alive(tenant)
        return not is_stale(said_at, installed_at)

    async def leave(self, tenant: Tenant, why: str) -> bool:
        """Drops the token and stops all work for the workspace; its data is kept for a while.

        False when it has left before.
        """
        now = self._clock.now()
        async with self._database.directory() as directory:
            current = await directory.tenant(tenant.id)
            if current is None or not current.is_installed:
                return False
            await directory.left(tenant.id, now)
        async with self._database.unit(tenant.id) as uow:
            await uow.installations.remove(until=now)
            await uow.audit.record(at=now, by="", action="uninstall", subject=tenant.name, after={"why": why})
        log.warning("a workspace uninstalled Deskhand", team=tenant.team_id, why=why)
        return True

    async def refused(self, tenant: Tenant, token: SecretStr, code: str) -> bool:
        """Slack takes this token no more. False when another one stands: then nothing has happened."""
        stands = None if tenant.by_environment else await self.of_tenant(tenant)
        if stands is not None and stands.token != token:
            return False
        return await self.leave(tenant, code)

    async def purge(self) -> int:
        """Deletes everything of workspaces that left long ago, and lets the work of those that are back go on."""
        await self._jobs.release()
        async with self._database.directory() as directory:
            gone = await directory.purge(self._clock.now() - self._kept_for)
        for tenant in gone:
            await self._jobs.forget(tenant.id)
            log.warning("everything of a workspace that left is deleted", team=tenant.team_id)
        return len(gone)

    # --- who is in ---

    async def of_team(self, team_id: str) -> Installed | None:
        """The installation of a workspace or organization, by Slack's id."""
        async with self._database.directory() as directory:
            tenant = await directory.tenant_by_team(team_id)
        return await self.of_tenant(tenant) if tenant and tenant.is_installed else None

    async def of_tenant(self, tenant: Tenant) -> Installed | None:
        """Raises ``bot.secretbox.CannotOpen`` when the token was sealed with a key that is gone."""
        async with self._database.unit(tenant.id) as uow:
            installation = await uow.installations.get()
        if installation is None:
            return None
        return Installed(tenant, installation, self._secrets.open(installation.token))

    async def all(self) -> Sequence[tuple[Tenant, Installation | None]]:
        """Every workspace, those that left included; None where the token is the environment's, or gone."""
        async with self._database.directory() as directory:
            tenants = await directory.tenants()
        return [(tenant, await self._installation(tenant)) for tenant in tenants]

    async def installed_at(self, tenant: Tenant) -> datetime | None:
        """When the workspace last installed; None for the environment's token."""
        installation = await self._installation(tenant)
        return installation.installed_at if installation else None

    # --- inside ---

    async def _installation(self, tenant: Tenant) -> Installation | None:
        async with self._database.unit(tenant.id) as uow:
            return await uow.installations.get()

    async def _let_in(self, tenant_id: int, installed_by: str, arrival: Arrival) -> Tenant:
        """The installation counts from here on; the message to who installed is saved with it."""
        async with self._database.directory() as directory:
            await directory.arrived(tenant_id)
            tenant = await directory.tenant(tenant_id)
        assert tenant is not None
        if arrival is not Arrival.AGAIN and installed_by:
            welcome = WelcomeInstaller(
                tenant_id=tenant.id,
                user_id=installed_by,
                installation=tenant.installation,
                is_back=arrival is Arrival.BACK,
            )
            async with self._database.unit(tenant.id) as uow:
                await self._jobs.enqueue(uow, welcome)
        await self._jobs.release()
        return tenant

    async def _note(self, uow: UnitOfWork, grant: Grant, arrival: Arrival) -> None:
        await uow.audit.record(
            at=self._clock.now(),
            by=grant.installed_by,
            action="install" if arrival is Arrival.NEW else f"install {arrival.value}",
            subject=grant.team_name,
            after={"scopes": ",".join(grant.scopes)},
        )

    def _stored(self, grant: Grant) -> Installation:
        return Installation(
            token=self._secrets.seal(grant.token.get_secret_value()),
            app_id=grant.app_id,
            bot_user_id=grant.bot_user_id,
            bot_id=grant.bot_id,
            scopes=grant.scopes,
            installed_by=grant.installed_by,
            installed_at=self._clock.now(),
            enterprise_id=grant.enterprise_id,
            is_enterprise=grant.is_enterprise,
        )


def _arrival(tenant: Tenant, standing: Installation | None) -> Arrival:
    if not tenant.is_installed:
        return Arrival.BACK
    return Arrival.AGAIN if standing is not None or tenant.by_environment else Arrival.NEW


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
