"""The HTTP face of the control surface: /_sandbox/…"""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from sandbox.slack.acts import talk
from sandbox.slack.acts.stand import seen_channel
from sandbox.slack.control.reads import READS, bootstrap
from sandbox.slack.control.writes import WRITES
from sandbox.slack.downloads import SESSION_COOKIE
from sandbox.slack.errors import ApiError, Refused
from sandbox.slack.hub import Hub
from sandbox.slack.people import find_said
from sandbox.slack.render import page_message
from sandbox.slack.shapes import JsonObject, as_object, as_text

HEARTBEAT_SECONDS = 15.0


def control_routes(hub: Hub) -> list[Route]:
    """All of /_sandbox/ as the page and the tests use it."""

    async def stream(request: Request) -> Response:
        user = request.query_params.get("user", "")
        return StreamingResponse(_events(hub, user), media_type="text/event-stream")

    async def wait(request: Request) -> Response:
        return await _wait(hub, request)

    async def upload(request: Request) -> Response:
        return await _upload(hub, request)

    async def read(request: Request) -> Response:
        return _read(hub, request)

    async def write(request: Request) -> Response:
        return await _write(hub, request)

    return [
        Route("/_sandbox/stream", stream),
        Route("/_sandbox/wait", wait),
        Route("/_sandbox/upload", upload, methods=["POST"]),
        Route("/_sandbox/{name:path}", read, methods=["GET"]),
        Route("/_sandbox/{name:path}", write, methods=["POST"]),
    ]


def _refusal(error: Refused | ApiError, *, status: int = 200) -> Response:
    words = error.message if isinstance(error, Refused) else error.code
    return JSONResponse({"ok": False, "error": error.code, "message": words}, status_code=status)


def _read(hub: Hub, request: Request) -> Response:
    look = READS.get(request.path_params["name"])
    if look is None:
        return _refusal(Refused("not_found"), status=404)
    try:
        answer = JSONResponse(look(_meant(hub, request.query_params), request.query_params))
    except KeyError as missing:
        return _refusal(Refused("invalid_arguments", f"{missing} is required"), status=400)
    except (Refused, ApiError) as error:
        return _refusal(error, status=404)
    if look is bootstrap:
        answer.set_cookie(SESSION_COOKIE, "signed-in", samesite="lax", httponly=True)
    return answer


def _meant(hub: Hub, given: Mapping[str, object]) -> Hub:
    """The workspace that a request is about: by team, person, conversation or user group."""
    return hub.knowing(*(as_text(given.get(name)) for name in ("team", "user", "channel", "id")))


async def _write(hub: Hub, request: Request) -> Response:
    do = WRITES.get(request.path_params["name"])
    if do is None:
        return _refusal(Refused("not_found"), status=404)
    try:
        raw = await request.body()
        body = as_object(json.loads(raw)) if raw else {}
        return JSONResponse((await do(_meant(hub, body), body)).wire())
    except (Refused, ApiError) as error:
        return _refusal(error)
    except ValueError as error:
        return _refusal(Refused("invalid_arguments", str(error)), status=400)


async def _upload(hub: Hub, request: Request) -> Response:
    async with request.form() as form:
        file = form.get("file")
        if not isinstance(file, UploadFile):
            return _refusal(Refused("invalid_arguments", "file is required"), status=400)
        name, content = file.filename or "upload", await file.read()
        user, channel, thread_ts = (str(form.get(each) or "") for each in ("user", "channel", "thread_ts"))
        try:
            outcome = talk.upload(
                hub.knowing(user), user, channel, name=name, content=content, thread_ts=thread_ts or None
            )
        except Refused as error:
            return _refusal(error)
    return JSONResponse(outcome.wire())


async def _wait(hub: Hub, request: Request) -> Response:
    query = request.query_params
    try:
        user, contains = query["user"], query["contains"]
        hub = hub.knowing(user)
        channel = seen_channel(hub, user, query["channel"])
    except KeyError as missing:
        return _refusal(Refused("invalid_arguments", f"{missing} is required"), status=400)
    except Refused as error:
        return _refusal(error, status=404)
    timeout_s = float(query.get("timeout_s", "10"))
    found = await hub.broker.until(lambda: find_said(channel, user, contains), timeout_s)
    if found is None:
        return _refusal(Refused("timeout", f"no message with {contains!r}"), status=408)
    return JSONResponse({"ok": True, "message": page_message(hub.workspace, found)})


async def _events(hub: Hub, user: str) -> AsyncIterator[str]:
    """Server-sent events until the server stops; comments keep the connection alive."""
    async with hub.broker.watch(user) as queue:
        yield ": connected\n\n"
        while True:
            try:
                event: JsonObject | None = await asyncio.wait_for(queue.get(), HEARTBEAT_SECONDS)
            except TimeoutError:
                yield ": still here\n\n"
                continue
            if event is None:
                return
            yield f"data: {json.dumps(event)}\n\n"
