"""People: their role here, and what Slack last said of them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, func, select
from sqlalchemy.dialects.postgresql import insert

from bot.db.repository import Repository
from bot.db.tables import people
from bot.domain.context import Role


@dataclass(frozen=True)
class StoredPerson:
    """``role`` is None until somebody gives one; ``profile_at`` is None before Slack was asked."""

    user_id: str
    role: Role | None
    billing_approver: bool = False
    name: str = ""
    timezone: str = ""
    is_workspace_admin: bool = False
    is_guest: bool = False
    is_outsider: bool = False
    is_deactivated: bool = False
    is_bot: bool = False
    profile_at: datetime | None = None


class People(Repository):
    async def get(self, user_id: str) -> StoredPerson | None:
        row = await self._first(
            select(people).where(people.c.tenant_id == self.tenant_id, people.c.user_id == user_id)
        )
        return _person(row) if row else None

    async def save_profile(
        self,
        user_id: str,
        *,
        name: str,
        timezone: str,
        is_workspace_admin: bool,
        is_guest: bool,
        is_outsider: bool,
        is_deactivated: bool,
        is_bot: bool = False,
        at: datetime,
    ) -> None:
        """Keeps Slack's word on the person; the role stays."""
        await self._upsert(
            user_id,
            name=name,
            timezone=timezone,
            is_workspace_admin=is_workspace_admin,
            is_guest=is_guest,
            is_outsider=is_outsider,
            is_deactivated=is_deactivated,
            is_bot=is_bot,
            profile_at=at,
        )

    async def set_role(self, user_id: str, role: Role, by: str, at: datetime) -> None:
        await self._upsert(user_id, role=role.value, role_by=by, role_at=at)

    async def admins(self) -> list[str]:
        """The Admins' Slack ids, the first one first."""
        chosen = select(people.c.user_id).where(
            people.c.tenant_id == self.tenant_id, people.c.role == Role.ADMIN.value
        )
        return [row["user_id"] for row in await self._all(chosen.order_by(people.c.role_at))]

    async def claim_first_admin(self, user_id: str, at: datetime) -> bool:
        """Makes the person Admin if there is none; of two who claim at once, one does."""
        key = func.hashtextextended(f"first-admin:{self.tenant_id}", 0)
        await self._scalar(select(func.pg_advisory_xact_lock(key)))
        if await self.admins():
            return False
        await self.set_role(user_id, Role.ADMIN, user_id, at)
        return True

    async def _upsert(self, user_id: str, **values: Any) -> None:
        made = insert(people).values(tenant_id=self.tenant_id, user_id=user_id, **values)
        await self._run(made.on_conflict_do_update(index_elements=["tenant_id", "user_id"], set_=values))


def _person(row: RowMapping) -> StoredPerson:
    facts = {name: row[name] for name in StoredPerson.__dataclass_fields__ if name != "role"}
    return StoredPerson(role=Role(row["role"]) if row["role"] else None, **facts)
