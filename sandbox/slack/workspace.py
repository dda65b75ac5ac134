"""The state of one workspace, and the questions everyone asks of it."""

from sandbox.slack import seed
from sandbox.slack.clock import Clock
from sandbox.slack.errors import ApiError
from sandbox.slack.ids import Ids
from sandbox.slack.manifest import DEFAULT
from sandbox.slack.model import (
    AppManifest,
    Channel,
    Member,
    Message,
    ScheduledMessage,
    StoredFile,
    UserGroup,
)


class Workspace:
    """People, conversations and files of Northwind IT, in memory; times come from its clock."""

    def __init__(self, *, clock: Clock | None = None, app: AppManifest = DEFAULT) -> None:
        self.clock = clock or Clock()
        self.ids = Ids(self.clock)
        self.team = seed.HOME_TEAM
        self.other_team = seed.OTHER_TEAM
        self.base_url = ""  # where the server is reached, once there is one
        self.app = app
        self.app_id, self.bot_id = seed.APP_ID, seed.BOT_ID
        self.bot = seed.bot_member(app.bot_name)
        self.members: dict[str, Member] = {}
        self.channels: dict[str, Channel] = {}
        self.files: dict[str, StoredFile] = {}
        self.scheduled: dict[str, ScheduledMessage] = {}
        self.user_groups: dict[str, UserGroup] = {}
        self.reset()

    def reset(self) -> None:
        """Put the seeded people and empty channels back; ids go on counting."""
        self.members = {member.id: member for member in (*seed.PEOPLE, self.bot)}
        self.channels = {channel.id: channel for channel in seed.channels()}
        self.user_groups = {group.id: group for group in seed.USER_GROUPS}
        self.files.clear()
        self.scheduled.clear()

    def member(self, user_id: str) -> Member:
        """The member; raises ApiError `user_not_found`."""
        found = self.members.get(user_id)
        if found is None:
            raise ApiError("user_not_found")
        return found

    def team_name(self, team_id: str) -> str:
        return self.team.name if team_id == self.team.id else self.other_team.name

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
