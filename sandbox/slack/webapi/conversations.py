"""conversations.* and users.conversations."""

from collections.abc import Mapping

from sandbox.slack import payloads
from sandbox.slack.errors import ApiError
from sandbox.slack.model import Channel, Message
from sandbox.slack.render import channel_object, message_object
from sandbox.slack.shapes import JsonObject
from sandbox.slack.webapi.access import historic, readable
from sandbox.slack.webapi.call import Call, listed

KINDS: Mapping[str, str] = {
    "public_channel": "public",
    "private_channel": "private",
    "im": "im",
    "mpim": "mpim",
}
SCOPE_OF: Mapping[str, str] = {"public": "channels", "private": "groups", "im": "im", "mpim": "mpim"}


async def everything(call: Call) -> JsonObject:
    """Public channels, and those of other kinds that the app is in."""
    kinds = _kinds(call)
    found = [c for c in call.ws.channels.values() if c.kind in kinds and _known_to_app(call, c)]
    return _page_of_channels(call, found)


async def of_member(call: Call) -> JsonObject:
    """The conversations a member is in, as far as the app knows of them; the app's own by default."""
    user = call.args.text("user") or call.ws.bot.id
    kinds = _kinds(call)
    found = [
        c
        for c in call.ws.channels.values()
        if c.kind in kinds and user in c.members and _known_to_app(call, c)
    ]
    return _page_of_channels(call, found)


async def info(call: Call) -> JsonObject:
    channel = readable(call, call.args.text("channel"))
    _need_scope(call, channel.kind, "read")
    return {"channel": channel_object(call.ws, channel, num_members=call.args.flag("include_num_members"))}


async def members(call: Call) -> JsonObject:
    channel = readable(call, call.args.text("channel"))
    page, cursor = call.page(channel.members)
    return listed("members", page, cursor)


async def open_direct(call: Call) -> JsonObject:
    """Direct messages with one person, or a group; by `users` or an existing `channel`."""
    if call.args.text("channel"):
        channel = readable(call, call.args.text("channel"))
        return {"no_op": True, "already_open": True, "channel": channel_object(call.ws, channel)}
    users = call.args.listing("users")
    if not users:
        raise ApiError("users_list_not_supplied")
    for user in users:
        if call.ws.member(user).kind == "deactivated":
            raise ApiError("user_disabled")
    known = set(call.ws.channels)
    channel = call.ws.app_im(users[0]) if len(users) == 1 else call.ws.group([*users, call.ws.bot.id])
    shown = channel_object(call.ws, channel) if call.args.flag("return_im") else {"id": channel.id}
    return {"channel": shown} | ({"no_op": True, "already_open": True} if channel.id in known else {})


async def join(call: Call) -> JsonObject:
    channel = call.ws.channel(call.args.text("channel"))
    if channel.kind != "public":
        raise ApiError("method_not_supported_for_channel_type")
    already = call.ws.bot.id in channel.members
    if not already:
        channel.members.append(call.ws.bot.id)
        inner: JsonObject = {"type": "member_joined_channel", "user": call.ws.bot.id, "channel": channel.id}
        payloads.raise_event(call.hub, "member_joined_channel", inner, channel=channel)
    shown: JsonObject = {"channel": channel_object(call.ws, channel)}
    return shown | ({"warning": "already_in_channel"} if already else {})


async def history(call: Call) -> JsonObject:
    """Newest first, without thread replies; ephemeral messages are never in it."""
    channel = historic(call, call.args.text("channel"))
    _need_scope(call, channel.kind, "history")
    shown = [m for m in channel.messages.values() if not m.is_reply or m.subtype == "thread_broadcast"]
    page, cursor = call.page(_within_times(call, shown)[::-1])
    messages = [_message(call, message) for message in page]
    return listed("messages", messages, cursor) | {"has_more": bool(cursor), "pin_count": 0}


async def replies(call: Call) -> JsonObject:
    """The parent, then its replies, oldest first."""
    channel = historic(call, call.args.text("channel"))
    parent = channel.messages.get(call.args.text("ts"))
    if parent is None:
        raise ApiError("thread_not_found")
    page, cursor = call.page([parent, *channel.replies(parent.ts)])
    return listed("messages", [_message(call, m) for m in page], cursor) | {"has_more": bool(cursor)}


def _message(call: Call, message: Message) -> JsonObject:
    with_metadata = call.args.flag("include_all_metadata")
    return message_object(call.ws, message, with_metadata=with_metadata)


def _within_times(call: Call, messages: list[Message]) -> list[Message]:
    oldest, latest = call.args.text("oldest") or "0", call.args.text("latest") or "9999999999"
    inclusive = call.args.flag("inclusive")
    low, high = float(oldest), float(latest)
    return [m for m in messages if low < float(m.ts) < high or (inclusive and float(m.ts) in {low, high})]


def _kinds(call: Call) -> set[str]:
    wanted = call.args.listing("types") or ["public_channel"]
    unknown = set(wanted) - set(KINDS)
    if unknown:
        raise ApiError("invalid_types")
    kinds = {KINDS[name] for name in wanted}
    for kind in kinds:
        _need_scope(call, kind, "read")
    return kinds


def _need_scope(call: Call, kind: str, right: str) -> None:
    needed = f"{SCOPE_OF[kind]}:{right}"
    if needed not in call.scopes:
        raise ApiError("missing_scope", extra={"needed": needed, "provided": ",".join(sorted(call.scopes))})


def _known_to_app(call: Call, channel: Channel) -> bool:
    if channel.is_archived and call.args.flag("exclude_archived"):
        return False
    return channel.kind == "public" or call.ws.bot.id in channel.members


def _page_of_channels(call: Call, found: list[Channel]) -> JsonObject:
    page, cursor = call.page(found)
    return listed("channels", [channel_object(call.ws, c, num_members=True) for c in page], cursor)
