"""chat.unfurl: what an app shows under a person's message with its links."""

from collections.abc import Mapping

from sandbox.slack import feed, links, outgoing
from sandbox.slack.errors import ApiError
from sandbox.slack.model import Channel, Message
from sandbox.slack.shapes import JsonObject, as_flag, as_list, as_object, as_text
from sandbox.slack.webapi.call import Call

SOURCES = frozenset({"composer", "conversations_history"})


async def unfurl(call: Call) -> JsonObject:
    """Attach a preview to each address, or ask the poster to link their account.

    Raises ApiError `cannot_find_channel`, `cannot_find_message`, `cannot_unfurl_url`,
    `invalid_unfurls_format`, `cannot_prompt`, and `missing_…`/`invalid_…` for the way the message is named.
    """
    channel, message = _message(call)
    if _asks_for_account(call):
        return _prompt(call, channel, message)
    wanted = outgoing.parsed(call.args.values.get("unfurls"), "invalid_unfurls_format")
    if not wanted:
        raise ApiError("missing_unfurls")
    if not isinstance(wanted, dict):
        raise ApiError("invalid_unfurls_format")
    fresh = [_attachment(call, message, url, as_object(content)) for url, content in wanted.items()]
    _attach(call, message, fresh)
    return {}


def _message(call: Call) -> tuple[Channel, Message]:
    channel_id, ts = _named(call)
    channel = call.ws.channels.get(channel_id)
    if channel is None:
        raise ApiError("cannot_find_channel")
    message = channel.messages.get(ts)
    if message is None:
        raise ApiError("cannot_find_message")
    return channel, message


def _named(call: Call) -> tuple[str, str]:
    """Channel and ts, given as such or inside an unfurl_id with its source."""
    args = call.args
    if args.text("unfurl_id") or args.text("source"):
        if not args.text("unfurl_id"):
            raise ApiError("missing_unfurl_id")
        if not args.text("source"):
            raise ApiError("missing_source")
        if args.text("source") not in SOURCES:
            raise ApiError("invalid_source")
        channel_id, _, ts = args.text("unfurl_id").partition(".")
        if not ts:
            raise ApiError("invalid_unfurl_id")
        return channel_id, ts
    for name in ("channel", "ts"):
        if not args.text(name):
            raise ApiError(f"missing_{name}")
    return args.text("channel"), args.text("ts")


def _attachment(call: Call, message: Message, url: str, content: JsonObject) -> JsonObject:
    if url not in links.in_text(message.text) or not links.domain_of(call.hub, url):
        raise ApiError("cannot_unfurl_url")
    if not content:
        raise ApiError("invalid_unfurls_format")
    said = outgoing.content(call.hub, {"attachments": [content]})
    shown = (said.attachments or [{}])[0]
    return {
        **shown,
        "from_url": url,
        "app_unfurl_url": url,
        "is_app_unfurl": True,
        "app_id": call.ws.app_id,
        "bot_id": call.ws.bot_id,
    }


def _attach(call: Call, message: Message, fresh: list[JsonObject]) -> None:
    renewed = {as_text(item["from_url"]) for item in fresh}
    kept = [item for item in as_list(message.attachments) if _url(item) not in renewed]
    together = [*(as_object(item) for item in kept), *fresh]
    message.attachments = [item | {"id": number} for number, item in enumerate(together, start=1)]
    feed.publish(call.hub, message, "message_changed")


def _url(item: object) -> str:
    return as_text(as_object(item).get("from_url"))


def _asks_for_account(call: Call) -> bool:
    named = ("user_auth_message", "user_auth_url", "user_auth_blocks")
    return as_flag(call.args.values.get("user_auth_required")) or any(call.args.values.get(n) for n in named)


def _prompt(call: Call, channel: Channel, message: Message) -> JsonObject:
    """Only the poster sees the question."""
    poster = call.ws.members.get(message.user)
    if poster is None or poster.kind == "bot":
        raise ApiError("cannot_prompt")
    body: Mapping[str, object] = call.args.values
    words = (
        as_text(body.get("user_auth_message")) or f"Link your account to see previews of {call.ws.app.name}."
    )
    address = as_text(body.get("user_auth_url"))
    said = outgoing.content(
        call.hub,
        {"text": f"{words} <{address}>" if address else words, "blocks": body.get("user_auth_blocks")},
    )
    feed.post(call.hub, feed.Place(channel, call.ws.bot.id, only_for=message.user), said)
    return {}
