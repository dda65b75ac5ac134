"""The web server: ``/healthz`` (the process lives), ``/readyz`` (it can serve), Slack's requests in HTTP mode,
and the pages for installing Deskhand into a workspace.
"""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Final, TypeAlias

import uvicorn
from slack_bolt.adapter.starlette.async_handler import to_starlette_response
from slack_bolt.async_app import AsyncApp
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.slack.health import Health
from bot.slack.requests import bolt_request, bounded_body

Check: TypeAlias = Callable[[], Awaitable[str]]
"""Says "" when the database answers, else what is wrong."""

KINDS: Final = frozenset({"events", "commands", "interactive", "interactions", "actions", "options"})
"""The addresses under ``/slack/`` that app settings commonly name; all of them take everything."""
KEEP_ALIVE_S: Final = 75
"""Longer than proxies keep a connection that nobody uses (nginx: 60 s), so that none is closed under a request."""


def web_app(health: Health, database: Check, bolt: AsyncApp | None, pages: Sequence[Route] = ()) -> Starlette:
    """``bolt`` in HTTP mode: its requests must carry Slack's signature, at most five minutes old."""

    async def healthz(_request: Request) -> Response:
        return JSONResponse({"ok": True})

    async def readyz(_request: Request) -> Response:
        wrong = await database()
        report = {**health.report, "database": wrong or "ok"}
        ready = health.ready and not wrong
        return JSONResponse({"ok": ready, **report}, status_code=200 if ready else 503)

    routes = [Route("/healthz", healthz), Route("/readyz", readyz), *pages]
    if bolt is not None:
        routes.append(Route("/slack/{kind}", _slack(bolt), methods=["GET", "POST"]))
    return Starlette(routes=routes)


def _slack(bolt: AsyncApp) -> Callable[[Request], Awaitable[Response]]:
    async def delivery(request: Request) -> Response:
        if request.method != "POST" or request.path_params["kind"] not in KINDS:
            return Response("Not found", status_code=404)
        try:
            said = bolt_request((await bounded_body(request)).decode(), dict(request.headers))
        except (ValueError, RecursionError):
            return Response("Unreadable", status_code=400)
        return to_starlette_response(await bolt.async_dispatch(said))

    return delivery


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._told = asyncio.Event()

    def stop(self) -> None:
        self.should_exit = True
        self._told.set()

    async def main_loop(self) -> None:
        """Ends when told, not at the next look (uvicorn takes ten a second)."""
        ticks = 0
        while not await self.on_tick(ticks):
            ticks += 1
            with suppress(TimeoutError):
                await asyncio.wait_for(self._told.wait(), 0.1)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leaves the process's signals to ``bot.__main__``, which stops everything in order."""
        yield


@asynccontextmanager
async def serving(app: Starlette, host: str, port: int) -> AsyncIterator[str]:
    """Serves until the block ends; gives the address. Port 0 takes a free one. Raises ``OSError``."""
    listener = _bound(host, port)
    server = _Server(
        uvicorn.Config(
            app,
            log_config=None,
            lifespan="off",
            timeout_graceful_shutdown=5,
            timeout_keep_alive=KEEP_ALIVE_S,
            ws="none",
        )
    )
    task = asyncio.create_task(server.serve([listener]))
    try:
        actual = listener.getsockname()[1]
        yield f"http://{f'[{host}]' if ':' in host else host}:{actual}"
    finally:
        server.stop()
        await task


def _bound(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    # Who connects inherits it. asyncio sets it only on sockets that it has made: an answer's body would wait 40 ms.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    listener.bind((host, port))
    listener.listen(256)
    listener.setblocking(False)
    return listener
