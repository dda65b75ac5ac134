"""What an interaction lets the app do for a while: trigger ids and response URLs."""

from dataclasses import dataclass

from sandbox.slack.clock import Clock
from sandbox.slack.errors import ApiError
from sandbox.slack.ids import Ids
from sandbox.slack.settings import SlackSettings


@dataclass(slots=True)
class Trigger:
    """Good for one views.open or views.push by the person who acted."""

    id: str
    user: str
    expires_at: float
    view_id: str | None = None
    channel: str | None = None
    used: bool = False


@dataclass(slots=True)
class ResponseGrant:
    """Where a response URL writes; `origin_ts` is the message whose button was pressed."""

    token: str
    user: str
    channel: str
    expires_at: float
    uses_left: int
    origin_ts: str | None = None


class Grants:
    """Issues and redeems them; ages are measured on the workspace's clock."""

    def __init__(self, settings: SlackSettings, clock: Clock, ids: Ids) -> None:
        self._settings, self._clock, self._ids = settings, clock, ids
        self._triggers: dict[str, Trigger] = {}
        self._responses: dict[str, ResponseGrant] = {}

    def trigger(self, user: str, *, view_id: str | None = None, channel: str | None = None) -> str:
        """A new trigger id for what this person has just done."""
        expires_at = self._clock.now() + self._settings.trigger_seconds
        trigger = Trigger(self._ids.trigger(), user, expires_at, view_id, channel)
        self._triggers[trigger.id] = trigger
        return trigger.id

    def redeem(self, trigger_id: str) -> Trigger:
        """Use a trigger up; raises ApiError with Slack's code when it is unknown, used or too old."""
        trigger = self._triggers.get(trigger_id)
        if trigger is None:
            raise ApiError("invalid_trigger_id")
        if trigger.used:
            raise ApiError("exchanged_trigger_id")
        if self._clock.now() > trigger.expires_at:
            raise ApiError("expired_trigger_id")
        trigger.used = True
        return trigger

    def response(self, user: str, channel: str, *, origin_ts: str | None = None) -> str:
        """The token of a new response URL (30 minutes, 5 uses)."""
        token = self._ids.token()
        self._responses[token] = ResponseGrant(
            token,
            user,
            channel,
            self._clock.now() + self._settings.response_url_seconds,
            self._settings.response_url_uses,
            origin_ts,
        )
        return token

    def use_response(self, token: str) -> ResponseGrant:
        """Take one use; raises ApiError `expired_url` or `used_url`, both with status 404."""
        grant = self._responses.get(token)
        if grant is None or self._clock.now() > grant.expires_at:
            raise ApiError("expired_url", status=404)
        if grant.uses_left <= 0:
            raise ApiError("used_url", status=404)
        grant.uses_left -= 1
        return grant
