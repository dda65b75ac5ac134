"""A review's card and its copies in channels: their names, and how they are kept current."""

from typing import Final

from blocks import reviews as blocks
from bot.services.reviews import ReviewState
from handlers.context import Request

DRAWN_AT_MOST: Final = 3
"""How often one act redraws because somebody else has changed the review meanwhile."""


def key_of(review_id: int, channel_id: str = "") -> str:
    """The name of the card; with a channel, of the copy that was shared there."""
    return f"review:{review_id}@{channel_id}" if channel_id else f"review:{review_id}"


def keys_of(state: ReviewState) -> tuple[str, ...]:
    """The names of the card and its copies, wherever they are."""
    shared = (key_of(state.review.id, channel) for channel in state.review.shared_in)
    return (key_of(state.review.id), *shared)


async def redraw(request: Request, state: ReviewState) -> None:
    """The card and its copies, now."""
    card = blocks.card(state.review, state.tickets)
    for key in keys_of(state):
        await request.edit(key, card)


async def catch_up(request: Request, posted: ReviewState, key: str) -> None:
    """Shows what was answered while the card waited to be posted: those redraws found no card yet."""
    shown = blocks.card(posted.review, posted.tickets)
    for _ in range(DRAWN_AT_MOST):
        state = await request.services.reviews.state(request.ctx, posted.review.id)
        card = blocks.card(state.review, state.tickets)
        if card == shown:
            return
        request.tools.notifier.progress(request.ctx.tenant, key, card)
        shown = card
