"""Who somebody is in Slack, and in which user groups: the facts that decide about access."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from bot.domain.access import UserGroup
from bot.domain.context import Tenant
from bot.errors import SlackUnavailable
from bot.slack.installs import Installs
from bot.slack.problems import SlackRefused, slack_errors

PATIENCE: Final = 1.2
"""Seconds: a person's command waits for this answer, and a trigger lives 3."""
FIRST_PATIENCE: Final = 2.2
"""The same for somebody of whom nothing is known yet: without Slack's word nothing can be done for them."""

_STRANGER: Final = frozenset({"user_not_found", "user_not_visible", "users_not_found"})
"""Slack's words for people whom our workspace does not know."""
_NO_GROUPS: Final = frozenset({"paid_teams_only", "plan_upgrade_required", "team_access_not_granted"})
"""Slack's words for a plan without user groups."""
_NO_SCOPE: Final = "missing_scope"
ASK_AGAIN: Final = 30.0
"""Seconds before Slack is asked again for user groups on behalf of a request: it allows 20 of these a minute."""


@dataclass(frozen=True)
class Profile:
    """``timezone`` is an IANA name or ""; an outsider belongs to another workspace of a shared channel."""

    name: str
    timezone: str
    is_workspace_admin: bool
    is_guest: bool
    is_outsider: bool
    is_deactivated: bool
    is_bot: bool
    handle: str = ""
    email: str = ""
    """Only where the app may read it (``users:read.email``)."""


@dataclass(frozen=True)
class Heard:
    """Slack's word on the workspace's user groups; ``why_none`` is "scope", "plan", or ""."""

    groups: tuple[UserGroup, ...] = ()
    why_none: str = ""


class People:
    def __init__(self, installs: Installs) -> None:
        self._installs = installs
        self._asked_for_groups: dict[str, float] = {}

    async def profile(self, tenant: Tenant, user_id: str, *, patience: float = PATIENCE) -> Profile:
        """Slack's word on a person, within ``patience`` seconds. Raises ``SlackUnavailable``."""
        client = self._installs.clients(tenant.team_id).prompt
        try:
            with slack_errors():
                said = await asyncio.wait_for(client.users_info(user=user_id), patience)
        except SlackRefused as refused:
            if refused.code not in _STRANGER:
                raise
            return Profile(user_id, "", False, False, is_outsider=True, is_deactivated=False, is_bot=False)
        return profile_of(said["user"], tenant.team_id)

    async def profile_or_none(
        self, tenant: Tenant, user_id: str, *, patience: float = PATIENCE
    ) -> Profile | None:
        """The same; None when Slack does not answer, or not to the question."""
        try:
            return await self.profile(tenant, user_id, patience=patience)
        except (SlackUnavailable, SlackRefused):
            return None

    async def email(self, tenant: Tenant, user_id: str) -> str:
        """The person's address, or "" where Slack does not tell."""
        profile = await self.profile_or_none(tenant, user_id)
        return profile.email if profile else ""

    async def user_groups(self, tenant: Tenant, *, patience: float = PATIENCE) -> Heard:
        """Every user group with its members, the disabled ones too. Raises ``SlackUnavailable``."""
        self._asked_for_groups[tenant.team_id] = asyncio.get_running_loop().time()
        client = self._installs.clients(tenant.team_id).prompt
        try:
            with slack_errors():
                asking = client.usergroups_list(include_users=True, include_disabled=True)
                said = await asyncio.wait_for(asking, patience)
        except SlackRefused as refused:
            if refused.code in _NO_GROUPS:
                return Heard(why_none="plan")
            raise
        except SlackUnavailable as problem:
            if problem.detail == _NO_SCOPE:
                return Heard(why_none="scope")
            raise
        return Heard(tuple(map(user_group_of, said.get("usergroups") or ())))

    async def user_groups_or_none(self, tenant: Tenant) -> tuple[UserGroup, ...] | None:
        """The same for a request that waits; None when Slack has no word on them, or was just asked."""
        now = asyncio.get_running_loop().time()
        if now - self._asked_for_groups.get(tenant.team_id, -ASK_AGAIN) < ASK_AGAIN:
            return None
        try:
            heard = await self.user_groups(tenant)
        except (SlackUnavailable, SlackRefused):
            return None
        return None if heard.why_none else heard.groups


def user_group_of(group: Mapping[str, object]) -> UserGroup:
    """Slack's user group object as we keep it."""
    users = group.get("users")
    return UserGroup(
        id=str(group["id"]),
        handle=str(group.get("handle") or ""),
        name=str(group.get("name") or ""),
        members=tuple(map(str, users)) if isinstance(users, list) else (),
        is_disabled=bool(group.get("date_delete")),
    )


def profile_of(user: Mapping[str, object], team_id: str) -> Profile:
    """Slack's user object as facts. Org-wide installs know ``team_id`` as the organization (E…)."""
    shown = _part(user, "profile")
    return Profile(
        # The full name: it is written into Autotask, where nobody knows who "Dana" is.
        name=str(user.get("real_name") or shown.get("display_name") or user.get("name") or user.get("id")),
        timezone=str(user.get("tz") or ""),
        is_workspace_admin=bool(user.get("is_admin") or user.get("is_owner") or user.get("is_primary_owner")),
        is_guest=bool(user.get("is_restricted") or user.get("is_ultra_restricted")),
        is_outsider=_is_outsider(user, team_id),
        is_deactivated=bool(user.get("deleted")),
        is_bot=bool(user.get("is_bot")) or user.get("id") == "USLACKBOT",
        handle=str(user.get("name") or ""),
        email=str(shown.get("email") or ""),
    )


def _is_outsider(user: Mapping[str, object], team_id: str) -> bool:
    """Only an answer that names another home makes somebody an outsider; Slack may leave the home out."""
    if user.get("is_stranger"):
        return True
    home = user.get("team_id") or _part(user, "profile").get("team")
    return bool(home) and team_id not in {home, *_in_organization(_part(user, "enterprise_user"))}


def _in_organization(enterprise_user: Mapping[str, object]) -> set[object]:
    """The organization (E…) and those of its workspaces that a person of an Enterprise Grid belongs to."""
    teams = enterprise_user.get("teams")
    return {enterprise_user.get("enterprise_id"), *(teams if isinstance(teams, list) else ())}


def _part(user: Mapping[str, object], name: str) -> Mapping[str, object]:
    part = user.get(name)
    return part if isinstance(part, Mapping) else {}
