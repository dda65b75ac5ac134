"""Slack's refusals as our errors, so that no Slack exception leaves this package."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.errors import NotFound, SlackUnavailable

_DEFINITELY_LATER = frozenset({"ratelimited", "rate_limited", "accesslimited", "message_limit_exceeded"})
_MAYBE_DONE = frozenset(
    {"internal_error", "fatal_error", "service_unavailable", "request_timeout", "update_failed"}
)
_LOGIN = frozenset(
    {"invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired", "missing_scope"}
)
_NO_SUCH_PLACE = frozenset(
    {
        "channel_not_found",
        "not_in_channel",
        "is_archived",
        "user_not_in_channel",
        "messages_tab_disabled",
        "cannot_dm_bot",
        "user_disabled",
    }
)
_CLOSED_TO_US = frozenset(
    {"user_not_found", "user_not_visible", "channel_is_limited_access", "ekm_access_denied", "no_permission"}
)
_CLOSED_BEGINS: Final = ("restricted_action", "slack_connect_")
"""A channel for reading only, for threads only, or whose owners keep other companies' apps out."""
_TRIGGER = frozenset(
    {"expired_trigger_id", "exchanged_trigger_id", "invalid_trigger_id", "push_limit_reached"}
)


class SlackRefused(Exception):
    """Slack called our request wrong (blocks, arguments): a mistake of ours, with Slack's reasons."""

    def __init__(self, code: str, reasons: tuple[str, ...] = ()) -> None:
        super().__init__(f"{code}: {'; '.join(reasons)}" if reasons else code)
        self.code = code
        self.reasons = reasons


def code_of(problem: SlackApiError) -> str:
    """Slack's error code, such as ``channel_not_found``; ``ratelimited`` for a 429, ``http_503`` for others."""
    body = _body(problem)
    status = getattr(problem.response, "status_code", 200)
    if status == 429:
        return "ratelimited"
    return str(body.get("error") or f"http_{status}")


def reasons_of(problem: SlackApiError) -> tuple[str, ...]:
    """What Slack's validator said, block by block."""
    details = _body(problem).get("response_metadata")
    messages = details.get("messages") if isinstance(details, Mapping) else None
    return tuple(map(str, messages)) if isinstance(messages, list) else ()


def refusal(status: int, body: str) -> Mapping[str, object]:
    """What a ``response_url`` says is wrong: ``{"error": …}``, or nothing when it took the message.

    Slack answers ``ok``, a bare code such as ``used_url``, or JSON like the Web API's, with 200 even if not ok.
    """
    if status == 429:
        return {"error": "ratelimited"}
    try:
        said = json.loads(body)
    except ValueError:
        said = None
    if isinstance(said, dict) and said.get("ok") is False:
        return {"error": "refused", **said}
    return {} if status == 200 else {"error": body.strip() or f"http_{status}"}


@contextmanager
def slack_errors(*, channel: str = "") -> Iterator[None]:
    """Turns what slack_sdk raises into ``SlackUnavailable``, ``NotFound("channel")`` or ``SlackRefused``."""
    try:
        yield
    except SlackApiError as problem:
        raise _translate(problem, channel) from problem
    except (aiohttp.ClientConnectorError, ConnectionRefusedError) as problem:
        raise SlackUnavailable(type(problem).__name__) from problem
    except (TimeoutError, aiohttp.ClientError, OSError, SlackClientError) as problem:
        raise SlackUnavailable(type(problem).__name__, ambiguous=True) from problem


def _translate(problem: SlackApiError, channel: str) -> Exception:
    code = code_of(problem)
    if code in _NO_SUCH_PLACE:
        return NotFound("channel", channel)
    if code.startswith(_CLOSED_BEGINS) or (channel and code in _CLOSED_TO_US):
        return NotFound("channel", channel)
    if code in _DEFINITELY_LATER | _LOGIN | _TRIGGER:
        return SlackUnavailable(code)
    if code in _MAYBE_DONE or code.startswith("http_5"):
        return SlackUnavailable(code, ambiguous=True)
    return SlackRefused(code, reasons_of(problem))


def _body(problem: SlackApiError) -> Mapping[str, object]:
    data = getattr(problem.response, "data", problem.response)
    return data if isinstance(data, Mapping) else {}
