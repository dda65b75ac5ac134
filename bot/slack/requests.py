"""What Slack sends over HTTP, as Bolt's request; the signature is checked over the body as it came."""

from collections.abc import Mapping
from urllib.parse import parse_qsl

from slack_bolt.async_app import AsyncBoltRequest
from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.request.async_internals import build_async_context


class _FormRequest(AsyncBoltRequest):
    """A slash command. Bolt drops all fields of a form that contains the word "payload" anywhere, because it
    takes it for an interaction (``slack_bolt.request.internals.parse_body``).
    """

    def __init__(self, raw: str, headers: Mapping[str, str], fields: Mapping[str, str]) -> None:
        super().__init__(body=raw, headers=dict(headers))
        self.body = dict(fields)
        self.context = build_async_context(AsyncBoltContext({}), self.body)


def bolt_request(raw: str, headers: Mapping[str, str]) -> AsyncBoltRequest:
    """Raises ``ValueError`` where JSON is announced and something else came."""
    request = AsyncBoltRequest(body=raw, headers=dict(headers))
    if request.body or not raw:
        return request
    fields = dict(parse_qsl(raw, keep_blank_values=True))
    return request if "payload" in fields else _FormRequest(raw, headers, fields)
