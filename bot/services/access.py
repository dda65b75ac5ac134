"""Who may do what: the first Admin's claim, roles of persons and of user groups, requests for access."""

from collections.abc import Mapping

from bot.clock import Clock
from bot.db.session import Database, UnitOfWork
from bot.db.zones import adopt_zone
from bot.domain.access import (
    ASK_AGAIN_AFTER,
    AccessRequest,
    HouseRules,
    RequestState,
    Standing,
    StoredPerson,
    standing_of,
)
from bot.domain.context import RIGHTS, Ctx, Right, Role
from bot.errors import AlreadyDone, InvalidInput, NotAllowed, NotFound
from bot.jobs import Jobs, TellAccess


class AccessService:
    def __init__(self, database: Database, clock: Clock, *, jobs: Jobs, rules: HouseRules) -> None:
        """``rules`` are what the installation's settings say about people."""
        self._database = database
        self._clock = clock
        self._jobs = jobs
        self._rules = rules

    async def admins(self, ctx: Ctx) -> list[str]:
        """Slack ids: those whom the settings name, then those who were given the role."""
        ctx.require(Right.READ)
        async with self._database.unit(ctx.tenant.id) as uow:
            return self._rules.admins_in(ctx.tenant, await uow.people.admins())

    async def has_admin(self, ctx: Ctx) -> bool:
        """Whether anybody is there to ask. Raises ``NotAllowed`` for guests and outsiders."""
        if ctx.person.is_outside or not ctx.person.user_id:
            raise NotAllowed(Right.READ.value)
        async with self._database.unit(ctx.tenant.id) as uow:
            return bool(self._rules.admins_in(ctx.tenant, await uow.people.admins()))

    async def claim(self, ctx: Ctx) -> None:
        """Makes an owner or admin of the Slack workspace Deskhand's first Admin, by whose clock it lives unless told.

        Raises ``NotAllowed`` for anybody else and ``AlreadyDone`` when there is an Admin.
        """
        if not ctx.person.is_workspace_admin or ctx.person.role is Role.NONE:
            raise NotAllowed("become Deskhand's first Admin: only an owner or admin of this workspace may")
        now = self._clock.now()
        async with self._database.unit(ctx.tenant.id) as uow:
            if self._rules.within(ctx.tenant).admins or not await uow.people.claim_first_admin(
                ctx.person.user_id, now
            ):
                raise AlreadyDone("Deskhand has an Admin already.")
            await uow.audit.record(
                at=now,
                by=ctx.person.user_id,
                action="claim first admin",
                subject=ctx.person.user_id,
                after={"role": Role.ADMIN.value},
            )
        await adopt_zone(self._database, ctx, now)

    # --- roles ---

    async def set_role(
        self, ctx: Ctx, user_id: str, role: Role | None, *, approves: bool | None = None
    ) -> None:
        """Gives a person a role of their own (None: their groups' or the default), and the right to approve
        billing (None: as it is).

        Raises ``InvalidInput`` for a guest or outsider, and when nobody would be Admin any more.
        """
        ctx.require(Right.MANAGE_PEOPLE)
        async with self._database.unit(ctx.tenant.id) as uow:
            await uow.people.lock_admins()
            before = await uow.people.get(user_id)
            if before and before.is_outside and (role not in (None, Role.NONE) or approves):
                raise InvalidInput(
                    "person", "Guests, people of other companies and deactivated members get no role."
                )
            await uow.people.set_role(user_id, role, ctx.person.user_id, self._clock.now())
            if approves is not None:
                await uow.people.set_approver(user_id, approves=approves)
            await self._still_an_admin(
                uow, ctx, "role", "This is the only Admin. Make somebody else Admin first."
            )
            after = await uow.people.get(user_id)
            await self._record(uow, ctx, "set role", user_id, before=_facts(before), after=_facts(after))

    async def bind(self, ctx: Ctx, group_id: str, role: Role | None, *, approves: bool = False) -> None:
        """Gives the members of a Slack user group a role, the right to approve billing, or both.

        Raises ``InvalidInput`` when it is neither, for an unknown group, and when nobody would be Admin.
        """
        ctx.require(Right.MANAGE_PEOPLE)
        if role is None and not approves:
            raise InvalidInput("role", "Choose a role, or the right to approve billing.")
        async with self._database.unit(ctx.tenant.id) as uow:
            await uow.people.lock_admins()
            group = await uow.user_groups.get(group_id)
            if group is None or group.is_disabled:
                raise InvalidInput("group", "Slack has no such user group any more. Please choose another.")
            before = await _bound(uow, group_id)
            await uow.user_groups.bind(
                group_id, role, approves=approves, by=ctx.person.user_id, at=self._clock.now()
            )
            await self._still_an_admin(
                uow, ctx, "role", "Nobody would be Admin any more. Give somebody the role first."
            )
            after = await _bound(uow, group_id)
            await self._record(uow, ctx, "bind user group", f"@{group.handle}", before=before, after=after)

    async def unbind(self, ctx: Ctx, group_id: str) -> None:
        """The group gives nothing any more. Raises ``InvalidInput`` when nobody would be Admin."""
        ctx.require(Right.MANAGE_PEOPLE)
        async with self._database.unit(ctx.tenant.id) as uow:
            await uow.people.lock_admins()
            group, before = await uow.user_groups.get(group_id), await _bound(uow, group_id)
            if group is None or before is None:
                raise AlreadyDone("This user group gives no role any more.")
            await uow.user_groups.unbind(group_id)
            await self._still_an_admin(
                uow, ctx, "", "Nobody would be Admin any more. Give somebody the role first."
            )
            await self._record(uow, ctx, "unbind user group", f"@{group.handle}", before=before)

    # --- requests ---

    async def ask(self, ctx: Ctx, right: Right) -> AccessRequest:
        """Asks the Admins for a right; open to every member of the workspace, also to who has no role yet.

        Raises ``NotAllowed`` for guests and outsiders, ``AlreadyDone`` while one is open or was just declined.
        """
        if ctx.person.is_outside or not ctx.person.user_id:
            raise NotAllowed("ask for access: Deskhand is for members of this workspace")
        if ctx.person.may(right):
            raise AlreadyDone(f"You may {right.value} now. Press once more what you wanted to do.")
        now = self._clock.now()
        async with self._database.unit(ctx.tenant.id) as uow:
            last = await uow.access_requests.latest(ctx.person.user_id, right)
            if last and last.was_declined_since(now - ASK_AGAIN_AFTER):
                raise AlreadyDone("An Admin declined this today. You can ask again tomorrow.")
            made = await uow.access_requests.add(ctx.person.user_id, right, now)
            if made is None:
                raise AlreadyDone("You have asked for this already. The Admins know.")
            wanted = {"right": right.value}
            await self._record(uow, ctx, "ask for access", ctx.person.user_id, after=wanted)
            await self._jobs.enqueue(uow, TellAccess(tenant_id=ctx.tenant.id, request_id=made.id))
        return made

    async def request(self, ctx: Ctx, request_id: int) -> tuple[AccessRequest, Standing]:
        """A request that is still open, and what its asker is now. Raises ``AlreadyDone`` or ``NotFound``."""
        ctx.require(Right.MANAGE_PEOPLE)
        async with self._database.unit(ctx.tenant.id) as uow:
            found = await self._open(uow, ctx, request_id)
            return found, await self._standing(uow, ctx, found.user_id)

    async def approve(self, ctx: Ctx, request_id: int, role: Role) -> AccessRequest:
        """Gives the asker the role (and, if that was asked for, the right to approve billing).

        Who has the right meanwhile keeps the role they have. Raises ``AlreadyDone`` when somebody has decided.
        """
        ctx.require(Right.MANAGE_PEOPLE)
        async with self._database.unit(ctx.tenant.id) as uow:
            await uow.people.lock_admins()
            found = await self._open(uow, ctx, request_id)
            billing = found.right is Right.APPROVE_BILLING
            if role is Role.NONE or (not billing and found.right not in RIGHTS[role]):
                raise InvalidInput("role", f"This role may not {found.right.value}. Choose another.")
            before = await self._standing(uow, ctx, found.user_id)
            if not before.may(found.right):
                await self._give(uow, ctx, found, before=before, role=role)
            after = await self._standing(uow, ctx, found.user_id)
            return await self._decided(uow, ctx, found, RequestState.APPROVED, before=before, after=after)

    async def decline(self, ctx: Ctx, request_id: int) -> AccessRequest:
        """Raises ``AlreadyDone`` when somebody has decided."""
        ctx.require(Right.MANAGE_PEOPLE)
        async with self._database.unit(ctx.tenant.id) as uow:
            found = await self._open(uow, ctx, request_id)
            standing = await self._standing(uow, ctx, found.user_id)
            return await self._decided(
                uow, ctx, found, RequestState.DECLINED, before=standing, after=standing
            )

    # --- inside ---

    async def _give(
        self, uow: UnitOfWork, ctx: Ctx, wanted: AccessRequest, *, before: Standing, role: Role
    ) -> None:
        if role is not before.role:
            await uow.people.set_role(wanted.user_id, role, ctx.person.user_id, self._clock.now())
        if wanted.right is Right.APPROVE_BILLING:
            await uow.people.set_approver(wanted.user_id, approves=True)
        await self._still_an_admin(
            uow, ctx, "role", "This is the only Admin. Make somebody else Admin first."
        )

    async def _decided(
        self,
        uow: UnitOfWork,
        ctx: Ctx,
        wanted: AccessRequest,
        state: RequestState,
        *,
        before: Standing,
        after: Standing,
    ) -> AccessRequest:
        """Writes down the decision and has everybody told."""
        role = after.role if state is RequestState.APPROVED else None
        await uow.access_requests.decide(
            wanted.id, state, role=role, by=ctx.person.user_id, at=self._clock.now()
        )
        action = "approve access request" if role else "decline access request"
        wish = {"right": wanted.right.value}
        await self._record(
            uow,
            ctx,
            action,
            wanted.user_id,
            before=wish | {"role": before.role.value},
            after=wish | {"role": after.role.value},
        )
        await self._jobs.enqueue(uow, TellAccess(tenant_id=ctx.tenant.id, request_id=wanted.id))
        decided = await uow.access_requests.get(wanted.id)
        assert decided is not None
        return decided

    async def _open(self, uow: UnitOfWork, ctx: Ctx, request_id: int) -> AccessRequest:
        found = await uow.access_requests.get(request_id, locked=True)
        if found is None:
            raise NotFound("request for access", str(request_id))
        if found.decided_at is not None:
            who = await uow.people.get(found.decided_by)
            when = found.decided_at.astimezone(ctx.person.zone)
            name = who.name if who else "somebody"
            raise AlreadyDone(f"Already {found.state.value} by {name} on {when:%d %b} at {when:%H:%M}.")
        return found

    async def _standing(self, uow: UnitOfWork, ctx: Ctx, user_id: str) -> Standing:
        person = await uow.people.get(user_id) or StoredPerson(user_id, None)
        return standing_of(person, await uow.user_groups.bindings_of(user_id), self._rules.within(ctx.tenant))

    async def _still_an_admin(self, uow: UnitOfWork, ctx: Ctx, field: str, reason: str) -> None:
        """Raises ``InvalidInput`` when this transaction would leave nobody who can set Deskhand up."""
        if not self._rules.admins_in(ctx.tenant, await uow.people.admins()):
            raise InvalidInput(field, reason)

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


def _facts(person: StoredPerson | None) -> dict[str, object]:
    if person is None:
        return {"role": None}
    return {
        "role": person.role.value if person.role else None,
        "billing_approver": person.billing_approver,
    }


async def _bound(uow: UnitOfWork, group_id: str) -> dict[str, object] | None:
    """What the group gives now, for the audit trail."""
    found = next((each for each in await uow.user_groups.bindings() if each.group.id == group_id), None)
    if found is None:
        return None
    return {"role": found.role.value if found.role else None, "billing_approver": found.billing_approver}
