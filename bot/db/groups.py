"""Organization groups: which people see which organizations (product CR3, PA2)."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, RowMapping, Table, any_, delete, func, literal, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from bot.db.repository import Repository
from bot.db.tables import group_members, group_organizations, organization_groups, organizations, user_groups
from bot.domain.groups import Group, Member
from bot.domain.organizations import Organization, fold
from bot.errors import AlreadyDone


class Groups(Repository):
    async def add(self, name: str, by: str, at: datetime) -> int:
        """The new group's id. Raises ``AlreadyDone`` when one of that name (case and accents aside) exists."""
        made = insert(organization_groups).values(
            tenant_id=self.tenant_id, name=name, search_name=fold(name), created_by=by, created_at=at
        )
        added = await self._scalar(made.on_conflict_do_nothing().returning(organization_groups.c.id))
        if added is None:
            raise AlreadyDone(f"There is a group called {name} already.")
        return int(added)

    async def rename(self, group_id: int, name: str) -> None:
        """Raises ``AlreadyDone`` when another one has that name."""
        taken = select(organization_groups.c.id).where(
            organization_groups.c.tenant_id == self.tenant_id,
            organization_groups.c.search_name == fold(name),
            organization_groups.c.id != group_id,
        )
        if await self._scalar(taken) is not None:
            raise AlreadyDone(f"There is a group called {name} already.")
        await self._run(
            update(organization_groups)
            .where(organization_groups.c.tenant_id == self.tenant_id, organization_groups.c.id == group_id)
            .values(name=name, search_name=fold(name))
        )

    async def delete(self, group_id: int) -> None:
        await self._run(
            delete(organization_groups).where(
                organization_groups.c.tenant_id == self.tenant_id, organization_groups.c.id == group_id
            )
        )

    async def get(self, group_id: int, *, locked: bool = False) -> Group | None:
        """``locked``: nobody else changes the group until this transaction ends."""
        if locked:
            await self._scalar(
                select(organization_groups.c.id)
                .where(organization_groups.c.tenant_id == self.tenant_id)
                .where(organization_groups.c.id == group_id)
                .with_for_update()
            )
        found = await self._groups(organization_groups.c.id == group_id)
        return found[0] if found else None

    async def page(self, offset: int, limit: int) -> tuple[list[Group], int]:
        """Groups by name, and how many there are."""
        counted = select(func.count()).select_from(organization_groups)
        total = await self._scalar(counted.where(organization_groups.c.tenant_id == self.tenant_id))
        return await self._groups(None, offset, limit), int(total)

    async def with_organization(self, organization_id: int) -> list[Group]:
        """The groups that an organization is in, by name."""
        chosen = select(group_organizations.c.group_id).where(
            group_organizations.c.tenant_id == self.tenant_id,
            group_organizations.c.organization_id == organization_id,
        )
        return await self._groups(organization_groups.c.id.in_(chosen))

    # --- what is in a group ---

    async def put(self, group_id: int, organization_ids: Collection[int]) -> None:
        """Organizations that exist no more are left out."""
        known = select(literal(self.tenant_id), literal(group_id), organizations.c.id).where(
            organizations.c.tenant_id == self.tenant_id, organizations.c.id.in_(list(organization_ids))
        )
        names = ["tenant_id", "group_id", "organization_id"]
        await self._run(insert(group_organizations).from_select(names, known).on_conflict_do_nothing())

    async def take_out(self, group_id: int, organization_id: int) -> None:
        await self._run(
            delete(group_organizations).where(
                group_organizations.c.tenant_id == self.tenant_id,
                group_organizations.c.group_id == group_id,
                group_organizations.c.organization_id == organization_id,
            )
        )

    async def organizations(self, group_id: int, offset: int, limit: int) -> list[Organization]:
        """A page of the group's organizations, by name."""
        joined = (organizations.c.tenant_id == group_organizations.c.tenant_id) & (
            organizations.c.id == group_organizations.c.organization_id
        )
        chosen = (
            select(organizations.c.id, organizations.c.name)
            .join(group_organizations, joined)
            .where(
                group_organizations.c.tenant_id == self.tenant_id, group_organizations.c.group_id == group_id
            )
        )
        rows = await self._all(chosen.order_by(organizations.c.search_name).offset(offset).limit(limit))
        return [Organization(row["id"], row["name"]) for row in rows]

    async def join(self, group_id: int, members: Sequence[Member]) -> None:
        rows = [
            {
                "tenant_id": self.tenant_id,
                "group_id": group_id,
                "member_id": each.id,
                "is_user_group": each.is_user_group,
            }
            for each in members
        ]
        if rows:
            await self._run(insert(group_members).values(rows).on_conflict_do_nothing())

    async def leave(self, group_id: int, member_id: str) -> None:
        await self._run(
            delete(group_members).where(
                group_members.c.tenant_id == self.tenant_id,
                group_members.c.group_id == group_id,
                group_members.c.member_id == member_id,
            )
        )

    async def members(self, group_id: int, offset: int = 0, limit: int | None = None) -> list[Member]:
        """User groups first."""
        chosen = select(group_members).where(
            group_members.c.tenant_id == self.tenant_id, group_members.c.group_id == group_id
        )
        ordered = chosen.order_by(group_members.c.is_user_group.desc(), group_members.c.member_id)
        rows = await self._all(ordered.offset(offset).limit(limit))
        return [Member(row["member_id"], row["is_user_group"]) for row in rows]

    # --- sight ---

    async def seen_by(self, user_id: str) -> frozenset[int] | None:
        """The organizations of the person's groups; None for who is in no group: they see all.

        A disabled user group still counts with the members it had: it hides more, never less.
        """
        through = select(user_groups.c.id).where(
            user_groups.c.tenant_id == self.tenant_id, literal(user_id) == any_(user_groups.c.members)
        )
        groups = select(group_members.c.group_id).where(
            group_members.c.tenant_id == self.tenant_id,
            or_(group_members.c.member_id == user_id, group_members.c.member_id.in_(through)),
        )
        if await self._scalar(groups.limit(1)) is None:
            return None
        chosen = (
            select(group_organizations.c.organization_id.label("id"))
            .distinct()
            .where(
                group_organizations.c.tenant_id == self.tenant_id, group_organizations.c.group_id.in_(groups)
            )
        )
        return frozenset(row["id"] for row in await self._all(chosen))

    async def _groups(
        self, condition: ColumnElement[bool] | None, offset: int = 0, limit: int | None = None
    ) -> list[Group]:
        chosen = select(
            organization_groups,
            _count(group_organizations).label("organization_count"),
            _count(group_members).label("member_count"),
        ).where(organization_groups.c.tenant_id == self.tenant_id)
        if condition is not None:
            chosen = chosen.where(condition)
        ordered = chosen.order_by(organization_groups.c.search_name).offset(offset).limit(limit)
        return [_group(row) for row in await self._all(ordered)]


def _count(table: Table) -> ColumnElement[int]:
    return (
        select(func.count())
        .select_from(table)
        .where(
            table.c.tenant_id == organization_groups.c.tenant_id,
            table.c.group_id == organization_groups.c.id,
        )
        .scalar_subquery()
    )


def _group(row: RowMapping) -> Group:
    return Group(row["id"], row["name"], row["organization_count"], row["member_count"])
