"""How a Web API method, or an act of a person, is refused."""

from collections.abc import Sequence

from sandbox.slack.shapes import JsonObject


class ApiError(Exception):
    """A Web API answer `{"ok": false, "error": code}`; `extra` joins the body."""

    def __init__(self, code: str, *, status: int = 200, extra: JsonObject | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.status = status
        self.extra: JsonObject = extra or {}


def refused_arguments(messages: Sequence[str], *, code: str = "invalid_arguments") -> ApiError:
    """`invalid_arguments` (or another code) with the messages where clients look for them."""
    listed = [f"[ERROR] {message}" for message in messages]
    return ApiError(code, extra={"response_metadata": {"messages": listed}})


class Refused(Exception):
    """The workspace itself does not let this person do that: no such button, not a member."""

    def __init__(self, code: str, message: str = "") -> None:
        super().__init__(message or code)
        self.code = code
        self.message = message or code.replace("_", " ")
