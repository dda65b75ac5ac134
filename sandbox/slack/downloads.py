"""Bytes of files: taken from the app, given to it by its token, and to the page as to a signed-in browser."""

from urllib.parse import quote

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from sandbox.slack import storage
from sandbox.slack.errors import ApiError
from sandbox.slack.hub import Hub
from sandbox.slack.model import StoredFile
from sandbox.slack.webapi.gate import installed_with

SESSION_COOKIE = "d"
"""What the page's bootstrap sets: it stands for a person who is signed in."""


def file_routes(hub: Hub) -> list[Route]:
    """Where the app uploads to and downloads from, and the page looks at files."""

    async def upload(request: Request) -> Response:
        return await _take(hub, request)

    async def page_file(request: Request) -> Response:
        return for_page(hub, request)

    async def private_file(request: Request) -> Response:
        return private(hub, request)

    return [
        Route("/files/upload/{file_id}", upload, methods=["POST"]),
        Route("/files/{file_id}/{name}", page_file),
        Route("/files-pri/{place}/download/{name}", private_file),
        Route("/files-pri/{place}/{name}", private_file),
        Route("/signin", sign_in),
    ]


def private(hub: Hub, request: Request) -> Response:
    """`url_private` and `url_private_download`.

    Without a good token with files:read one is sent to the sign-in page, as Slack does: an app that
    forgets the token and follows the redirect gets HTML with status 200.
    """
    _, _, file_id = request.path_params["place"].partition("-")
    owner = hub.knowing(file_id)
    stored = owner.workspace.files.get(file_id)
    as_browser = SESSION_COOKIE in request.cookies and "authorization" not in request.headers
    reader = None if as_browser else _reader(hub, request)
    if reader is None and not as_browser:
        return RedirectResponse(f"/signin?redir={quote(request.url.path)}", status_code=302)
    if stored is None or (reader and not (reader is owner and storage.app_sees(owner.workspace, stored))):
        return PlainTextResponse("not found", status_code=404)
    return _content(stored, attached="/download/" in request.url.path)


def for_page(hub: Hub, request: Request) -> Response:
    """The page's own address of a file, for images that blocks name by id."""
    file_id = request.path_params["file_id"]
    stored = hub.knowing(file_id).workspace.files.get(file_id)
    return PlainTextResponse("not found", status_code=404) if stored is None else _content(stored)


def sign_in(_: Request) -> Response:
    return Response("<!doctype html><title>Sign in</title><h1>Sign in to Slack</h1>", media_type="text/html")


def _reader(hub: Hub, request: Request) -> Hub | None:
    """The workspace whose token is given, if that token may read files."""
    given = request.headers.get("authorization", "").removeprefix("Bearer ").strip()
    try:
        reader = installed_with(hub, given)
    except ApiError:
        return None
    return reader if "files:read" in reader.workspace.scopes else None


def _content(stored: StoredFile, *, attached: bool = False) -> Response:
    if stored.deleted or not stored.complete:
        return PlainTextResponse("not found", status_code=404)
    headers = (
        {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(stored.name)}"} if attached else {}
    )
    media_type = stored.mimetype or "application/octet-stream"
    return Response(stored.content, media_type=media_type, headers=headers)


async def _take(hub: Hub, request: Request) -> Response:
    file_id = request.path_params["file_id"]
    stored = hub.knowing(file_id).workspace.files.get(file_id)
    if stored is None or stored.complete:
        return PlainTextResponse("not found", status_code=404)
    if "multipart" in request.headers.get("content-type", ""):
        async with request.form() as form:
            uploads = [part for part in form.values() if isinstance(part, UploadFile)]
            stored.content = await uploads[0].read() if uploads else b""
    else:
        stored.content = await request.body()
    return PlainTextResponse(f"OK - {len(stored.content)}")
