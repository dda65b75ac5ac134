"""Modals and Home tabs. A trigger lives 3 seconds, so nothing here retries."""

from typing import cast

from slack_sdk.errors import SlackApiError

from blocks.kit import View
from bot.domain.context import Tenant
from bot.errors import SlackUnavailable
from bot.slack.installs import Clients, Installs
from bot.slack.problems import code_of, slack_errors

_GONE = frozenset({"not_found", "view_not_found", "hash_conflict"})


class Views:
    def __init__(self, installs: Installs) -> None:
        self._installs = installs

    async def open(self, tenant: Tenant, trigger_id: str, view: View) -> str:
        """Opens a modal and says its id. Raises ``SlackUnavailable`` when the trigger is too old."""
        with slack_errors():
            said = await self._clients(tenant).prompt.views_open(trigger_id=trigger_id, view=_plain(view))
        return str(said["view"]["id"])

    async def push(self, tenant: Tenant, trigger_id: str, view: View) -> str:
        """Opens a modal on top of another (three at most) and says its id."""
        with slack_errors():
            said = await self._clients(tenant).prompt.views_push(trigger_id=trigger_id, view=_plain(view))
        return str(said["view"]["id"])

    async def show(self, tenant: Tenant, trigger_id: str, view: View, *, on_top: bool) -> bool:
        """Opens or pushes a modal; False instead of an error when Slack does not take it."""
        try:
            await (self.push if on_top else self.open)(tenant, trigger_id, view)
        except SlackUnavailable:
            return False
        return True

    async def update(self, tenant: Tenant, view_id: str, view: View) -> bool:
        """Redraws a modal; False when the person has closed it."""
        with slack_errors():
            try:
                await self._clients(tenant).prompt.views_update(view_id=view_id, view=_plain(view))
            except SlackApiError as problem:
                if code_of(problem) not in _GONE:
                    raise
                return False
        return True

    async def publish(self, tenant: Tenant, user_id: str, view: View) -> None:
        """Shows a person's Home tab."""
        with slack_errors():
            await self._clients(tenant).prompt.views_publish(user_id=user_id, view=_plain(view))

    def _clients(self, tenant: Tenant) -> Clients:
        return self._installs.clients(tenant.team_id)


def _plain(view: View) -> dict[str, object]:
    return cast("dict[str, object]", view)
