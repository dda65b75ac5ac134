"""One message to Slack, with the text-only form as its fallback."""

from collections.abc import Awaitable, Mapping, Sequence
from typing import Protocol, TypeAlias, cast

import structlog
from slack_sdk.errors import SlackApiError

from blocks.kit import Message
from bot.slack.problems import code_of, reasons_of, slack_errors

Blocks: TypeAlias = Sequence[dict[str, object]]
Said: TypeAlias = Mapping[str, object]

_BLOCK_TROUBLE = frozenset(
    {"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long", "invalid_attachments"}
)

log = structlog.get_logger(__name__)


class Call(Protocol):
    """A Web API method with everything but the message filled in."""

    def __call__(self, text: str, blocks: Blocks) -> Awaitable[object]: ...


async def send(call: Call, message: Message, *, channel: str = "") -> Said:
    """Sends; when Slack refuses the blocks, once more in classic form, or else as text, so that the words arrive.

    Raises ``SlackUnavailable``, ``NotFound("channel")`` or ``SlackRefused``.
    """
    with slack_errors(channel=channel):
        try:
            return cast("Said", await call(message.text, _plain(message)))
        except SlackApiError as problem:
            if not message.blocks or code_of(problem) not in _BLOCK_TROUBLE:
                raise
            reasons = reasons_of(problem)
        log.error("blocks refused, sent without them", reasons=reasons, classic=bool(message.classic))
        if message.classic:
            return await send(call, Message(message.text, message.classic), channel=channel)
        return cast("Said", await call(message.text, []))


def _plain(message: Message) -> Blocks:
    return cast("Blocks", list(message.blocks))
