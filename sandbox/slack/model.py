"""What a workspace holds: people, conversations, messages, views, files."""

from dataclasses import dataclass, field
from typing import Literal

from sandbox.slack.shapes import JsonObject

MemberKind = Literal["admin", "member", "guest", "external", "deactivated", "bot"]
ChannelKind = Literal["public", "private", "im", "mpim"]


@dataclass(frozen=True, slots=True)
class Team:
    id: str
    name: str
    domain: str


@dataclass(frozen=True, slots=True)
class Member:
    """A person or bot; `kind` decides the flags that users.info shows."""

    id: str
    team_id: str
    name: str
    real_name: str
    title: str
    email: str
    tz: str
    kind: MemberKind
    color: str

    @property
    def initials(self) -> str:
        return "".join(word[0] for word in self.real_name.split()[:2]).upper()


@dataclass(slots=True)
class Message:
    """One message; `ephemeral_to` names the only person who sees it, if any."""

    ts: str
    channel: str
    user: str
    text: str
    blocks: list[JsonObject] | None = None
    attachments: list[JsonObject] | None = None
    thread_ts: str | None = None
    bot: bool = False
    subtype: str | None = None
    edited_ts: str | None = None
    files: list[str] = field(default_factory=list)
    reactions: dict[str, list[str]] = field(default_factory=dict)
    metadata: JsonObject | None = None
    ephemeral_to: str | None = None
    state: dict[str, JsonObject] = field(default_factory=dict)

    @property
    def is_reply(self) -> bool:
        return self.thread_ts is not None and self.thread_ts != self.ts


@dataclass(slots=True)
class Channel:
    """A conversation of any kind; `messages` are in time order by ts."""

    id: str
    name: str
    kind: ChannelKind
    created: int
    creator: str
    members: list[str] = field(default_factory=list)
    topic: str = ""
    purpose: str = ""
    is_ext_shared: bool = False
    is_general: bool = False
    is_archived: bool = False
    messages: dict[str, Message] = field(default_factory=dict)
    ephemerals: dict[str, Message] = field(default_factory=dict)
    read_by: dict[str, str] = field(default_factory=dict)

    @property
    def is_direct(self) -> bool:
        return self.kind in {"im", "mpim"}

    def find(self, ts: str, *, viewer: str | None = None) -> Message | None:
        """The message at `ts`; an ephemeral one only for the person who sees it."""
        hidden = self.ephemerals.get(ts)
        if hidden is not None and viewer is not None and hidden.ephemeral_to == viewer:
            return hidden
        return self.messages.get(ts)

    def replies(self, thread_ts: str) -> list[Message]:
        return [m for m in self.messages.values() if m.is_reply and m.thread_ts == thread_ts]


@dataclass(slots=True)
class View:
    """A modal or a home tab as one person has it before them."""

    id: str
    type: str
    user: str
    body: JsonObject
    hash: str
    root_view_id: str
    previous_view_id: str | None = None
    values: dict[str, JsonObject] = field(default_factory=dict)
    origin_channel: str | None = None

    def text(self, name: str) -> str:
        value = self.body.get(name)
        return value if isinstance(value, str) else ""


@dataclass(slots=True)
class StoredFile:
    """An upload; it has no mimetype and no shares until it is processed.

    `sent_to_app`: a person sent it with a form, so that the app may read it without any share.
    """

    id: str
    name: str
    title: str
    user: str
    created: int
    length: int
    content: bytes = b""
    mimetype: str = ""
    complete: bool = False
    deleted: bool = False
    alt_txt: str = ""
    sent_to_app: bool = False
    shares: dict[str, list[JsonObject]] = field(default_factory=dict)


@dataclass(slots=True)
class ScheduledMessage:
    id: str
    channel: str
    post_at: int
    created: int
    text: str
    body: JsonObject


@dataclass(frozen=True, slots=True)
class UserGroup:
    """A group that can be mentioned; times are Unix seconds, `disabled_at` is 0 while it is in use."""

    id: str
    handle: str
    name: str
    users: tuple[str, ...]
    description: str = ""
    created_by: str = ""
    created: int = 0
    updated: int = 0
    disabled_at: int = 0


@dataclass(frozen=True, slots=True)
class Installation:
    """The app in a workspace: its token there, what it may do, who allowed it ("" as seeded)."""

    token: str
    scopes: tuple[str, ...]
    installed_by: str = ""


@dataclass(frozen=True, slots=True)
class Command:
    command: str
    description: str
    usage_hint: str = ""


@dataclass(frozen=True, slots=True)
class Shortcut:
    name: str
    type: Literal["global", "message"]
    callback_id: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class AppManifest:
    """What the app declares about itself: the parts of slack-manifest.yaml that act here."""

    name: str
    description: str
    bot_name: str
    commands: tuple[Command, ...]
    shortcuts: tuple[Shortcut, ...]
    scopes: tuple[str, ...]
    events: frozenset[str]
    unfurl_domains: tuple[str, ...] = ()
    redirect_urls: tuple[str, ...] = ()
    home_tab: bool = True
    messages_tab: bool = True
    messages_read_only: bool = False
