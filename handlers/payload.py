"""Slack's payloads, read without surprises: a missing part is "", never an exception."""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias, TypeVar

from blocks import kit
from blocks.form import Form, State, known
from blocks.kit import Json
from bot.domain.numbers import whole
from bot.domain.texts import readable
from bot.errors import InvalidInput

T = TypeVar("T")
Kind: TypeAlias = Literal[
    "command", "action", "view", "view_closed", "options", "shortcut", "message_shortcut", "event"
]
Body: TypeAlias = Mapping[str, Json]
FOREIGN: Final = "This is from another version of Deskhand. Open the list or the card again."


def dig(body: Json, *path: str | int) -> Json:
    """What lies at ``path``, or None."""
    for step in path:
        if isinstance(step, int) and isinstance(body, list):
            body = body[step] if -len(body) <= step < len(body) else None
        elif isinstance(step, str) and isinstance(body, Mapping):
            body = body.get(step)
        else:
            return None
    return body


def text_at(body: Json, *path: str | int) -> str:
    """The text or number at ``path`` as text, else ""."""
    found = dig(body, *path)
    return str(found) if isinstance(found, str | int | float) else ""


def own(read: Callable[[str], T | None], text: str) -> T:
    """What a text stands for that one of our own controls carries; ``read`` tells as for ``known`` that it is none.

    Raises:
        InvalidInput: it is something else, as a control that another version has drawn may carry.
    """
    return known(read, text, "", FOREIGN)


def as_number(text: str) -> int:
    """The whole number that one of our own controls carries; raises as ``own``."""
    return own(whole, text)


def nth(many: Sequence[T]) -> Callable[[str], T | None]:
    """For ``own``: which one of them a text names by its place, from 0."""
    return {str(n): each for n, each in enumerate(many)}.get


def among(many: Iterable[str]) -> Callable[[str], str | None]:
    """For ``own``: one of these words."""
    return {each: each for each in many}.get


def number_at(body: Json, *path: str | int) -> int:
    """The whole number at ``path``, 0 where nothing lies there; raises as ``own``."""
    return 0 if dig(body, *path) in (None, "") else as_number(text_at(body, *path))


@dataclass
class Payload:
    """One delivery from Slack."""

    kind: Kind
    body: Body

    @property
    def user_id(self) -> str:
        return (
            text_at(self.body, "user_id")
            or text_at(self.body, "user", "id")
            or text_at(self.body, "event", "user")
        )

    @property
    def team_ids(self) -> tuple[str, ...]:
        """The workspace whose Deskhand this is for, then the organization it belongs to.

        In a shared channel several workspaces have a part, and each may have a Deskhand of its own: the first
        name in Slack's order counts and no other (as Bolt's ``extract_team_id`` has it). The person's home never
        does: it says who they are, not whose Deskhand they use.
        """
        installed = (
            text_at(self.body, "view", "app_installed_team_id")
            or text_at(self.body, "team", "id")
            or text_at(self.body, "authorizations", 0, "team_id")
            or text_at(self.body, "team_id")
        )
        return tuple(dict.fromkeys(team_id for team_id in (installed, self.enterprise_id) if team_id))

    @property
    def enterprise_id(self) -> str:
        """The organization (Enterprise Grid) of that workspace, or ""."""
        return (
            text_at(self.body, "enterprise", "id")
            or text_at(self.body, "authorizations", 0, "enterprise_id")
            or text_at(self.body, "enterprise_id")
        )

    @property
    def user_team_id(self) -> str:
        """The person's own workspace, where the payload tells; another one than ours for outsiders."""
        return text_at(self.body, "user", "team_id") or text_at(self.body, "event", "user_team")

    @property
    def trigger_id(self) -> str:
        return text_at(self.body, "trigger_id")

    @property
    def response_url(self) -> str:
        """Slack's address for replies to this delivery (5 uses, 30 minutes), or ""."""
        return text_at(self.body, "response_url") or text_at(self.body, "response_urls", 0, "response_url")

    @property
    def channel_id(self) -> str:
        """The conversation it came from; in a modal the ``channel`` of its metadata; else ""."""
        return (
            text_at(self.body, "channel_id")
            or text_at(self.body, "channel", "id")
            or text_at(self.body, "container", "channel_id")
            or text_at(self.metadata, "channel")
            or text_at(self.body, "event", "channel")
        )

    @property
    def message_ts(self) -> str:
        """The message a button sits on or a shortcut was used on."""
        return text_at(self.body, "message_ts") or text_at(self.body, "container", "message_ts")

    @property
    def view(self) -> Body:
        found = dig(self.body, "view")
        return found if isinstance(found, Mapping) else {}

    @property
    def view_id(self) -> str:
        return text_at(self.view, "id")

    @property
    def in_home(self) -> bool:
        return text_at(self.view, "type") == "home"

    @property
    def in_modal(self) -> bool:
        return text_at(self.view, "type") == "modal"

    @property
    def depth(self) -> int:
        """1 for a modal alone, 2 on top of it, 3 (Slack's limit) above."""
        previous, root = text_at(self.view, "previous_view_id"), text_at(self.view, "root_view_id")
        if not previous:
            return 1
        return 2 if previous == root else 3

    @property
    def is_form(self) -> bool:
        """Whether something can be typed or chosen in the modal."""
        blocks = dig(self.view, "blocks")
        return isinstance(blocks, list) and any(text_at(block, "type") == "input" for block in blocks)

    @property
    def below(self) -> str:
        """The id of the modal that this one was opened from, or "" (also where it took that one's place)."""
        return "" if text_at(self.metadata, kit.INSTEAD) else text_at(self.view, "previous_view_id")

    @property
    def metadata(self) -> Body:
        """What ``kit.modal(metadata=…)`` was given; nothing where it is none of ours."""
        return kit.metadata_of(text_at(self.view, "private_metadata")) or {}

    @property
    def values(self) -> State:
        """``state.values`` of the modal, or of the message a control sits on."""
        found = dig(self.view, "state", "values") or dig(self.body, "state", "values")
        return found if isinstance(found, Mapping) else {}  # type: ignore[return-value]

    @property
    def form(self) -> Form:
        return Form(self.values)

    @property
    def action_id(self) -> str:
        return text_at(self.body, "actions", 0, "action_id") or text_at(self.body, "action_id")

    @property
    def action_value(self) -> str:
        """A button's value, or the value, person or day chosen in a control."""
        action = dig(self.body, "actions", 0)
        return (
            text_at(action, "value")
            or text_at(action, "selected_option", "value")
            or text_at(action, "selected_user")
            or text_at(action, "selected_date")
        )

    @property
    def action_number(self) -> int:
        """The same as a whole number; raises ``InvalidInput`` where it is none."""
        return as_number(self.action_value)

    def action_parts(self, count: int) -> tuple[str, ...]:
        """The same, where it is as many parts between bars; raises ``InvalidInput`` where it is not."""
        parts = tuple(self.action_value.split("|"))
        if len(parts) != count:
            raise InvalidInput("", FOREIGN)
        return parts

    def block_part(self, number: int) -> str:
        """A part of the id of the block that a control sits in: ``row:<0>:<1>``; "" where there is none."""
        parts = text_at(self.body, "actions", 0, "block_id").split(":")[1:]
        return parts[number] if number < len(parts) else ""

    def refuse_foreign(self) -> None:
        """Raises ``InvalidInput`` where control or modal carry what we never write: half a character, no JSON."""
        raw = text_at(self.view, "private_metadata")
        carried = _texts([dig(self.body, "actions", 0), dict(self.metadata)])
        if (raw and kit.metadata_of(raw) is None) or any(text != readable(text) for text in carried):
            raise InvalidInput("", FOREIGN)

    @property
    def digest(self) -> str:
        """Of everything that came: the same for copies of one delivery alone."""
        return hashlib.sha256(json.dumps(self.body, sort_keys=True).encode()).hexdigest()[:32]

    @property
    def fingerprint(self) -> str:
        """The same for every delivery of one act (Slack delivers events again, people press twice)."""
        return {
            "event": text_at(self.body, "event_id"),
            "action": f"{self.user_id}/{self.action_id}/{text_at(self.body, 'actions', 0, 'action_ts')}",
            "view": f"{self.view_id}/{text_at(self.view, 'hash')}",
        }.get(self.kind, self.trigger_id)


def _texts(found: Json) -> Iterator[str]:
    """Every text in it."""
    waiting = [found]
    while waiting:
        each = waiting.pop()
        if isinstance(each, str):
            yield each
        elif isinstance(each, list):
            waiting += each
        elif isinstance(each, Mapping):
            waiting += [*each, *each.values()]
