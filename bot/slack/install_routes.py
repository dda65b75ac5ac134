"""Installing Deskhand from a browser: the page, the way to Slack, and the way back."""

import re
from dataclasses import dataclass
from typing import Final, Protocol
from urllib.parse import urlencode

import structlog
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bot.domain.context import Tenant
from bot.domain.installations import STATE_LIFE, Arrival, Consent, Grant
from bot.domain.scopes import SCOPES
from bot.errors import SlackUnavailable
from bot.slack import pages
from bot.slack.oauth import INSTALL, REDIRECT, OAuth
from bot.slack.pages import Page
from bot.slack.problems import SlackRefused

LONGEST: Final = 2000
"""Characters of a code or state that is looked at; Slack's are far shorter."""
_CODE: Final = re.compile(r"[a-z_]{1,60}")
_EXPIRED: Final = (
    "This page was used before, is older than ten minutes, or was opened in another browser than the one you "
    "started in. If you have just added Deskhand, all is well: close this page and look into Slack. If not, start "
    "again."
)
_REFUSED: Final = {
    "invalid_code": "Slack does not know this consent any more: it lives for ten minutes. Please start again.",
    "code_already_used": "This consent was used before. If Deskhand is not in your workspace, start again.",
    "invalid_client_id": "Slack does not know this app. SLACK_CLIENT_ID is not right; whoever runs Deskhand can fix it.",
    "bad_client_secret": "Slack does not know this app. SLACK_CLIENT_SECRET is not right; whoever runs Deskhand can fix it.",
    "bad_redirect_uri": "Slack does not send people back here. Whoever runs Deskhand must add BOT_PUBLIC_URL"
    "/slack/oauth_redirect to the app's redirect URLs.",
}
_SLACK_DOWN: Final = (
    "Slack does not answer at the moment. Nothing was installed; please try again in a minute."
)

log = structlog.get_logger(__name__)


class Desk(Protocol):
    """Who keeps attempts and installations."""

    async def begin(self) -> Consent: ...

    async def take(self, consent: Consent) -> bool: ...

    async def save(self, grant: Grant) -> tuple[Tenant, Arrival]: ...


@dataclass(frozen=True)
class InstallRoutes:
    """``GET /slack/install`` shows the page, ``POST`` begins, ``GET /slack/oauth_redirect`` ends.

    ``kept_days``: how long the data of a workspace is kept that leaves.
    """

    oauth: OAuth
    desk: Desk
    kept_days: int

    def routes(self) -> list[Route]:
        return [
            Route(INSTALL, self._page, methods=["GET"]),
            Route(INSTALL, self._begin, methods=["POST"]),
            Route(REDIRECT, self._end, methods=["GET"]),
        ]

    async def _page(self, _request: Request) -> Response:
        return pages.respond(
            pages.install(
                form_to=self.oauth.install_uri,
                slacks_origin=self.oauth.slacks_origin,
                scopes=SCOPES,
                kept_days=self.kept_days,
            )
        )

    async def _begin(self, _request: Request) -> Response:
        """To Slack with a state; this browser's half of it goes into a cookie that no script and no site reads."""
        consent = await self.desk.begin()
        answer = RedirectResponse(self.oauth.consent_url(consent.state), status_code=303)
        answer.set_cookie(
            self._cookie,
            consent.browser,
            max_age=int(STATE_LIFE.total_seconds()),
            secure=self.oauth.is_encrypted,
            httponly=True,
            samesite="lax",  # Slack sends the browser back by a link
        )
        return answer

    async def _end(self, request: Request) -> Response:
        try:
            page = await self._outcome(request)
        except SlackUnavailable as problem:
            log.warning("installation not finished, Slack does not answer", reason=problem.detail)
            page = self._failed(_SLACK_DOWN, status=503)
        except SlackRefused as refused:
            log.warning("Slack refused an installation", reason=refused.code)
            page = self._failed(_REFUSED.get(refused.code, _said(refused.code)), status=502)
        answer = pages.respond(page)
        answer.delete_cookie(self._cookie, secure=self.oauth.is_encrypted, httponly=True, samesite="lax")
        return answer

    async def _outcome(self, request: Request) -> Page:
        """The state is checked before anything Slack, or whoever it is, says counts."""
        told = request.query_params
        consent = Consent(told.get("state", "")[:LONGEST], request.cookies.get(self._cookie, "")[:LONGEST])
        if not await self.desk.take(consent):
            return self._failed(_EXPIRED)
        if told.get("error") == "access_denied":
            return pages.cancelled(self.oauth.install_uri)
        if not told.get("code"):
            return self._failed(_said(told.get("error", "")))
        grant = await self.oauth.grant(told["code"][:LONGEST])
        tenant, arrival = await self.desk.save(grant)
        log.info("a workspace installed Deskhand", team=tenant.team_id, arrival=arrival.value)
        return _welcome(tenant, grant, arrival)

    def _failed(self, why: str, *, status: int = 400) -> Page:
        return pages.failed(why, again=self.oauth.install_uri, status=status)

    @property
    def _cookie(self) -> str:
        """Browsers take the prefix for this host's own, over HTTPS only, which no neighbour can plant."""
        return "__Host-deskhand-install" if self.oauth.is_encrypted else "deskhand-install"


def _said(code: str) -> str:
    """Slack's code is shown only where it looks like one: the address can hold anything."""
    told = f"Slack said “{code}”. " if _CODE.fullmatch(code) else ""
    return (
        f"{told}Nothing was installed. Please start again; if it happens again, tell whoever runs Deskhand."
    )


def _welcome(tenant: Tenant, grant: Grant, arrival: Arrival) -> Page:
    place = {"app": grant.app_id} | ({} if grant.is_enterprise else {"team": grant.team_id})
    web_url = f"https://slack.com/app_redirect?{urlencode(place)}"
    deep = {"id": grant.app_id, "tab": "home"} | ({} if grant.is_enterprise else {"team": grant.team_id})
    open_url = f"slack://app?{urlencode(deep)}"
    if arrival is Arrival.AGAIN:
        return pages.renewed(tenant.name, open_url=open_url, web_url=web_url)
    return pages.installed(tenant.name, open_url=open_url, web_url=web_url, was_here=arrival is Arrival.BACK)
