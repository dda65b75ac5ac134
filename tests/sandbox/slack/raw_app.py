"""An app without Bolt: sees the envelopes themselves and answers them when the test says so."""

import asyncio
from contextlib import asynccontextmanager

import aiohttp


class RawApp:
    def __init__(self, socket):
        self.socket = socket
        self.hello = None

    async def envelope(self, timeout_s=5):
        return await asyncio.wait_for(self.socket.receive_json(), timeout_s)

    async def ack(self, envelope, payload=None):
        answer = {"envelope_id": envelope["envelope_id"]}
        await self.socket.send_json(answer | ({"payload": payload} if payload is not None else {}))

    async def answer(self, payload=None):
        """Receive one envelope and ack it."""
        envelope = await self.envelope()
        await self.ack(envelope, payload)
        return envelope


async def open_url(slack):
    headers = {"Authorization": f"Bearer {slack.app_token}"}
    async with (
        aiohttp.ClientSession(headers=headers) as session,
        session.post(f"{slack.api_url}apps.connections.open") as response,
    ):
        return (await response.json())["url"]


@asynccontextmanager
async def connected(slack, url=None):
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(url or await open_url(slack), autoping=False) as socket,
    ):
        app = RawApp(socket)
        app.hello = await app.envelope()
        yield app
