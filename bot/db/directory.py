"""The list of tenants: which Slack workspace is which."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import RowMapping, delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.db.consents import Consents
from bot.db.heartbeats import Heartbeats
from bot.db.tables import tenants
from bot.domain.context import Tenant


@dataclass(frozen=True)
class Directory:
    connection: AsyncConnection

    async def tenant(self, tenant_id: int) -> Tenant | None:
        return await self._one(tenants.c.id == tenant_id)

    async def tenant_by_team(self, team_id: str) -> Tenant | None:
        return await self._one(tenants.c.team_id == team_id)

    @property
    def consents(self) -> Consents:
        """Attempts to install, before anybody knows for which workspace."""
        return Consents(self.connection)

    @property
    def heartbeats(self) -> Heartbeats:
        return Heartbeats(self.connection)

    async def tenants(self) -> list[Tenant]:
        found = await self.connection.execute(select(tenants).order_by(tenants.c.id))
        return [_tenant(row) for row in found.mappings()]

    async def installed(self) -> list[Tenant]:
        """The workspaces that work is done for."""
        return [tenant for tenant in await self.tenants() if tenant.is_installed]

    async def environment_is(self, team_id: str) -> None:
        """SLACK_BOT_TOKEN is this workspace's token, and no other's; "": there is no such token."""
        changed = tenants.c.by_environment != (tenants.c.team_id == team_id)
        await self.connection.execute(
            update(tenants).where(changed).values(by_environment=tenants.c.team_id == team_id)
        )

    async def arrived(self, tenant_id: int) -> None:
        """The workspace has installed Deskhand, or has done so again: work goes on."""
        await self._change_installation(tenant_id, uninstalled_at=None)

    async def left(self, tenant_id: int, at: datetime) -> None:
        """The workspace has uninstalled Deskhand: nothing is done for it any more."""
        await self._change_installation(tenant_id, uninstalled_at=at)

    async def purge(self, before: datetime) -> list[Tenant]:
        """Deletes the workspaces that left before then, with everything they had; which those were."""
        gone = delete(tenants).where(tenants.c.uninstalled_at < before)
        found = await self.connection.execute(gone.returning(tenants))
        return [_tenant(row) for row in found.mappings()]

    async def move(self, tenant_id: int, timezone: str) -> None:
        """The workspace lives by the zone (an IANA name) that somebody chose."""
        chosen = update(tenants).where(tenants.c.id == tenant_id)
        await self.connection.execute(chosen.values(timezone=timezone, zone_is_chosen=True))

    async def adopt_zone(self, tenant_id: int, timezone: str, *, instead_of: str) -> bool:
        """The same where nobody chose a zone, and it is still that one; whether it was."""
        unknown = (tenants.c.timezone == instead_of) & ~tenants.c.zone_is_chosen
        adopted = update(tenants).where(tenants.c.id == tenant_id, unknown).values(timezone=timezone)
        return bool((await self.connection.execute(adopted)).rowcount)

    async def ensure_tenant(
        self,
        team_id: str,
        name: str,
        timezone: str = "",
        *,
        enterprise_id: str = "",
        domain: str = "",
        bot_user_id: str = "",
    ) -> Tenant:
        """The workspace's row, made or brought up to date; an empty zone keeps the known one."""
        facts = {
            "name": name, "enterprise_id": enterprise_id, "domain": domain, "bot_user_id": bot_user_id,
            **({"timezone": timezone} if timezone else {}),
        }  # fmt: skip
        made = insert(tenants).values(team_id=team_id, created_at=datetime.now(UTC), **facts)
        await self.connection.execute(made.on_conflict_do_nothing(index_elements=["team_id"]))
        await self.connection.execute(update(tenants).where(tenants.c.team_id == team_id).values(**facts))
        found = await self.tenant_by_team(team_id)
        assert found is not None
        return found

    async def _change_installation(self, tenant_id: int, *, uninstalled_at: datetime | None) -> None:
        chosen = update(tenants).where(tenants.c.id == tenant_id)
        facts = {"uninstalled_at": uninstalled_at, "installation": tenants.c.installation + 1}
        await self.connection.execute(chosen.values(facts))

    async def _one(self, condition: Any) -> Tenant | None:
        found = (await self.connection.execute(select(tenants).where(condition))).mappings().first()
        return _tenant(found) if found else None


def _tenant(row: RowMapping) -> Tenant:
    return Tenant(
        row["id"],
        row["team_id"],
        row["name"],
        row["timezone"],
        by_environment=row["by_environment"],
        is_installed=row["uninstalled_at"] is None,
        installation=row["installation"],
    )
