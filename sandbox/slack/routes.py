"""The HTTP face towards the app: Web API, sockets, response URLs, files; and the page."""

import json
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.types import Scope
from starlette.websockets import WebSocket

from sandbox.slack.authorize import consent_routes
from sandbox.slack.control.routes import control_routes
from sandbox.slack.downloads import file_routes
from sandbox.slack.errors import ApiError
from sandbox.slack.hub import Hub
from sandbox.slack.journal import CallRecord
from sandbox.slack.responses import respond
from sandbox.slack.shapes import JsonObject, as_object
from sandbox.slack.webapi import gate

WEB = Path(__file__).parent / "web"
ANY = ["GET", "POST"]


class _Page(StaticFiles):
    """The page's files; a browser asks again each time, so that an update is seen at once."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = "no-cache"
        return response


def build_application(hub: Hub) -> Starlette:
    """The whole server on one port."""

    async def api(request: Request) -> Response:
        return await gate.answer(hub, request)

    async def link(socket: WebSocket) -> None:
        await hub.delivery.socket.serve(socket)

    async def response_url(request: Request) -> Response:
        return await _respond(hub.knowing(request.path_params["team"]), request)

    async def app_redirect(request: Request) -> Response:
        return _to_the_app(hub.knowing(request.query_params.get("team", "")))

    routes: list[BaseRoute] = [
        Route("/app_redirect", app_redirect),
        *consent_routes(hub),
        Route("/api/{method}", api, methods=ANY),
        WebSocketRoute("/link/", link),
        Route("/response/{team}/{token}", response_url, methods=["POST"]),
        *file_routes(hub),
        *control_routes(hub),
        Mount("/", _Page(directory=WEB, html=True, check_dir=False)),
    ]
    return Starlette(routes=routes)


def _to_the_app(hub: Hub) -> Response:
    """slack.com/app_redirect?app=…&team=…: the app's page in that workspace, as its owner."""
    owner = next(member.id for member in hub.workspace.members.values() if member.kind == "admin")
    return RedirectResponse(f"/#/{owner}/app/home", status_code=302)


async def _respond(hub: Hub, request: Request) -> Response:
    body: JsonObject = {}
    error: ApiError | None = None
    try:
        fault = hub.faults.take("response_url", hub.workspace.team.id)
        await gate.strike(hub, fault, after=False)
        body = await _response_body(request)
        respond(hub, hub.grants.use_response(request.path_params["token"]), body)
        await gate.strike(hub, fault, after=True)
    except ApiError as refused:
        error = refused
    status = 200 if error is None else (error.status if error.status != 200 else 400)
    hub.journal.calls.append(
        CallRecord(
            hub.workspace.clock.now(),
            "response_url",
            body,
            error is None,
            error.code if error else None,
            status,
            hub.workspace.team.id,
        )
    )
    if error is None:
        return PlainTextResponse("ok")
    return JSONResponse({"ok": False, "error": error.code, **error.extra}, status_code=status)


async def _response_body(request: Request) -> JsonObject:
    if "form" in request.headers.get("content-type", ""):
        form = await request.form()
        return as_object(json.loads(str(form.get("payload", "{}"))))
    try:
        return as_object(json.loads(await request.body()))
    except json.JSONDecodeError:
        raise ApiError("invalid_payload") from None
