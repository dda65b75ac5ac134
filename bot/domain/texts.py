"""Text from outside, as it can be kept."""


def shortened(text: str, at_most: int) -> str:
    """At its last word before it gets too long: half a number would be another number."""
    if len(text) <= at_most:
        return text
    start = text[: at_most - 1]
    words = start.rpartition(" ")[0]
    return f"{(words if len(words) > at_most // 2 else start).rstrip(' ,:;')}…"


def readable(text: str) -> str:
    """Without NUL and with U+FFFD for half a character: neither can be kept, sent on or drawn."""
    if not text.isascii():
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text.replace("\0", "")
