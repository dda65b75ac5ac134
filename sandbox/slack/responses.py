"""Answers to an interaction that are not Web API calls: command replies and response URLs."""

from sandbox.slack import feed, outgoing
from sandbox.slack.errors import ApiError
from sandbox.slack.grants import ResponseGrant
from sandbox.slack.hub import Hub
from sandbox.slack.model import Channel, Message
from sandbox.slack.shapes import JsonObject, as_flag, as_text


def reply_to_command(hub: Hub, user: str, channel: Channel, *, line: str, body: JsonObject) -> None:
    """Show the ack body of a command; `in_channel` also shows what the person typed."""
    if not any(body.get(name) for name in ("text", "blocks", "attachments")):
        return
    said = outgoing.content(hub, body)
    if body.get("response_type") == "in_channel":
        feed.post(hub, feed.Place(channel, user), feed.Content(text=line))
    feed.post(hub, _place(hub, user, channel, body), said)


def respond(hub: Hub, grant: ResponseGrant, body: JsonObject) -> None:
    """Carry out a post to a response URL.

    An answer to a click that names neither `replace_original` nor `response_type` replaces the message,
    as Slack does; an app that wants a new message must say so.
    """
    channel = hub.workspace.channel(grant.channel)
    origin = channel.find(grant.origin_ts, viewer=grant.user) if grant.origin_ts else None
    if as_flag(body.get("delete_original")):
        feed.remove(hub, _present(origin))
        return
    said = outgoing.content(hub, body)
    if as_flag(body.get("replace_original", grant.origin_ts is not None and "response_type" not in body)):
        feed.edit(hub, _present(origin), said)
        return
    feed.post(hub, _place(hub, grant.user, channel, body), said)


def _place(hub: Hub, user: str, channel: Channel, body: JsonObject) -> feed.Place:
    in_channel = body.get("response_type") == "in_channel"
    return feed.Place(
        channel,
        hub.workspace.bot.id,
        thread_ts=as_text(body.get("thread_ts")) or None,
        only_for=None if in_channel else user,
    )


def _present(origin: Message | None) -> Message:
    if origin is None:
        raise ApiError("message_not_found", status=404)
    return origin
