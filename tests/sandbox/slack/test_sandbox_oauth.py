"""Installing the app in a second workspace, and taking it out again."""

import asyncio
from dataclasses import replace
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.slack.authorize import Wrong
from sandbox.slack.errors import Refused
from sandbox.slack.harbor import BOOKKEEPER, OWNER, TECHNICIAN
from sandbox.slack.manifest import DEFAULT, parse_manifest
from sandbox.slack.seed import ADMIN, GUEST
from sandbox.slack.server import serve
from sandbox.slack.workspace import Workspace
from tests.sandbox.slack.raw_app import connected

HARBOR, HOME = "T0HARBOR1", "T0NORTHWD"
BACK = "http://127.0.0.1:9/slack/oauth_redirect"
LEAVING = replace(DEFAULT, events=frozenset({"tokens_revoked", "app_uninstalled", "app_home_opened"}))


def link(slack, **more):
    query = {"client_id": slack.client_id, "scope": "commands,chat:write,users:read", "redirect_uri": BACK}
    return f"{slack.authorize_url}?{urlencode(query | {'state': 's1'} | more)}"


def told(address):
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


async def redeem(slack, code, **more):
    arguments = {"client_id": slack.client_id, "client_secret": slack.client_secret, "redirect_uri": BACK}
    client = AsyncWebClient(base_url=slack.api_url)
    return await client.oauth_v2_access(**(arguments | {"code": code} | more))


async def installed(slack, user=OWNER, **more):
    code = told(slack.people.allow(user, link(slack, **more)))["code"]
    return await redeem(slack, code)


async def error_of(call):
    with pytest.raises(SlackApiError) as caught:
        await call
    return caught.value.response["error"]


async def test_the_page_asks_shows_the_scopes_and_sends_the_answer_back(slack):
    async with httpx.AsyncClient() as browser:
        page = await browser.get(link(slack))
        assert page.status_code == 200
        for words in ("Harbor IT", "Hannah Pryce", "Northwind IT", "users:read", "Allow", "Cancel"):
            assert words in page.text
        assert "Lucia Ferrante" not in page.text  # guests install nothing
        form = dict(told(link(slack)), member=OWNER, decision="allow")
        allowed = await browser.post(slack.authorize_url, data=form)
        denied = await browser.post(slack.authorize_url, data=form | {"decision": "cancel"})
    assert allowed.status_code == 302
    assert allowed.headers["location"].startswith(f"{BACK}?")
    assert told(allowed.headers["location"])["state"] == "s1"
    assert told(allowed.headers["location"])["code"]
    assert told(denied.headers["location"]) == {"error": "access_denied", "state": "s1"}


async def test_a_code_installs_the_app_and_gives_a_token_of_that_workspace_alone(slack):
    answer = await installed(slack)
    assert {
        name: answer[name] for name in ("app_id", "token_type", "scope", "bot_user_id", "enterprise")
    } == {
        "app_id": "A0DESKHAND",
        "token_type": "bot",
        "scope": "commands,chat:write,users:read",
        "bot_user_id": "U0DESKHARB",
        "enterprise": None,
    }
    assert (answer["team"], answer["authed_user"]) == ({"id": HARBOR, "name": "Harbor IT"}, {"id": OWNER})
    assert answer["is_enterprise_install"] is False
    assert answer["access_token"].startswith("xoxb-")
    assert answer["access_token"] != slack.bot_token
    there = AsyncWebClient(token=answer["access_token"], base_url=slack.api_url)
    here = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)
    who, home = await there.auth_test(), await here.auth_test()
    assert (who["team_id"], who["user_id"], who["bot_id"]) == (HARBOR, "U0DESKHARB", "B0DESKHARB")
    assert home["team_id"] == HOME
    assert who.headers["x-oauth-scopes"] == "commands,chat:write,users:read"
    assert await error_of(there.conversations_list()) == "missing_scope"


async def test_the_client_may_sign_with_basic_credentials_or_arguments(slack):
    code = told(slack.people.allow(OWNER, link(slack)))["code"]
    async with httpx.AsyncClient(base_url=slack.api_url) as http:
        asked = {"code": code, "redirect_uri": BACK}
        basic = httpx.BasicAuth(slack.client_id, slack.client_secret)
        answer = (await http.post("oauth.v2.access", data=asked, auth=basic)).json()
    assert (answer["ok"], answer["team"]["id"]) == (True, HARBOR)
    call = slack.journal.calls[-1]
    assert (call.method, set(call.args)) == ("oauth.v2.access", {"client_id", "redirect_uri"})


async def test_a_code_works_once_within_ten_minutes_for_its_own_address(slack):
    code = told(slack.people.allow(OWNER, link(slack)))["code"]
    assert await error_of(redeem(slack, "made-up")) == "invalid_code"
    assert await error_of(redeem(slack, code, client_id="1.2")) == "invalid_client_id"
    assert await error_of(redeem(slack, code, client_secret="guess")) == "bad_client_secret"
    assert await error_of(redeem(slack, code, redirect_uri=f"{BACK}/other")) == "bad_redirect_uri"
    await redeem(slack, code)
    assert await error_of(redeem(slack, code)) == "code_already_used"
    late = told(slack.people.allow(OWNER, link(slack)))["code"]
    slack.workspace.clock.advance(601)
    assert await error_of(redeem(slack, late)) == "invalid_code"


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"client_id": "1.2"}, "invalid_client_id"),
        ({"scope": ""}, "invalid_scope"),
        ({"scope": "chat:write,make:coffee"}, "invalid_scope"),
        ({"redirect_uri": "https://elsewhere.example/cb"}, "bad_redirect_uri"),
        ({"redirect_uri": ""}, "bad_redirect_uri"),
        ({"team": "T0NOWHERE"}, "invalid_team"),
    ],
)
async def test_a_wrong_request_is_shown_and_sends_nobody_anywhere(slack, wrong, error):
    async with httpx.AsyncClient() as browser:
        page = await browser.get(link(slack, **wrong))
    assert (page.status_code, error in page.text) == (400, True)
    with pytest.raises(Wrong, match=error):
        slack.people.allow(OWNER, link(slack, **wrong))


async def test_redirect_addresses_of_the_manifest_are_the_only_ones_elsewhere():
    own = ["https://desk.example/slack"]
    app = replace(parse_manifest({"oauth_config": {"redirect_urls": own}}), scopes=DEFAULT.scopes)
    async with serve(workspace=Workspace(app=app)) as slack:
        below = slack.people.allow(OWNER, link(slack, redirect_uri="https://desk.example/slack/back"))
        assert below.startswith("https://desk.example/slack/back?code=")
        with pytest.raises(Wrong, match="bad_redirect_uri"):
            slack.people.allow(OWNER, link(slack, redirect_uri="https://desk.example/slackish"))
        left_out = slack.people.deny(OWNER, link(slack, redirect_uri=""))
        assert left_out == "https://desk.example/slack?error=access_denied&state=s1"


@pytest.mark.parametrize(
    ("user", "team"), [(BOOKKEEPER, HARBOR), (GUEST, HOME), (OWNER, HOME), ("U0NOBODY", "")]
)
async def test_guests_strangers_and_people_of_another_team_cannot_install(slack, user, team):
    with pytest.raises(Wrong, match="restricted_member"):
        slack.people.allow(user, link(slack, team=team))


async def test_installing_again_keeps_the_token_and_adds_scopes(slack):
    first = await installed(slack)
    second = await installed(slack, TECHNICIAN, scope="team:read")
    assert first["access_token"] == second["access_token"]
    assert second["scope"] == "commands,chat:write,users:read,team:read"
    assert (await installed(slack, ADMIN))["access_token"] == slack.bot_token


async def test_an_uninstalled_app_is_told_and_its_token_is_dead():
    async with serve(workspace=Workspace(app=LEAVING)) as slack, connected(slack) as app:
        token = (await installed(slack))["access_token"]
        there = AsyncWebClient(token=token, base_url=slack.api_url)
        async with httpx.AsyncClient(base_url=slack.control_url) as control:
            assert (await control.post("uninstall", json={"team": HARBOR})).json() == {"ok": True}
            again = (await control.post("uninstall", json={"team": HARBOR})).json()
        payloads = [(await app.answer())["payload"] for _ in "12"]
        assert await error_of(there.auth_test()) == "account_inactive"
        with pytest.raises(Refused, match="not a valid command"):
            await slack.people.type_command(OWNER, "C0HDESK", "/autotask")
        home = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)
        assert (await home.auth_test())["team_id"] == HOME
        fresh = (await installed(slack))["access_token"]
    assert again["error"] == "app_not_installed"
    assert {payload["team_id"] for payload in payloads} == {HARBOR}
    events = {payload["event"]["type"]: payload["event"] for payload in payloads}
    assert events["tokens_revoked"]["tokens"] == {"oauth": [], "bot": ["U0DESKHARB"]}
    assert "app_uninstalled" in events
    assert fresh != token


async def test_an_app_can_revoke_its_token_and_leave(slack):
    first = AsyncWebClient(token=(await installed(slack))["access_token"], base_url=slack.api_url)
    assert (await first.auth_revoke(test=True))["revoked"] is False
    assert (await first.auth_revoke())["revoked"] is True
    assert await error_of(first.auth_test()) == "token_revoked"
    second = AsyncWebClient(token=(await installed(slack))["access_token"], base_url=slack.api_url)
    wrong = second.apps_uninstall(client_id=slack.client_id, client_secret="guess")
    assert await error_of(wrong) == "bad_client_secret"
    await second.apps_uninstall(client_id=slack.client_id, client_secret=slack.client_secret)
    assert await error_of(second.auth_test()) == "account_inactive"


async def test_a_workspace_without_the_app_sends_it_nothing():
    async with serve(workspace=Workspace(app=LEAVING)) as slack, connected(slack) as app:
        with pytest.raises(Refused, match="not installed"):
            slack.people.open_home(OWNER)
        with pytest.raises(Refused, match="not a valid command"):
            await slack.people.type_command(OWNER, "C0HDESK", "/autotask")
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(app.envelope(), 0.1)
