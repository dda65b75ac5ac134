"""The sandbox as a Starlette application, and as a server on a port."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.routing import Route
from uvicorn.protocols.http.h11_impl import H11Protocol

from sandbox.autotask.accounts import Credentials
from sandbox.autotask.control import Control
from sandbox.autotask.control_http import control_routes
from sandbox.autotask.database import Database
from sandbox.autotask.gateway import Gateway, Hangup
from sandbox.autotask.settings import ServerSettings
from sandbox.autotask.state import Sandbox
from sandbox.autotask.web import page_routes
from sandbox.serving import InnerServer

_VERBS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


class _Connections:
    """Cuts connections on demand; without a server there is none to cut."""

    def __init__(self) -> None:
        self.server: uvicorn.Server | None = None

    async def cut(self, request: Request) -> None:
        """Close the request's connection without a reply. Raises ConnectionAbortedError without a socket."""
        mine = [each for each in self._open() if each.client == request.scope["client"]]
        if not mine:
            raise ConnectionAbortedError("dropped on demand")
        mine[0].transport.abort()
        await asyncio.sleep(0.01)  # the protocol learns of it in the loop's next turn

    def _open(self) -> list[H11Protocol]:
        connections = self.server.server_state.connections if self.server else ()
        return [each for each in connections if isinstance(each, H11Protocol)]


def create_app(database: Database, *, settings: ServerSettings | None = None) -> Starlette:
    """The whole sandbox as an ASGI application; its `state.control` is the in-process control.

    Without a socket there is no connection to cut: `drop_reply` and `hang` raise ConnectionError
    through an in-process transport.
    """
    return _app(Sandbox(database, settings or ServerSettings()), _Connections().cut)


def _app(sandbox: Sandbox, hang_up: Hangup) -> Starlette:
    gateway = Gateway(sandbox, hang_up)
    routes = [
        *control_routes(sandbox),
        *page_routes(sandbox),
        Route("/{path:path}", gateway.serve, methods=_VERBS),
    ]
    app = Starlette(routes=routes)
    app.state.control = Control(sandbox)
    return app


@dataclass(frozen=True, slots=True)
class RunningAutotask:
    """A sandbox that listens. Addresses end in `/`."""

    url: str
    credentials: Credentials
    database: Database
    control: Control

    @property
    def discovery_url(self) -> str:
        """What stands in for https://webservices.autotask.net/."""
        return self.url

    @property
    def control_url(self) -> str:
        """The control surface."""
        return f"{self.url}_sandbox/"


@asynccontextmanager
async def serve(
    database: Database, *, host: str = "127.0.0.1", port: int = 0, settings: ServerSettings | None = None
) -> AsyncIterator[RunningAutotask]:
    """Listen on `host:port` (0: any free port) while the context lasts."""
    sandbox = Sandbox(database, settings or ServerSettings())
    connections = _Connections()
    config = uvicorn.Config(
        _app(sandbox, connections.cut),
        host=host,
        port=port,
        http="h11",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=1,
        timeout_keep_alive=75,
    )
    server = connections.server = InnerServer(config)
    async with _listening(server) as bound:
        try:
            yield RunningAutotask(f"http://{host}:{bound}/", Credentials(), database, Control(sandbox))
        finally:
            sandbox.closing = True


@asynccontextmanager
async def _listening(server: InnerServer) -> AsyncIterator[int]:
    task = asyncio.create_task(server.serve())
    try:
        while not server.started:
            if task.done():
                task.result()
                raise OSError("the sandbox could not listen")
            await asyncio.sleep(0.005)
        yield int(server.servers[0].sockets[0].getsockname()[1])
    finally:
        server.stop()
        await task
