"""Which conversations the app may read and write."""

from sandbox.slack.errors import ApiError
from sandbox.slack.model import Channel
from sandbox.slack.webapi.call import Call

PUBLIC_WRITE = "chat:write.public"


def readable(call: Call, channel_id: str) -> Channel:
    """A conversation the app knows of: public ones and its own; else `channel_not_found`."""
    channel = call.ws.channel(channel_id)
    if channel.kind != "public" and call.ws.bot.id not in channel.members:
        raise ApiError("channel_not_found")
    return channel


def historic(call: Call, channel_id: str) -> Channel:
    """A conversation whose messages the app may read: it must be a member."""
    channel = readable(call, channel_id)
    if call.ws.bot.id not in channel.members:
        raise ApiError("not_in_channel")
    return channel


def writable(call: Call, target: str) -> Channel:
    """Where a post goes; a user id means the direct messages with that person.

    Raises ApiError `channel_not_found` (unknown, or private without the app), `not_in_channel`,
    `is_archived`, `messages_tab_disabled`.
    """
    ws = call.ws
    channel = ws.app_im(target) if target in ws.members else readable(call, target)
    if channel.is_archived:
        raise ApiError("is_archived")
    if channel.kind == "im" and not ws.app.messages_tab:
        raise ApiError("messages_tab_disabled")
    if ws.bot.id not in channel.members and PUBLIC_WRITE not in call.scopes:
        raise ApiError("not_in_channel")
    return channel
