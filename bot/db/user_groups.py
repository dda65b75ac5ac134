"""Slack's user groups as last seen, and the roles bound to them."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import RowMapping, Select, any_, delete, func, literal, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from bot.db.repository import Repository
from bot.db.tables import group_members, role_bindings, user_groups
from bot.domain.access import Binding, UserGroup
from bot.domain.context import Role


class UserGroups(Repository):
    async def save(self, groups: Sequence[UserGroup], at: datetime) -> None:
        """Keeps Slack's word of ``at`` on all groups, unless there is a newer one; who is named no more is disabled.

        Its members stay known: whom it kept from seeing organizations does not see them all because of it.
        """
        rows = [
            {
                "tenant_id": self.tenant_id,
                "id": each.id,
                "handle": each.handle,
                "name": each.name,
                "members": list(each.members),
                "is_disabled": each.is_disabled,
                "synced_at": at,
            }
            for each in groups
        ]
        if rows:
            made = insert(user_groups).values(rows)
            kept = {name: made.excluded[name] for name in rows[0] if name not in ("tenant_id", "id")}
            await self._run(
                made.on_conflict_do_update(
                    index_elements=["tenant_id", "id"], set_=kept, where=user_groups.c.synced_at <= at
                )
            )
        gone = update(user_groups).where(
            user_groups.c.tenant_id == self.tenant_id,
            user_groups.c.id.not_in([each.id for each in groups]),
            user_groups.c.synced_at <= at,
        )
        await self._run(gone.values(is_disabled=True, synced_at=at))

    async def oldest_in_use(self) -> datetime | None:
        """When Slack was last asked about a group that a role or a sight hangs on; None when none does."""
        bound = select(role_bindings.c.user_group_id).where(role_bindings.c.tenant_id == self.tenant_id)
        members = select(group_members.c.member_id).where(
            group_members.c.tenant_id == self.tenant_id, group_members.c.is_user_group
        )
        chosen = select(func.min(user_groups.c.synced_at)).where(
            user_groups.c.tenant_id == self.tenant_id,
            or_(user_groups.c.id.in_(bound), user_groups.c.id.in_(members)),
        )
        found = await self._scalar(chosen)
        return found if isinstance(found, datetime) else None

    async def search(self, text: str = "", limit: int = 100) -> list[UserGroup]:
        """Groups in use whose handle or name contains the text, by handle."""
        wanted = text.strip().lstrip("@")
        chosen = select(user_groups).where(
            user_groups.c.tenant_id == self.tenant_id,
            ~user_groups.c.is_disabled,
            or_(
                user_groups.c.handle.icontains(wanted, autoescape=True),
                user_groups.c.name.icontains(wanted, autoescape=True),
            ),
        )
        return [_group(row) for row in await self._all(chosen.order_by(user_groups.c.handle).limit(limit))]

    async def get(self, group_id: str) -> UserGroup | None:
        row = await self._first(
            select(user_groups).where(user_groups.c.tenant_id == self.tenant_id, user_groups.c.id == group_id)
        )
        return _group(row) if row else None

    async def these(self, group_ids: Sequence[str]) -> list[UserGroup]:
        chosen = select(user_groups).where(
            user_groups.c.tenant_id == self.tenant_id, user_groups.c.id.in_(list(group_ids))
        )
        return [_group(row) for row in await self._all(chosen.order_by(user_groups.c.handle))]

    # --- bindings ---

    async def bindings(self) -> list[Binding]:
        """Every bound group, by handle, the disabled ones too."""
        return [_binding(row) for row in await self._all(self._bound().order_by(user_groups.c.handle))]

    async def bindings_of(self, user_id: str) -> list[Binding]:
        """The bindings of the groups the person is in; a disabled group gives nothing."""
        chosen = self._bound().where(
            literal(user_id) == any_(user_groups.c.members), ~user_groups.c.is_disabled
        )
        return [_binding(row) for row in await self._all(chosen.order_by(user_groups.c.handle))]

    async def bind(self, group_id: str, role: Role | None, *, approves: bool, by: str, at: datetime) -> None:
        values = {
            "role": role.value if role else None,
            "billing_approver": approves,
            "bound_by": by,
            "bound_at": at,
        }
        made = insert(role_bindings).values(tenant_id=self.tenant_id, user_group_id=group_id, **values)
        await self._run(
            made.on_conflict_do_update(index_elements=["tenant_id", "user_group_id"], set_=values)
        )

    async def unbind(self, group_id: str) -> None:
        await self._run(
            delete(role_bindings).where(
                role_bindings.c.tenant_id == self.tenant_id, role_bindings.c.user_group_id == group_id
            )
        )

    def _bound(self) -> Select[tuple[object, ...]]:
        joined = (role_bindings.c.tenant_id == user_groups.c.tenant_id) & (
            role_bindings.c.user_group_id == user_groups.c.id
        )
        return (
            select(user_groups, role_bindings.c.role, role_bindings.c.billing_approver)
            .join(role_bindings, joined)
            .where(user_groups.c.tenant_id == self.tenant_id)
        )


def _group(row: RowMapping) -> UserGroup:
    return UserGroup(row["id"], row["handle"], row["name"], tuple(row["members"]), row["is_disabled"])


def _binding(row: RowMapping) -> Binding:
    return Binding(_group(row), Role(row["role"]) if row["role"] else None, row["billing_approver"])
