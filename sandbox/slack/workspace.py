"""The state of one workspace, and the questions everyone asks of it."""

from dataclasses import replace

from sandbox.slack import seed
from sandbox.slack.clock import Clock
from sandbox.slack.errors import ApiError
from sandbox.slack.harbor import HARBOR
from sandbox.slack.ids import Ids
from sandbox.slack.manifest import DEFAULT
from sandbox.slack.model import (
    AppManifest,
    Channel,
    Installation,
    Member,
    Message,
    ScheduledMessage,
    StoredFile,
    UserGroup,
)


class Workspace:
    """People, conversations and files of one team, in memory; times come from its clock.

    Without `content` it is Northwind IT, and has Harbor IT as its neighbour on the same server.
    """

    def __init__(
        self,
        *,
        clock: Clock | None = None,
        ids: Ids | None = None,
        app: AppManifest = DEFAULT,
        content: seed.Content = seed.NORTHWIND,
    ) -> None:
        self.clock = clock or Clock()
        self.ids = ids or Ids(self.clock)
        self._content = content
        self.team, self.other_team = content.team, content.other_team
        self.base_url = ""  # where the server is reached, once there is one
        self.app = app
        self.app_id, self.bot_id = seed.APP_ID, content.bot_id
        self.bot = content.bot_member(app.bot_name)
        self.members: dict[str, Member] = {}
        self.channels: dict[str, Channel] = {}
        self.files: dict[str, StoredFile] = {}
        self.scheduled: dict[str, ScheduledMessage] = {}
        self.user_groups: dict[str, UserGroup] = {}
        self.first_token = seed.BOT_TOKEN
        self.installation: Installation | None = None
        self.dead_tokens: dict[str, str] = {}  # token → the error it answers from now on
        self.neighbours = _neighbours(self) if content is seed.NORTHWIND else ()
        self.reset()

    def reset(self) -> None:
        """Put the seeded people and empty channels back; ids go on counting."""
        self.members = {member.id: member for member in self._content.people}
        self.channels = {channel.id: channel for channel in self._content.channels()}
        self.user_groups = {group.id: group for group in self._content.user_groups}
        self.files.clear()
        self.scheduled.clear()
        self.dead_tokens.clear()
        self.installation = None
        if self._content.installed:
            self.install(Installation(self.first_token, self.app.scopes))

    @property
    def scopes(self) -> tuple[str, ...]:
        """What the app may do here; nothing where it is not installed."""
        return self.installation.scopes if self.installation else ()

    def install(self, installation: Installation) -> None:
        """Let the app's bot user in."""
        self.installation = installation
        self.members[self.bot.id] = self.bot

    def use_first_token(self, token: str) -> None:
        """Give the seeded installation this token; one that a person made keeps its own."""
        self.first_token = token
        if self.installation is not None and not self.installation.installed_by:
            self.install(replace(self.installation, token=token))

    def uninstall(self, error: str) -> None:
        """Take the app out of every conversation; its token answers `error` from now on."""
        if self.installation is not None:
            self.dead_tokens[self.installation.token] = error
        self.installation = None
        self.members[self.bot.id] = replace(self.bot, kind="deactivated")
        for channel in self.channels.values():
            if not channel.is_direct and self.bot.id in channel.members:
                channel.members.remove(self.bot.id)

    def member(self, user_id: str) -> Member:
        """The member; raises ApiError `user_not_found`."""
        found = self.members.get(user_id)
        if found is None:
            raise ApiError("user_not_found")
        return found

    def team_name(self, team_id: str) -> str:
        known = (self.team, self.other_team)
        return next((team.name for team in known if team is not None and team.id == team_id), "")

    def channel(self, name_or_id: str) -> Channel:
        """The conversation by id, `#name` or name; raises ApiError `channel_not_found`."""
        found = self.channels.get(name_or_id)
        wanted = name_or_id.removeprefix("#")
        found = found or next((c for c in self.channels.values() if c.name and c.name == wanted), None)
        if found is None:
            raise ApiError("channel_not_found")
        return found

    def direct(self, first: str, second: str) -> Channel:
        """The direct conversation of two members, made on first use."""
        pair = {first, second}
        for channel in self.channels.values():
            if channel.kind == "im" and set(channel.members) == pair:
                return channel
        channel_id = self.ids.new("D")
        self.channels[channel_id] = Channel(
            channel_id, "", "im", int(self.clock.now()), first, members=[first, second]
        )
        return self.channels[channel_id]

    def group(self, users: list[str]) -> Channel:
        """The group conversation of these members, made on first use."""
        for channel in self.channels.values():
            if channel.kind == "mpim" and set(channel.members) == set(users):
                return channel
        channel_id = self.ids.new("G")
        name = "mpdm-" + "--".join(self.members[user].name for user in users) + "-1"
        made = Channel(channel_id, name, "mpim", int(self.clock.now()), users[0], members=users)
        self.channels[channel_id] = made
        return made

    def app_im(self, user: str) -> Channel:
        """The person's direct messages with the app."""
        return self.direct(user, self.bot.id)

    def can_see(self, user: str, channel: Channel) -> bool:
        """Members see their conversations; staff (not guests or outsiders) also see public channels."""
        if user in channel.members:
            return True
        member = self.members.get(user)
        return channel.kind == "public" and member is not None and member.kind in {"admin", "member"}

    def audience(self, channel: Channel) -> list[str]:
        """Everyone who may look at this conversation."""
        return [user for user in self.members if self.can_see(user, channel)]

    def message(self, channel: Channel, ts: str) -> Message:
        """The message; raises ApiError `message_not_found` (ephemeral ones are not found)."""
        found = channel.messages.get(ts)
        if found is None:
            raise ApiError("message_not_found")
        return found


def _neighbours(home: Workspace) -> tuple[Workspace, ...]:
    """Share the clock and the ids: no id exists in two workspaces."""
    return (Workspace(clock=home.clock, ids=home.ids, app=home.app, content=HARBOR),)
