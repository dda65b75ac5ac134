"""The page that takes the three values instead of a modal: masked fields, used once, nothing kept in the browser."""

import hmac
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from html import escape
from typing import Final, Protocol
from urllib.parse import parse_qs

from pydantic import SecretStr
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from blocks.connect_card import PAGE_PATH as PATH
from bot.db.credential_links import CredentialLink
from bot.domain.credentials import CredentialsForm, can_be_username, check_credentials
from bot.errors import BotError, InvalidInput, NotAllowed
from bot.slack import pages
from bot.slack.pages import Page
from bot.slack.requests import bounded_body

LONGEST_BODY: Final = 10_000
_GONE: Final = (
    "This page was used before or is older than ten minutes. Nothing was saved. In Slack, press “Enter the secret on a "
    "web page” again for a fresh one."
)
_OTHER_BROWSER: Final = (
    "This form was not opened in this browser. Nothing was saved. Open the page again from Slack."
)
_FIELDS: Final = (
    ("username", "Username (key)", "text"),
    ("secret", "Password (secret)", "password"),
    ("tracking_id", "API tracking identifier", "password"),
)


class Links(Protocol):
    """Who knows whose page a token opens."""

    async def find(self, token: str) -> tuple[int, CredentialLink]: ...

    async def use(self, token: str) -> None: ...


Submit = Callable[[int, CredentialLink, CredentialsForm], Awaitable[None]]
"""Saves the credentials in the person's name and has them proven; raises ``NotAllowed`` and the like."""


@dataclass(frozen=True)
class CredentialRoutes:
    """``GET`` shows the form and changes nothing; ``POST`` takes the values once."""

    links: Links
    submit: Submit
    public_url: str

    def routes(self) -> list[Route]:
        return [
            Route(f"{PATH}/{{token}}", self._show, methods=["GET"]),
            Route(f"{PATH}/{{token}}", self._take, methods=["POST"]),
        ]

    async def _show(self, request: Request) -> Response:
        try:
            await self.links.find(_token(request))
        except BotError:
            return pages.respond(_failed(_GONE, 404))
        return self._form(_token(request), {})

    async def _take(self, request: Request) -> Response:
        token = _token(request)
        typed = await _typed(request)
        if not self._is_ours(request, typed.get("once", "")):
            return pages.respond(_failed(_OTHER_BROWSER, 403))
        try:
            tenant_id, link = await self.links.find(token)
            form = check_credentials(_credentials(typed))
            await self.links.use(token)
            await self.submit(tenant_id, link, form)
        except InvalidInput as problem:
            return self._form(token, typed, problem)
        except NotAllowed:
            return pages.respond(_failed("You may not connect Autotask any more. Ask an Admin.", 403))
        except BotError:
            return pages.respond(_failed(_GONE, 404))
        answer = pages.respond(_saved())
        answer.delete_cookie(self._cookie, secure=self._is_encrypted, httponly=True, samesite="strict")
        return answer

    def _form(self, token: str, typed: Mapping[str, str], problem: InvalidInput | None = None) -> Response:
        """With a new one-time value in the form and, where no other site can set it, in a cookie."""
        once = secrets.token_urlsafe(24)
        address = f"{self.public_url}{PATH}/{token}"
        answer = pages.respond(_form_page(address, once, typed, problem))
        answer.set_cookie(
            self._cookie, once, max_age=600, secure=self._is_encrypted, httponly=True, samesite="strict"
        )
        return answer

    def _is_ours(self, request: Request, once: str) -> bool:
        origin = request.headers.get("origin", "")
        same = origin in ("", "null") or origin == "/".join(self.public_url.split("/")[:3])
        kept = request.cookies.get(self._cookie, "")
        return same and bool(kept) and hmac.compare_digest(kept.encode(), once.encode())

    @property
    def _is_encrypted(self) -> bool:
        return self.public_url.startswith("https://")

    @property
    def _cookie(self) -> str:
        return "__Host-deskhand-connect" if self._is_encrypted else "deskhand-connect"


def _token(request: Request) -> str:
    return str(request.path_params["token"])


async def _typed(request: Request) -> dict[str, str]:
    """The form's fields; nothing of a body that has too many to be one."""
    body = await bounded_body(request, LONGEST_BODY)
    try:
        said = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=10)
    except ValueError:
        return {}
    return {name: values[0] for name, values in said.items()}


def _credentials(typed: Mapping[str, str]) -> CredentialsForm:
    return CredentialsForm(
        typed.get("username", ""),
        SecretStr(typed.get("secret", "")),
        SecretStr(typed.get("tracking_id", "")),
    )


def _form_page(address: str, once: str, typed: Mapping[str, str], problem: InvalidInput | None) -> Page:
    """Only what can be a username is ever filled in again: a secret is never sent back."""
    rows = "".join(_row(*field, typed=typed, problem=problem) for field in _FIELDS)
    body = f"""<h1>Connect Autotask</h1>
<p>The three values of the API user. They are stored encrypted and never shown again; the answer comes in Slack.</p>
<form method="post" action="{escape(address)}" autocomplete="off">
<input type="hidden" name="once" value="{escape(once)}">{rows}
<p class="go"><button class="button">Check</button></p></form>
<footer>This page works once and for ten minutes.</footer>"""
    origin = "/".join(address.split("/")[:3])
    return Page("Connect Autotask", body, status=200 if problem is None else 422, posts_to=(origin,))


def _row(name: str, label: str, kind: str, *, typed: Mapping[str, str], problem: InvalidInput | None) -> str:
    value = escape(typed.get(name, "")) if name == "username" and can_be_username(typed.get(name, "")) else ""
    wrong = problem.reason if problem is not None and problem.field == name else ""
    told = f'<p class="bad" id="{name}-wrong" role="alert">{escape(wrong)}</p>' if wrong else ""
    more = f' aria-invalid="true" aria-describedby="{name}-wrong"' if wrong else ""
    return (
        f'<label for="{name}">{escape(label)}</label><input id="{name}" name="{name}" type="{kind}" value="{value}" '
        f'autocomplete="off" spellcheck="false" required maxlength="500"{more}>{told}'
    )


def _saved() -> Page:
    body = """<h1>Saved. Deskhand is checking with Autotask</h1>
<p>The answer comes in Slack as a direct message, within two minutes at the latest. There you choose the queue.</p>
<footer>You can close this page.</footer>"""
    return Page("Saved", body)


def _failed(why: str, status: int) -> Page:
    return Page("Not saved", f"<h1>That did not work</h1><p>{escape(why)}</p>", status)
