"""Who is asking, for which workspace: the first argument of every service method."""

from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot.errors import NotAllowed


class Role(StrEnum):
    """What a person may do, from most to least (product: Permissions & audit)."""

    ADMIN = "admin"
    FULL_MEMBER = "full_member"
    SALES = "sales"
    VIEWER = "viewer"
    NONE = "none"
    """Guests, people of other workspaces in a shared channel, deactivated members."""

    @property
    def label(self) -> str:
        return _ROLE_LABELS[self]


_ROLE_LABELS = {
    Role.ADMIN: "Admin",
    Role.FULL_MEMBER: "Full Member",
    Role.SALES: "Sales",
    Role.VIEWER: "Viewer",
    Role.NONE: "No access",
}


class Right(StrEnum):
    """One thing a person may do; the value completes the sentence "you may not …"."""

    READ = "see this"
    CONNECT = "connect Autotask"
    MAP_ORGANIZATIONS = "map organizations"
    MANAGE_PEOPLE = "change people's roles"
    RUN_REVIEWS = "run reviews"
    CREATE_TICKETS = "create tickets"
    SYNC = "start a sync"
    HANDLE_ALERTS = "acknowledge, snooze or assign alerts"
    APPROVE_BILLING = "approve billing"
    MANAGE_TEMPLATES = "change review templates"
    CHANGE_SETTINGS = "change Deskhand's settings"
    REMOVE_CONNECTION = "remove the connection to Autotask"
    READ_AUDIT = "read the audit trail"


RIGHTS: dict[Role, frozenset[Right]] = {
    Role.ADMIN: frozenset(Right) - {Right.APPROVE_BILLING},
    Role.FULL_MEMBER: frozenset(
        {
            Right.READ,
            Right.MAP_ORGANIZATIONS,
            Right.RUN_REVIEWS,
            Right.CREATE_TICKETS,
            Right.SYNC,
            Right.HANDLE_ALERTS,
            Right.MANAGE_TEMPLATES,
        }
    ),
    Role.SALES: frozenset({Right.READ, Right.CREATE_TICKETS}),
    Role.VIEWER: frozenset({Right.READ}),
    Role.NONE: frozenset(),
}


@dataclass(frozen=True)
class Tenant:
    """One Slack workspace with its own Autotask connection. ``timezone`` is an IANA name.

    ``by_environment``: the workspace of SLACK_BOT_TOKEN; what the environment gives (Admins, an Autotask login)
    is meant for it. ``installation`` is another number after each installation and each uninstallation.
    """

    id: int
    team_id: str
    name: str
    timezone: str = "UTC"
    by_environment: bool = True
    is_installed: bool = True
    installation: int = 0


@dataclass(frozen=True)
class Person:
    """A member of the workspace. ``timezone`` is the member's own IANA zone from Slack."""

    user_id: str
    name: str
    role: Role
    timezone: str = "UTC"
    billing_approver: bool = False
    is_workspace_admin: bool = False
    """Owner or admin of the Slack workspace: may claim Deskhand's first Admin seat."""
    organizations: frozenset[int] | None = None
    """The organizations of the person's groups; None: all of them (product PA2)."""
    is_outside: bool = False
    """A guest, somebody of another workspace, a bot or a deactivated member: may not even ask for access."""

    @property
    def zone(self) -> tzinfo:
        """UTC where the name of the zone is not known here."""
        try:
            return ZoneInfo(self.timezone)
        except (KeyError, ValueError, OSError):
            return UTC

    def may(self, right: Right) -> bool:
        """Billing approver is given to people, not to roles; who may do nothing approves nothing either."""
        if right is Right.APPROVE_BILLING:
            return self.billing_approver and self.role is not Role.NONE
        return right in RIGHTS[self.role]

    @property
    def sees_money(self) -> bool:
        """Viewers see hours; what they are worth is for who bills, sells or decides."""
        return self.role in {Role.ADMIN, Role.FULL_MEMBER, Role.SALES} or self.billing_approver

    @property
    def sees_everybodys_time(self) -> bool:
        """How much each colleague worked, and of that to bill: for who runs the team, and who bills."""
        return self.role in {Role.ADMIN, Role.FULL_MEMBER} or self.may(Right.APPROVE_BILLING)


@dataclass(frozen=True)
class Ctx:
    """Tenant and person of one request. Services check rights here, at the moment of the act."""

    tenant: Tenant
    person: Person = field(default_factory=lambda: Person("", "Deskhand", Role.NONE))

    def require(self, right: Right) -> None:
        """Raises ``NotAllowed`` unless the person has the right now."""
        if not self.person.may(right):
            raise NotAllowed(right.value)

    def require_whole_sight(self) -> None:
        """Raises ``NotAllowed`` for who sees only the organizations of their groups.

        For mapping, and whatever else shows the companies of Autotask: they name every client.
        """
        if self.person.organizations is not None:
            raise NotAllowed(
                "map organizations or look through Autotask's companies, because they name every client and you see "
                "those of your groups only. An Admin can"
            )
