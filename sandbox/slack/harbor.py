"""The second workspace: Harbor IT, a small MSP where nobody has installed the app yet."""

from sandbox.slack.model import Channel, ChannelKind, Member, Team, UserGroup
from sandbox.slack.seed import FOUNDED, Content

TEAM = Team("T0HARBOR1", "Harbor IT", "harbor-it")
BOT_USER_ID = "U0DESKHARB"
BOT_ID = "B0DESKHARB"

PEOPLE = (
    Member(
        "U0HANNAH01", TEAM.id, "hannah.pryce", "Hannah Pryce", "Owner (installs Deskhand)",
        "hannah.pryce@harbor-it.example", "America/New_York", "admin", "1d4ed8",
    ),
    Member(
        "U0OMAR0001", TEAM.id, "omar.haddad", "Omar Haddad", "Technician and account manager",
        "omar.haddad@harbor-it.example", "America/New_York", "member", "0f766e",
    ),
    Member(
        "U0LUCIA001", TEAM.id, "lucia.ferrante", "Lucia Ferrante", "Bookkeeper (guest)",
        "lucia@ferrante-books.example", "Europe/Rome", "guest", "a21caf",
    ),
)  # fmt: skip

OWNER, TECHNICIAN, BOOKKEEPER = (person.id for person in PEOPLE)

USER_GROUPS = (
    UserGroup(
        "S0HDESK", "service-desk", "Service Desk", (TECHNICIAN,),
        description="Whoever is on call", created_by=OWNER, created=FOUNDED, updated=FOUNDED,
    ),
)  # fmt: skip


def channels() -> list[Channel]:
    """Its channels; two carry names that Northwind IT uses as well."""
    general = _channel("C0HGENERAL", "general", (OWNER, TECHNICIAN), "Everyone at Harbor IT")
    general.is_general = True
    return [
        general,
        _channel("C0HDESK", "service-desk", (OWNER, TECHNICIAN), "Tickets"),
        _channel("C0HBOOKS", "books", (OWNER, BOOKKEEPER), "Invoices", kind="private"),
    ]


def _channel(
    channel_id: str, name: str, members: tuple[str, ...], topic: str, *, kind: ChannelKind = "public"
) -> Channel:
    return Channel(channel_id, name, kind, FOUNDED, OWNER, members=list(members), topic=topic, purpose=topic)


HARBOR = Content(
    team=TEAM,
    bot_user_id=BOT_USER_ID,
    bot_id=BOT_ID,
    people=PEOPLE,
    user_groups=USER_GROUPS,
    channels=channels,
    installed=False,
)
