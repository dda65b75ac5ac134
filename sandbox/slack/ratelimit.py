"""Slack's rate limits: posts per channel, and each method's tier per workspace."""

import math
from collections.abc import Mapping

from sandbox.slack.clock import Clock
from sandbox.slack.errors import ApiError
from sandbox.slack.settings import SlackSettings
from sandbox.slack.shapes import JsonObject

# Calls per minute by tier ("Rate limits" in Slack's reference); posting is special: several hundred
# a minute in a workspace besides one a second in a channel.
TIERS: Mapping[int, int] = {1: 1, 2: 20, 3: 50, 4: 100}
POSTS_PER_MINUTE = 300
TIER_OF: Mapping[str, int] = {
    "bots.info": 3,
    "chat.delete": 3,
    "chat.deleteScheduledMessage": 3,
    "chat.postEphemeral": 4,
    "chat.scheduleMessage": 3,
    "chat.scheduledMessages.list": 3,
    "chat.unfurl": 3,
    "chat.update": 3,
    "conversations.history": 3,
    "conversations.info": 3,
    "conversations.join": 3,
    "conversations.list": 2,
    "conversations.members": 4,
    "conversations.open": 3,
    "conversations.replies": 3,
    "files.completeUploadExternal": 4,
    "files.delete": 3,
    "files.getUploadURLExternal": 4,
    "files.info": 4,
    "reactions.add": 3,
    "team.info": 3,
    "usergroups.list": 2,
    "usergroups.users.list": 2,
    "users.conversations": 3,
    "users.info": 4,
    "users.list": 2,
    "users.lookupByEmail": 3,
    "views.open": 4,
    "views.publish": 4,
    "views.push": 4,
    "views.update": 4,
}


class Buckets:
    """One bucket per key, filled on the workspace's clock."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._levels: dict[str, tuple[float, float]] = {}

    def take(self, key: str, *, size: float, per_second: float) -> None:
        """Take one; raises ApiError `ratelimited` (429) with the seconds until there is one again."""
        now = self._clock.now()
        level, seen = self._levels.get(key, (size, now))
        level = min(size, level + (now - seen) * per_second)
        if level < 1:
            raise rate_limited(math.ceil((1 - level) / per_second))
        self._levels[key] = (level - 1, now)

    def clear(self) -> None:
        self._levels.clear()


class PostBudget:
    """chat.postMessage: about one per second and channel, with a burst allowed."""

    def __init__(self, settings: SlackSettings, clock: Clock) -> None:
        self._settings, self._buckets = settings, Buckets(clock)

    def spend(self, channel: str) -> None:
        """Take one post from the channel's bucket; raises ApiError `ratelimited`."""
        if self._settings.rate_limits:
            size, per_second = float(self._settings.post_burst), self._settings.posts_per_second
            self._buckets.take(channel, size=size, per_second=per_second)

    def clear(self) -> None:
        self._buckets.clear()


class MethodRates:
    """How often each method may be called in one workspace.

    `burst_minutes` says how many minutes' worth of calls may come at once; a test tightens it.
    """

    def __init__(self, settings: SlackSettings, clock: Clock) -> None:
        self._settings, self._buckets = settings, Buckets(clock)
        self.burst_minutes = settings.burst_minutes

    def spend(self, method: str) -> None:
        """Take one call; raises ApiError `ratelimited`. Methods without a tier are free."""
        per_minute = POSTS_PER_MINUTE if method == "chat.postMessage" else TIERS.get(TIER_OF.get(method, 0))
        if per_minute is not None and self._settings.rate_limits:
            size = max(1.0, per_minute * self.burst_minutes)
            self._buckets.take(method, size=size, per_second=per_minute / 60)

    def tighten(self, burst_minutes: float) -> None:
        """Allow that many minutes' worth at once from now on, counted anew."""
        self.burst_minutes = burst_minutes
        self._buckets.clear()

    def clear(self) -> None:
        self.tighten(self._settings.burst_minutes)


def rate_limited(retry_after: int) -> ApiError:
    """The 429 answer; `retry_after` is in whole seconds."""
    extra: JsonObject = {"retry_after": retry_after}
    return ApiError("ratelimited", status=429, extra=extra)
