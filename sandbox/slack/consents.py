"""What people agreed to on the consent page: codes that the app may turn into tokens."""

from dataclasses import dataclass

from sandbox.slack.clock import Clock
from sandbox.slack.errors import ApiError
from sandbox.slack.ids import Ids
from sandbox.slack.settings import SlackSettings


@dataclass(slots=True)
class Consent:
    """One person allowed the app these scopes in their workspace; `redirect_uri` as it was asked for."""

    code: str
    team: str
    user: str
    scopes: tuple[str, ...]
    user_scopes: tuple[str, ...]
    redirect_uri: str
    expires_at: float
    used: bool = False


class Consents:
    """Issues codes and takes them back once, within ten minutes."""

    def __init__(self, settings: SlackSettings, clock: Clock, ids: Ids) -> None:
        self._settings, self._clock, self._ids = settings, clock, ids
        self._known: dict[str, Consent] = {}

    def give(
        self,
        user: str,
        team: str,
        *,
        scopes: tuple[str, ...],
        user_scopes: tuple[str, ...],
        redirect_uri: str,
    ) -> str:
        """A new code for what this person has just allowed."""
        code = f"{self._ids.token(12)}.{self._ids.token(12)}.{self._ids.token(64)}"
        expires_at = self._clock.now() + self._settings.code_seconds
        self._known[code] = Consent(code, team, user, scopes, user_scopes, redirect_uri, expires_at)
        return code

    def redeem(self, code: str, redirect_uri: str) -> Consent:
        """Use a code up.

        Raises ApiError `invalid_code` (unknown or too old), `code_already_used`, or `bad_redirect_uri`
        when the address is not the one that the consent was asked with.
        """
        consent = self._known.get(code)
        if consent is None or self._clock.now() > consent.expires_at:
            raise ApiError("invalid_code")
        if consent.used:
            raise ApiError("code_already_used")
        if redirect_uri != consent.redirect_uri:
            raise ApiError("bad_redirect_uri")
        consent.used = True
        return consent

    def clear(self) -> None:
        self._known.clear()
