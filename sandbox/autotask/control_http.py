"""The control surface over HTTP, `/_sandbox/…`, for other processes on the same machine."""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, replace
from datetime import timedelta
from decimal import Decimal
from typing import TypeAlias, get_args

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.autotask.accounts import RIGHTS, USERNAME, Refused, Right
from sandbox.autotask.control import Control
from sandbox.autotask.faults import Fault, FaultKind
from sandbox.autotask.log import summary
from sandbox.autotask.query import compile_query
from sandbox.autotask.search import find
from sandbox.autotask.state import Sandbox
from sandbox.autotask.values import Row, parse_moment

_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost", "testclient"})
_KINDS: Mapping[str, FaultKind] = {kind: kind for kind in get_args(FaultKind)}
_LOOKS: Mapping[str, Refused] = {look: look for look in get_args(Refused)}
Json: TypeAlias = Mapping[str, object]


def control_routes(sandbox: Sandbox) -> list[Route]:
    """The routes below `/_sandbox/`; they answer loopback only."""
    control = Control(sandbox)
    handlers: Mapping[tuple[str, str], _Handler] = {
        ("POST", "reset"): _reset,
        ("POST", "remember"): _remember,
        ("GET", "entities/{entity}"): _entities,
        ("POST", "rows/{entity}"): _rows,
        ("POST", "faults"): _faults,
        ("GET", "faults"): _pending,
        ("DELETE", "faults"): _clear_faults,
        ("POST", "lag"): _lag,
        ("POST", "rights"): _rights,
        ("POST", "users"): _users,
        ("POST", "picklists"): _picklists,
        ("POST", "settings"): _settings,
        ("GET", "settings"): _settings_now,
        ("POST", "requests"): _requests,
        ("POST", "clock"): _clock,
        ("GET", "clock"): _clock_now,
        ("GET", "log"): _log,
        ("DELETE", "log"): _clear_log,
    }
    return [
        Route(f"/_sandbox/{path}", _endpoint(control, handler), methods=[method])
        for (method, path), handler in handlers.items()
    ]


_Handler: TypeAlias = Callable[[Control, Request, Json], object]


def _endpoint(control: Control, handler: _Handler) -> Callable[[Request], Awaitable[Response]]:
    async def serve(request: Request) -> Response:
        if request.client is not None and request.client.host not in _LOOPBACK:
            return JSONResponse({"error": "loopback only"}, 403)
        try:
            text = await request.body()
            body = json.loads(text, parse_float=Decimal) if text else {}
            answer = handler(control, request, body)
        except (KeyError, ValueError, TypeError) as error:
            return JSONResponse({"error": f"{type(error).__name__}: {error}"}, 400)
        return (
            answer
            if isinstance(answer, Response)
            else JSONResponse(answer if answer is not None else {"ok": True})
        )

    return serve


def _reset(control: Control, _: Request, body: Json) -> None:
    control.reset(data=body.get("data") is not False)


def _remember(control: Control, _: Request, __: Json) -> None:
    control.sandbox.remember()


def _entities(control: Control, request: Request, _: Json) -> Response:
    """Raw rows; `?companyID=5&status=1` filters by equality, `?search=` by a query document."""
    database = control.sandbox.database
    entity = database.entity(request.path_params["entity"])
    params = dict(request.query_params)
    document = json.loads(params.pop("search")) if "search" in params else _equalities(params)
    query = compile_query(entity, document, database.udf_fields(entity.name))
    table = database.tables[entity.name]
    return Response("[" + ",".join(map(table.text, find(table, query))) + "]", media_type="application/json")


def _equalities(params: Mapping[str, str]) -> Json:
    filters: list[Json] = [{"op": "eq", "field": name, "value": value} for name, value in params.items()]
    return {"filter": filters or [{"op": "exist", "field": "id"}]}


def _rows(control: Control, request: Request, body: object) -> Json:
    """Insert rows, or update those whose id exists; a row or a list of rows."""
    database = control.sandbox.database
    entity = request.path_params["entity"]
    rows = body if isinstance(body, list) else [body]
    return {
        "ids": [_upsert(control, entity, row) for row in rows if isinstance(row, dict)],
        "entity": database.entity(entity).name,
    }


def _upsert(control: Control, entity: str, row: Row) -> int:
    database = control.sandbox.database
    record_id = row.get("id")
    if isinstance(record_id, int) and database.row(entity, record_id) is not None:
        database.update(entity, record_id, row)
        return record_id
    return database.insert(entity, row)


def _faults(control: Control, _: Request, body: Json) -> Json:
    kind = _KINDS[str(body["kind"])]
    text = body.get("body", "")
    fault = Fault(
        kind,
        entity=str(body.get("entity", "*")),
        method=str(body.get("method", "*")),
        path=str(body.get("path", "")),
        count=_int(body, "count", 1),
        skip=_int(body, "skip", 0),
        status=_int(body, "status", 500),
        body=text if isinstance(text, str) else json.dumps(text),
        delay_ms=float(str(body.get("delay_ms", 0))),
    )
    control.plan(fault)
    return {"pending": control.sandbox.faults.pending}


def _pending(control: Control, _: Request, __: Json) -> Json:
    return {"pending": control.sandbox.faults.pending}


def _clear_faults(control: Control, _: Request, __: Json) -> None:
    control.sandbox.faults.clear()


def _lag(control: Control, _: Request, body: Json) -> None:
    control.lag(str(body.get("entity", "*")), reads=_int(body, "reads", 0), ms=float(str(body.get("ms", 0))))


def _rights(control: Control, _: Request, body: Json) -> None:
    """`{"entity", "rights": […], "look": "403"|"500"|"empty"|null}`; look null grants."""
    rights = _rights_of(body)
    username = str(body.get("username", USERNAME))
    look = body.get("look", "403")
    if look is None:
        control.grant(str(body["entity"]), rights, username=username)
        return
    control.revoke(str(body["entity"]), rights, look=_LOOKS[str(look)], username=username)


def _rights_of(body: Json) -> list[Right]:
    wanted = body.get("rights", list(RIGHTS))
    if not isinstance(wanted, list) or not set(wanted) <= set(RIGHTS):
        raise ValueError(f"rights must be a list of {', '.join(RIGHTS)}")
    return [right for right in RIGHTS if right in wanted]


def _users(control: Control, _: Request, body: Json) -> Json:
    """Lock or unlock a user, change its secret, whom it may impersonate for, and whether it may have webhooks."""
    user = control.user(str(body.get("username", USERNAME)))
    if isinstance(locked := body.get("locked"), bool):
        user.locked, user.failures = locked, 0
    if isinstance(secret := body.get("secret"), str):
        user.secret = secret
    if isinstance(entities := body.get("impersonates"), list):
        user.impersonates = frozenset(control.sandbox.database.entity(str(each)).name for each in entities)
    if isinstance(webhooks := body.get("webhooks"), bool):
        user.webhooks = webhooks
    return {"username": user.username, "locked": user.locked, "failures": user.failures}


def _picklists(control: Control, _: Request, body: Json) -> None:
    entity, field, value = str(body["entity"]), str(body["field"]), str(body["value"])
    control.set_picklist_value_active(entity, field, value, active=body.get("active") is True)


def _settings(control: Control, _: Request, body: Json) -> Json:
    """Change any of the server settings."""
    changes = {
        str(name): float(value) if isinstance(value, Decimal) else value for name, value in body.items()
    }
    control.change(replace(control.sandbox.settings, **changes))  # type: ignore[arg-type]
    return asdict(control.sandbox.settings)


def _settings_now(control: Control, _: Request, __: Json) -> Json:
    return asdict(control.sandbox.settings)


def _requests(control: Control, _: Request, body: Json) -> None:
    """Set the number of requests within the threshold's window."""
    control.set_request_count(_int(body, "count", 0))


def _clock(control: Control, _: Request, body: Json) -> Json:
    """Set (`now`), move (`advance_seconds`) or speed up (`scale`) the clock; `reset` true returns to real time."""
    clock = control.sandbox.database.clock
    if body.get("reset") is True:
        clock.reset()
    if "now" in body:
        clock.set(parse_moment(str(body["now"])))
    if "advance_seconds" in body:
        clock.advance(timedelta(seconds=float(str(body["advance_seconds"]))))
    if "scale" in body:
        clock.set(clock.now(), scale=float(str(body["scale"])))
    return {"now": clock.now().isoformat(), "scale": clock.scale}


def _clock_now(control: Control, _: Request, __: Json) -> Json:
    clock = control.sandbox.database.clock
    return {"now": clock.now().isoformat(), "scale": clock.scale}


def _log(control: Control, request: Request, _: Json) -> Json:
    """The log and its summary; `?entity=&method=` narrow both, `?summary=1` leaves the entries out."""
    params = request.query_params
    entries = control.log(entity=params.get("entity"), method=params.get("method"))
    shown = [] if params.get("summary") else [each.as_json() for each in entries]
    return {"summary": summary(entries), "entries": shown}


def _clear_log(control: Control, _: Request, __: Json) -> None:
    control.clear_log()


def _int(body: Json, name: str, default: int) -> int:
    value = body.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{name} must be a whole number")
    return value
