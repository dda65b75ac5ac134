"""Signed HTTP delivery to the app's request URL."""

import hashlib
import hmac
import json
from urllib.parse import urlencode

import httpx

from sandbox.slack.clock import Clock
from sandbox.slack.delivery.ack import Ack, Parcel
from sandbox.slack.settings import SlackSettings
from sandbox.slack.shapes import JsonObject, as_object, as_text

FORM = "application/x-www-form-urlencoded"


def sign(secret: str, timestamp: int, body: bytes) -> str:
    """The v0 signature: HMAC-SHA256 over `v0:timestamp:body`, in hex."""
    base = b"v0:" + str(timestamp).encode() + b":" + body
    return "v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()


class HttpLine:
    """Posts payloads as Slack does and reads the answer as the ack."""

    def __init__(self, settings: SlackSettings, clock: Clock) -> None:
        self._settings, self._clock = settings, clock
        self.request_url = settings.request_url or ""
        self._client: httpx.AsyncClient | None = None
        """Made when needed: reading the certificates takes 20 ms."""

    async def send(self, parcel: Parcel) -> Ack:
        """Deliver once. No answer in time: `operation_timeout`; anything but 200: `dispatch_failed`."""
        content_type, body = _encoded(parcel)
        headers = {"Content-Type": content_type} | _retry_headers(parcel)
        try:
            response = await self._clock.within(self._settings.ack_seconds, self._post(body, headers))
        except (httpx.TimeoutException, TimeoutError):
            return Ack("operation_timeout")
        except httpx.HTTPError:
            return Ack("dispatch_failed")
        stop = response.headers.get("x-slack-no-retry") == "1"
        if response.status_code != 200:
            return Ack("dispatch_failed", stop_retrying=stop)
        return Ack("ok", _ack_body(response), stop_retrying=stop)

    async def verify(self) -> str | None:
        """Do Slack's url_verification and ssl_check; gives what is wrong, or None."""
        challenge = hashlib.sha256(self.request_url.encode()).hexdigest()
        asked = {"type": "url_verification", "token": "legacy", "challenge": challenge}
        try:
            body = json.dumps(asked).encode()
            answer = await self._post(body, {"Content-Type": "application/json"})
            checked = await self._post(b"ssl_check=1&token=legacy", {"Content-Type": FORM})
        except httpx.HTTPError as error:
            return f"request URL did not answer: {type(error).__name__}"
        if answer.status_code != 200 or challenge not in answer.text:
            return "request URL did not return the challenge"
        return None if checked.status_code == 200 else "ssl_check was refused"

    async def close(self) -> None:
        if self._client is not None:
            await self._client.aclose()

    async def _post(self, body: bytes, headers: dict[str, str]) -> httpx.Response:
        timestamp = int(self._clock.now())
        signed = {
            "X-Slack-Request-Timestamp": str(timestamp),
            "X-Slack-Signature": sign(self._settings.signing_secret, timestamp, body),
            "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
        }
        if self._client is None:
            self._client = httpx.AsyncClient(trust_env=False, max_redirects=2, follow_redirects=True)
        return await self._client.post(
            self.request_url, content=body, headers=headers | signed, timeout=self._settings.ack_seconds
        )


def _encoded(parcel: Parcel) -> tuple[str, bytes]:
    if parcel.kind == "events_api":
        return "application/json", json.dumps(parcel.payload).encode()
    if parcel.kind == "slash_commands":
        return FORM, urlencode({name: as_text(value) for name, value in parcel.payload.items()}).encode()
    return FORM, urlencode({"payload": json.dumps(parcel.payload)}).encode()


def _retry_headers(parcel: Parcel) -> dict[str, str]:
    if not parcel.retry:
        return {}
    return {"x-slack-retry-num": str(parcel.retry), "x-slack-retry-reason": parcel.retry_reason}


def _ack_body(response: httpx.Response) -> JsonObject:
    if not response.content:
        return {}
    if "json" not in response.headers.get("content-type", ""):
        return {"text": response.text}
    try:
        return as_object(response.json())
    except json.JSONDecodeError:
        return {}
