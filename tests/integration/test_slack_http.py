"""HTTP delivery: signed requests are served, forged and replayed ones are not."""

import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

import httpx
import pytest
from slack_sdk.signature import SignatureVerifier

from bot.app import Bot, running
from sandbox.slack.people import on
from sandbox.slack.seed import FULL_MEMBER, HOME_TEAM
from sandbox.slack.server import RunningSlack, serve
from sandbox.slack.settings import SlackSettings
from tests.integration.slack_world import DESK, MANIFEST, Office, settings_for

COMMAND = {
    "command": "/autotask",
    "text": "help",
    "team_id": HOME_TEAM.id,
    "user_id": FULL_MEMBER,
    "channel_id": DESK,
    "trigger_id": "1.2.abc",
}


@dataclass(frozen=True)
class Door:
    """The public address of an application in HTTP mode."""

    slack: RunningSlack
    bot: Bot
    client: httpx.AsyncClient

    async def knock(
        self,
        form: Mapping[str, str],
        *,
        at: int | None = None,
        secret: str = "",
        signature: str | None = None,
        kind: str = "events",
        answerable: bool = True,
    ) -> httpx.Response:
        reply = {"response_url": f"{self.slack.hub.base_url}/response/none"} if answerable else {}
        body = urlencode({**reply, **form})
        stamp = str(int(time.time()) if at is None else at)
        signed = SignatureVerifier(secret or self.slack.signing_secret).generate_signature(
            timestamp=stamp, body=body
        )
        headers = {
            "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": signed if signature is None else signature,
            "Content-Type": "application/x-www-form-urlencoded",
        }
        return await self.client.post(f"{self.bot.address}/slack/{kind}", content=body, headers=headers)


@pytest.fixture
async def door(database_url: str) -> AsyncIterator[Door]:
    chosen = SlackSettings(delivery="http", request_url="http://127.0.0.1:9/later")
    async with serve(settings=chosen, manifest=MANIFEST) as slack:
        settings = settings_for(slack, database_url, mode="http", slack_app_token=None)
        async with running(settings, role="web") as bot, httpx.AsyncClient(trust_env=False) as client:
            slack.hub.delivery.http.request_url = f"{bot.address}/slack/events"
            yield Door(slack, bot, client)


async def test_slack_verifies_the_address(door: Door):
    assert await door.slack.hub.delivery.http.verify() is None


async def test_a_signed_command_is_answered(door: Door):
    office = Office(door.slack, door.bot)
    seen = await office.answer(FULL_MEMBER, "/autotask help mop", "Did you mean")
    assert (await office.people.click(FULL_MEMBER, on(seen), "run:map")).ok


async def test_a_signed_request_is_acknowledged(door: Door):
    assert (await door.knock(COMMAND)).status_code == 200


async def test_two_different_acts_are_both_answered_even_if_they_come_under_one_trigger(door: Door):
    office = Office(door.slack, door.bot)
    for text, answer in (("help", "What Deskhand understands"), ("help AT-201", "Autotask is not connected")):
        assert (await door.knock(COMMAND | {"text": text}, answerable=False)).status_code == 200
        await office.people.wait_for(FULL_MEMBER, DESK, answer)


async def test_a_command_that_mentions_a_payload_is_answered_like_any_other(door: Door):
    office = Office(door.slack, door.bot)
    assert await office.answer(FULL_MEMBER, "/autotask help payload", "payload")


async def test_a_mentioned_payload_does_not_get_round_the_signature(door: Door):
    mentioned = COMMAND | {"channel_name": "payload-team"}
    assert (await door.knock(mentioned)).status_code == 200
    assert (await door.knock(mentioned, secret="another")).status_code == 401


@pytest.mark.parametrize("kind", ["commands", "interactive", "interactions", "actions", "options"])
async def test_every_address_that_an_app_may_name_takes_signed_requests_only(door: Door, kind: str):
    assert (await door.knock(COMMAND, kind=kind)).status_code == 200
    assert (await door.knock(COMMAND, kind=kind, signature="v0=0")).status_code == 401


async def test_other_addresses_and_other_ways_are_not_found(door: Door):
    assert (await door.knock(COMMAND, kind="install")).status_code == 404
    assert (await door.client.get(f"{door.bot.address}/slack/events")).status_code == 404


@pytest.mark.parametrize("body", [b"\xff", b"{", b'{"a":' * 200_000])
async def test_what_cannot_be_read_is_refused_without_a_crash(door: Door, body: bytes):
    answer = await door.client.post(f"{door.bot.address}/slack/events", content=body)
    assert answer.status_code == 400


async def test_a_body_larger_than_slacks_are_is_not_taken_in(door: Door):
    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b"x" * 100_000

    try:
        answer = await door.client.post(f"{door.bot.address}/slack/events", content=endless(), timeout=10)
    except (httpx.WriteError, httpx.ReadError):  # the connection was closed before the answer was read
        return
    assert answer.status_code == 413


@pytest.mark.parametrize("signature", ["", "v0=", "v0=" + "0" * 64, "nonsense"])
async def test_a_forged_request_is_refused(door: Door, signature: str):
    assert (await door.knock(COMMAND, signature=signature)).status_code == 401


async def test_a_request_signed_with_another_secret_is_refused(door: Door):
    assert (await door.knock(COMMAND, secret="another")).status_code == 401


@pytest.mark.parametrize("seconds", [-301, 301])
async def test_a_replayed_request_is_refused(door: Door, seconds: int):
    assert (await door.knock(COMMAND, at=int(time.time()) + seconds)).status_code == 401


async def test_a_request_of_a_workspace_that_did_not_install_us_does_nothing(door: Door):
    answer = await door.knock(COMMAND | {"team_id": "T0STRANGER"}, answerable=False)
    assert answer.status_code == 200
    assert [call for call in door.slack.journal.calls if call.method == "users.info"] == []


async def test_slacks_address_is_closed_in_socket_mode(database_url: str):
    async with (
        serve(manifest=MANIFEST) as slack,
        running(settings_for(slack, database_url), role="web") as bot,
    ):
        await slack.wait_connected()
        async with httpx.AsyncClient(trust_env=False) as client:
            assert (await client.post(f"{bot.address}/slack/events")).status_code == 404
