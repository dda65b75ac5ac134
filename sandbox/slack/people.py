"""Plays the members of the workspace: what a person does on the page, as calls."""

from collections.abc import Callable, Mapping
from typing import Final, Literal, TypeVar
from urllib.parse import parse_qsl, urlsplit

from sandbox.slack import authorize, feed
from sandbox.slack.acts import command, files, groups, install, interact, members, modal, talk
from sandbox.slack.acts.form import Answer, filled_in
from sandbox.slack.acts.outcome import Outcome
from sandbox.slack.acts.stand import Container, seen_channel, seen_view
from sandbox.slack.hub import Hub
from sandbox.slack.model import Channel, MemberKind, Message, StoredFile, UserGroup, View
from sandbox.slack.shapes import JsonObject

T = TypeVar("T")
HOME: Container = {"type": "home"}
TOLD: Final = 4
"""How many messages a failure quotes."""


def on(message: Message) -> Container:
    """The container of a message, for `click`, `choose` and `suggest`."""
    return {"type": "message", "channel": message.channel, "ts": message.ts}


def inside(view: View) -> Container:
    """The container of a view."""
    return {"type": "home"} if view.type == "home" else {"type": "view", "view_id": view.id}


class People:
    """Every method names the acting user first. What the workspace forbids raises Refused;
    what the app got wrong comes back in the Outcome.
    """

    def __init__(self, hub: Hub) -> None:
        self._hub = hub

    def _at(self, member_or_group: str) -> Hub:
        """The workspace of the person (or user group) named."""
        return self._hub.knowing(member_or_group)

    async def type_command(self, user: str, channel: str, text: str) -> Outcome:
        """Type a whole line such as `/autotask help`."""
        name, _, rest = text.partition(" ")
        return await command.type_command(self._at(user), user, channel, command=name, text=rest.strip())

    async def click(self, user: str, container: Container, action_id: str, *, block_id: str = "") -> Outcome:
        """Press a button."""
        return await interact.act(self._at(user), user, container, at=(block_id, action_id), value={})

    async def choose(
        self, user: str, container: Container, action_id: str, value: JsonObject, *, block_id: str = ""
    ) -> Outcome:
        """Use any other element; `value` holds its state fields, such as `selected_option`."""
        return await interact.act(self._at(user), user, container, at=(block_id, action_id), value=value)

    async def suggest(
        self, user: str, container: Container, action_id: str, query: str, *, block_id: str = ""
    ) -> Outcome:
        """Type into an external select and see its options."""
        return await interact.suggest(self._at(user), user, container, at=(block_id, action_id), query=query)

    async def submit(
        self, user: str, answers: Mapping[str, Answer] | None = None, *, view_id: str = ""
    ) -> Outcome:
        """Fill in the modal on top (answers by block_id) and send it."""
        view = seen_view(self._at(user), user, view_id)
        return await modal.submit(self._at(user), user, view.id, state=filled_in(view, answers or {}))

    async def close(self, user: str, *, view_id: str = "", everything: bool = False) -> Outcome:
        return await modal.close(self._at(user), user, view_id, everything=everything)

    async def use_shortcut(self, user: str, callback_id: str, *, message: Message | None = None) -> Outcome:
        channel, ts = (message.channel, message.ts) if message else (None, None)
        return await interact.use_shortcut(self._at(user), user, callback_id, channel=channel, ts=ts)

    def say(self, user: str, channel: str, text: str, *, thread_ts: str | None = None) -> Outcome:
        return talk.say(self._at(user), user, channel, text, thread_ts=thread_ts)

    def upload(
        self, user: str, channel: str, *, name: str, content: bytes, thread_ts: str | None = None
    ) -> Outcome:
        return talk.upload(self._at(user), user, channel, name=name, content=content, thread_ts=thread_ts)

    def choose_file(
        self, user: str, block_id: str, *, name: str, content: bytes, view_id: str = ""
    ) -> StoredFile:
        """Pick a file for a field of the modal on top; `submit` sends it. Call again for more files."""
        view = seen_view(self._at(user), user, view_id)
        return files.choose(self._at(user), view, block_id, name=name, content=content)

    def open_home(self, user: str, tab: Literal["home", "messages"] = "home") -> Outcome:
        return talk.open_home(self._at(user), user, tab)

    def invite(self, user: str, channel: str) -> Outcome:
        """Put a member (or the app's bot user) into a channel."""
        return talk.set_membership(self._at(user), user, channel, member=True)

    def remove(self, user: str, channel: str) -> Outcome:
        return talk.set_membership(self._at(user), user, channel, member=False)

    def regroup(
        self, group_id: str, users: list[str] | None = None, *, enabled: bool | None = None
    ) -> Outcome:
        """Give a user group other members, disable it or enable it: what an owner does in Slack's settings."""
        return groups.change(self._at(group_id), group_id, users, enabled=enabled)

    def new_group(self, team_id: str, handle: str, users: list[str]) -> UserGroup:
        """A new user group in a workspace."""
        return groups.create(self._hub.peers[team_id], handle, handle.replace("-", " ").capitalize(), users)

    def change_member(
        self, user: str, fields: Mapping[str, str] | None = None, *, kind: MemberKind | None = None
    ) -> Outcome:
        """Rename a member (`real_name`, `title`, …), or make them guest, member, admin or deactivated."""
        return members.change(self._at(user), user, fields, kind=kind)

    def allow(self, user: str, authorize_url: str) -> str:
        """Open the consent page as this person and press Allow: gives the address it sends the browser to.

        Raises authorize.Wrong when the page would show an error instead.
        """
        return self._decided(user, authorize_url, allow=True)

    def deny(self, user: str, authorize_url: str) -> str:
        """The same with Cancel."""
        return self._decided(user, authorize_url, allow=False)

    def _decided(self, user: str, authorize_url: str, *, allow: bool) -> str:
        asked = authorize.read(self._hub, dict(parse_qsl(urlsplit(authorize_url).query)))
        return authorize.answer(self._hub, asked, user if allow else None)

    def uninstall(self, team_id: str, *, error: str = "account_inactive") -> Outcome:
        """Remove the app from a workspace; its token answers `error` from now on."""
        return install.uninstall(self._hub.peers[team_id], error=error)

    def messages(self, user: str, channel: str, *, thread_ts: str | None = None) -> list[Message]:
        """What this person sees in a conversation, oldest first; thread replies only when asked for."""
        found = seen_channel(self._at(user), user, channel)
        return visible_messages(found, user, thread_ts=thread_ts)

    def modal(self, user: str) -> View | None:
        """The modal on top of this person's stack."""
        stack = self._at(user).views.stack(user)
        return stack[-1] if stack else None

    def home(self, user: str) -> View | None:
        return self._at(user).views.homes.get(user)

    async def wait_for(self, user: str, channel: str, contains: str, *, timeout_s: float = 10.0) -> Message:
        """The newest message this person sees that contains the text, threads included; raises
        TimeoutError with what was there instead.
        """
        found = seen_channel(self._at(user), user, channel)
        return await self.until(
            lambda: find_said(found, user, contains),
            f"{contains!r} in {found.name or found.id}",
            timeout_s=timeout_s,
            seen_by=user,
        )

    async def wait_for_modal(self, user: str, title: str = "", *, timeout_s: float = 10.0) -> View:
        """The modal on top once its title contains `title`; raises TimeoutError as `wait_for` does."""
        return await self.until(
            lambda: self._titled(user, title), f"modal {title!r}", timeout_s=timeout_s, seen_by=user
        )

    async def wait_for_home(self, user: str, contains: str = "", *, timeout_s: float = 10.0) -> View:
        """The person's Home tab once it contains the text; raises TimeoutError."""

        def look() -> View | None:
            view = self.home(user)
            return view if view is not None and contains in feed.words_of(view.body) else None

        return await self.until(look, f"home with {contains!r}", timeout_s=timeout_s)

    async def until(
        self, look: Callable[[], T | None], what: str, *, timeout_s: float = 10.0, seen_by: str = ""
    ) -> T:
        """What `look` finds, tried again at every change of the workspace; raises TimeoutError.

        The error says what the person `seen_by` had before them instead.
        """
        found = await self._hub.broker.until(look, timeout_s)
        if found is None:
            raise TimeoutError(f"waited {timeout_s} s for {what}{self._instead(seen_by)}")
        return found

    def _instead(self, user: str) -> str:
        """The modals open before a person and the newest of what they were told, for a failure's words."""
        if not user:
            return ""
        hub = self._at(user)
        titles = [feed.words_of(view.body.get("title")) for view in hub.views.stack(user)]
        told = [
            message
            for channel in hub.workspace.channels.values()
            for message in visible_messages(channel, user)
            if user in channel.members or message.ephemeral_to == user
        ]
        newest = sorted(told, key=lambda message: message.ts)[-TOLD:]
        words = "\n".join(f"- {message.channel}: {feed.words_of_message(message)}" for message in newest)
        return f"; {user} sees the modals {titles} and was last told\n{words}"

    def _titled(self, user: str, title: str) -> View | None:
        view = self.modal(user)
        return view if view is not None and title in feed.words_of(view.body.get("title")) else None


def visible_messages(channel: Channel, user: str, *, thread_ts: str | None = None) -> list[Message]:
    """Messages and this person's ephemerals, oldest first: of a thread, or of the channel without replies."""
    own = [m for m in channel.ephemerals.values() if m.ephemeral_to == user]
    everything = sorted([*channel.messages.values(), *own], key=lambda message: message.ts)
    if thread_ts is not None:
        return [m for m in everything if thread_ts in (m.ts, m.thread_ts)]
    return [m for m in everything if not m.is_reply or m.subtype == "thread_broadcast"]


def find_said(channel: Channel, user: str, contains: str) -> Message | None:
    """The newest message this person sees that contains the text."""
    own = [m for m in channel.ephemerals.values() if m.ephemeral_to == user]
    everything = sorted([*channel.messages.values(), *own], key=lambda message: message.ts)
    return next((m for m in reversed(everything) if contains in feed.words_of_message(m)), None)
