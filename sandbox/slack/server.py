"""Starts a workspace server; everything else in this package is reached from here."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import uvicorn

from sandbox.serving import InnerServer
from sandbox.slack.hub import Hub, build_hub
from sandbox.slack.journal import Journal
from sandbox.slack.manifest import read_manifest
from sandbox.slack.people import People
from sandbox.slack.routes import build_application
from sandbox.slack.settings import SlackSettings
from sandbox.slack.webapi.scheduled import resume
from sandbox.slack.workspace import Workspace


@dataclass(frozen=True, slots=True)
class RunningSlack:
    """The workspaces that are up. `people` plays the members of both; `hub` is the first one's state.

    `authorize_url` is the consent page; it takes Slack's query (client_id, scope, redirect_uri, state, team).
    """

    url: str
    api_url: str
    control_url: str
    bot_token: str
    app_token: str
    signing_secret: str
    client_id: str
    client_secret: str
    authorize_url: str
    people: People
    hub: Hub

    def workspace_of(self, team_id: str) -> Workspace:
        """The workspace of a team, such as `T0HARBOR1`."""
        return self.hub.peers[team_id].workspace

    @property
    def workspace(self) -> Workspace:
        return self.hub.workspace

    @property
    def journal(self) -> Journal:
        return self.hub.journal

    async def wait_connected(self, timeout_s: float = 10.0) -> None:
        """Return once the app has a Socket Mode connection; raises TimeoutError."""
        await self.hub.delivery.socket.wait_connected(timeout_s)


@asynccontextmanager
async def serve(
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    manifest: Path | None = None,
    workspace: Workspace | None = None,
    settings: SlackSettings | None = None,
) -> AsyncIterator[RunningSlack]:
    """Run a workspace server until the block ends; port 0 takes a free one.

    With `workspace` given its manifest stands and `manifest` is not read.
    """
    chosen = settings or SlackSettings()
    state = workspace or Workspace(app=read_manifest(manifest))
    with contextlib.closing(socket.create_server((host, port))) as listening:
        # Who connects inherits it. asyncio sets it only on sockets that it has made: an answer's body would wait 40 ms.
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        base_url = f"http://{host}:{listening.getsockname()[1]}"
        hub = build_hub(chosen, state, base_url)
        async with _listening(hub, listening):
            for peer in hub.peers.values():
                resume(peer)
            yield RunningSlack(
                url=f"{base_url}/",
                api_url=f"{base_url}/api/",
                control_url=f"{base_url}/_sandbox/",
                bot_token=chosen.bot_token,
                app_token=chosen.app_token,
                signing_secret=chosen.signing_secret,
                client_id=chosen.client_id,
                client_secret=chosen.client_secret,
                authorize_url=f"{base_url}/oauth/v2/authorize",
                people=People(hub),
                hub=hub,
            )


@asynccontextmanager
async def _listening(hub: Hub, listening: socket.socket) -> AsyncIterator[None]:
    config = uvicorn.Config(
        build_application(hub),
        log_level="warning",
        access_log=False,
        lifespan="off",
        ws="websockets-sansio",
        timeout_graceful_shutdown=2,
        timeout_keep_alive=75,  # longer than clients keep an idle connection: none is closed under a request
    )
    server = InnerServer(config)
    running = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        while not server.started and not running.done():  # noqa: ASYNC110 (uvicorn offers no event to wait for)
            await asyncio.sleep(0.01)
        yield
    finally:
        for peer in hub.peers.values():
            peer.cancel_background()
        hub.broker.close()
        await hub.delivery.close()
        server.stop()
        await running
