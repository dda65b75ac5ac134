"""People: their role here, and what Slack last said of them."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, func, or_, select
from sqlalchemy.dialects.postgresql import insert

from bot.db.repository import Repository
from bot.db.tables import people, role_bindings, user_groups
from bot.domain.access import StoredPerson
from bot.domain.context import Role


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
        handle: str = "",
        at: datetime,
    ) -> None:
        """Keeps Slack's word on the person; the role stays."""
        await self._upsert(
            user_id,
            name=name,
            handle=handle,
            timezone=timezone,
            is_workspace_admin=is_workspace_admin,
            is_guest=is_guest,
            is_outsider=is_outsider,
            is_deactivated=is_deactivated,
            is_bot=is_bot,
            profile_at=at,
        )

    async def set_role(self, user_id: str, role: Role | None, by: str, at: datetime) -> None:
        """Gives the person a role of their own; None: what their groups and the default say."""
        await self._upsert(user_id, role=role.value if role else None, role_by=by, role_at=at)

    async def set_approver(self, user_id: str, *, approves: bool) -> None:
        """Gives or takes the right to approve billing."""
        await self._upsert(user_id, billing_approver=approves)

    async def with_own_role(self) -> list[StoredPerson]:
        """Everybody to whom somebody gave a role or a right, by name."""
        given = or_(people.c.role.is_not(None), people.c.billing_approver)
        return await self._people(given)

    async def named(self, text: str, limit: int = 10) -> list[StoredPerson]:
        """People we have seen whose name or handle contains the text, as typed with or without @."""
        wanted = text.strip().lstrip("@")
        found = or_(
            people.c.name.icontains(wanted, autoescape=True),
            people.c.handle.icontains(wanted, autoescape=True),
            people.c.user_id == wanted,
        )
        return await self._people(found, limit)

    async def these(self, user_ids: Collection[str]) -> list[StoredPerson]:
        """Those of the people whom we have seen, by name."""
        return await self._people(people.c.user_id.in_(list(user_ids)))

    async def admins(self) -> list[str]:
        """The Admins' Slack ids, the first one first: those by a role of their own, then by a group's.

        Guests, outsiders and deactivated members are none, whatever they were given.
        """
        chosen = select(people.c.user_id).where(
            people.c.tenant_id == self.tenant_id, people.c.role == Role.ADMIN.value, ~_is_outside()
        )
        own = [row["user_id"] for row in await self._all(chosen.order_by(people.c.role_at))]
        return list(dict.fromkeys((*own, *await self._admins_by_group())))

    async def lock_admins(self) -> None:
        """Until this transaction ends, nobody else changes who is Admin."""
        key = func.hashtextextended(f"first-admin:{self.tenant_id}", 0)
        await self._scalar(select(func.pg_advisory_xact_lock(key)))

    async def claim_first_admin(self, user_id: str, at: datetime) -> bool:
        """Makes the person Admin if there is none; of two who claim at once, one does."""
        await self.lock_admins()
        if await self.admins():
            return False
        await self.set_role(user_id, Role.ADMIN, user_id, at)
        return True

    async def _admins_by_group(self) -> Sequence[str]:
        """Members of user groups bound to Admin who have no role of their own."""
        members = (
            select(func.unnest(user_groups.c.members).label("user_id"))
            .join(
                role_bindings,
                (role_bindings.c.tenant_id == user_groups.c.tenant_id)
                & (role_bindings.c.user_group_id == user_groups.c.id),
            )
            .where(user_groups.c.tenant_id == self.tenant_id, role_bindings.c.role == Role.ADMIN.value)
            .where(~user_groups.c.is_disabled)
            .subquery()
        )
        others = select(people.c.user_id).where(
            people.c.tenant_id == self.tenant_id, or_(people.c.role.is_not(None), _is_outside())
        )
        chosen = select(members.c.user_id).where(members.c.user_id.not_in(others))
        return [row["user_id"] for row in await self._all(chosen.order_by(members.c.user_id))]

    async def _people(self, condition: ColumnElement[bool], limit: int | None = None) -> list[StoredPerson]:
        chosen = select(people).where(people.c.tenant_id == self.tenant_id, condition)
        ordered = chosen.order_by(func.lower(people.c.name), people.c.user_id).limit(limit)
        return [_person(row) for row in await self._all(ordered)]

    async def _upsert(self, user_id: str, **values: Any) -> None:
        made = insert(people).values(tenant_id=self.tenant_id, user_id=user_id, **values)
        await self._run(made.on_conflict_do_update(index_elements=["tenant_id", "user_id"], set_=values))


def _is_outside() -> ColumnElement[bool]:
    return or_(people.c.is_guest, people.c.is_outsider, people.c.is_deactivated, people.c.is_bot)


def _person(row: RowMapping) -> StoredPerson:
    facts = {name: row[name] for name in StoredPerson.__dataclass_fields__ if name != "role"}
    return StoredPerson(role=Role(row["role"]) if row["role"] else None, **facts)
