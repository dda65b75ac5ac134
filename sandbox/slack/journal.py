"""What happened, for tests to ask about: calls, deliveries, and everything that was shown."""

from dataclasses import asdict, dataclass, field

from sandbox.slack.shapes import JsonObject


@dataclass(frozen=True, slots=True)
class CallRecord:
    """One Web API call; `args` never hold a token."""

    at: float
    method: str
    args: JsonObject
    ok: bool
    error: str | None
    status: int
    team: str = ""


@dataclass(frozen=True, slots=True)
class DeliveryRecord:
    """One payload handed to the app, and how its ack came out."""

    at: float
    kind: str
    payload_type: str
    ack_ms: float
    outcome: str
    retry: int = 0
    team: str = ""


@dataclass(slots=True)
class Journal:
    """Append-only; `transcript` holds what people and the app made visible, never form contents."""

    calls: list[CallRecord] = field(default_factory=list)
    deliveries: list[DeliveryRecord] = field(default_factory=list)
    transcript: list[JsonObject] = field(default_factory=list)

    def wire(self) -> JsonObject:
        return {
            "calls": [asdict(call) for call in self.calls],
            "deliveries": [asdict(delivery) for delivery in self.deliveries],
        }

    def clear(self) -> None:
        self.calls.clear()
        self.deliveries.clear()
        self.transcript.clear()
