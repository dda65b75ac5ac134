"""Who may do what: the first Admin's claim and people's roles."""

from collections.abc import Sequence

from bot.clock import Clock
from bot.db.session import Database
from bot.domain.context import Ctx, Right, Role
from bot.errors import AlreadyDone, InvalidInput, NotAllowed


class AccessService:
    def __init__(self, database: Database, clock: Clock, *, appointed: Sequence[str] = ()) -> None:
        """``appointed`` are the Admins that the installation's settings name."""
        self._database = database
        self._clock = clock
        self._appointed = appointed

    async def has_admin(self, ctx: Ctx) -> bool:
        async with self._database.unit(ctx.tenant.id) as uow:
            return bool(await uow.people.admins())

    async def claim(self, ctx: Ctx) -> None:
        """Makes an owner or admin of the Slack workspace Deskhand's first Admin.

        Raises ``NotAllowed`` for anybody else and ``AlreadyDone`` when there is an Admin.
        """
        if not ctx.person.is_workspace_admin or ctx.person.role is Role.NONE:
            raise NotAllowed("become Deskhand's first Admin: only an owner or admin of this workspace may")
        now = self._clock.now()
        async with self._database.unit(ctx.tenant.id) as uow:
            if self._appointed or not await uow.people.claim_first_admin(ctx.person.user_id, now):
                raise AlreadyDone("Deskhand has an Admin already.")
            await uow.audit.record(
                at=now,
                by=ctx.person.user_id,
                action="claim first admin",
                subject=ctx.person.user_id,
                after={"role": Role.ADMIN.value},
            )

    async def set_role(self, ctx: Ctx, user_id: str, role: Role) -> None:
        """Gives a person a role. The last Admin keeps theirs, so that nobody is locked out."""
        ctx.require(Right.MANAGE_PEOPLE)
        now = self._clock.now()
        async with self._database.unit(ctx.tenant.id) as uow:
            if role is not Role.ADMIN and await uow.people.admins() == [user_id]:
                raise InvalidInput("role", "This is the only Admin. Make somebody else Admin first.")
            before = await uow.people.get(user_id)
            await uow.people.set_role(user_id, role, ctx.person.user_id, now)
            await uow.audit.record(
                at=now,
                by=ctx.person.user_id,
                action="set role",
                subject=user_id,
                before={"role": before.role.value if before and before.role else None},
                after={"role": role.value},
            )

    async def admins(self, ctx: Ctx) -> list[str]:
        async with self._database.unit(ctx.tenant.id) as uow:
            return await uow.people.admins()
