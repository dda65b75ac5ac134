"""What Slack sends over HTTP, as Bolt's request; the signature is checked over the body as it came."""

import asyncio
from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qsl

from slack_bolt.async_app import AsyncBoltRequest
from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.request.async_internals import build_async_context
from starlette.exceptions import HTTPException
from starlette.requests import Request

LARGEST_BODY: Final = 2_000_000
"""Bytes: the largest deliveries of Slack, long forms, have some hundred thousand."""
BODY_WITHIN: Final = 20.0
"""Seconds in which a body has to be here."""


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


async def bounded_body(request: Request, at_most: int = LARGEST_BODY) -> bytes:
    """The body; as nobody knows yet who sends it, never more than ``at_most`` bytes of it are kept.

    Raises ``HTTPException``: 413 for a longer one, 408 for one that does not arrive in time.
    """
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_WITHIN):
            async for part in request.stream():
                body += part
                if len(body) > at_most:
                    raise HTTPException(413, headers={"Connection": "close"})
    except TimeoutError:
        raise HTTPException(408, headers={"Connection": "close"}) from None
    return bytes(body)
