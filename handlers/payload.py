"""Slack's payloads, read without surprises: a missing part is "", never an exception."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from blocks import kit
from blocks.form import Form, State
from blocks.kit import Json
from bot.domain.numbers import whole
from bot.errors import InvalidInput

Kind: TypeAlias = Literal[
    "command", "action", "view", "view_closed", "options", "shortcut", "message_shortcut", "event"
]
Body: TypeAlias = Mapping[str, Json]


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


def as_number(text: str) -> int:
    """The whole number that one of our own controls carries.

    Raises:
        InvalidInput: it carries something else, as a control that another version has drawn may.
    """
    found = whole(text)
    if found is None:
        raise InvalidInput("", "This is from another version of Deskhand. Open the list or the card again.")
    return found


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
        """What ``kit.modal(metadata=…)`` was given."""
        raw = text_at(self.view, "private_metadata")
        found: Json = json.loads(raw) if raw.startswith("{") else {}
        return found if isinstance(found, Mapping) else {}

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
