"""The HTTP side of the API: log, limits, faults, then the endpoint."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeAlias

from starlette.requests import Request
from starlette.responses import Response

from sandbox.autotask import endpoints
from sandbox.autotask.endpoints import Call
from sandbox.autotask.errors import Refusal
from sandbox.autotask.faults import Fault
from sandbox.autotask.limits import delay_seconds, over_threshold, too_many_threads
from sandbox.autotask.log import LogEntry
from sandbox.autotask.login import log_in
from sandbox.autotask.routes import Route, resolve
from sandbox.autotask.state import Sandbox

_LONGEST_URL = 2048

Hangup: TypeAlias = Callable[[Request], Awaitable[None]]
"""Closes the connection that a request came by."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A status and the exact text of the body."""

    status: int
    body: str


_NO_REPLY = Reply(499, "")
"""Nobody reads it: the connection is gone."""


class Gateway:
    """Serves every path under the API's address."""

    def __init__(self, sandbox: Sandbox, hang_up: Hangup) -> None:
        self._sandbox = sandbox
        self._hang_up = hang_up

    async def serve(self, request: Request) -> Response:
        """Answer one request; it is logged and counted whatever comes of it."""
        started = time.perf_counter()
        sandbox = self._sandbox
        try:
            route = resolve(request.url.path, request.method)
        except Refusal as refusal:
            return _response(Reply(refusal.status, refusal.body))
        tracking_id = request.headers.get("apiintegrationcode", "")
        entry = _entry(sandbox, request, route)
        entry.in_flight = sandbox.threads.enter(tracking_id, route.endpoint)
        sandbox.log.add(entry)
        try:
            reply = await self._reply(request, route, entry)
            entry.status = reply.status
            return _response(reply)
        finally:
            sandbox.threads.leave(tracking_id, route.endpoint)
            entry.ms = (time.perf_counter() - started) * 1000

    async def _reply(self, request: Request, route: Route, entry: LogEntry) -> Reply:
        body = (await request.body()).decode("utf-8", "replace")
        entry.filter = entry.filter or (body if "/query" in entry.path.lower() else "")
        call = _call(self._sandbox, request, route, body)
        fault = self._sandbox.faults.take(route.endpoint, request.method, request.url.path)
        if fault is not None:
            entry.fault = fault.kind
            return await self._spoilt(request, call, fault, entry)
        return await self._worked(call, entry)

    async def _worked(self, call: Call, entry: LogEntry) -> Reply:
        try:
            return Reply(200, await self._answer(call, entry))
        except Refusal as refusal:
            return Reply(refusal.status, refusal.body)

    async def _answer(self, call: Call, entry: LogEntry) -> str:
        sandbox, settings = self._sandbox, self._sandbox.settings
        if call.route.kind == "zone":
            return endpoints.zone(call)
        if call.route.kind == "versions":
            return endpoints.versions(call)
        if len(entry.path) > _LONGEST_URL:
            raise Refusal(404, "<html><body><h1>404 - File or directory not found.</h1></body></html>")
        user = log_in(sandbox.database, settings, call.headers)
        if entry.in_flight > settings.thread_limit:
            raise too_many_threads(call.route.endpoint)
        await self._metered()
        await asyncio.sleep(settings.page_latency_ms / 1000)
        return endpoints.answer(call, user)

    async def _metered(self) -> None:
        """Count the request against the threshold, and wait as long as usage demands."""
        sandbox, settings = self._sandbox, self._sandbox.settings
        clock = sandbox.database.clock
        used = sandbox.threshold.count(clock.now(), settings.threshold_minutes)
        if used >= settings.request_threshold:
            raise over_threshold()
        sandbox.threshold.record(clock.now())
        delay = delay_seconds(used, settings.request_threshold)
        if delay:
            await clock.sleep(delay)

    async def _spoilt(self, request: Request, call: Call, fault: Fault, entry: LogEntry) -> Reply:
        if fault.kind == "fail":
            return Reply(fault.status, fault.body)
        if fault.kind == "drop_request":
            await self._hang_up(request)
            return _NO_REPLY
        if fault.kind == "hang":
            await self._gone(request)
            return _NO_REPLY
        if fault.kind == "slow":
            await asyncio.sleep(fault.delay_ms / 1000)
        reply = await self._worked(call, entry)
        if fault.kind == "drop_reply":
            await self._hang_up(request)
            return _NO_REPLY
        kept = {"truncate": len(reply.body) // 2, "empty": 0}.get(fault.kind, len(reply.body))
        return Reply(reply.status, reply.body[:kept])

    async def _gone(self, request: Request) -> None:
        """Wait until the client gives up, or the server stops."""
        while not self._sandbox.closing and not await request.is_disconnected():  # noqa: ASYNC110 - no event tells
            await asyncio.sleep(0.02)


def _entry(sandbox: Sandbox, request: Request, route: Route) -> LogEntry:
    query = f"?{request.url.query}" if request.url.query else ""
    path = request.url.path + query
    search = request.query_params.get("search", "")
    return LogEntry(sandbox.database.clock.now(), request.method, path, route.endpoint, search, 0)


def _call(sandbox: Sandbox, request: Request, route: Route, body: str) -> Call:
    origin = f"{request.url.scheme}://{request.url.netloc}"
    return Call(sandbox, route, request.method, origin, request.query_params, request.headers, body)


def _response(reply: Reply) -> Response:
    if not reply.body and reply.status != 200:
        return Response(status_code=reply.status)
    html = reply.body.startswith("<html")
    return Response(
        reply.body, reply.status, media_type="text/html" if html else "application/json; charset=utf-8"
    )
