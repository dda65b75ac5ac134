"""Answers about people: who may do what, and why (product PA1)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.db.session import Database, UnitOfWork
from bot.domain.access import (
    AccessRequest,
    Because,
    Binding,
    Holder,
    HouseRules,
    Standing,
    StoredPerson,
    UserGroup,
    rank,
    standing_of,
)
from bot.domain.context import RIGHTS, Ctx, Right, Role
from bot.domain.groups import Group
from bot.domain.organizations import Organization
from bot.errors import NotFound

MOST_CANDIDATES = 10


@dataclass(frozen=True)
class Explained:
    """What somebody is here. ``groups`` are the organization groups of who sees a part only; None: all."""

    person: StoredPerson
    standing: Standing
    sees: int | None = None
    """How many organizations they see; None: all of them."""


@dataclass(frozen=True)
class Management:
    """The facts of the page for Admins."""

    people: tuple[Explained, ...]
    bindings: tuple[Binding, ...]
    groups: tuple[Group, ...]
    group_count: int
    requests: tuple[AccessRequest, ...]
    request_count: int
    default: Role
    names: Mapping[str, str]
    """Of everybody who waits for an answer, by Slack id."""


@dataclass(frozen=True)
class Everybody:
    """Who holds something: people, user groups, and everybody else if ``default`` brings it."""

    holders: tuple[Holder, ...]
    default: Role | None = None


class WhoService:
    def __init__(self, database: Database, *, rules: HouseRules) -> None:
        self._database = database
        self._rules = rules

    async def explain(self, ctx: Ctx, user_id: str) -> Explained:
        """A person's role and its reason. Raises ``NotFound`` for somebody nobody has seen yet."""
        ctx.require(Right.READ)
        async with self._database.unit(ctx.tenant.id) as uow:
            person = await uow.people.get(user_id)
            if person is None:
                raise NotFound("person", user_id)
            standing = standing_of(
                person, await uow.user_groups.bindings_of(user_id), self._rules.within(ctx.tenant)
            )
            seen = await uow.groups.seen_by(user_id)
        is_bound = seen is not None and standing.role is not Role.ADMIN
        return Explained(person, standing, len(seen) if seen is not None and is_bound else None)

    async def named(self, ctx: Ctx, text: str) -> list[StoredPerson]:
        """People who may be meant by a typed name, at most ten."""
        ctx.require(Right.READ)
        async with self._database.unit(ctx.tenant.id) as uow:
            return await uow.people.named(text, MOST_CANDIDATES)

    async def can(self, ctx: Ctx, right: Right) -> Everybody:
        """Who has the right by a role of their own or by a group, and whether everybody else has."""
        ctx.require(Right.READ)
        rules = self._rules.within(ctx.tenant)
        async with self._database.unit(ctx.tenant.id) as uow:
            bindings = await uow.user_groups.bindings()
            people = await self._set_apart(uow, rules)
        return Everybody(
            (*_persons_with(right, people, bindings, rules), *_groups_with(right, bindings)),
            rules.default if right in RIGHTS[rules.default] else None,
        )

    async def sees(self, ctx: Ctx, organization_id: int) -> tuple[Organization, Everybody]:
        """Who sees an organization; for who sees it. Everybody means: who is in no group. Raises ``NotFound``."""
        ctx.require(Right.READ)
        async with self._database.unit_for(ctx) as uow:
            organization = await uow.organizations.get(organization_id)
            if organization is None:
                raise NotFound("organization", str(organization_id))
            groups = await uow.groups.with_organization(organization_id)
            holders = [each for group in groups for each in await _holders(uow, group)]
        admins = (await self.can(ctx, Right.MANAGE_PEOPLE)).holders
        return organization, Everybody((*admins, *holders), self._rules.default)

    async def management(self, ctx: Ctx, *, most: int = 500) -> Management:
        """Everything on the page for Admins, at most ``most`` of a kind."""
        ctx.require(Right.MANAGE_PEOPLE)
        rules = self._rules.within(ctx.tenant)
        async with self._database.unit(ctx.tenant.id) as uow:
            bindings = await uow.user_groups.bindings()
            people = await self._set_apart(uow, rules)
            groups, group_count = await uow.groups.page(0, most)
            requests, request_count = await uow.access_requests.waiting(0, most)
            askers = await uow.people.these({each.user_id for each in requests})
        shown = [Explained(each, _standing(each, bindings, rules)) for each in people]
        shown.sort(key=lambda each: (rank(each.standing.role), each.person.name.lower()))
        return Management(
            people=tuple(shown),
            bindings=tuple(bindings),
            groups=tuple(groups),
            group_count=group_count,
            requests=tuple(requests),
            request_count=request_count,
            default=rules.default,
            names={each.user_id: each.name for each in askers},
        )

    async def user_groups(self, ctx: Ctx, text: str = "") -> list[UserGroup]:
        """Slack's user groups whose handle or name contains the text, as last heard."""
        ctx.require(Right.MANAGE_PEOPLE)
        async with self._database.unit(ctx.tenant.id) as uow:
            return await uow.user_groups.search(text)

    async def _set_apart(self, uow: UnitOfWork, rules: HouseRules) -> list[StoredPerson]:
        """Everybody of whom somebody or the settings said something, seen by us or not."""
        own = await uow.people.with_own_role()
        named = {*rules.admins, *rules.starting} - {each.user_id for each in own}
        known = await uow.people.these(named)
        unseen = named - {each.user_id for each in known}
        return [*own, *known, *(StoredPerson(user_id, None) for user_id in sorted(unseen))]


def _standing(person: StoredPerson, bindings: Sequence[Binding], rules: HouseRules) -> Standing:
    inside = [
        each for each in bindings if person.user_id in each.group.members and not each.group.is_disabled
    ]
    return standing_of(person, inside, rules)


def _persons_with(
    right: Right, people: Iterable[StoredPerson], bindings: Sequence[Binding], rules: HouseRules
) -> list[Holder]:
    """Those whose right is their own; who has it by a group or by default is not listed one by one."""
    held = [Holder(_standing(each, bindings, rules), user_id=each.user_id) for each in people]
    own = {Because.SETTINGS, Because.PERSON, Because.STARTING}
    return [
        each
        for each in sorted(held, key=lambda each: rank(each.standing.role))
        if each.standing.may(right)
        and (
            not each.standing.billing_handle
            if right is Right.APPROVE_BILLING
            else each.standing.because in own
        )
    ]


def _groups_with(right: Right, bindings: Sequence[Binding]) -> list[Holder]:
    def has(binding: Binding) -> bool:
        if binding.group.is_disabled:
            return False
        if right is Right.APPROVE_BILLING:
            return binding.billing_approver
        return binding.role is not None and right in RIGHTS[binding.role]

    return [
        Holder(
            Standing(
                each.role or Role.NONE,
                Because.GROUP,
                each.group.handle,
                billing_approver=each.billing_approver,
            ),
            group=each.group,
        )
        for each in bindings
        if has(each)
    ]


async def _holders(uow: UnitOfWork, group: Group) -> list[Holder]:
    """The members of an organization group."""
    members = await uow.groups.members(group.id)
    through = {
        each.id: each
        for each in await uow.user_groups.these([each.id for each in members if each.is_user_group])
    }
    by_membership = Standing(Role.NONE, Because.GROUP)
    return [
        Holder(
            by_membership,
            user_id="" if each.is_user_group else each.id,
            group=through.get(each.id),
            organization_group=group.name,
        )
        for each in members
        if not each.is_user_group or each.id in through
    ]
