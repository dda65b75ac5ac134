"""How an app answered what it was sent."""

from dataclasses import dataclass, field
from typing import Literal

from sandbox.slack.shapes import JsonObject

Outcome = Literal["ok", "operation_timeout", "dispatch_failed"]
Kind = Literal["slash_commands", "interactive", "events_api"]


@dataclass(frozen=True, slots=True)
class Ack:
    """`payload` is the body of the ack: a command's reply, a response_action, options."""

    outcome: Outcome
    payload: JsonObject = field(default_factory=dict)
    stop_retrying: bool = False

    @property
    def ok(self) -> bool:
        return self.outcome == "ok"


@dataclass(frozen=True, slots=True)
class Parcel:
    """One payload on its way to the app; retries count from 0."""

    kind: Kind
    payload: JsonObject
    retry: int = 0
    retry_reason: str = ""

    @property
    def team(self) -> str:
        """The team that the payload is about."""
        team = self.payload.get("team")
        return str(team["id"]) if isinstance(team, dict) else str(self.payload.get("team_id", ""))

    @property
    def type(self) -> str:
        """The payload's own type, such as `block_actions`, or the event's type."""
        if self.kind == "slash_commands":
            return "command"
        inner = self.payload.get("event") if self.kind == "events_api" else None
        source = inner if isinstance(inner, dict) else self.payload
        return str(source.get("type", ""))
