"""User groups: what the app reads of them, and what it hears when an owner changes them."""

import asyncio
from dataclasses import replace

import httpx
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.slack.errors import Refused
from sandbox.slack.manifest import DEFAULT
from sandbox.slack.seed import ADMIN, FINANCE, FULL_MEMBER, SALES, VIEWER
from sandbox.slack.server import serve
from sandbox.slack.workspace import Workspace
from tests.sandbox.slack.raw_app import connected

EVENTS = frozenset({"subteam_created", "subteam_updated", "subteam_members_changed", "user_change"})
SUBSCRIBED = replace(DEFAULT, events=EVENTS)


async def test_members_counts_and_disabled_groups_come_only_when_asked_for(client):
    plain = (await client.usergroups_list())["usergroups"]
    assert [group["handle"] for group in plain] == ["account-managers", "service-desk", "finance"]
    assert not {"users", "user_count"} & set(plain[0])
    full = await client.usergroups_list(include_users=True, include_count=True, include_disabled=True)
    last = full["usergroups"][-1]
    assert (last["handle"], last["users"], last["user_count"]) == ("projects", [SALES], 1)
    assert last["date_delete"] > 0
    assert full["usergroups"][0]["team_id"] == "T0NORTHWD"


async def test_the_members_of_a_group_are_listed(client):
    assert (await client.usergroups_users_list(usergroup="S0FINANCE"))["users"] == [ADMIN, FINANCE]
    with pytest.raises(SlackApiError, match="no_such_subteam"):
        await client.usergroups_users_list(usergroup="S0PROJECTS")
    found = await client.usergroups_users_list(usergroup="S0PROJECTS", include_disabled=True)
    assert found["users"] == [SALES]
    with pytest.raises(SlackApiError, match="no_such_subteam"):
        await client.usergroups_users_list(usergroup="S0NOBODY")


async def test_reading_groups_needs_its_scope():
    async with serve(workspace=Workspace(app=replace(DEFAULT, scopes=("chat:write",)))) as slack:
        client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)
        for call in (client.usergroups_list(), client.usergroups_users_list(usergroup="S0FINANCE")):
            with pytest.raises(SlackApiError) as caught:
                await call
            assert caught.value.response["needed"] == "usergroups:read"


async def test_a_change_of_members_reaches_an_app_that_subscribes():
    async with serve(workspace=Workspace(app=SUBSCRIBED)) as slack, connected(slack) as app:
        slack.people.regroup("S0SERVICEDESK", [FULL_MEMBER, VIEWER, FULL_MEMBER])
        slack.people.regroup("S0SERVICEDESK", [FULL_MEMBER])
        events = [(await app.answer())["payload"]["event"] for _ in range(4)]
    updated = [event["subteam"]["users"] for event in events if event["type"] == "subteam_updated"]
    assert updated == [[FULL_MEMBER, VIEWER], [FULL_MEMBER]]
    changed = [event for event in events if event["type"] == "subteam_members_changed"]
    assert (changed[0]["added_users"], changed[0]["added_users_count"]) == ([FULL_MEMBER], "1")
    assert (changed[1]["removed_users"], changed[1]["added_users_count"]) == ([VIEWER], "0")


async def test_a_disabled_group_is_told_and_no_longer_listed():
    async with serve(workspace=Workspace(app=SUBSCRIBED)) as slack, connected(slack) as app:
        slack.people.regroup("S0FINANCE", enabled=False)
        event = (await app.answer())["payload"]["event"]
        client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)
        listed = (await client.usergroups_list())["usergroups"]
    assert (event["type"], event["subteam"]["date_delete"] > 0) == ("subteam_updated", True)
    assert "S0FINANCE" not in {group["id"] for group in listed}


async def test_an_app_that_does_not_subscribe_hears_nothing(slack):
    async with connected(slack) as app:
        slack.people.regroup("S0FINANCE", [ADMIN])
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(app.envelope(), 0.2)


async def test_groups_are_changed_over_the_control_surface_too(slack, client):
    async with httpx.AsyncClient(base_url=slack.control_url) as control:
        done = await control.post("usergroup", json={"id": "S0FINANCE", "users": [FINANCE]})
        refused = await control.post("usergroup", json={"id": "S0FINANCE", "users": ["U0NOBODY"]})
        start = (await control.get("bootstrap")).json()
    assert (done.json(), refused.json()["error"]) == ({"ok": True}, "invalid_users")
    assert (await client.usergroups_users_list(usergroup="S0FINANCE"))["users"] == [FINANCE]
    assert {group["handle"] for group in start["user_groups"]} == {
        "account-managers",
        "service-desk",
        "finance",
    }
    with pytest.raises(Refused, match="no user group"):
        slack.people.regroup("S0NOBODY", [])


async def test_a_new_group_and_a_changed_member_reach_the_app():
    async with serve(workspace=Workspace(app=SUBSCRIBED)) as slack, connected(slack) as app:
        made = slack.people.new_group("T0NORTHWD", "night-shift", [VIEWER])
        created = (await app.answer())["payload"]["event"]
        async with httpx.AsyncClient(base_url=slack.control_url) as control:
            await control.post("member", json={"user": SALES, "kind": "deactivated"})
            left = (await app.answer())["payload"]["event"]
            await control.post("member", json={"user": VIEWER, "real_name": "Tomas <B> Becker"})
            renamed = (await app.answer())["payload"]["event"]
            wrong = (await control.post("member", json={"user": VIEWER, "kind": "wizard"})).json()
            doubled = (await control.post("usergroup", json={"handle": "night-shift"})).json()
    assert (created["type"], created["subteam"]["id"]) == ("subteam_created", made.id)
    assert (left["type"], left["user"]["id"], left["user"]["deleted"]) == ("user_change", SALES, True)
    assert renamed["user"]["real_name"] == "Tomas <B> Becker"
    assert (wrong["error"], doubled["error"]) == ("invalid_arguments", "name_already_exists")


async def test_events_come_only_with_the_scope_they_need():
    lean = replace(SUBSCRIBED, scopes=("users:read",))
    async with serve(workspace=Workspace(app=lean)) as slack, connected(slack) as app:
        slack.people.regroup("S0FINANCE", [ADMIN])
        slack.people.change_member(SALES, kind="guest")
        event = (await app.answer())["payload"]["event"]
    assert (event["type"], event["user"]["is_restricted"]) == ("user_change", True)
