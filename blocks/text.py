"""Text as Slack wants it: escaped, cut at its limits, dates in the viewer's own zone.

Sources: Slack's formatting reference; the sizes are Block Kit's.
"""

import re
from collections.abc import Iterable
from datetime import datetime

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_OPEN_TAIL = re.compile(r"(<[^>]*|&[a-z]{0,4})$")
_CODE_FENCE = "```"
# Look-alikes for characters that mrkdwn would act on and that it cannot escape.
_STAR, _TICK, _BAR = "\N{ASTERISK OPERATOR}", "\N{MODIFIER LETTER GRAVE ACCENT}", "\N{BROKEN BAR}"


def clean(text: str) -> str:
    """Text without control characters and with plain line ends."""
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def escape(text: str) -> str:
    """Text from outside, made literal in mrkdwn: no mention, link or channel name in it can fire.

    Escape once, untrusted values only.
    """
    return clean(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def width(text: str) -> int:
    """How long Slack thinks a text is: in UTF-16 units, so that most emoji count two."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def cut(text: str, limit: int) -> str:
    """Literal text of at most ``limit`` UTF-16 units, ending in … when something is missing."""
    return text if width(text) <= limit else _start(text, limit - 1).rstrip() + "…"


def truncate(text: str, limit: int) -> str:
    """The same for mrkdwn: never cut inside ``<…>`` or an entity, and a code block is closed."""
    if width(text) <= limit:
        return text
    head = _OPEN_TAIL.sub("", _start(text, limit - 1))
    if head.count(_CODE_FENCE) % 2:
        return head[: -len(_CODE_FENCE)] + "…" + _CODE_FENCE
    return head.rstrip() + "…"


def _start(text: str, limit: int) -> str:
    """The longest beginning within ``limit`` units: no half of a pair, no joiner without what it joins."""
    units = text.encode("utf-16-le", "surrogatepass")[: 2 * limit]
    return units.decode("utf-16-le", "ignore").rstrip("\N{ZERO WIDTH JOINER}")


def bold(text: str) -> str:
    """Untrusted text in bold; a star inside it would end the bold early, so it is softened."""
    return f"*{escape(text).replace('*', _STAR)}*"


def code(text: str) -> str:
    """Untrusted text as inline code."""
    return f"`{escape(text).replace('`', _TICK)}`"


def preformatted(text: str) -> str:
    """Untrusted text as a code block."""
    return f"{_CODE_FENCE}{escape(text).replace(_CODE_FENCE, _TICK * 3)}{_CODE_FENCE}"


def link(url: str, label: str) -> str:
    """A link with an untrusted label."""
    safe = url.replace("<", "%3C").replace(">", "%3E").replace("|", "%7C").replace(" ", "%20")
    return f"<{safe}|{escape(label).replace('|', _BAR)}>"


def mention(user_id: str) -> str:
    """A mention by id; notifies the person when it is in a new message."""
    return f"<@{user_id}>" if user_id else "Deskhand"


def channel_mention(channel_id: str) -> str:
    return f"<#{channel_id}>"


def date(moment: datetime, fmt: str = "{date_short_pretty} {time}") -> str:
    """A moment in the viewer's own zone. Not for plain text (headers, buttons, options)."""
    fallback = moment.strftime("%Y-%m-%d %H:%M UTC")
    return f"<!date^{int(moment.timestamp())}^{fmt}|{fallback}>"


def ago(moment: datetime) -> str:
    """How long since ``moment``, kept current by Slack."""
    return date(moment, "{ago}")


def bullets(lines: Iterable[str]) -> str:
    return "\n".join(f"• {line}" for line in lines)


def count(number: int, noun: str, plural: str = "") -> str:
    """``1 ticket``, ``2 tickets``, ``1,204 companies``."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"
