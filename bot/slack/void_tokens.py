"""Slack's word that it takes a token no more: noticed in every answer, whoever asked."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from slack_sdk.http_retry.async_handler import AsyncRetryHandler
from slack_sdk.http_retry.request import HttpRequest
from slack_sdk.http_retry.response import HttpResponse
from slack_sdk.http_retry.state import RetryState

VOID: Final = frozenset({"invalid_auth", "account_inactive", "token_revoked"})
"""Slack's error codes for a token that will not come back: the app was uninstalled, or the token revoked."""


class VoidTokens(AsyncRetryHandler):
    """Sees every answer that slack_sdk gets; retries nothing. ``refused`` is called with Slack's code."""

    def __init__(self, refused: Callable[[str], Awaitable[None]]) -> None:
        super().__init__()
        self._refused = refused

    async def can_retry_async(
        self,
        *,
        state: RetryState,  # noqa: ARG002 - slack_sdk calls all handlers alike
        request: HttpRequest,  # noqa: ARG002
        response: HttpResponse | None = None,
        error: Exception | None = None,  # noqa: ARG002
    ) -> bool:
        """Always False. Told even if the caller loses patience meanwhile."""
        code = _code(response)
        if code in VOID:
            await asyncio.shield(asyncio.ensure_future(self._refused(code)))
        return False


def _code(response: HttpResponse | None) -> str:
    body = response.body if response is not None else None
    return str(body.get("error", "")) if isinstance(body, Mapping) else ""
