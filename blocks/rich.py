"""Rich text: words exactly as they are, in bold where wanted, beside links, mentions and dates.

A piece is a text (taken literally: no mark, mention or ``:emoji:`` in it acts) or what ``strong``, ``web``,
``person``, ``place``, ``moment`` and ``sign`` give. Source: Slack's reference of the ``rich_text`` block.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TypeAlias

from blocks.elements import Block, Element, Json, some
from blocks.text import clean, cut

Piece: TypeAlias = str | Element

_LONGEST = 3000
_NONE = "\N{EN DASH}"


def strong(text: str) -> Piece:
    """Literal text in bold: how a name is shown."""
    return _text(text, bold=True)


def soft(text: str) -> Piece:
    """Literal text in italics: what somebody wrote, quoted."""
    return _text(text, italic=True)


def fixed(text: str) -> Piece:
    """Literal text in fixed width: a command, a number to copy."""
    return _text(text, code=True)


def web(url: str, label: str) -> Piece:
    """A link with a literal label."""
    return {"type": "link", "url": url, "text": _words(label)}


def person(user_id: str) -> Piece:
    """A mention by id; notifies the person when it is in a new message."""
    return {"type": "user", "user_id": user_id} if user_id else "Deskhand"


def place(channel_id: str) -> Piece:
    return {"type": "channel", "channel_id": channel_id}


def moment(at: datetime, fmt: str = "{date_short_pretty} {time}") -> Piece:
    """A moment in the viewer's own zone."""
    fallback = at.strftime("%Y-%m-%d %H:%M UTC")
    return {"type": "date", "timestamp": int(at.timestamp()), "format": fmt, "fallback": fallback}


def sign(name: str) -> Piece:
    """An emoji by its name, such as ``white_check_mark``."""
    return {"type": "emoji", "name": name}


def rich(*pieces: Piece, block_id: str = "") -> Block:
    """One paragraph; a line break in a text breaks the line."""
    return _block([_section(pieces)], block_id)


def row(name: str, *second: Piece) -> Block:
    """A record in a list: its name in bold, and the facts under it."""
    return rich(strong(name), *(("\n", *second) if second else ()))


def listed(items: Iterable[Sequence[Piece]]) -> Block:
    """A bulleted list, each item of some pieces; there must be an item."""
    entries: list[Json] = [_section(item) for item in items]
    return _block([{"type": "rich_text_list", "style": "bullet", "elements": entries}])


def facts(pairs: Sequence[tuple[str, Piece]]) -> Block:
    """Label and literal value, one pair a line; a missing value is a dash."""
    pieces: list[Piece] = []
    for label, value in pairs:
        pieces += [strong(f"{label}: "), value or _NONE, "\n"]
    return rich(*pieces[:-1])


def _section(pieces: Iterable[Piece]) -> Element:
    elements = [_text(piece) if isinstance(piece, str) else piece for piece in pieces if piece]
    return {"type": "rich_text_section", "elements": elements}


def _block(elements: Sequence[Json], block_id: str = "") -> Block:
    return some({"type": "rich_text", "elements": elements, "block_id": block_id or None})


def _text(text: str, **style: bool) -> Element:
    return some({"type": "text", "text": _words(text), "style": style or None})


def _words(text: str) -> str:
    return cut(clean(text), _LONGEST) or " "
