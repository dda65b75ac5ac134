"""Who is asking: the tenant by Slack's team id, the person with the role that holds now."""

from datetime import timedelta
from typing import Final

from bot.db.people import StoredPerson
from bot.domain.context import Ctx, Person, Role, Tenant
from bot.errors import NotAllowed, SlackUnavailable
from handlers.payload import Payload
from handlers.tools import Tools

PROFILE_LIFE: Final = timedelta(minutes=15)
"""How long Slack's word on a person (guest, deactivated, zone) is taken as still true."""


async def ctx_of(payload: Payload, tools: Tools) -> Ctx:
    """Raises ``NotAllowed`` for an unknown workspace, ``SlackUnavailable`` for an unknown person."""
    tenant = await tenant_of(payload, tools)
    if not payload.user_id:
        return Ctx(tenant)
    return Ctx(tenant, await person_of(tenant, payload.user_id, tools))


async def tenant_of(payload: Payload, tools: Tools) -> Tenant:
    """The workspace that installed us, or the organization it belongs to."""
    async with tools.database.directory() as directory:
        for team_id in payload.team_ids:
            tenant = await directory.tenant_by_team(team_id)
            if tenant is not None:
                return tenant
    raise NotAllowed("use Deskhand from this workspace: it is not installed here")


async def person_of(tenant: Tenant, user_id: str, tools: Tools) -> Person:
    """The person with today's role; Slack is asked for news at most every 15 minutes.

    When Slack does not answer, what it said last still holds; of somebody never seen we know nothing
    and raise ``SlackUnavailable``.
    """
    async with tools.database.unit(tenant.id) as uow:
        stored = await uow.people.get(user_id)
    fresh_until = stored.profile_at + PROFILE_LIFE if stored and stored.profile_at else None
    if fresh_until is None or fresh_until < tools.clock.now():
        stored = await _refreshed(tenant, user_id, tools) or stored
    if stored is None or stored.profile_at is None:
        raise SlackUnavailable("users.info")
    return Person(
        user_id=user_id,
        name=stored.name,
        role=role_of(stored, admins=tools.settings.admins, default=Role(tools.settings.default_role)),
        timezone=stored.timezone or tenant.timezone,
        billing_approver=stored.billing_approver,
        is_workspace_admin=stored.is_workspace_admin,
    )


def role_of(standing: StoredPerson, *, admins: tuple[str, ...], default: Role) -> Role:
    """Guests, outsiders, bots and deactivated members: none. Then BOT_ADMINS, the stored role, the default.

    Where the default is none, owners and admins of the workspace still read, so that one of them can
    become the first Admin.
    """
    if standing.is_guest or standing.is_outsider or standing.is_deactivated or standing.is_bot:
        return Role.NONE
    if standing.user_id in admins:
        return Role.ADMIN
    if standing.role is not None:
        return standing.role
    return Role.VIEWER if default is Role.NONE and standing.is_workspace_admin else default


async def _refreshed(tenant: Tenant, user_id: str, tools: Tools) -> StoredPerson | None:
    """The person with Slack's word of now, or None when Slack does not answer in time."""
    profile = await tools.people.profile_or_none(tenant, user_id)
    if profile is None:
        return None
    async with tools.database.unit(tenant.id) as uow:
        await uow.people.save_profile(
            user_id,
            name=profile.name,
            timezone=profile.timezone,
            is_workspace_admin=profile.is_workspace_admin,
            is_guest=profile.is_guest,
            is_outsider=profile.is_outsider,
            is_deactivated=profile.is_deactivated,
            is_bot=profile.is_bot,
            at=tools.clock.now(),
        )
        return await uow.people.get(user_id)
