"""Who is asking: the tenant by Slack's team id, the person with the role that holds now."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from bot.domain.access import Binding, HouseRules, Standing, StoredPerson, standing_of
from bot.domain.context import Ctx, Person, Role, Tenant
from bot.errors import NotAllowed, SlackUnavailable
from bot.settings import Settings
from bot.slack.directory import FIRST_PATIENCE, PATIENCE, Profile
from bot.slack.problems import SlackRefused
from handlers.payload import Payload
from handlers.tools import Tools

PROFILE_LIFE: Final = timedelta(minutes=15)
"""How long Slack's word on a person (guest, deactivated, zone) or a user group is taken as still true."""


async def ctx_of(payload: Payload, tools: Tools) -> Ctx:
    """Raises ``NotAllowed`` for an unknown workspace, ``SlackUnavailable`` for an unknown person."""
    tenant = await tenant_of(payload, tools)
    if not payload.user_id:
        return Ctx(tenant)
    person = await person_of(tenant, payload.user_id, tools)
    return Ctx(tenant, _without_rights(person) if _is_from_elsewhere(payload, tenant) else person)


def _without_rights(person: Person) -> Person:
    return replace(person, role=Role.NONE, billing_approver=False, is_workspace_admin=False, is_outside=True)


def _is_from_elsewhere(payload: Payload, tenant: Tenant) -> bool:
    """Somebody of another company in a shared channel, whatever Deskhand they have at home.

    Within an organization (Enterprise Grid) Slack's word on the person says where they belong.
    """
    home = payload.user_team_id
    return bool(home) and home != tenant.team_id and not payload.enterprise_id


async def tenant_of(payload: Payload, tools: Tools) -> Tenant:
    """The workspace that installed us, or the organization it belongs to."""
    tenant = await tools.workspaces.by_team(payload.team_ids)
    if tenant is not None:
        return tenant
    raise NotAllowed("use Deskhand from this workspace: it is not installed here")


async def person_of(tenant: Tenant, user_id: str, tools: Tools) -> Person:
    """The person with today's role and sight; Slack is asked for news at most every 15 minutes.

    When Slack does not answer, what it said last still holds; of somebody never seen we know nothing
    and raise ``SlackUnavailable``.
    """
    known = await _known(tenant, user_id, tools)
    news = await asyncio.gather(
        _profile_refreshed(tenant, user_id, known.profile_at, tools),
        _groups_refreshed(tenant, known.groups_at, tools),
    )
    if any(news):
        known = await _known(tenant, user_id, tools)
    if known.stored is None or known.profile_at is None:
        raise SlackUnavailable("users.info")
    standing = standing_of(known.stored, known.bindings, house_rules(tools.settings).within(tenant))
    return _person(known.stored, standing, seen=known.seen, zone=tenant.timezone)


@dataclass(frozen=True)
class _Known:
    """What the database says of a person; ``groups_at`` is None while nothing hangs on a user group."""

    stored: StoredPerson | None
    bindings: Sequence[Binding]
    seen: frozenset[int] | None
    groups_at: datetime | None

    @property
    def profile_at(self) -> datetime | None:
        return self.stored.profile_at if self.stored else None


async def _known(tenant: Tenant, user_id: str, tools: Tools) -> _Known:
    async with tools.database.unit(tenant.id) as uow:
        return _Known(
            await uow.people.get(user_id),
            await uow.user_groups.bindings_of(user_id),
            await uow.groups.seen_by(user_id),
            await uow.user_groups.oldest_in_use(),
        )


def _person(stored: StoredPerson, standing: Standing, *, seen: frozenset[int] | None, zone: str) -> Person:
    """An Admin sees every organization."""
    return Person(
        user_id=stored.user_id,
        name=stored.name,
        role=standing.role,
        timezone=stored.timezone or zone,
        billing_approver=standing.billing_approver,
        is_workspace_admin=stored.is_workspace_admin,
        organizations=None if standing.role is Role.ADMIN else seen,
        is_outside=stored.is_outside,
    )


def house_rules(settings: Settings) -> HouseRules:
    """What the settings say about people."""
    starting = {user_id: Role(role) for user_id, role in settings.starting_roles.items()}
    return HouseRules(settings.admins, starting, Role(settings.default_role))


async def learn_groups(tenant: Tenant, tools: Tools) -> str:
    """Asks Slack for the user groups now and keeps its word; why there are none: "scope", "plan", or "".

    Raises ``SlackUnavailable``.
    """
    asked_at = tools.clock.now()
    heard = await tools.people.user_groups(tenant)
    if not heard.why_none:
        async with tools.database.unit(tenant.id) as uow:
            await uow.user_groups.save(heard.groups, asked_at)
    return heard.why_none


async def learn_groups_if_possible(tenant: Tenant, tools: Tools) -> str:
    """The same; while Slack is silent, or does not let us ask, what we know stays."""
    try:
        return await learn_groups(tenant, tools)
    except (SlackUnavailable, SlackRefused):
        return ""


async def learn_profile(tenant: Tenant, user_id: str, profile: Profile, tools: Tools) -> None:
    """Keeps what Slack says of the person now."""
    async with tools.database.unit(tenant.id) as uow:
        await uow.people.save_profile(
            user_id,
            name=profile.name,
            handle=profile.handle,
            timezone=profile.timezone,
            is_workspace_admin=profile.is_workspace_admin,
            is_guest=profile.is_guest,
            is_outsider=profile.is_outsider,
            is_deactivated=profile.is_deactivated,
            is_bot=profile.is_bot,
            at=tools.clock.now(),
        )


async def _profile_refreshed(tenant: Tenant, user_id: str, known_at: datetime | None, tools: Tools) -> bool:
    """Whether there is a new word of Slack."""
    if known_at is not None and known_at + PROFILE_LIFE >= tools.clock.now():
        return False
    patience = FIRST_PATIENCE if known_at is None else PATIENCE
    profile = await tools.people.profile_or_none(tenant, user_id, patience=patience)
    if profile is not None:
        await learn_profile(tenant, user_id, profile, tools)
    return profile is not None


async def _groups_refreshed(tenant: Tenant, known_at: datetime | None, tools: Tools) -> bool:
    """Nothing to ask while no role and no sight hangs on a group."""
    if known_at is None or known_at + PROFILE_LIFE >= tools.clock.now():
        return False
    asked_at = tools.clock.now()
    groups = await tools.people.user_groups_or_none(tenant)
    if groups is not None:
        async with tools.database.unit(tenant.id) as uow:
            await uow.user_groups.save(groups, asked_at)
    return groups is not None
