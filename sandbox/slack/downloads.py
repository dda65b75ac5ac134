"""Giving files out: to the app by its token, to the page as to a signed-in browser."""

from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from sandbox.slack import storage
from sandbox.slack.hub import Hub
from sandbox.slack.model import StoredFile

SESSION_COOKIE = "d"
"""What the page's bootstrap sets: it stands for a person who is signed in."""


def private(hub: Hub, request: Request) -> Response:
    """`url_private` and `url_private_download`.

    Without a good token with files:read one is sent to the sign-in page, as Slack does: an app that
    forgets the token and follows the redirect gets HTML with status 200.
    """
    _, _, file_id = request.path_params["place"].partition("-")
    stored = hub.workspace.files.get(file_id)
    as_browser = SESSION_COOKIE in request.cookies and "authorization" not in request.headers
    if not as_browser and not _may_read(hub, request):
        return RedirectResponse(f"/signin?redir={quote(request.url.path)}", status_code=302)
    if stored is None or not (as_browser or storage.app_sees(hub.workspace, stored)):
        return PlainTextResponse("not found", status_code=404)
    return _content(stored, attached="/download/" in request.url.path)


def for_page(hub: Hub, request: Request) -> Response:
    """The page's own address of a file, for images that blocks name by id."""
    stored = hub.workspace.files.get(request.path_params["file_id"])
    return PlainTextResponse("not found", status_code=404) if stored is None else _content(stored)


def sign_in(_: Request) -> Response:
    return Response("<!doctype html><title>Sign in</title><h1>Sign in to Slack</h1>", media_type="text/html")


def _may_read(hub: Hub, request: Request) -> bool:
    given = request.headers.get("authorization", "").removeprefix("Bearer ").strip()
    return given == hub.settings.bot_token and "files:read" in hub.workspace.app.scopes


def _content(stored: StoredFile, *, attached: bool = False) -> Response:
    if stored.deleted or not stored.complete:
        return PlainTextResponse("not found", status_code=404)
    headers = (
        {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(stored.name)}"} if attached else {}
    )
    media_type = stored.mimetype or "application/octet-stream"
    return Response(stored.content, media_type=media_type, headers=headers)
