"""The way in: reads a request's arguments, checks token, scopes and faults, writes the answer."""

import asyncio
import base64
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
SECRET_ARGS = frozenset({"token", "client_secret", "refresh_token", "code"})


async def answer(hub: Hub, request: Request) -> Response:
    """Serve `ANY /api/<method>`: 200 with ok true or false, or the status of a fault or rate limit.

    The token decides which workspace answers.
    """
    name = request.path_params["method"]
    fault = hub.faults.take(name, _team_asking(hub, request))
    args: JsonObject = {}
    caller = hub
    try:
        await strike(hub, fault, after=False)
        args = await read_args(request)
        method = _method(name)
        caller, token = _caller(hub, request, args, method)
        caller.rates.spend(name)
        body = await _run(caller, method, args, token=token)
        await strike(hub, fault, after=True)
        status = 200
    except ApiError as error:
        body, status = {"ok": False, "error": error.code, **error.extra}, error.status
    _record(caller, name, args, body=body, status=status)
    return _response(caller, name, body, status)


async def read_args(request: Request) -> JsonObject:
    """Query, form and JSON body merged; raises ApiError for a body that cannot be read."""
    args: JsonObject = _client(request) | dict(request.query_params)
    content_type = request.headers.get("content-type", "")
    if "json" in content_type:
        return args | await _json_body(request)
    if "form" in content_type:
        form = await request.form()
        args |= {name: value for name, value in form.items() if isinstance(value, str)}
    return args


def _client(request: Request) -> JsonObject:
    """The app's client id and secret, when they come as HTTP Basic credentials."""
    kind, _, encoded = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "basic":
        return {}
    try:
        client_id, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except ValueError:
        return {}
    return {"client_id": client_id, "client_secret": secret}


async def _json_body(request: Request) -> JsonObject:
    raw = await request.body()
    try:
        body = json.loads(raw) if raw else {}
    except json.JSONDecodeError:
        raise ApiError("invalid_json") from None
    if not isinstance(body, dict):
        raise ApiError("json_not_object")
    return body


def _team_asking(hub: Hub, request: Request) -> str:
    """The team of the token in the header, before anything is checked; "" when there is none."""
    given = _token(request, {})
    installed = ((peer.workspace.team.id, peer.workspace.installation) for peer in hub.peers.values())
    return next((team for team, each in installed if each is not None and each.token == given), "")


def _method(name: str) -> Method:
    method = METHODS.get(name)
    if method is None:
        raise ApiError("unknown_method", extra={"req_method": name})
    return method


async def _run(hub: Hub, method: Method, args: JsonObject, *, token: str) -> JsonObject:
    _check_scopes(hub, method)
    _check_needed(args, method)
    return {"ok": True, **await method.run(Call(hub, Args(args), frozenset(hub.workspace.scopes), token))}


def _caller(hub: Hub, request: Request, args: JsonObject, method: Method) -> tuple[Hub, str]:
    """The workspace that the token belongs to, and the token; raises ApiError when there is none."""
    if method.caller == "anyone":
        return hub, ""
    token = _token(request, args)
    if not token:
        raise ApiError("not_authed")
    if token == hub.settings.app_token:
        owner, kind = hub, "app"
    else:
        owner, kind = installed_with(hub, token), "bot"
    if kind != method.caller:
        raise ApiError("not_allowed_token_type")
    return owner, token


def _token(request: Request, args: JsonObject) -> str:
    header = request.headers.get("authorization", "")
    given = header.removeprefix("Bearer ").strip() if header.startswith("Bearer ") else ""
    return given or as_text(args.get("token"))


def installed_with(hub: Hub, token: str) -> Hub:
    """The workspace where the app holds this token.

    Raises ApiError `invalid_auth`, or what a token answers whose installation has ended:
    `account_inactive` or `token_revoked`.
    """
    for peer in hub.peers.values():
        installation = peer.workspace.installation
        if installation is not None and installation.token == token:
            return peer
        if token in peer.workspace.dead_tokens:
            raise ApiError(peer.workspace.dead_tokens[token])
    raise ApiError("invalid_auth")


def _check_scopes(hub: Hub, method: Method) -> None:
    provided = hub.workspace.scopes
    if method.caller == "anyone":
        return
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
    hub.journal.calls.append(
        CallRecord(now, name, kept, bool(body.get("ok")), error, status, hub.workspace.team.id)
    )
    hub.broker.touch()


def _response(hub: Hub, name: str, body: JsonObject, status: int) -> Response:
    method = METHODS.get(name)
    headers = {
        "x-oauth-scopes": ",".join(hub.workspace.scopes),
        "x-accepted-oauth-scopes": ",".join(method.scopes) if method else "",
        "x-slack-req-id": hub.workspace.ids.token(32),
    }
    retry_after = body.pop("retry_after", None)
    if retry_after is not None:
        headers["Retry-After"] = as_text(retry_after)
    return JSONResponse(body, status_code=status, headers=headers)
