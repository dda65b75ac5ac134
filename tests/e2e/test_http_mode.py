"""BOT_MODE=http: the same work by signed requests, and nothing by others."""

import time
from collections.abc import AsyncIterator
from urllib.parse import urlencode

import httpx
import pytest

from bot.db.session import Database
from sandbox.slack.control.writes import delivery
from sandbox.slack.delivery.http import FORM, sign
from sandbox.slack.seed import FULL_MEMBER, HOME_TEAM
from tests.e2e.desk import CHANNEL, Desk, opened_desk

COMMAND = urlencode(
    {
        "command": "/autotask",
        "text": "tickets",
        "team_id": HOME_TEAM.id,
        "user_id": FULL_MEMBER,
        "channel_id": CHANNEL,
        "trigger_id": "1.2.abc",
    }
).encode()


@pytest.fixture(scope="module")
async def desk(shared_database_url, tmp_path_factory) -> AsyncIterator[Desk]:
    """One replica that Slack reaches by its address; it has no app-level token."""
    folder = tmp_path_factory.mktemp("http")
    more = {"BOT_DATABASE_URL": shared_database_url, "BOT_MODE": "http", "SLACK_APP_TOKEN": ""}
    async with opened_desk(folder, **more) as opened:
        bot = await opened.bots.start()
        await bot.ready()
        await delivery(opened.slack.hub, {"mode": "http", "request_url": await address(opened)})
        yield opened


async def address(desk: Desk) -> str:
    return f"{await desk.bots.started[-1].started()}/slack/events"


async def knock(desk: Desk, *, secret: str = "", age: int = 0) -> httpx.Response:
    """A command from outside, signed ``age`` seconds ago."""
    stamp = int(time.time()) - age
    headers = {
        "Content-Type": FORM,
        "X-Slack-Request-Timestamp": str(stamp),
        "X-Slack-Signature": sign(secret or desk.slack.signing_secret, stamp, COMMAND),
    }
    async with httpx.AsyncClient(trust_env=False) as client:
        return await client.post(await address(desk), content=COMMAND, headers=headers)


async def test_the_whole_way_by_signed_requests(desk: Desk, shared_database_url: str):
    assert desk.slack.hub.delivery.mode == "http"
    await desk.set_up()
    await desk.raise_ticket("Raised over HTTP")
    async with Database(shared_database_url) as database:
        await desk.settled(database, "Raised over HTTP")
        await desk.assert_one_of_each(database, ["Raised over HTTP"])
    assert desk.slack.hub.delivery.socket.connected == 0


async def test_a_signed_request_is_taken(desk: Desk):
    assert (await knock(desk)).status_code == 200


async def test_a_request_signed_with_another_secret_is_refused(desk: Desk):
    assert (await knock(desk, secret="forged")).status_code == 401


async def test_a_request_older_than_five_minutes_is_refused(desk: Desk):
    assert (await knock(desk, age=280)).status_code == 200
    assert (await knock(desk, age=301)).status_code == 401
