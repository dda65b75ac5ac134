"""Which role holds for whom, and why: rules only (product PA1, PA6)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.context import RIGHTS, Right, Role, Tenant

ASK_AGAIN_AFTER = timedelta(days=1)
"""How long a refusal stands before the same person may ask for the same right again."""


@dataclass(frozen=True)
class StoredPerson:
    """``role`` is None until somebody gives one; ``profile_at`` is None before Slack was asked."""

    user_id: str
    role: Role | None
    billing_approver: bool = False
    name: str = ""
    handle: str = ""
    timezone: str = ""
    is_workspace_admin: bool = False
    is_guest: bool = False
    is_outsider: bool = False
    is_deactivated: bool = False
    is_bot: bool = False
    profile_at: datetime | None = None

    @property
    def is_outside(self) -> bool:
        """Guests, people of other workspaces, bots and deactivated members: nothing is for them."""
        return self.is_guest or self.is_outsider or self.is_deactivated or self.is_bot


@dataclass(frozen=True)
class UserGroup:
    """A user group of Slack (``@finance``) as it was last seen."""

    id: str
    handle: str
    name: str
    members: tuple[str, ...] = ()
    is_disabled: bool = False


@dataclass(frozen=True)
class Binding:
    """What the members of a user group are here: a role, the right to approve billing, or both."""

    group: UserGroup
    role: Role | None
    billing_approver: bool = False


@dataclass(frozen=True)
class HouseRules:
    """What the installation's settings say about people, before anybody says anything in Slack."""

    admins: tuple[str, ...] = ()
    starting: Mapping[str, Role] = field(default_factory=dict)
    default: Role = Role.FULL_MEMBER

    def within(self, tenant: Tenant) -> "HouseRules":
        """What of it counts in this workspace: people are named for the one that the settings themselves install."""
        return self if tenant.by_environment else HouseRules(default=self.default)

    def admins_in(self, tenant: Tenant, given: Sequence[str]) -> list[str]:
        """The workspace's Admins: whom the settings name, then those who were ``given`` the role."""
        return list(dict.fromkeys((*self.within(tenant).admins, *given)))


class Because(StrEnum):
    """Why somebody has a role."""

    OUTSIDE = "outside"
    SETTINGS = "settings"
    PERSON = "person"
    GROUP = "group"
    STARTING = "starting"
    OWNER = "owner"
    DEFAULT = "default"


@dataclass(frozen=True)
class Standing:
    """A role with its reason; ``handle`` names the user group it comes from."""

    role: Role
    because: Because
    handle: str = ""
    billing_approver: bool = False
    billing_handle: str = ""
    """The user group that gives the right to approve billing; "" when the person has it themselves."""

    def may(self, right: Right) -> bool:
        if right is Right.APPROVE_BILLING:
            return self.billing_approver and self.role is not Role.NONE
        return right in RIGHTS[self.role]


def standing_of(person: StoredPerson, bindings: Sequence[Binding], rules: HouseRules) -> Standing:
    """The role that holds now. ``bindings`` are those of the groups the person is in.

    Guests, outsiders, bots and deactivated members: none. Then BOT_ADMINS, the person's own role, the highest
    role of the groups, BOT_ROLES, the default. Where the default is none, owners and admins of the workspace
    still read, so that one of them can become the first Admin.
    """
    if person.is_outside:
        return Standing(Role.NONE, Because.OUTSIDE)
    role, because, handle = _role(person, bindings, rules)
    giving = next((each.group.handle for each in bindings if each.billing_approver), "")
    return Standing(
        role,
        because,
        handle,
        billing_approver=person.billing_approver or bool(giving),
        billing_handle="" if person.billing_approver else giving,
    )


def _role(person: StoredPerson, bindings: Sequence[Binding], rules: HouseRules) -> tuple[Role, Because, str]:
    if person.user_id in rules.admins:
        return Role.ADMIN, Because.SETTINGS, ""
    if person.role is not None:
        return person.role, Because.PERSON, ""
    bound = [(rank(each.role), each.role, each.group.handle) for each in bindings if each.role is not None]
    if bound:
        _, role, handle = min(bound, key=lambda each: each[0])
        return role, Because.GROUP, handle
    if person.user_id in rules.starting:
        return rules.starting[person.user_id], Because.STARTING, ""
    if rules.default is Role.NONE and person.is_workspace_admin:
        return Role.VIEWER, Because.OWNER, ""
    return rules.default, Because.DEFAULT, ""


def rank(role: Role) -> int:
    """0 for the role that may do most."""
    return list(Role).index(role)


def roles_with(right: Right) -> tuple[Role, ...]:
    """The roles that bring the right, the one that may do least first: what an Admin would give."""
    return tuple(role for role in reversed(Role) if right in RIGHTS[role])


class RequestState(StrEnum):
    OPEN = "open"
    APPROVED = "approved"
    DECLINED = "declined"


@dataclass(frozen=True)
class AccessRequest:
    """Somebody asked for a right; ``role`` is what an Admin gave."""

    id: int
    user_id: str
    right: Right
    state: RequestState
    asked_at: datetime
    decided_by: str = ""
    decided_at: datetime | None = None
    role: Role | None = None

    def was_declined_since(self, moment: datetime) -> bool:
        return (
            self.state is RequestState.DECLINED and self.decided_at is not None and self.decided_at > moment
        )


@dataclass(frozen=True)
class Holder:
    """One line of an answer to "who can …": a person, a user group, or (both empty) everybody else."""

    standing: Standing
    user_id: str = ""
    group: UserGroup | None = None
    organization_group: str = ""
    """The organization group through which an organization is seen."""


_WORDS: dict[Right, tuple[str, ...]] = {
    Right.READ: ("read", "see", "look", "view", "use deskhand"),
    Right.CONNECT: ("connect", "connect autotask", "change the connection", "update credentials"),
    Right.MAP_ORGANIZATIONS: ("map", "map organizations", "map companies", "create organizations"),
    Right.MANAGE_PEOPLE: ("manage people", "give roles", "change roles", "approve requests", "manage access"),
    Right.RUN_REVIEWS: ("run reviews", "review", "start reviews", "answer reviews", "complete reviews"),
    Right.CREATE_TICKETS: ("create tickets", "raise tickets", "open tickets", "write tickets", "tickets"),
    Right.SYNC: ("sync", "start a sync", "refresh companies"),
    Right.HANDLE_ALERTS: ("handle alerts", "acknowledge alerts", "snooze alerts", "assign alerts"),
    Right.APPROVE_BILLING: (
        "push billing",
        "approve billing",
        "billing",
        "approve invoices",
        "push invoices",
    ),
    Right.MANAGE_TEMPLATES: ("change templates", "import templates", "manage templates", "edit templates"),
    Right.CHANGE_SETTINGS: ("change settings", "settings", "switch features", "configure"),
    Right.REMOVE_CONNECTION: ("remove", "disconnect", "remove the connection", "delete"),
    Right.READ_AUDIT: ("read the audit trail", "audit", "see the audit trail", "export the audit trail"),
}
"""How people call a right after "who can …"; the first of each is how we call it in examples."""


def wordings() -> dict[str, Right]:
    """Every wording with its right, the right's own name included."""
    return {word: right for right in Right for word in (*_WORDS[right], right.value)}
