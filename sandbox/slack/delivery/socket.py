"""Socket Mode: tickets, connections, envelopes and their acks."""

import asyncio
import uuid
from dataclasses import dataclass, field

from starlette.websockets import WebSocket, WebSocketDisconnect

from sandbox.slack.clock import Clock
from sandbox.slack.delivery.ack import Ack, Parcel
from sandbox.slack.settings import SlackSettings
from sandbox.slack.shapes import JsonObject, as_object, as_text


@dataclass(eq=False, slots=True)
class Connection:
    """One open socket; while it drains it gets no new envelopes."""

    socket: WebSocket
    draining: bool = False
    waiting: dict[str, asyncio.Future[Ack]] = field(default_factory=dict)


class SocketLine:
    """Sends each envelope to exactly one connection, in turn, and waits for its ack."""

    def __init__(self, settings: SlackSettings, clock: Clock, app_id: str) -> None:
        self._settings, self._clock, self._app_id = settings, clock, app_id
        self._tickets: set[str] = set()
        self._connections: list[Connection] = []
        self._turn = 0
        self._joined = asyncio.Event()

    @property
    def connected(self) -> int:
        """How many connections take envelopes now."""
        return len(self._ready())

    def issue_ticket(self) -> str:
        """A single-use ticket for /link/."""
        ticket = uuid.uuid4().hex
        self._tickets.add(ticket)
        return ticket

    async def wait_connected(self, timeout_s: float = 10.0) -> None:
        """Return once the app has a connection; raises TimeoutError."""
        async with asyncio.timeout(timeout_s):
            while not self._ready():
                await self._joined.wait()

    async def serve(self, socket: WebSocket) -> None:
        """The whole life of one connection."""
        if socket.query_params.get("ticket", "") not in self._tickets:
            await socket.close(code=4401)
            return
        self._tickets.discard(socket.query_params["ticket"])
        await socket.accept()
        if len(self._ready()) >= self._settings.max_connections:
            await socket.send_json({"type": "disconnect", "reason": "too_many_websockets"})
            await socket.close()
            return
        connection = Connection(socket)
        self._connections.append(connection)
        await socket.send_json(self._hello())
        self._joined.set()
        try:
            await self._listen(connection)
        finally:
            self._drop(connection)

    async def send(self, parcel: Parcel) -> Ack:
        """Deliver and wait for the ack; nobody connected counts as `dispatch_failed`."""
        ready = self._ready()
        if not ready:
            return Ack("dispatch_failed")
        self._turn += 1
        connection = ready[self._turn % len(ready)]
        envelope_id = str(uuid.uuid4())
        answer: asyncio.Future[Ack] = asyncio.get_running_loop().create_future()
        connection.waiting[envelope_id] = answer
        try:
            await connection.socket.send_json(_envelope(envelope_id, parcel))
            return await self._ack_in_time(answer)
        except (RuntimeError, WebSocketDisconnect):
            return Ack("dispatch_failed")
        finally:
            connection.waiting.pop(envelope_id, None)

    async def disconnect(self, reason: str) -> int:
        """Tell every connection to go; `link_disabled` closes at once, others after ten seconds."""
        leaving = self._ready()
        for connection in leaving:
            connection.draining = reason != "warning"
            await connection.socket.send_json(
                {"type": "disconnect", "reason": reason, "debug_info": {"host": "local"}}
            )
        self._joined.clear()
        if reason == "link_disabled":
            await self.close(leaving)
        return len(leaving)

    async def close(self, connections: list[Connection] | None = None) -> None:
        """Close sockets without a word, all of them unless some are named."""
        for connection in list(self._connections if connections is None else connections):
            self._drop(connection)
            try:
                await connection.socket.close()
            except RuntimeError:
                continue

    async def _ack_in_time(self, answer: asyncio.Future[Ack]) -> Ack:
        limit = asyncio.get_running_loop().create_task(self._give_up(answer))
        try:
            return await answer
        finally:
            limit.cancel()

    async def _give_up(self, answer: asyncio.Future[Ack]) -> None:
        await self._clock.sleep(self._settings.ack_seconds)
        if not answer.done():
            answer.set_result(Ack("operation_timeout"))

    async def _listen(self, connection: Connection) -> None:
        while True:
            try:
                message = as_object(await connection.socket.receive_json())
            except (WebSocketDisconnect, RuntimeError):
                return
            answer = connection.waiting.get(as_text(message.get("envelope_id")))
            if answer is not None and not answer.done():
                answer.set_result(Ack("ok", as_object(message.get("payload"))))

    def _drop(self, connection: Connection) -> None:
        if connection in self._connections:
            self._connections.remove(connection)
        if not self._ready():
            self._joined.clear()
        for answer in connection.waiting.values():
            if not answer.done():
                answer.set_result(Ack("dispatch_failed"))

    def _ready(self) -> list[Connection]:
        return [connection for connection in self._connections if not connection.draining]

    def _hello(self) -> JsonObject:
        return {
            "type": "hello",
            "num_connections": len(self._connections),
            "connection_info": {"app_id": self._app_id},
            "debug_info": {"host": "local", "build_number": 1, "approximate_connection_time": 18060},
        }


def _envelope(envelope_id: str, parcel: Parcel) -> JsonObject:
    envelope: JsonObject = {
        "envelope_id": envelope_id,
        "type": parcel.kind,
        "accepts_response_payload": parcel.kind != "events_api",
        "payload": parcel.payload,
    }
    if parcel.kind == "events_api":
        envelope |= {"retry_attempt": parcel.retry, "retry_reason": parcel.retry_reason}
    return envelope
