"""Organization groups: who sees which organizations (product CR3, PA2)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from bot.clock import Clock
from bot.db.session import Database, UnitOfWork
from bot.domain.access import UserGroup
from bot.domain.context import Ctx, Right
from bot.domain.groups import LONGEST_NAME, Group, Member
from bot.domain.organizations import Organization
from bot.errors import InvalidInput, NotFound


@dataclass(frozen=True)
class GroupPage:
    """A group with one page of its organizations and one of its members."""

    group: Group
    organizations: tuple[Organization, ...] = ()
    members: tuple[Member, ...] = ()
    user_groups: tuple[UserGroup, ...] = ()
    """Those among the members, with their names."""


class GroupsService:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def page(self, ctx: Ctx, *, offset: int = 0, limit: int = 10) -> tuple[list[Group], int]:
        """Groups by name, and how many there are."""
        ctx.require(Right.MANAGE_PEOPLE)
        async with self._database.unit(ctx.tenant.id) as uow:
            return await uow.groups.page(offset, limit)

    async def get(self, ctx: Ctx, group_id: int, *, offset: int = 0, limit: int = 10) -> GroupPage:
        """A group with the organizations and members from ``offset`` on. Raises ``NotFound``."""
        ctx.require(Right.MANAGE_PEOPLE)
        async with self._database.unit(ctx.tenant.id) as uow:
            group = await _existing(uow, group_id)
            members = await uow.groups.members(group_id, offset, limit)
            return GroupPage(
                group,
                tuple(await uow.groups.organizations(group_id, offset, limit)),
                tuple(members),
                tuple(await uow.user_groups.these([each.id for each in members if each.is_user_group])),
            )

    async def create(
        self, ctx: Ctx, name: str, organization_ids: Collection[int] = (), members: Sequence[Member] = ()
    ) -> Group:
        """Raises ``InvalidInput`` for a missing or overlong name, ``AlreadyDone`` for one in use."""
        ctx.require(Right.MANAGE_PEOPLE)
        checked = _name(name)
        async with self._database.unit(ctx.tenant.id) as uow:
            group_id = await uow.groups.add(checked, ctx.person.user_id, self._clock.now())
            await uow.groups.put(group_id, organization_ids)
            await uow.groups.join(group_id, members)
            group = await _existing(uow, group_id)
            after = {"name": checked, **_counts(group), "members": [each.id for each in members]}
            await self._record(uow, ctx, "create organization group", checked, after=after)
        return group

    async def rename(self, ctx: Ctx, group_id: int, name: str) -> Group:
        """Raises ``InvalidInput``, ``AlreadyDone`` for a name in use, ``NotFound``."""
        ctx.require(Right.MANAGE_PEOPLE)
        checked = _name(name)
        async with self._database.unit(ctx.tenant.id) as uow:
            before = await _existing(uow, group_id, locked=True)
            await uow.groups.rename(group_id, checked)
            await self._record(
                uow,
                ctx,
                "rename organization group",
                checked,
                before={"name": before.name},
                after={"name": checked},
            )
            return await _existing(uow, group_id)

    async def delete(self, ctx: Ctx, group_id: int) -> Group:
        """The group as it was. Its organizations stay; its members see what their other groups show, or all."""
        ctx.require(Right.MANAGE_PEOPLE)
        async with self._database.unit(ctx.tenant.id) as uow:
            before = await _existing(uow, group_id, locked=True)
            members = [each.id for each in await uow.groups.members(group_id)]
            await uow.groups.delete(group_id)
            was = {"name": before.name, **_counts(before), "members": members}
            await self._record(uow, ctx, "delete organization group", before.name, before=was)
        return before

    async def add(
        self, ctx: Ctx, group_id: int, organization_ids: Collection[int] = (), members: Sequence[Member] = ()
    ) -> Group:
        """Puts organizations and members into the group; what is in it already stays."""
        ctx.require(Right.MANAGE_PEOPLE)
        async with self._database.unit(ctx.tenant.id) as uow:
            before = await _existing(uow, group_id, locked=True)
            await uow.groups.put(group_id, organization_ids)
            await uow.groups.join(group_id, members)
            after = await _existing(uow, group_id)
            added = {"organizations": sorted(organization_ids), "members": [each.id for each in members]}
            await self._record(
                uow,
                ctx,
                "add to organization group",
                before.name,
                before=_counts(before),
                after=_counts(after) | {"added": added},
            )
        return after

    async def remove_organization(self, ctx: Ctx, group_id: int, organization_id: int) -> Group:
        ctx.require(Right.MANAGE_PEOPLE)
        async with self._database.unit(ctx.tenant.id) as uow:
            await _existing(uow, group_id, locked=True)
            await uow.groups.take_out(group_id, organization_id)
            return await self._removed(uow, ctx, group_id, {"organization": organization_id})

    async def remove_member(self, ctx: Ctx, group_id: int, member_id: str) -> Group:
        ctx.require(Right.MANAGE_PEOPLE)
        async with self._database.unit(ctx.tenant.id) as uow:
            await _existing(uow, group_id, locked=True)
            await uow.groups.leave(group_id, member_id)
            return await self._removed(uow, ctx, group_id, {"member": member_id})

    async def _removed(self, uow: UnitOfWork, ctx: Ctx, group_id: int, what: dict[str, object]) -> Group:
        group = await _existing(uow, group_id)
        await self._record(uow, ctx, "remove from organization group", group.name, before=what)
        return group

    async def _record(
        self,
        uow: UnitOfWork,
        ctx: Ctx,
        action: str,
        subject: str,
        *,
        before: Mapping[str, object] | None = None,
        after: Mapping[str, object] | None = None,
    ) -> None:
        await uow.audit.record(
            at=self._clock.now(),
            by=ctx.person.user_id,
            action=action,
            subject=subject,
            before=before,
            after=after,
        )


async def _existing(uow: UnitOfWork, group_id: int, *, locked: bool = False) -> Group:
    found = await uow.groups.get(group_id, locked=locked)
    if found is None:
        raise NotFound("organization group", str(group_id))
    return found


def _name(typed: str) -> str:
    name = " ".join(typed.split())
    if not name:
        raise InvalidInput("name", "Give the group a name.")
    if len(name) > LONGEST_NAME:
        raise InvalidInput("name", f"Names have at most {LONGEST_NAME} characters; this one has {len(name)}.")
    return name


def _counts(group: Group) -> dict[str, object]:
    return {"organization_count": group.organization_count, "member_count": group.member_count}
