"""The list of tenants: which Slack workspace is which."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import RowMapping, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.db.tables import tenants
from bot.domain.context import Tenant


@dataclass(frozen=True)
class Directory:
    connection: AsyncConnection

    async def tenant(self, tenant_id: int) -> Tenant | None:
        return await self._one(tenants.c.id == tenant_id)

    async def tenant_by_team(self, team_id: str) -> Tenant | None:
        return await self._one(tenants.c.team_id == team_id)

    async def tenants(self) -> list[Tenant]:
        found = await self.connection.execute(select(tenants).order_by(tenants.c.id))
        return [_tenant(row) for row in found.mappings()]

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

    async def _one(self, condition: Any) -> Tenant | None:
        found = (await self.connection.execute(select(tenants).where(condition))).mappings().first()
        return _tenant(found) if found else None


def _tenant(row: RowMapping) -> Tenant:
    return Tenant(row["id"], row["team_id"], row["name"], row["timezone"])
