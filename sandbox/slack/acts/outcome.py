"""How an act of a person ended, as that person sees it."""

from dataclasses import dataclass, field

from sandbox.slack.delivery.ack import Ack
from sandbox.slack.errors import ApiError
from sandbox.slack.hub import Hub
from sandbox.slack.shapes import JsonObject, as_list, as_object, as_text, present

WORDS = {
    "operation_timeout": "The app did not respond in time.",
    "dispatch_failed": "The app could not be reached, or it refused the request.",
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """`ok` means that the app took it; `errors` are texts under fields, by block_id."""

    ok: bool = True
    error: str | None = None
    message: str | None = None
    response_action: str | None = None
    errors: dict[str, str] = field(default_factory=dict)
    options: list[JsonObject] | None = None
    option_groups: list[JsonObject] | None = None
    ts: str | None = None
    file: JsonObject | None = None

    def wire(self) -> JsonObject:
        fields: JsonObject = {
            "ok": self.ok,
            "error": self.error,
            "message": self.message,
            "response_action": self.response_action,
            "errors": self.errors or None,
            "options": self.options,
            "option_groups": self.option_groups,
            "ts": self.ts,
            "file": self.file,
        }
        return present(fields)


def failed(hub: Hub, user: str, ack: Ack, source: str) -> Outcome:
    """The app missed its ack: tell the person, as Slack does."""
    words = WORDS[ack.outcome]
    hub.report(user, ack.outcome, source=source, message=f"{source} failed: {words}")
    return Outcome(ok=False, error=ack.outcome, message=words)


def unusable(hub: Hub, user: str, error: ApiError, source: str) -> Outcome:
    """The app answered with something Slack cannot show."""
    metadata = as_object(error.extra.get("response_metadata"))
    details = [as_text(item) for item in as_list(metadata.get("messages"))]
    words = "; ".join([error.code, *details])
    hub.report(user, error.code, source=source, message=words)
    return Outcome(ok=False, error=error.code, message=words)
