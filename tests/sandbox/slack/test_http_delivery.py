"""Signed HTTP delivery, with Bolt for Python behind Starlette, and with apps that misbehave."""

import asyncio
import contextlib
import socket
import time
from dataclasses import dataclass

import httpx
import pytest
import uvicorn
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from sandbox.slack.people import inside, on
from sandbox.slack.seed import FULL_MEMBER
from tests.sandbox.slack.demo_app import Seen, build_app

DESK = "C0SERVICE"


class QuietServer(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self):
        yield


@contextlib.asynccontextmanager
async def listening(endpoint):
    """The app's request URL."""
    application = Starlette(routes=[Route("/slack/events", endpoint, methods=["POST"])])
    with contextlib.closing(socket.create_server(("127.0.0.1", 0))) as port:
        server = QuietServer(uvicorn.Config(application, log_level="warning", lifespan="off"))
        running = asyncio.create_task(server.serve(sockets=[port]))
        yield f"http://127.0.0.1:{port.getsockname()[1]}/slack/events"
        server.should_exit = True
        await running


async def switched(slack, request_url):
    async with httpx.AsyncClient(base_url=slack.control_url) as http:
        return (await http.post("delivery", json={"mode": "http", "request_url": request_url})).json()


@dataclass
class Received:
    headers: dict
    body: bytes


@contextlib.asynccontextmanager
async def recording(slack, *answers):
    """An app that keeps what it gets; it answers with `answers` in turn, then with an empty 200."""
    received, waiting = [], list(answers)

    async def endpoint(request):
        received.append(Received(dict(request.headers), await request.body()))
        return waiting.pop(0) if waiting else Response()

    async with listening(endpoint) as url:
        slack.hub.delivery.http.request_url = url
        slack.hub.delivery.mode = "http"
        yield received


async def test_bolt_over_http_passes_verification_and_goes_from_command_to_message(slack):
    client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)
    seen = Seen()
    handler = AsyncSlackRequestHandler(build_app(client, slack.signing_secret, seen))
    people = slack.people
    async with listening(handler.handle) as url:
        assert await switched(slack, url) == {"ok": True}
        assert (await people.type_command(FULL_MEMBER, DESK, "/autotask ticket")).ok
        view = await people.until(
            lambda: (v := people.modal(FULL_MEMBER)) and v.body.get("submit") and v, "the form"
        )
        offered = await people.suggest(FULL_MEMBER, inside(view), "company", "fab")
        answers = {"summary": "errors", "company": offered.options[0]}
        assert (await people.submit(FULL_MEMBER, answers)).errors == {"summary": "Say what is broken"}
        assert (await people.submit(FULL_MEMBER, {"summary": "No network"})).ok
        posted = await people.wait_for(FULL_MEMBER, DESK, "No network")
        assert (await people.click(FULL_MEMBER, on(posted), "details")).ok
        private = await people.wait_for(FULL_MEMBER, DESK, "Just for you")
        assert (await people.click(FULL_MEMBER, on(private), "dismiss")).ok
        await people.until(lambda: len(people.messages(FULL_MEMBER, DESK)) == 1 or None, "the dismissal")
        people.open_home(FULL_MEMBER)
        await people.wait_for_home(FULL_MEMBER, "Welcome home")
        people.say(FULL_MEMBER, slack.workspace.app_im(FULL_MEMBER).id, "hi")
        await people.wait_for(FULL_MEMBER, slack.workspace.app_im(FULL_MEMBER).id, "Hello there")


async def test_a_forged_signature_is_refused_by_the_app_and_shown_as_dispatch_failed(slack):
    client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)
    handler = AsyncSlackRequestHandler(build_app(client, "the app has another secret", Seen()))
    async with listening(handler.handle) as url:
        refused = await switched(slack, url)
        assert (refused["ok"], refused["error"]) == (False, "url_verification_failed")
        slack.hub.delivery.http.request_url, slack.hub.delivery.mode = url, "http"
        outcome = await slack.people.type_command(FULL_MEMBER, DESK, "/autotask hello")
    assert outcome.error == "dispatch_failed"


async def test_a_request_is_signed_as_slack_signs(slack):
    async with recording(slack) as received:
        assert (await slack.people.type_command(FULL_MEMBER, DESK, "/autotask a&b")).ok
    request = received[0]
    assert request.headers["content-type"] == "application/x-www-form-urlencoded"
    verifier = SignatureVerifier(slack.signing_secret)
    assert verifier.is_valid_request(request.body, request.headers)
    assert not verifier.is_valid_request(request.body + b"x", request.headers)
    assert abs(int(request.headers["x-slack-request-timestamp"]) - time.time()) < 5


async def test_a_plain_text_answer_is_the_reply_to_a_command(slack):
    async with recording(slack, PlainTextResponse("Right away")):
        assert (await slack.people.type_command(FULL_MEMBER, DESK, "/autotask x")).ok
    assert slack.people.messages(FULL_MEMBER, DESK)[-1].text == "Right away"


async def test_an_app_that_does_not_answer_in_time_shows_operation_timeout(slack):
    asked, released = asyncio.Event(), asyncio.Event()

    async def silent(_request):
        asked.set()
        await released.wait()
        return Response()

    async with listening(silent) as url:
        slack.hub.delivery.http.request_url, slack.hub.delivery.mode = url, "http"
        typing = asyncio.create_task(slack.people.type_command(FULL_MEMBER, DESK, "/autotask x"))
        await asyncio.wait_for(asked.wait(), 5)
        slack.workspace.clock.advance(3.1)
        assert (await typing).error == "operation_timeout"
        released.set()


async def test_an_event_is_retried_three_times_with_slacks_headers(slack):
    failing = [Response(status_code=500) for _ in range(4)]
    async with recording(slack, *failing) as received:
        slack.people.open_home(FULL_MEMBER)
        for attempt, pause in enumerate((0, 60, 300), start=1):
            await slack.people.until(
                lambda wanted=attempt: len(slack.journal.deliveries) >= wanted or None, f"delivery {attempt}"
            )
            slack.workspace.clock.advance(pause)
        await slack.people.until(lambda: len(slack.journal.deliveries) == 4 or None, "the last delivery")
    assert [r.headers.get("x-slack-retry-num") for r in received] == [None, "1", "2", "3"]
    assert [r.headers.get("x-slack-retry-reason") for r in received[1:]] == ["http_error"] * 3
    assert len({r.body for r in received}) == 1


async def test_an_app_can_refuse_retries(slack):
    stop = Response(status_code=500, headers={"x-slack-no-retry": "1"})
    async with recording(slack, stop) as received:
        slack.people.open_home(FULL_MEMBER)
        await slack.people.until(lambda: slack.journal.deliveries or None, "the delivery")
        slack.workspace.clock.advance(600)
        assert (await slack.people.type_command(FULL_MEMBER, DESK, "/autotask x")).ok
    assert [b"app_home_opened" in r.body for r in received] == [True, False]


@pytest.mark.parametrize("status", [404, 500, 302])
async def test_anything_but_200_fails_a_command_and_is_not_retried(slack, status):
    async with recording(slack, Response(status_code=status)) as received:
        outcome = await slack.people.type_command(FULL_MEMBER, DESK, "/autotask x")
        slack.workspace.clock.advance(600)
    assert outcome.error == "dispatch_failed"
    assert len(received) == 1
