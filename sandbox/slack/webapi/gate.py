"""The way in: reads a request's arguments, checks token, scopes and faults, writes the answer."""

import asyncio
import json

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.slack.errors import ApiError, refused_arguments
from sandbox.slack.faults import Fault
from sandbox.slack.hub import Hub
from sandbox.slack.journal import CallRecord
from sandbox.slack.shapes import JsonObject, as_text
from sandbox.slack.webapi.call import Args, Call, Method
from sandbox.slack.webapi.methods import METHODS

HANG_SECONDS = 3600.0
SECRET_ARGS = frozenset({"token", "client_secret", "refresh_token"})


async def answer(hub: Hub, request: Request) -> Response:
    """Serve `ANY /api/<method>`: 200 with ok true or false, or the status of a fault or rate limit."""
    name = request.path_params["method"]
    fault = hub.faults.take(name)
    args: JsonObject = {}
    try:
        await strike(hub, fault, after=False)
        args = await read_args(request)
        body = await _run(hub, request, name, args)
        await strike(hub, fault, after=True)
        status = 200
    except ApiError as error:
        body, status = {"ok": False, "error": error.code, **error.extra}, error.status
    _record(hub, name, args, body=body, status=status)
    return _response(hub, name, body, status)


async def read_args(request: Request) -> JsonObject:
    """Query, form and JSON body merged; raises ApiError for a body that cannot be read."""
    args: JsonObject = dict(request.query_params)
    content_type = request.headers.get("content-type", "")
    if "json" in content_type:
        return args | await _json_body(request)
    if "form" in content_type:
        form = await request.form()
        args |= {name: value for name, value in form.items() if isinstance(value, str)}
    return args


async def _json_body(request: Request) -> JsonObject:
    raw = await request.body()
    try:
        body = json.loads(raw) if raw else {}
    except json.JSONDecodeError:
        raise ApiError("invalid_json") from None
    if not isinstance(body, dict):
        raise ApiError("json_not_object")
    return body


async def _run(hub: Hub, request: Request, name: str, args: JsonObject) -> JsonObject:
    method = METHODS.get(name)
    if method is None:
        raise ApiError("unknown_method", extra={"req_method": name})
    if method.caller != "anyone":
        _check_token(hub, request, args, method)
    _check_scopes(hub, method)
    _check_needed(args, method)
    scopes = frozenset(hub.workspace.app.scopes)
    return {"ok": True, **await method.run(Call(hub, Args(args), scopes))}


def _check_token(hub: Hub, request: Request, args: JsonObject, method: Method) -> None:
    header = request.headers.get("authorization", "")
    token = (
        header.removeprefix("Bearer ").strip() if header.startswith("Bearer ") else as_text(args.get("token"))
    )
    if not token:
        raise ApiError("not_authed")
    known = {hub.settings.bot_token: "bot", hub.settings.app_token: "app"}
    if token not in known:
        raise ApiError("invalid_auth")
    if known[token] != method.caller:
        raise ApiError("not_allowed_token_type")


def _check_scopes(hub: Hub, method: Method) -> None:
    provided = hub.workspace.app.scopes
    if method.scopes and not set(method.scopes) & set(provided):
        raise ApiError(
            "missing_scope", extra={"needed": ",".join(method.scopes), "provided": ",".join(provided)}
        )


def _check_needed(args: JsonObject, method: Method) -> None:
    missing = [name for name in method.needs if args.get(name) in (None, "")]
    if missing and method.missing:
        raise ApiError(method.missing)
    if missing:
        raise refused_arguments([f"missing required field: {name}" for name in missing])


async def strike(hub: Hub, fault: Fault | None, *, after: bool) -> None:
    """Let the fault happen if this is its moment, before or after the call took effect."""
    if fault is None or fault.after != after:
        return
    if fault.hang:
        await hub.workspace.clock.sleep(HANG_SECONDS)
        raise ApiError("request_timeout", status=504)
    await asyncio.sleep(fault.delay_ms / 1000)
    if fault.error or fault.status != 200:
        extra: JsonObject = {"retry_after": fault.retry_after} if fault.retry_after is not None else {}
        raise ApiError(fault.error or "internal_error", status=fault.status, extra=extra)


def _record(hub: Hub, name: str, args: JsonObject, *, body: JsonObject, status: int) -> None:
    kept = {key: value for key, value in args.items() if key not in SECRET_ARGS}
    error = as_text(body.get("error")) or None
    now = hub.workspace.clock.now()
    hub.journal.calls.append(CallRecord(now, name, kept, bool(body.get("ok")), error, status))
    hub.broker.touch()


def _response(hub: Hub, name: str, body: JsonObject, status: int) -> Response:
    method = METHODS.get(name)
    headers = {
        "x-oauth-scopes": ",".join(hub.workspace.app.scopes),
        "x-accepted-oauth-scopes": ",".join(method.scopes) if method else "",
        "x-slack-req-id": hub.workspace.ids.token(32),
    }
    retry_after = body.pop("retry_after", None)
    if retry_after is not None:
        headers["Retry-After"] = as_text(retry_after)
    return JSONResponse(body, status_code=status, headers=headers)
