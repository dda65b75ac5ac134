"""Puts messages into conversations and tells everyone who can see them."""

import re
from dataclasses import dataclass

from sandbox.slack import payloads
from sandbox.slack.hub import Hub
from sandbox.slack.model import Channel, Message, StoredFile
from sandbox.slack.render import page_message
from sandbox.slack.shapes import JsonObject, as_objects, present, strings_within

BROADCASTS = ("<!here", "<!channel", "<!everyone")
_CONTROL = re.compile(r"<(?![@#!]|https?://|mailto:|tel:)")
_AMPERSAND = re.compile(r"&(?!amp;|lt;|gt;)")


@dataclass(frozen=True, slots=True)
class Content:
    """What a message says; None leaves a part out."""

    text: str = ""
    blocks: list[JsonObject] | None = None
    attachments: list[JsonObject] | None = None
    metadata: JsonObject | None = None
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """Where a message goes; `only_for` makes it ephemeral."""

    channel: Channel
    user: str
    thread_ts: str | None = None
    only_for: str | None = None
    subtype: str | None = None


def escaped(text: str) -> str:
    """A bot's text as Slack stores it: `&` and stray `<` escaped, control sequences kept."""
    return _CONTROL.sub("&lt;", _AMPERSAND.sub("&amp;", text))


def post(hub: Hub, place: Place, content: Content) -> Message:
    """Add a message now and publish it."""
    ws = hub.workspace
    is_bot = place.user == ws.bot.id
    message = Message(
        ts=ws.ids.ts(),
        channel=place.channel.id,
        user=place.user,
        text=escaped(content.text) if is_bot else content.text,
        blocks=content.blocks,
        attachments=content.attachments,
        thread_ts=place.thread_ts,
        bot=is_bot,
        subtype=place.subtype,
        files=list(content.files),
        metadata=content.metadata,
        ephemeral_to=place.only_for,
    )
    shelf = place.channel.messages if place.only_for is None else place.channel.ephemerals
    shelf[message.ts] = message
    place.channel.read_by[place.user] = message.ts
    publish(hub, message, "message" if place.only_for is None else "ephemeral")
    return message


def share(hub: Hub, stored: StoredFile, message: Message) -> None:
    """Note that the message shows the file; the app hears of it where it is a member."""
    shares = stored.shares.setdefault(message.channel, [])
    shares.append(present({"ts": message.ts, "thread_ts": message.thread_ts}))
    publish(hub, message, "message_changed")
    channel = hub.workspace.channel(message.channel)
    if hub.workspace.bot.id not in channel.members:
        return
    inner: JsonObject = {
        "type": "file_shared",
        "channel_id": channel.id,
        "file_id": stored.id,
        "user_id": message.user,
        "file": {"id": stored.id},
        "event_ts": hub.workspace.ids.ts(),
    }
    payloads.raise_event(hub, "file_shared", inner, channel=channel)


def edit(hub: Hub, message: Message, content: Content) -> None:
    """Replace what a message says; its metadata and files stay unless new metadata is given."""
    message.text = escaped(content.text) if message.bot else content.text
    message.blocks, message.attachments = content.blocks, content.attachments
    message.metadata = content.metadata or message.metadata
    if message.ephemeral_to is None:
        message.edited_ts = hub.workspace.ids.ts()
    publish(hub, message, "message_changed" if message.ephemeral_to is None else "ephemeral_changed")


def remove(hub: Hub, message: Message) -> None:
    """Delete a message; a parent with replies stays as a stub."""
    channel = hub.workspace.channel(message.channel)
    if message.ephemeral_to is not None:
        channel.ephemerals.pop(message.ts, None)
        publish(hub, message, "ephemeral_deleted")
        return
    if channel.replies(message.ts):
        message.text, message.blocks, message.subtype = "This message was deleted.", None, "tombstone"
        message.attachments, message.files = None, []
    else:
        channel.messages.pop(message.ts, None)
    publish(hub, message, "message_deleted")


def publish(hub: Hub, message: Message, kind: str) -> None:
    """Tell the viewers, renew their unread counts, and write the transcript."""
    ws = hub.workspace
    channel = ws.channel(message.channel)
    shown = page_message(ws, message)
    hub.journal.transcript.append({"kind": kind, "to": message.ephemeral_to, "message": shown})
    viewers = ws.audience(channel) if message.ephemeral_to is None else [message.ephemeral_to]
    event: JsonObject = {"type": kind, "channel": channel.id, "ts": message.ts, "message": shown}
    hub.broker.publish(viewers, event)
    if kind == "message":
        publish_parent(hub, channel, message)
        for member in channel.members:
            hub.broker.publish([member], {"type": "unread", **unread(hub, channel, member)})


def publish_parent(hub: Hub, channel: Channel, reply: Message) -> None:
    """A reply changes its parent's counters; viewers get the parent anew."""
    parent = channel.messages.get(reply.thread_ts or "") if reply.is_reply else None
    if parent is not None:
        shown = page_message(hub.workspace, parent)
        event: JsonObject = {
            "type": "message_changed",
            "channel": channel.id,
            "ts": parent.ts,
            "message": shown,
        }
        hub.broker.publish(hub.workspace.audience(channel), event)


def unread(hub: Hub, channel: Channel, user: str) -> JsonObject:
    """How many messages this member has not read, and how many of them call on them."""
    since = channel.read_by.get(user, "")
    groups = [group.id for group in hub.workspace.user_groups.values() if user in group.users]
    fresh = [m for m in channel.messages.values() if m.ts > since and not m.is_reply and m.user != user]
    mentions = sum(1 for message in fresh if channel.is_direct or _calls_on(message, user, groups))
    return {"channel": channel.id, "unread": len(fresh), "mentions": mentions}


def _calls_on(message: Message, user: str, groups: list[str]) -> bool:
    marks = (f"<@{user}", *BROADCASTS, *(f"<!subteam^{group}" for group in groups))
    said = [message.text, *strings_within(message.blocks or [])]
    if any(mark in text for text in said for mark in marks):
        return True
    return any(_rich_mention(node, user) for node in as_objects(message.blocks))


def _rich_mention(node: JsonObject, user: str) -> bool:
    if node.get("type") == "user" and node.get("user_id") == user:
        return True
    if node.get("type") == "broadcast":
        return True
    return any(_rich_mention(child, user) for child in as_objects(node.get("elements")))


def words_of(value: object) -> str:
    """All strings inside a JSON value, one a line, for looking something up in it."""
    return "\n".join(strings_within(value))


def words_of_message(message: Message) -> str:
    """All words of a message: text, blocks, attachments."""
    return "\n".join((message.text, words_of(message.blocks), words_of(message.attachments)))
