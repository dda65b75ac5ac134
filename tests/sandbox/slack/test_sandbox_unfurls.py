"""Links of the app's domains: what the app hears, and what it may show under them."""

import asyncio
from dataclasses import replace

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.slack import links
from sandbox.slack.manifest import DEFAULT
from sandbox.slack.people import on
from sandbox.slack.seed import ADMIN, FULL_MEMBER
from sandbox.slack.server import serve
from sandbox.slack.workspace import Workspace
from tests.sandbox.slack.demo_app import button, card
from tests.sandbox.slack.raw_app import connected

DESK = "C0SERVICE"
TICKET = "https://ww3.autotask.net/Autotask/Ticket.aspx?id=7&tab=1"
LINKED = replace(DEFAULT, unfurl_domains=("autotask.net",), events=frozenset({"link_shared"}))


@pytest.fixture
async def slack():
    async with serve(workspace=Workspace(app=LINKED)) as running:
        yield running


async def error_of(call):
    with pytest.raises(SlackApiError) as caught:
        await call
    return caught.value.response["error"]


async def test_a_link_of_the_apps_domain_is_told_and_drawn_under_the_message(slack, client):
    async with connected(slack) as app:
        said = slack.people.say(
            FULL_MEMBER, DESK, f"see {TICKET.replace('&', '&amp;')}, and https://example.com/x"
        )
        event = (await app.answer())["payload"]["event"]
        assert event["links"] == [{"url": TICKET, "domain": "autotask.net"}]
        assert (event["channel"], event["message_ts"], event["user"]) == (DESK, said.ts, FULL_MEMBER)
        assert (event["source"], event["is_bot_user_member"]) == ("conversations_history", True)
        preview = {"blocks": card("T2026.0007 Printer", button("Take", "take"))}
        await client.chat_unfurl(channel=DESK, ts=said.ts, unfurls={TICKET: preview})
        message = slack.workspace.channels[DESK].messages[said.ts]
        assert (message.attachments[0]["from_url"], message.attachments[0]["id"]) == (TICKET, 1)
        assert message.edited_ts is None
        pressing = asyncio.create_task(slack.people.click(ADMIN, on(message), "take"))
        pressed = (await app.answer())["payload"]
        await pressing
    assert pressed["container"]["type"] == "message_attachment"
    assert pressed["container"]["app_unfurl_url"] == TICKET
    assert pressed["app_unfurl"]["id"] == 1


async def test_a_second_unfurl_of_an_address_replaces_the_first(slack, client):
    said = slack.people.say(FULL_MEMBER, DESK, TICKET)
    for text in ("first", "second"):
        await client.chat_unfurl(
            unfurl_id=f"{DESK}.{said.ts}",
            source="conversations_history",
            unfurls={TICKET: {"blocks": card(text)}},
        )
    (shown,) = slack.workspace.channels[DESK].messages[said.ts].attachments
    assert shown["blocks"][0]["text"]["text"] == "second"


async def test_what_cannot_be_unfurled_is_refused_by_its_code(slack, client):
    ts = slack.people.say(FULL_MEMBER, DESK, f"{TICKET} https://example.com/x").ts
    preview = {"blocks": card("x")}
    here = {"channel": DESK, "ts": ts}
    other = "https://ww3.autotask.net/elsewhere"
    assert await error_of(client.chat_unfurl(**here, unfurls={other: preview})) == "cannot_unfurl_url"
    foreign = {"https://example.com/x": preview}
    assert await error_of(client.chat_unfurl(**here, unfurls=foreign)) == "cannot_unfurl_url"
    good = {TICKET: preview}
    assert await error_of(client.chat_unfurl(channel="C0NONE", ts=ts, unfurls=good)) == "cannot_find_channel"
    assert await error_of(client.chat_unfurl(channel=DESK, ts="1.2", unfurls=good)) == "cannot_find_message"
    assert await error_of(client.chat_unfurl(**here, unfurls={})) == "missing_unfurls"
    assert await error_of(client.chat_unfurl(unfurl_id="x", source="mail", unfurls=good)) == "invalid_source"
    broken = {TICKET: {"blocks": [{"type": "nonsense"}]}}
    assert await error_of(client.chat_unfurl(**here, unfurls=broken)) == "invalid_blocks"


async def test_only_the_poster_is_asked_to_link_an_account(slack, client):
    ts = slack.people.say(FULL_MEMBER, DESK, TICKET).ts
    await client.chat_unfurl(
        channel=DESK, ts=ts, user_auth_required=True, user_auth_message="Connect first", unfurls={}
    )
    assert (await slack.people.wait_for(FULL_MEMBER, DESK, "Connect first")).ephemeral_to == FULL_MEMBER
    assert "Connect first" not in [m.text for m in slack.people.messages(ADMIN, DESK)]


async def test_links_elsewhere_and_links_in_code_are_not_told(slack):
    async with connected(slack) as app:
        slack.people.say(FULL_MEMBER, DESK, "https://notautotask.net/a https://autotask.net.example/b")
        slack.people.say(FULL_MEMBER, DESK, f"`{TICKET}`")
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(app.envelope(), 0.1)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("see https://a.example/x.", "see <https://a.example/x>."),
        ("(https://a.example)", "(<https://a.example>)"),
        ("<https://a.example|A> https://b.example", "<https://a.example|A> <https://b.example>"),
        ("`https://a.example`", "`https://a.example`"),
    ],
)
def test_bare_addresses_are_marked_as_slack_stores_them(typed, stored):
    assert links.marked(typed) == stored


async def test_unfurling_needs_its_scope():
    lean = replace(LINKED, scopes=("chat:write",))
    async with serve(workspace=Workspace(app=lean)) as slack:
        client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)
        refused = client.chat_unfurl(channel=DESK, ts="1.2", unfurls={TICKET: {}})
        assert await error_of(refused) == "missing_scope"
