"""chat.postMessage: about one per second and channel, with a burst allowed."""

import math

from sandbox.slack.clock import Clock
from sandbox.slack.errors import ApiError
from sandbox.slack.settings import SlackSettings
from sandbox.slack.shapes import JsonObject


class PostBudget:
    """One bucket per channel, filled on the workspace's clock."""

    def __init__(self, settings: SlackSettings, clock: Clock) -> None:
        self._settings, self._clock = settings, clock
        self._buckets: dict[str, tuple[float, float]] = {}

    def spend(self, channel: str) -> None:
        """Take one post from the channel's bucket; raises ApiError `ratelimited` (429) when empty."""
        if not self._settings.rate_limits:
            return
        now = self._clock.now()
        level, seen = self._buckets.get(channel, (float(self._settings.post_burst), now))
        level = min(self._settings.post_burst, level + (now - seen) * self._settings.posts_per_second)
        if level < 1:
            raise rate_limited(math.ceil((1 - level) / self._settings.posts_per_second))
        self._buckets[channel] = (level - 1, now)

    def clear(self) -> None:
        self._buckets.clear()


def rate_limited(retry_after: int) -> ApiError:
    """The 429 answer; `retry_after` is in whole seconds."""
    extra: JsonObject = {"retry_after": retry_after}
    return ApiError("ratelimited", status=429, extra=extra)
