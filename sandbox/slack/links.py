"""Links in messages: found, and told to the app when they lead to its own domains."""

import re
from urllib.parse import urlsplit

from sandbox.slack import payloads
from sandbox.slack.hub import Hub
from sandbox.slack.model import Channel, Message
from sandbox.slack.shapes import JsonObject, present

_BARE = re.compile(r"(?<![<|\w])https?://[^\s<>|`]*[^\s<>|`.,;:!?)'\"\]]")
_MARKED = re.compile(r"<(https?://[^|>]+)(?:\|[^>]*)?>")


def marked(text: str) -> str:
    """A person's text as Slack stores it: bare addresses in `<…>`, those inside code left alone."""
    pieces = text.split("`")
    pieces[::2] = [_BARE.sub(lambda found: f"<{found.group()}>", piece) for piece in pieces[::2]]
    return "`".join(pieces)


def in_text(text: str) -> list[str]:
    """The addresses of a stored text, each once, as they were written."""
    found = (url.replace("&amp;", "&") for url in _MARKED.findall(text))
    return list(dict.fromkeys(found))


def domain_of(hub: Hub, url: str) -> str:
    """The unfurl domain that the address belongs to, itself or as a subdomain; "" for none."""
    host = (urlsplit(url).hostname or "").lower()
    owned = hub.workspace.app.unfurl_domains
    return next((domain for domain in owned if host == domain or host.endswith(f".{domain}")), "")


def announce(hub: Hub, channel: Channel, message: Message) -> None:
    """Send link_shared when the message has addresses of the app's domains (needs links:read)."""
    links = [(url, domain_of(hub, url)) for url in in_text(message.text)]
    owned: list[JsonObject] = [{"url": url, "domain": domain} for url, domain in links if domain]
    if not owned:
        return
    inner: JsonObject = {
        "type": "link_shared",
        "user": message.user,
        "channel": channel.id,
        "message_ts": message.ts,
        "thread_ts": message.thread_ts,
        "links": owned,
        "source": "conversations_history",
        "unfurl_id": unfurl_id(message),
        "is_bot_user_member": hub.workspace.bot.id in channel.members,
        "event_ts": hub.workspace.ids.ts(),
    }
    payloads.raise_event(hub, "link_shared", present(inner), channel=channel)


def unfurl_id(message: Message) -> str:
    """What chat.unfurl may name instead of channel and ts, together with its source."""
    return f"{message.channel}.{message.ts}"
