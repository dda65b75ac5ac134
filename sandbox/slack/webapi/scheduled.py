"""chat.scheduleMessage, chat.scheduledMessages.list, chat.deleteScheduledMessage."""

from sandbox.slack import feed, outgoing
from sandbox.slack.errors import ApiError
from sandbox.slack.hub import Hub
from sandbox.slack.model import ScheduledMessage
from sandbox.slack.shapes import JsonObject
from sandbox.slack.webapi.access import writable
from sandbox.slack.webapi.call import Call, listed

FURTHEST = 120 * 24 * 3600  # seconds ahead
MOST_PER_WINDOW, WINDOW = 30, 300  # messages in one channel within these seconds
LAST_MINUTE = 60  # a message about to be posted can no longer be taken back


async def schedule(call: Call) -> JsonObject:
    channel = writable(call, call.args.text("channel"))
    post_at, now = call.args.integer("post_at", 0), int(call.ws.clock.now())
    said = outgoing.content(call.hub, call.args.values)
    if post_at <= now:
        raise ApiError("time_in_past")
    if post_at > now + FURTHEST:
        raise ApiError("time_too_far")
    near = [
        s for s in call.ws.scheduled.values() if s.channel == channel.id and abs(s.post_at - post_at) < WINDOW
    ]
    if len(near) >= MOST_PER_WINDOW:
        raise ApiError("restricted_too_many")
    waiting = ScheduledMessage(
        call.ws.ids.new("Q"), channel.id, post_at, now, said.text, dict(call.args.values)
    )
    call.ws.scheduled[waiting.id] = waiting
    call.hub.later(_post_when_due(call.hub, waiting))
    message: JsonObject = {"text": said.text, "type": "delayed_message", "bot_id": call.ws.bot_id}
    return {"channel": channel.id, "scheduled_message_id": waiting.id, "post_at": post_at, "message": message}


async def pending(call: Call) -> JsonObject:
    channel = call.args.text("channel")
    waiting = [s for s in call.ws.scheduled.values() if channel in {"", s.channel}]
    page, cursor = call.page(waiting)
    return listed("scheduled_messages", [_shown(item) for item in page], cursor)


async def cancel(call: Call) -> JsonObject:
    waiting = call.ws.scheduled.get(call.args.text("scheduled_message_id"))
    if waiting is None or waiting.post_at - call.ws.clock.now() < LAST_MINUTE:
        raise ApiError("invalid_scheduled_message_id")
    del call.ws.scheduled[waiting.id]
    return {}


def resume(hub: Hub) -> None:
    """Wait for the messages that a workspace had waiting when it was put away."""
    for waiting in hub.workspace.scheduled.values():
        hub.later(_post_when_due(hub, waiting))


def _shown(item: ScheduledMessage) -> JsonObject:
    return {
        "id": item.id,
        "channel_id": item.channel,
        "post_at": item.post_at,
        "date_created": item.created,
        "text": item.text,
    }


async def _post_when_due(hub: Hub, waiting: ScheduledMessage) -> None:
    await hub.workspace.clock.sleep(waiting.post_at - hub.workspace.clock.now())
    if hub.workspace.scheduled.pop(waiting.id, None) is None:
        return
    channel = hub.workspace.channel(waiting.channel)
    feed.post(hub, feed.Place(channel, hub.workspace.bot.id), outgoing.content(hub, waiting.body))
