"""Shortcuts from the manifest, and who has the app at all."""

import asyncio
from dataclasses import replace

import httpx
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.slack.errors import Refused
from sandbox.slack.manifest import DEFAULT
from sandbox.slack.model import Shortcut
from sandbox.slack.seed import ADMIN, EXTERNAL, FULL_MEMBER
from sandbox.slack.server import serve
from sandbox.slack.workspace import Workspace
from tests.sandbox.slack.raw_app import connected

SALES_ROOM, SHARED = "C0SALES", "C0ACMESHARED"
HANDY = replace(
    DEFAULT,
    shortcuts=(
        Shortcut("New ticket", "global", "new_ticket", "Anywhere"),
        Shortcut("Ticket from this", "message", "from_message", "On a message"),
    ),
)


@pytest.fixture
async def slack():
    async with serve(workspace=Workspace(app=HANDY)) as running:
        yield running


async def received(slack, acting):
    async with connected(slack) as app:
        task = asyncio.create_task(acting)
        payload = (await app.answer())["payload"]
        assert (await task).ok
    return payload


async def test_a_global_shortcut_has_a_trigger_and_no_channel(slack):
    payload = await received(slack, slack.people.use_shortcut(FULL_MEMBER, "new_ticket"))
    assert (payload["type"], payload["callback_id"], payload["user"]["id"]) == (
        "shortcut",
        "new_ticket",
        FULL_MEMBER,
    )
    assert payload["trigger_id"]
    assert not {"channel", "message", "response_url"} & set(payload)


async def test_a_message_shortcut_brings_the_message_even_where_the_app_is_not(slack):
    slack.people.say(ADMIN, SALES_ROOM, "Printer on fire")
    (message,) = slack.people.messages(ADMIN, SALES_ROOM)
    payload = await received(slack, slack.people.use_shortcut(ADMIN, "from_message", message=message))
    assert (payload["type"], payload["channel"]["id"]) == ("message_action", SALES_ROOM)
    assert (payload["message"]["text"], payload["message_ts"]) == ("Printer on fire", message.ts)
    assert payload["response_url"].startswith(slack.url)


async def test_people_of_other_companies_have_no_app(slack):
    with pytest.raises(Refused, match="not installed"):
        slack.people.open_home(EXTERNAL)
    with pytest.raises(Refused, match="not installed"):
        await slack.people.use_shortcut(EXTERNAL, "new_ticket", message=None)
    async with httpx.AsyncClient(base_url=slack.control_url) as control:
        sidebar = (await control.get("conversations", params={"user": EXTERNAL})).json()
    assert ([c["id"] for c in sidebar["channels"]], sidebar["app_im"]) == ([SHARED], None)


async def test_a_stranger_is_one_whom_no_visible_shared_channel_brings(slack, client):
    async def shown():
        return (await client.users_info(user=EXTERNAL))["user"]

    assert (await shown())["is_stranger"] is False
    assert not {"is_admin", "is_owner", "is_restricted"} & set(await shown())
    slack.workspace.channels[SHARED].kind = "private"
    assert (await shown())["is_stranger"] is True
    assert "is_stranger" not in (await client.users_info(user=ADMIN))["user"]


async def test_what_an_outsider_says_in_a_shared_channel_names_their_company():
    listening = replace(DEFAULT, events=frozenset({"message.channels"}))
    async with serve(workspace=Workspace(app=listening)) as slack, connected(slack) as app:
        slack.people.invite("U0DESKHAND", SHARED)
        slack.people.say(EXTERNAL, SHARED, "Hello")
        payload = (await app.answer())["payload"]
        client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)
        channel = (await client.conversations_info(channel=SHARED))["channel"]
    event = payload["event"]
    assert (payload["team_id"], payload["is_ext_shared_channel"]) == ("T0NORTHWD", True)
    assert (event["user_team"], event["source_team"]) == ("T0ACMECORP", "T0ACMECORP")
    assert (channel["is_ext_shared"], channel["shared_team_ids"]) == (True, ["T0NORTHWD", "T0ACMECORP"])
