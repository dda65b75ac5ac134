"""Which channels another company reads along in (Slack Connect): no client's data is posted there."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from bot.domain.context import Tenant
from bot.errors import NotFound, SlackUnavailable
from bot.slack.installs import Installs
from bot.slack.problems import SlackRefused, slack_errors

PATIENCE: Final = 1.2
"""Seconds: a person may be waiting for the message."""
REMEMBERED: Final = 600.0
"""Seconds that Slack's word on a channel counts."""
ASKED_AGAIN: Final = 60.0
"""Seconds until a question without an answer is asked again."""


def _loop_time() -> float:
    return asyncio.get_running_loop().time()


@dataclass
class Sharing:
    """``now`` is a monotonic clock in seconds."""

    installs: Installs
    now: Callable[[], float] = _loop_time
    _known: dict[tuple[str, str], tuple[float, bool]] = field(default_factory=dict)

    async def is_shared(self, tenant: Tenant, channel: str) -> bool:
        """Whether the channel is shared with another company, or about to be. Where Slack does not say: False."""
        if not channel.startswith(("C", "G")):
            return False
        until, shared = self._known.get((tenant.team_id, channel), (0.0, False))
        return shared if self.now() < until else await self._asked(tenant, channel)

    async def _asked(self, tenant: Tenant, channel: str) -> bool:
        try:
            shared, lasts = await self._says_slack(tenant, channel), REMEMBERED
        except (NotFound, SlackRefused, SlackUnavailable):
            shared, lasts = False, ASKED_AGAIN
        now = self.now()
        self._known = {place: known for place, known in self._known.items() if known[0] > now}
        self._known[tenant.team_id, channel] = (now + lasts, shared)
        return shared

    async def _says_slack(self, tenant: Tenant, channel: str) -> bool:
        client = self.installs.clients(tenant.team_id).prompt
        with slack_errors(channel=channel):
            said = await asyncio.wait_for(client.conversations_info(channel=channel), PATIENCE)
        return is_external(said["channel"])


def is_external(channel: Mapping[str, object]) -> bool:
    """Slack's channel object; an invitation that is not answered yet counts, its guests will read what is there."""
    return bool(channel.get("is_ext_shared") or channel.get("is_pending_ext_shared"))
