"""chat.* and reactions.add."""

from sandbox.slack import feed, outgoing
from sandbox.slack.errors import ApiError
from sandbox.slack.model import Channel, Message
from sandbox.slack.render import message_object
from sandbox.slack.shapes import JsonObject
from sandbox.slack.webapi.access import readable, writable
from sandbox.slack.webapi.call import Call


async def post_message(call: Call) -> JsonObject:
    channel = writable(call, call.args.text("channel"))
    said = outgoing.content(call.hub, call.args.values)
    thread_ts = _thread(call, channel)
    call.hub.budget.spend(channel.id)
    broadcast = thread_ts is not None and call.args.flag("reply_broadcast")
    place = feed.Place(
        channel, call.ws.bot.id, thread_ts=thread_ts, subtype="thread_broadcast" if broadcast else None
    )
    message = feed.post(call.hub, place, said)
    shown = message_object(call.ws, message, with_metadata=True)
    return {"channel": channel.id, "ts": message.ts, "message": shown}


async def post_ephemeral(call: Call) -> JsonObject:
    channel = writable(call, call.args.text("channel"))
    user = call.args.text("user")
    if user not in channel.members:
        raise ApiError("user_not_in_channel")
    said = outgoing.content(call.hub, call.args.values)
    place = feed.Place(channel, call.ws.bot.id, thread_ts=_thread(call, channel), only_for=user)
    return {"message_ts": feed.post(call.hub, place, said).ts}


async def update(call: Call) -> JsonObject:
    """Text alone removes the blocks; blocks alone keep the text; ephemerals are not found."""
    channel = readable(call, call.args.text("channel"))
    message = _own(call, channel, call.args.text("ts"), "cant_update_message")
    if len(call.args.text("text")) > 4000:
        raise ApiError("msg_too_long")
    said = outgoing.content(call.hub, call.args.values)
    feed.edit(call.hub, message, _over(message, said))
    shown = message_object(call.ws, message, with_metadata=True)
    return {"channel": channel.id, "ts": message.ts, "text": message.text, "message": shown}


async def delete(call: Call) -> JsonObject:
    channel = readable(call, call.args.text("channel"))
    message = _own(call, channel, call.args.text("ts"), "cant_delete_message")
    feed.remove(call.hub, message)
    return {"channel": channel.id, "ts": message.ts}


async def permalink(call: Call) -> JsonObject:
    channel = readable(call, call.args.text("channel"))
    message = call.ws.message(channel, call.args.text("message_ts"))
    link = f"https://{call.ws.team.domain}.slack.com/archives/{channel.id}/p{message.ts.replace('.', '')}"
    if message.is_reply:
        link += f"?thread_ts={message.thread_ts}&cid={channel.id}"
    return {"channel": channel.id, "permalink": link}


async def react(call: Call) -> JsonObject:
    channel = readable(call, call.args.text("channel"))
    message = call.ws.message(channel, call.args.text("timestamp"))
    fans = message.reactions.setdefault(call.args.text("name").strip(":"), [])
    if call.ws.bot.id in fans:
        raise ApiError("already_reacted")
    fans.append(call.ws.bot.id)
    feed.publish(call.hub, message, "message_changed")
    return {}


def _over(message: Message, said: feed.Content) -> feed.Content:
    keeps_blocks = said.blocks is None and not said.text
    return feed.Content(
        text=said.text or message.text,
        blocks=message.blocks if keeps_blocks else said.blocks,
        attachments=message.attachments if said.attachments is None else said.attachments,
        metadata=said.metadata,
    )


def _own(call: Call, channel: Channel, ts: str, refusal: str) -> Message:
    message = call.ws.message(channel, ts)
    if not message.bot:
        raise ApiError(refusal)
    return message


def _thread(call: Call, channel: Channel) -> str | None:
    """The parent named by thread_ts; one that does not exist starts no thread here."""
    ts = call.args.text("thread_ts")
    if not ts:
        return None
    parent = channel.messages.get(ts)
    if parent is None or parent.is_reply:
        raise ApiError("cannot_reply_to_message")
    return ts
