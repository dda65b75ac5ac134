"""The demo workspace: an MSP called Northwind IT, its people, its channels."""

from collections.abc import Callable
from dataclasses import dataclass

from sandbox.slack.model import Channel, ChannelKind, Member, Team, UserGroup

HOME_TEAM = Team("T0NORTHWD", "Northwind IT", "northwind-it")
OTHER_TEAM = Team("T0ACMECORP", "Acme Manufacturing", "acme-mfg")
APP_ID = "A0DESKHAND"
BOT_ID = "B0DESKHAND"
BOT_TOKEN = "xoxb-northwind-demo"  # noqa: S105 (a fixed demo value, printed when the server is ready)
BOT_USER_ID = "U0DESKHAND"
FOUNDED = 1_735_689_600  # 1 January 2025, before anything that happens here

_HOME, _OTHER = HOME_TEAM.id, OTHER_TEAM.id

PEOPLE = (
    Member(
        "U0DANA0001", _HOME, "dana.whitfield", "Dana Whitfield", "Owner (claims Deskhand's Admin)",
        "dana.whitfield@northwind-it.example", "America/New_York", "admin", "4a154b",
    ),
    Member(
        "U0MARCUS01", _HOME, "marcus.oyelaran", "Marcus Oyelaran", "Account manager",
        "marcus.oyelaran@northwind-it.example", "America/Chicago", "member", "1264a3",
    ),
    Member(
        "U0SOFIA001", _HOME, "sofia.lindqvist", "Sofia Lindqvist", "Sales",
        "sofia.lindqvist@northwind-it.example", "Europe/Stockholm", "member", "2b7d5b",
    ),
    Member(
        "U0PRIYA001", _HOME, "priya.raman", "Priya Raman", "Finance",
        "priya.raman@northwind-it.example", "Europe/London", "member", "9a5b13",
    ),
    Member(
        "U0TOMAS001", _HOME, "tomas.becker", "Tomas Becker", "Technician (Viewer)",
        "tomas.becker@northwind-it.example", "Australia/Sydney", "member", "5b6770",
    ),
    Member(
        "U0GRETA001", _HOME, "greta.holm", "Greta Holm", "Guest (no access)",
        "greta.holm@holm-audit.example", "Europe/Copenhagen", "guest", "7d3c98",
    ),
    Member(
        "U0LEWIS001", _HOME, "lewis.grant", "Lewis Grant", "Former technician",
        "lewis.grant@northwind-it.example", "America/Denver", "deactivated", "888888",
    ),
    Member(
        "U0EVELYN01", _OTHER, "evelyn.hart", "Evelyn Hart", "Client contact, Acme Manufacturing",
        "evelyn.hart@acme-mfg.example", "America/Los_Angeles", "external", "b3261e",
    ),
)  # fmt: skip

ADMIN, FULL_MEMBER, SALES, FINANCE, VIEWER, GUEST, DEACTIVATED, EXTERNAL = (p.id for p in PEOPLE)
STAFF = (ADMIN, FULL_MEMBER, SALES, FINANCE, VIEWER)


def _group(group_id: str, handle: str, name: str, *, users: tuple[str, ...], ended: int = 0) -> UserGroup:
    return UserGroup(
        group_id,
        handle,
        name,
        users,
        description=f"{name} of Northwind IT",
        created_by=ADMIN,
        created=FOUNDED,
        updated=ended or FOUNDED,
        disabled_at=ended,
    )


USER_GROUPS = (
    _group("S0ACCOUNTS", "account-managers", "Account Managers", users=(ADMIN, FULL_MEMBER)),
    _group("S0SERVICEDESK", "service-desk", "Service Desk", users=(VIEWER,)),
    _group("S0FINANCE", "finance", "Finance", users=(ADMIN, FINANCE)),
    _group("S0PROJECTS", "projects", "Projects", users=(SALES,), ended=FOUNDED + 86_400),
)


@dataclass(frozen=True, slots=True)
class Content:
    """What a workspace holds at first; `bot_user_id` and `bot_id` are the app's, once it is installed."""

    team: Team
    bot_user_id: str
    bot_id: str
    people: tuple[Member, ...]
    user_groups: tuple[UserGroup, ...]
    channels: Callable[[], list[Channel]]
    installed: bool
    other_team: Team | None = None

    def bot_member(self, name: str) -> Member:
        """The app's bot user under the name its manifest gives it."""
        handle = name.lower().replace(" ", "")
        return Member(self.bot_user_id, self.team.id, handle, name, "App", "", "Etc/UTC", "bot", "0b5c54")


def channels() -> list[Channel]:
    """The seeded channels; the app sits in #service-desk and #account-management only."""
    general = _channel("C0GENERAL", "general", STAFF, "Company-wide announcements")
    general.is_general = True
    shared = _channel(
        "C0ACMESHARED", "acme-shared", (ADMIN, FULL_MEMBER, EXTERNAL), "With Acme Manufacturing"
    )
    shared.is_ext_shared = True
    return [
        general,
        _channel("C0SERVICE", "service-desk", (*STAFF, GUEST, BOT_USER_ID), "Tickets and triage"),
        _channel(
            "C0ACCOUNTS", "account-management", (ADMIN, FULL_MEMBER, SALES, BOT_USER_ID), "Reviews and plans"
        ),
        _channel("C0SALES", "sales", (ADMIN, SALES), "Pipeline"),
        _channel("C0BILLING", "billing", (ADMIN, FINANCE), "Invoices and runs", kind="private"),
        shared,
    ]


def _channel(
    channel_id: str, name: str, members: tuple[str, ...], topic: str, *, kind: ChannelKind = "public"
) -> Channel:
    return Channel(channel_id, name, kind, FOUNDED, ADMIN, members=list(members), topic=topic, purpose=topic)


NORTHWIND = Content(
    team=HOME_TEAM,
    bot_user_id=BOT_USER_ID,
    bot_id=BOT_ID,
    people=PEOPLE,
    user_groups=USER_GROUPS,
    channels=channels,
    installed=True,
    other_team=OTHER_TEAM,
)
