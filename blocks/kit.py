r"""Block Kit primitives. Every text is cut to Slack's limit here, so a long name never loses a message.

**Names are shown as they are.** mrkdwn has no escape for ``*``, ``_``, ``~`` and backticks, so a name from Autotask
or a person never goes into it where it is read. The house pattern, by place:

- a card's or page's title: ``header(name)`` (150), or ``rich(strong(name), …)`` where it may be longer;
- a row without a control: ``row(name, "second line", " · ", person(user_id))``;
- a row with a control at its right: ``plain_section(f"{name}\nsecond line", accessory=…)``, which has no bold and no
  mentions; or a ``row`` with ``actions(…)`` after it where there are several controls;
- label and value: ``facts((("Queue", name), …))``; a list: ``listed(((name, " · 3 tickets"), …))``;
- a small grey line: ``plain_context(name)``; options, buttons, labels and titles: plain text, give the name itself
  (``option`` shows the end of a text over 75 UTF-16 units in the description);
- a message's ``text`` (notifications): ``escape(name)``, which is all that mrkdwn offers.

``section``, ``fields`` and ``context`` take mrkdwn, for our own words: ``escape`` whatever else gets there.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from blocks.elements import (
    LIMITS,
    Block,
    Element,
    Json,
    Option,
    Style,
    View,
    button,
    checkboxes,
    confirm,
    conversations_select,
    datepicker,
    external_select,
    file_input,
    link_button,
    mrkdwn,
    multi_external_select,
    multi_static_select,
    multi_users_select,
    number_input,
    option,
    overflow,
    plain,
    plain_text_input,
    radio,
    some,
    static_select,
    users_select,
)
from blocks.rich import (
    Piece,
    facts,
    fixed,
    listed,
    moment,
    person,
    place,
    rich,
    row,
    sign,
    soft,
    strong,
    web,
)
from blocks.text import (
    ago,
    bold,
    bullets,
    channel_mention,
    clean,
    code,
    count,
    cut,
    date,
    escape,
    link,
    mention,
    preformatted,
    truncate,
)

__all__ = [
    "INSTEAD", "LIMITS", "Block", "Element", "Json", "Message", "Option", "Page", "Piece", "Style", "View",
    "actions", "ago", "bold", "bullets", "button", "channel_mention", "checkboxes", "clean", "code",
    "confirm", "context", "conversations_select", "count", "cut", "date", "datepicker", "divider", "escape",
    "external_select", "facts", "fields", "file_input", "fixed", "header", "home", "input_block", "instead", "link", "link_button", "listed",
    "mention", "modal", "moment", "multi_external_select", "multi_static_select", "multi_users_select", "number_input", "option", "overflow", "page", "page_buttons", "person", "place",
    "plain_context", "plain_section", "plain_text_input", "preformatted", "radio", "rich", "row", "section", "sign",
    "soft", "static_select", "strong", "table", "truncate", "users_select", "web",
]  # fmt: skip

INSTEAD = "instead"
"""In the metadata of a modal that took the place of the one it was opened from: Slack allows three at once."""
_NONE = "\N{EN DASH}"


@dataclass(frozen=True)
class Message:
    """What is posted: blocks, and the text that notifications and screen readers use (mrkdwn).

    ``classic`` says the same without newer blocks such as ``table``: for modals, and where Slack refuses them.
    """

    text: str
    blocks: tuple[Block, ...] = ()
    classic: tuple[Block, ...] = ()

    def with_blocks(self, *more: Block) -> "Message":
        """The same message, with blocks added at its end."""
        classic = (*self.classic, *more) if self.classic else ()
        return Message(self.text, (*self.blocks, *more), classic)


# --- blocks ---------------------------------------------------------------------------------------


def header(text: str) -> Block:
    """A title, literal."""
    return {"type": "header", "text": plain(text, LIMITS.header_text, emoji=False)}


def section(text: str, *, accessory: Element | None = None, block_id: str = "") -> Block:
    """A paragraph of mrkdwn, with one control at its right."""
    return some({
        "type": "section",
        "text": mrkdwn(text),
        "accessory": accessory,
        "block_id": block_id or None,
    })  # fmt: skip


def plain_section(text: str, *, accessory: Element | None = None, block_id: str = "") -> Block:
    """A literal paragraph (line breaks count, nothing else), with one control at its right."""
    return some({
        "type": "section",
        "text": plain(text, LIMITS.section_text, emoji=False),
        "accessory": accessory,
        "block_id": block_id or None,
    })  # fmt: skip


def fields(pairs: Sequence[tuple[str, str]]) -> Block:
    """Label and mrkdwn value, two columns; the first ten."""
    cells = [mrkdwn(f"*{name}*\n{value or _NONE}", LIMITS.field_text) for name, value in pairs]
    return {"type": "section", "fields": cells[: LIMITS.fields]}


def context(*texts: str) -> Block:
    """Small grey mrkdwn, up to ten pieces side by side."""
    return {"type": "context", "elements": [mrkdwn(text) for text in texts[: LIMITS.context_elements]]}


def plain_context(*texts: str) -> Block:
    """Small grey literal text, up to ten pieces side by side."""
    shown = texts[: LIMITS.context_elements]
    return {
        "type": "context",
        "elements": [plain(text, LIMITS.section_text, emoji=False) for text in shown],
    }


def table(head: Sequence[str], rows: Sequence[Sequence[str]], *, wrapped: Sequence[str] = ()) -> Block:
    """A table of literal texts, at most 100 rows; messages only, so give the message a ``classic`` form too.

    ``wrapped``: heads of the columns whose long texts break their lines, so that those after them stay in sight.
    """
    lines = [[{"type": "raw_text", "text": clean(cell) or _NONE} for cell in line] for line in (head, *rows)]
    settings = [{"is_wrapped": each in wrapped} for each in head] if wrapped else None
    return some({"type": "table", "rows": lines[:100], "column_settings": settings})


def divider() -> Block:
    return {"type": "divider"}


def actions(*elements: Element, block_id: str = "") -> Block:
    """A row of up to 25 controls; their action ids must differ."""
    return some({
        "type": "actions",
        "elements": list(elements[: LIMITS.action_elements]),
        "block_id": block_id or None,
    })  # fmt: skip


def input_block(
    field: str,
    label: str,
    element: Element,
    *,
    hint: str = "",
    optional: bool = False,
    dispatch: bool = False,
) -> Block:
    """A form field. Its block id is ``field``: an ``InvalidInput(field, …)`` is shown under it.

    To reset what a person typed on ``views.update``, give ``field`` a suffix: ``queue:2`` still is ``queue``.
    """
    return some({
        "type": "input",
        "block_id": field,
        "label": plain(label, LIMITS.label),
        "element": element,
        "hint": plain(hint, LIMITS.label) if hint else None,
        "optional": optional,
        "dispatch_action": dispatch or None,
    })  # fmt: skip


# --- surfaces -------------------------------------------------------------------------------------


def modal(
    title: str,
    blocks: Sequence[Block],
    *,
    callback_id: str = "",
    submit: str = "",
    close: str = "Cancel",
    metadata: Mapping[str, Json] | None = None,
) -> View:
    """A modal; ``metadata`` comes back as ``request.metadata`` (ids only: at most 3000 characters)."""
    return some({
        "type": "modal",
        "title": plain(title, LIMITS.view_title),
        "blocks": list(blocks[: LIMITS.view_blocks]),
        "callback_id": callback_id or None,
        "submit": plain(submit, LIMITS.view_title) if submit else None,
        "close": plain(close, LIMITS.view_title),
        "private_metadata": json.dumps(metadata, separators=(",", ":")) if metadata else None,
    })  # fmt: skip


def metadata_of(raw: str) -> Mapping[str, Json] | None:
    """What ``modal`` was given as metadata; None where another wrote it."""
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, Mapping) else None


def instead(view: View) -> View:
    """The same modal, knowing that it took the place of the one it was opened from."""
    given = metadata_of(str(view.get("private_metadata"))) or {}
    return {**view, "private_metadata": json.dumps({**given, INSTEAD: "1"}, separators=(",", ":"))}


def home(blocks: Sequence[Block]) -> View:
    return {"type": "home", "blocks": list(blocks[: LIMITS.view_blocks])}


@dataclass(frozen=True)
class Page:
    """One page of a list: its number from 0 up, and where it lies in the whole."""

    number: int
    size: int
    total: int

    @property
    def offset(self) -> int:
        return self.number * self.size

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.size))

    @property
    def label(self) -> str:
        last = min(self.offset + self.size, self.total)
        return f"{self.offset + 1:,} to {last:,} of {self.total:,}" if self.total else "none"


def page(total: int, number: int, size: int = 10) -> Page:
    """The page asked for, or the nearest that exists."""
    last = max(0, -(-total // size) - 1)
    return Page(min(max(number, 0), last), size, total)


def page_buttons(where: Page, action_id: str, *, context_value: str = "") -> tuple[Element, ...]:
    """◀ and ▶ where there is somewhere to go; their value is ``<number>|<context_value>``.

    Listen for both with the pattern ``^<action_id>:(back|next)$``.
    """
    steps = (("◀ Back", "back", where.number - 1), ("Next ▶", "next", where.number + 1))
    return tuple(
        button(text, f"{action_id}:{name}", value=f"{number}|{context_value}")
        for text, name, number in steps
        if 0 <= number < where.pages
    )
