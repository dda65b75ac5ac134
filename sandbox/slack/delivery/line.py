"""Hands payloads to the app over whichever line is switched on, and keeps the record."""

from collections.abc import Callable, Mapping
from typing import Literal

from sandbox.slack.delivery.ack import Ack, Kind, Parcel
from sandbox.slack.delivery.http import HttpLine
from sandbox.slack.delivery.socket import SocketLine
from sandbox.slack.journal import DeliveryRecord, Journal
from sandbox.slack.settings import SlackSettings
from sandbox.slack.shapes import JsonObject
from sandbox.slack.workspace import Workspace

Mode = Literal["socket", "http"]
HTTP_REASONS: Mapping[str, str] = {"operation_timeout": "http_timeout", "dispatch_failed": "http_error"}


class Delivery:
    """Commands and interactions go out once; events are retried three times."""

    def __init__(
        self, settings: SlackSettings, workspace: Workspace, journal: Journal, *, recorded: Callable[[], None]
    ) -> None:
        self._settings, self._clock, self._journal = settings, workspace.clock, journal
        self._recorded = recorded
        self.socket = SocketLine(settings, workspace.clock, workspace.app_id)
        self.http = HttpLine(settings, workspace.clock)
        self.mode: Mode = settings.delivery
        self._last: dict[Kind, Parcel] = {}

    async def interact(self, kind: Kind, payload: JsonObject) -> Ack:
        """Send a command or an interaction; it is never sent again by itself."""
        return await self._send(Parcel(kind, payload))

    async def event(self, payload: JsonObject) -> None:
        """Send an event until it is acked: at once, after a minute, after five."""
        ack = await self._send(Parcel("events_api", payload))
        for attempt, pause in enumerate(self._settings.event_retry_seconds, start=1):
            if ack.ok or ack.stop_retrying:
                return
            await self._clock.sleep(pause)
            ack = await self._send(Parcel("events_api", payload, attempt, self._reason(ack)))

    async def again(self, kind: Kind | None = None) -> Ack | None:
        """Deliver the last payload (of a kind) a second time, as Slack sometimes does."""
        parcel = self._last.get(kind) if kind else next(reversed(self._last.values()), None)
        if parcel is None:
            return None
        if parcel.kind == "events_api":
            parcel = Parcel(parcel.kind, parcel.payload, 1, self._reason(Ack("operation_timeout")))
        return await self._send(parcel)

    def forget(self) -> None:
        self._last.clear()

    async def close(self) -> None:
        await self.socket.close()
        await self.http.close()

    async def _send(self, parcel: Parcel) -> Ack:
        self._last.pop(parcel.kind, None)
        self._last[parcel.kind] = parcel
        started = self._clock.now()
        line = self.socket if self.mode == "socket" else self.http
        ack = await line.send(parcel)
        took = round((self._clock.now() - started) * 1000, 2)
        self._journal.deliveries.append(
            DeliveryRecord(
                started, parcel.kind, parcel.type, took, ack.outcome, retry=parcel.retry, team=parcel.team
            )
        )
        self._recorded()
        return ack

    def _reason(self, ack: Ack) -> str:
        return "timeout" if self.mode == "socket" else HTTP_REASONS.get(ack.outcome, "unknown_error")
