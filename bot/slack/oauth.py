"""OAuth v2 with Slack: where a browser is sent to consent, and what Slack grants for the code it brings back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, cast
from urllib.parse import urlsplit

from pydantic import SecretStr
from slack_sdk.oauth import AuthorizeUrlGenerator

from bot.domain.installations import Grant
from bot.slack.installs import Installs
from bot.slack.problems import slack_errors

INSTALL: Final = "/slack/install"
REDIRECT: Final = "/slack/oauth_redirect"


@dataclass(frozen=True)
class OAuth:
    """The app's side of it. ``public_url`` is where browsers reach us, without a slash at its end."""

    installs: Installs
    client_id: str
    client_secret: SecretStr
    public_url: str
    scopes: Sequence[str]

    @property
    def redirect_uri(self) -> str:
        return f"{self.public_url}{REDIRECT}"

    @property
    def install_uri(self) -> str:
        return f"{self.public_url}{INSTALL}"

    @property
    def is_encrypted(self) -> bool:
        """False on the machine itself only, for the demo and the tests."""
        return self.public_url.startswith("https://")

    @property
    def slacks_origin(self) -> str:
        """Where people are sent, as a browser names it."""
        parts = urlsplit(self._consent_url)
        return f"{parts.scheme}://{parts.netloc}"

    def consent_url(self, state: str) -> str:
        """Where the person says yes or no."""
        asked = AuthorizeUrlGenerator(
            client_id=self.client_id,
            redirect_uri=self.redirect_uri,
            scopes=self.scopes,
            authorization_url=self._consent_url,
        )
        return asked.generate(state)

    async def grant(self, code: str) -> Grant:
        """What Slack grants for a code (once, within ten minutes), with its token proven by ``auth.test``.

        Raises ``SlackRefused`` (``invalid_code``, ``code_already_used``, ``bad_client_secret``…) or
        ``SlackUnavailable``.
        """
        with slack_errors():
            said = await self.installs.anonymous().oauth_v2_access(
                client_id=self.client_id,
                client_secret=self.client_secret.get_secret_value(),
                code=code,
                redirect_uri=self.redirect_uri,
            )
            token = SecretStr(str(said["access_token"]))
            known = await self.installs.client(token).auth_test()
        return grant_of(cast("Mapping[str, object]", said.data), token, bot_id=str(known.get("bot_id") or ""))

    @property
    def _consent_url(self) -> str:
        return f"{self.installs.base_url.removesuffix('api/')}oauth/v2/authorize"


def grant_of(said: Mapping[str, object], token: SecretStr, *, bot_id: str) -> Grant:
    """Slack's answer as a grant. An org-wide installation has no team: it is kept under the organization's id."""
    team, enterprise, installer = (_part(said, name) for name in ("team", "enterprise", "authed_user"))
    is_enterprise = bool(said.get("is_enterprise_install"))
    place = enterprise if is_enterprise else team
    return Grant(
        team_id=_text(place, "id"),
        team_name=_text(place, "name"),
        token=token,
        app_id=_text(said, "app_id"),
        bot_user_id=_text(said, "bot_user_id"),
        bot_id=bot_id,
        scopes=tuple(filter(None, _text(said, "scope").split(","))),
        installed_by=_text(installer, "id"),
        enterprise_id=_text(enterprise, "id"),
        is_enterprise=is_enterprise,
    )


def _part(said: Mapping[str, object], name: str) -> Mapping[str, object]:
    part = said.get(name)
    return part if isinstance(part, Mapping) else {}


def _text(said: Mapping[str, object], name: str) -> str:
    found = said.get(name)
    return found if isinstance(found, str) else ""
