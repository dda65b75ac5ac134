"""Start, stop, and Slack going away."""

import asyncio
import time
from collections.abc import Awaitable, Callable

import httpx
import pytest

from blocks import kit
from bot.app import Bot, running
from bot.settings import SettingsProblem
from handlers import FEATURES
from handlers.command import Command, Feature
from handlers.context import Request
from sandbox.slack.faults import Fault
from sandbox.slack.seed import FULL_MEMBER
from sandbox.slack.server import serve
from tests.factories import until
from tests.integration.slack_world import DESK, MANIFEST, NOBODY, Office, opened_office, settings_for


async def readiness(bot: Bot) -> httpx.Response:
    async with httpx.AsyncClient(trust_env=False) as client:
        return await client.get(f"{bot.address}/readyz")


def ready(bot: Bot) -> Callable[[], Awaitable[bool]]:
    async def look() -> bool:
        return (await readiness(bot)).status_code == 200

    return look


async def test_a_running_application_is_alive_and_ready(database_url: str):
    async with opened_office(database_url) as office:
        await until(ready(office.bot))
        said = (await readiness(office.bot)).json()
        assert said == {"ok": True, "database": "ok", "slack": "ok", "socket": "ok"}
        async with httpx.AsyncClient(trust_env=False) as client:
            assert (await client.get(f"{office.bot.address}/healthz")).json() == {"ok": True}


async def test_an_answer_on_a_kept_connection_does_not_wait_to_be_acknowledged(database_url: str):
    took = []
    async with opened_office(database_url) as office, httpx.AsyncClient(trust_env=False) as client:
        for _ in range(10):
            began = time.perf_counter()
            await client.get(f"{office.bot.address}/healthz")
            took.append(time.perf_counter() - began)
    assert min(took[1:]) < 0.03, "40 ms each, where small packets are held back"


async def test_it_starts_without_slack_and_says_what_it_waits_for(database_url: str):
    async with serve(manifest=MANIFEST) as slack:
        settings = settings_for(slack, database_url, slack_api_url=f"{NOBODY}/api/")
        async with running(settings, role="web") as bot:
            answer = await readiness(bot)
    assert answer.status_code == 503
    assert answer.json()["slack"] == "ClientConnectorError"


async def test_it_finds_slack_when_slack_comes_back(database_url: str):
    async with serve(manifest=MANIFEST) as slack:
        slack.hub.faults.add(Fault("auth.test", error="fatal_error", status=503, times=2))
        async with running(settings_for(slack, database_url), role="web") as bot:
            assert (await readiness(bot)).status_code == 503
            await until(ready(bot), within=20)
            assert await Office(slack, bot).answer(FULL_MEMBER, "/autotask help", "What Deskhand understands")


async def test_a_token_that_slack_refuses_stops_the_start_with_words(database_url: str):
    async with serve(manifest=MANIFEST) as slack:
        settings = settings_for(slack, database_url, slack_bot_token="xoxb-wrong")
        with pytest.raises(SettingsProblem, match="SLACK_BOT_TOKEN"):
            async with running(settings, role="web"):
                pass


async def test_a_refusal_that_nobody_expected_stops_the_start_with_words(database_url: str):
    async with serve(manifest=MANIFEST) as slack:
        slack.hub.faults.add(Fault("auth.test", error="team_access_not_granted"))
        with pytest.raises(SettingsProblem, match="SLACK_BOT_TOKEN: team_access_not_granted"):
            async with running(settings_for(slack, database_url), role="web"):
                pass


async def test_a_slack_that_hangs_delays_the_web_server_by_seconds_only(database_url: str):
    async with serve(manifest=MANIFEST) as slack:
        slack.hub.faults.add(Fault("auth.test", hang=True))
        async with asyncio.timeout(10), running(settings_for(slack, database_url), role="web") as bot:
            async with httpx.AsyncClient(trust_env=False) as client:
                assert (await client.get(f"{bot.address}/healthz")).status_code == 200
            await until(ready(bot))


def acknowledged(office: Office) -> Callable[[], Awaitable[bool]]:
    """Bolt's client may change connections twice in a row; what arrives in that second is not answered."""

    async def look() -> bool:
        return (await office.people.type_command(FULL_MEMBER, DESK, "/autotask")).ok

    return look


async def test_a_lost_connection_is_made_anew(database_url: str):
    async with opened_office(database_url) as office:
        await office.slack.hub.delivery.socket.close()
        await until(acknowledged(office), within=40)
        assert await office.answer(FULL_MEMBER, "/autotask help", "What Deskhand understands")


@pytest.mark.parametrize("reason", ["refresh_requested", "link_disabled"])
async def test_when_slack_asks_for_a_new_connection_it_gets_one(database_url: str, reason: str):
    async with opened_office(database_url) as office:
        await office.slack.hub.delivery.socket.disconnect(reason)
        await until(acknowledged(office), within=40)
        assert await office.answer(FULL_MEMBER, "/autotask help", "What Deskhand understands")


async def test_a_stop_lets_a_request_under_way_finish(database_url: str):
    began, go_on = asyncio.Event(), asyncio.Event()

    async def slow(request: Request) -> None:
        began.set()
        await go_on.wait()
        await request.respond(kit.Message("Finished after all"))

    feature = Feature(commands=(Command("slow", "Takes its time", slow),))
    async with serve(manifest=MANIFEST) as slack:
        application = running(settings_for(slack, database_url), role="web", features=(feature, *FEATURES))
        bot = await application.__aenter__()
        await slack.wait_connected()
        assert (await Office(slack, bot).people.type_command(FULL_MEMBER, DESK, "/autotask slow")).ok
        await began.wait()
        stopping = asyncio.create_task(application.__aexit__(None, None, None))
        go_on.set()
        await stopping
        assert await slack.people.wait_for(FULL_MEMBER, DESK, "Finished after all")


async def test_without_a_token_it_does_not_start(database_url: str):
    async with serve(manifest=MANIFEST) as slack:
        settings = settings_for(slack, database_url, slack_app_token=None)
        with pytest.raises(SettingsProblem, match="SLACK_APP_TOKEN is not set"):
            async with running(settings):
                pass


async def test_all_roles_in_one_process_start_and_stop(database_url: str):
    async with (
        serve(manifest=MANIFEST) as slack,
        running(settings_for(slack, database_url), role="all") as bot,
    ):
        await slack.wait_connected()
        assert bot.address


async def test_a_worker_opens_no_port_and_no_connection_to_slack(database_url: str):
    async with (
        serve(manifest=MANIFEST) as slack,
        running(settings_for(slack, database_url), role="worker") as bot,
    ):
        assert bot.address == ""
        assert [call for call in slack.journal.calls if call.method == "apps.connections.open"] == []
