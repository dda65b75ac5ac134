"""Text from outside, as it can be kept."""


def readable(text: str) -> str:
    """Without NUL and with U+FFFD for half a character: neither can be kept, sent on or drawn."""
    if not text.isascii():
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text.replace("\0", "")
