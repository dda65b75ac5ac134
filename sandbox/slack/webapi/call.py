"""One Web API call: its arguments, who calls, and how a method is declared."""

import base64
import binascii
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

from sandbox.slack.errors import ApiError, refused_arguments
from sandbox.slack.hub import Hub
from sandbox.slack.shapes import JsonObject, as_flag, as_list, as_text
from sandbox.slack.workspace import Workspace

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Args:
    """Arguments however they came: query, form, multipart or JSON, merged."""

    values: JsonObject

    def text(self, name: str) -> str:
        return as_text(self.values.get(name))

    def flag(self, name: str) -> bool:
        return as_flag(self.values.get(name))

    def integer(self, name: str, default: int) -> int:
        """A whole number; raises ApiError `invalid_arguments` for anything else."""
        raw = self.text(name)
        if not raw:
            return default
        try:
            return int(raw)
        except ValueError:
            raise refused_arguments([f"must be an integer [json-pointer:/{name}]"]) from None

    def listing(self, name: str) -> list[str]:
        """A list given as a JSON array, as JSON text, or separated by commas."""
        value = self.values.get(name)
        if isinstance(value, str) and value.startswith("["):
            value = self.structure(name)
        if isinstance(value, list):
            return [as_text(item) for item in value]
        return [part.strip() for part in as_text(value).split(",") if part.strip()]

    def structure(self, name: str) -> object:
        """A JSON value, parsed if it came as text; raises ApiError `invalid_arguments`."""
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value)
        except json.JSONDecodeError:
            raise refused_arguments([f"must be valid JSON [json-pointer:/{name}]"]) from None


@dataclass(frozen=True, slots=True)
class Call:
    """A call that has passed the gate: token, scopes and required arguments are right."""

    hub: Hub
    args: Args
    scopes: frozenset[str]
    token: str = ""

    @property
    def ws(self) -> Workspace:
        return self.hub.workspace

    def page(self, items: Sequence[T], *, default: int = 100, most: int = 1000) -> tuple[list[T], str]:
        """One page by `limit` and `cursor`, and the next cursor ("" at the end)."""
        limit = self.args.integer("limit", default) or default
        if not 0 < limit <= most:
            raise ApiError("invalid_limit")
        if self.hub.settings.short_pages:
            limit = min(limit, 2)
        start = _offset(self.args.text("cursor"))
        end = start + limit
        return list(items[start:end]), _cursor(end) if end < len(items) else ""


def _cursor(offset: int) -> str:
    return base64.urlsafe_b64encode(f"next:{offset}".encode()).decode()


def _offset(cursor: str) -> int:
    if not cursor:
        return 0
    try:
        return int(base64.urlsafe_b64decode(cursor).decode().removeprefix("next:"))
    except (ValueError, binascii.Error):
        raise ApiError("invalid_cursor") from None


def listed(name: str, items: Sequence[object], cursor: str) -> JsonObject:
    """An answer of a method that pages."""
    return {name: as_list(list(items)), "response_metadata": {"next_cursor": cursor}}


Run = Callable[[Call], Awaitable[JsonObject]]


@dataclass(frozen=True, slots=True)
class Method:
    """A Web API method: any one of `scopes` is enough; `needs` names the required arguments;
    `caller` says whose token it takes.

    `missing` overrides the error for an absent argument, where the method has a code of its own.
    """

    run: Run
    scopes: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    caller: Literal["bot", "app", "anyone"] = "bot"
    missing: str | None = None
