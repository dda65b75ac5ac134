"""Two workspaces on one server: what belongs to one is not there for the other."""

import asyncio
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.keep.slack import load_slack, slack_keeper
from sandbox.slack.harbor import BOOKKEEPER, OWNER, TECHNICIAN
from sandbox.slack.people import on
from sandbox.slack.seed import ADMIN
from sandbox.slack.workspace import Workspace
from tests.sandbox.slack.demo_app import button, card, plain
from tests.sandbox.slack.raw_app import connected

HARBOR, HOME = "T0HARBOR1", "T0NORTHWD"
DESK, THEIR_DESK, THEIR_BOOKS = "C0SERVICE", "C0HDESK", "C0HBOOKS"
SCOPES = "commands,chat:write,chat:write.public,channels:read,users:read,usergroups:read,files:read,im:write"


async def join(slack, user=OWNER):
    asked = urlencode({"client_id": slack.client_id, "scope": SCOPES, "redirect_uri": "http://localhost/cb"})
    code = parse_qs(urlsplit(slack.people.allow(user, f"{slack.authorize_url}?{asked}")).query)["code"][0]
    granted = await AsyncWebClient(base_url=slack.api_url).oauth_v2_access(
        client_id=slack.client_id,
        client_secret=slack.client_secret,
        code=code,
        redirect_uri="http://localhost/cb",
    )
    return AsyncWebClient(token=granted["access_token"], base_url=slack.api_url)


@pytest.fixture
async def there(slack):
    """The app's client in Harbor IT, installed just now."""
    return await join(slack)


async def error_of(call):
    with pytest.raises(SlackApiError) as caught:
        await call
    return caught.value.response["error"]


async def test_each_token_sees_only_its_own_team(client, there):
    assert [c["id"] for c in (await there.conversations_list())["channels"]] == ["C0HGENERAL", THEIR_DESK]
    assert DESK in [c["id"] for c in (await client.conversations_list())["channels"]]
    assert {m["team_id"] for m in (await there.users_list())["members"]} == {HARBOR}
    assert [g["id"] for g in (await there.usergroups_list())["usergroups"]] == ["S0HDESK"]


async def test_ids_of_the_other_team_are_not_found(slack, client, there):
    posted = await client.chat_postMessage(channel=DESK, text="Northwind's own")
    assert await error_of(there.conversations_info(channel=DESK)) == "channel_not_found"
    assert await error_of(there.chat_postMessage(channel=DESK, text="x")) == "channel_not_found"
    assert await error_of(there.chat_postMessage(channel=ADMIN, text="x")) == "channel_not_found"
    assert await error_of(there.chat_update(channel=DESK, ts=posted["ts"], text="x")) == "channel_not_found"
    assert await error_of(there.users_info(user=ADMIN)) == "user_not_found"
    assert await error_of(there.conversations_open(users=ADMIN)) == "user_not_found"
    assert await error_of(there.usergroups_users_list(usergroup="S0FINANCE")) == "no_such_subteam"
    file_id = slack.people.upload(ADMIN, DESK, name="a.csv", content=b"a").file["id"]
    assert await error_of(there.files_info(file=file_id)) == "file_not_found"
    home = {"type": "home", "blocks": []}
    assert await error_of(there.views_publish(user_id=ADMIN, view=home)) == "invalid_arguments"
    assert await error_of(client.users_info(user=OWNER)) == "user_not_found"
    assert await error_of(client.conversations_info(channel=THEIR_DESK)) == "channel_not_found"


async def test_a_trigger_or_view_of_one_team_is_nothing_to_the_other(slack, client, there):
    view = {"type": "modal", "title": plain("T"), "blocks": card("x")}
    trigger = slack.hub.grants.trigger(ADMIN)
    assert await error_of(there.views_open(trigger_id=trigger, view=view)) == "invalid_trigger_id"
    opened = (await client.views_open(trigger_id=trigger, view=view))["view"]
    assert await error_of(there.views_update(view_id=opened["id"], view=view)) == "not_found"


async def test_a_file_is_not_given_to_the_other_teams_token(slack, there):
    url = slack.people.upload(ADMIN, DESK, name="a.csv", content=b"secret").file["url_private"]
    async with httpx.AsyncClient() as http:
        answer = await http.get(url, headers={"Authorization": f"Bearer {there.token}"})
    assert (answer.status_code, b"secret" in answer.content) == (404, False)


async def test_the_same_channel_name_means_each_teams_own(slack, client, there):
    await client.chat_postMessage(channel="#service-desk", text="for Northwind")
    await there.chat_postMessage(channel="#service-desk", text="for Harbor")
    assert [m.text for m in slack.people.messages(ADMIN, DESK)] == ["for Northwind"]
    assert [m.text for m in slack.people.messages(OWNER, THEIR_DESK)] == ["for Harbor"]


async def test_payloads_name_the_team_they_come_from(slack, there):
    async with connected(slack) as app:
        typing = asyncio.create_task(slack.people.type_command(TECHNICIAN, THEIR_DESK, "/autotask help"))
        command = (await app.answer())["payload"]
        await typing
        posted = await there.chat_postMessage(
            channel=THEIR_DESK, text="x", blocks=card("x", button("Go", "go"))
        )
        message = slack.workspace_of(HARBOR).channels[THEIR_DESK].messages[posted["ts"]]
        pressing = asyncio.create_task(slack.people.click(OWNER, on(message), "go"))
        pressed = (await app.answer())["payload"]
        await pressing
        slack.people.open_home(OWNER)
        event = (await app.answer())["payload"]
    assert (command["team_id"], command["team_domain"], command["user_id"]) == (
        HARBOR,
        "harbor-it",
        TECHNICIAN,
    )
    assert (pressed["team"]["id"], pressed["user"]["team_id"], pressed["api_app_id"]) == (
        HARBOR,
        HARBOR,
        "A0DESKHAND",
    )
    assert (event["team_id"], event["api_app_id"]) == (HARBOR, "A0DESKHAND")
    assert (
        event["authorizations"][0] | {"team_id": HARBOR, "user_id": "U0DESKHARB"}
        == event["authorizations"][0]
    )
    assert {record.team for record in slack.journal.deliveries} == {HARBOR}


async def test_a_response_url_answers_where_it_came_from(slack, there):
    async with connected(slack) as app:
        typing = asyncio.create_task(slack.people.type_command(OWNER, THEIR_DESK, "/autotask help"))
        url = (await app.answer())["payload"]["response_url"]
        await typing
    assert f"/response/{HARBOR}/" in url
    async with httpx.AsyncClient() as http:
        assert (await http.post(url, json={"text": "Just for Hannah"})).text == "ok"
    assert [m.text for m in slack.people.messages(OWNER, THEIR_DESK)] == ["Just for Hannah"]


async def test_the_control_surface_finds_the_team_by_person_and_channel(slack):
    async with httpx.AsyncClient(base_url=slack.control_url) as control:
        start = (await control.get("bootstrap", params={"team": HARBOR})).json()
        said = (
            await control.post("say", json={"user": OWNER, "channel": THEIR_DESK, "text": "hello"})
        ).json()
        shown = (await control.get("messages", params={"user": TECHNICIAN, "channel": THEIR_DESK})).json()
        sidebar = (await control.get("conversations", params={"user": BOOKKEEPER})).json()
        astray = await control.get("messages", params={"user": OWNER, "channel": DESK})
        foreign = (await control.post("say", json={"user": ADMIN, "channel": THEIR_DESK, "text": "x"})).json()
    assert (start["team"]["name"], start["app"]["installed"], start["commands"]) == ("Harbor IT", False, [])
    assert [(team["id"], team["installed"]) for team in start["teams"]] == [(HOME, True), (HARBOR, False)]
    assert start["default_user"] == OWNER
    assert [m["ts"] for m in shown["messages"]] == [said["ts"]]
    assert ([c["name"] for c in sidebar["channels"]], sidebar["app_im"]) == (["books"], None)
    assert (astray.status_code, foreign["error"]) == (404, "channel_not_found")


async def test_after_installing_the_page_offers_the_app_in_the_second_workspace(slack, there):
    async with httpx.AsyncClient(base_url=slack.control_url) as control:
        start = (await control.get("bootstrap", params={"user": OWNER})).json()
        sidebar = (await control.get("conversations", params={"user": OWNER})).json()
    assert (start["app"]["installed"], start["app"]["bot_user_id"]) == (True, "U0DESKHARB")
    assert [command["command"] for command in start["commands"]] == ["/autotask", "/at"]
    assert sidebar["app_im"]["id"].startswith("D")


async def test_a_reset_takes_the_app_out_of_the_second_workspace(slack, there):
    async with httpx.AsyncClient(base_url=slack.control_url) as control:
        await control.post("reset", json={})
    assert await error_of(there.auth_test()) == "invalid_auth"
    assert slack.workspace_of(HARBOR).installation is None
    assert slack.workspace.installation.token == slack.bot_token


async def test_both_workspaces_survive_their_file(slack, there, tmp_path):
    await there.chat_postMessage(channel=THEIR_DESK, text="kept")
    slack.people.regroup("S0FINANCE", [ADMIN])
    await slack_keeper(tmp_path / "kept", slack.workspace).save()
    copy = Workspace()
    assert load_slack(tmp_path / "kept", copy)
    (harbor,) = copy.neighbours
    assert [m.text for m in harbor.channels[THEIR_DESK].messages.values()] == ["kept"]
    assert harbor.installation == slack.workspace_of(HARBOR).installation
    assert copy.user_groups["S0FINANCE"].users == (ADMIN,)
    assert harbor.bot.id in harbor.members


async def test_a_fault_can_strike_one_workspace_alone(slack, client, there):
    async with httpx.AsyncClient(base_url=slack.control_url) as control:
        await control.post("faults", json={"team": HARBOR, "error": "fatal_error", "times": 2})
    await client.auth_test()
    assert await error_of(there.auth_test()) == "fatal_error"
    assert await error_of(there.users_list()) == "fatal_error"
    await there.auth_test()
