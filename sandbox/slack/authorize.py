"""/oauth/v2/authorize: where a person allows the app into their workspace, or does not."""

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from urllib.parse import urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from sandbox.slack.hub import Hub
from sandbox.slack.model import Member
from sandbox.slack.scopes import KNOWN

ASKED = ("client_id", "scope", "user_scope", "redirect_uri", "state", "team")
LOOPBACK = {"127.0.0.1", "localhost", "::1"}


@dataclass(frozen=True, slots=True)
class Asked:
    """What the app asks for; `redirect_uri` is "" when the app left it out, `home` is where to go then."""

    scopes: tuple[str, ...]
    user_scopes: tuple[str, ...]
    redirect_uri: str
    home: str
    state: str
    team: str


class Wrong(Exception):
    """The request is shown as an error and sends nobody back: the address may not be the app's."""


def read(hub: Hub, given: Mapping[str, str]) -> Asked:
    """Raises Wrong with Slack's code: `invalid_client_id`, `invalid_scope`, `invalid_team`,
    `bad_redirect_uri`.
    """
    if given.get("client_id") != hub.settings.client_id:
        raise Wrong("invalid_client_id")
    scopes, user_scopes = _split(given.get("scope", "")), _split(given.get("user_scope", ""))
    if not (scopes or user_scopes) or not KNOWN.issuperset({*scopes, *user_scopes}):
        raise Wrong("invalid_scope")
    if given.get("team") and given["team"] not in hub.peers:
        raise Wrong("invalid_team")
    redirect_uri = given.get("redirect_uri", "")
    configured = hub.workspace.app.redirect_urls
    home = redirect_uri or (configured[0] if configured else "")
    if not _ours(home, configured):
        raise Wrong("bad_redirect_uri")
    return Asked(scopes, user_scopes, redirect_uri, home, given.get("state", ""), given.get("team", ""))


def consent_routes(hub: Hub) -> list[Route]:
    """The consent page and its answer."""

    async def page(request: Request) -> Response:
        return show(hub, request)

    async def answered(request: Request) -> Response:
        return await decide(hub, request)

    place = "/oauth/v2/authorize"
    return [Route(place, page, methods=["GET"]), Route(place, answered, methods=["POST"])]


def show(hub: Hub, request: Request) -> Response:
    """The consent page."""
    try:
        asked = read(hub, request.query_params)
    except Wrong as wrong:
        return _error(str(wrong))
    kept = {name: request.query_params[name] for name in ASKED if name in request.query_params}
    return HTMLResponse(_page("Install an app", _form(hub, asked, kept)))


async def decide(hub: Hub, request: Request) -> Response:
    """Allow or Cancel: back to the app with a code, or with `access_denied`."""
    form = {name: value for name, value in (await request.form()).items() if isinstance(value, str)}
    try:
        asked = read(hub, form)
    except Wrong as wrong:
        return _error(str(wrong))
    try:
        place = answer(hub, asked, form.get("member", "") if form.get("decision") == "allow" else None)
    except Wrong as wrong:
        return _error(str(wrong))
    return RedirectResponse(place, status_code=302)


def answer(hub: Hub, asked: Asked, member: str | None) -> str:
    """Where the browser goes once this member allowed it (None: once somebody cancelled).

    Raises Wrong `restricted_member` for a person who cannot install apps in the workspace asked for.
    """
    if member is None:
        return _back(asked, {"error": "access_denied"})
    owner = hub.knowing(member)
    found = owner.workspace.members.get(member)
    if found is None or not may_install(found) or asked.team not in {"", owner.workspace.team.id}:
        raise Wrong("restricted_member")
    code = hub.consents.give(
        member,
        owner.workspace.team.id,
        scopes=asked.scopes,
        user_scopes=asked.user_scopes,
        redirect_uri=asked.redirect_uri,
    )
    return _back(asked, {"code": code})


def may_install(member: Member) -> bool:
    """Guests, people of other companies and bots cannot install apps."""
    return member.kind in {"admin", "member"}


def _split(scopes: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part for part in scopes.replace(" ", ",").split(",") if part))


def _ours(address: str, configured: tuple[str, ...]) -> bool:
    """An address below one of the app's redirect URLs; on this machine any will do."""
    if urlsplit(address).scheme in {"http", "https"} and urlsplit(address).hostname in LOOPBACK:
        return True
    return any(address == url or address.startswith(url.rstrip("/") + "/") for url in configured)


def _back(asked: Asked, told: Mapping[str, str]) -> str:
    joined = "&" if urlsplit(asked.home).query else "?"
    return asked.home + joined + urlencode({**told, "state": asked.state})


def _error(code: str) -> Response:
    words = f'<h1>Something went wrong</h1><p>Error: <code>{escape(code)}</code></p><a class="btn" href="/">Back</a>'
    return HTMLResponse(_page("Something went wrong", words), status_code=400)


def _form(hub: Hub, asked: Asked, kept: Mapping[str, str]) -> str:
    app = hub.workspace.app
    hidden = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">' for name, value in kept.items()
    )
    wanted = "".join(
        f"<li><code>{escape(scope)}</code></li>" for scope in (*asked.scopes, *asked.user_scopes)
    )
    groups = "".join(_team(peer) for peer in hub.peers.values() if asked.team in {"", peer.workspace.team.id})
    return f"""<h1>{escape(app.name)} is requesting permission to access a workspace</h1>
<p class="muted">{escape(app.description)}</p>
<form method="post" action="/oauth/v2/authorize">{hidden}
<label for="member">Workspace, and who allows it</label>
<select id="member" name="member">{groups}</select>
<h2>What will {escape(app.name)} be able to do?</h2><ul>{wanted}</ul>
<div class="buttons"><button class="btn" name="decision" value="cancel">Cancel</button>
<button class="btn btn-primary" name="decision" value="allow">Allow</button></div></form>"""


def _team(hub: Hub) -> str:
    ws = hub.workspace
    people = (member for member in ws.members.values() if may_install(member))
    options = "".join(
        f'<option value="{escape(member.id)}">{escape(member.real_name)}, {escape(ws.team.name)}</option>'
        for member in people
    )
    return f'<optgroup label="{escape(ws.team.name)}">{options}</optgroup>'


def _page(title: str, body: str) -> str:
    styles = "".join(
        f'<link rel="stylesheet" href="/css/{name}.css">' for name in ("tokens", "base", "consent")
    )
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<link rel="icon" type="image/svg+xml" href="/icon.svg">'
        f'<script src="/js/theme-early.js"></script>{styles}</head>'
        f'<body class="consent"><main>{body}</main></body></html>'
    )
