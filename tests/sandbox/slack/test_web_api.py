"""The Web API: ways in, refusals, and what each method changes."""

import time
from dataclasses import replace

import httpx
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.slack.manifest import DEFAULT
from sandbox.slack.seed import (
    ADMIN,
    BOT_USER_ID,
    DEACTIVATED,
    EXTERNAL,
    FULL_MEMBER,
    GUEST,
    SALES,
    VIEWER,
)
from sandbox.slack.server import serve
from sandbox.slack.settings import SlackSettings
from sandbox.slack.workspace import Workspace
from tests.sandbox.slack.demo_app import card

DESK, GENERAL, BILLING, SHARED = "C0SERVICE", "C0GENERAL", "C0BILLING", "C0ACMESHARED"


@pytest.fixture
async def http(slack):
    async with httpx.AsyncClient(base_url=slack.api_url) as bare:
        yield bare


def bearer(token):
    return {"Authorization": f"Bearer {token}"}


async def refusal(call):
    with pytest.raises(SlackApiError) as caught:
        await call
    return caught.value.response.data


async def test_auth_test_says_who_the_app_is(client):
    answer = await client.auth_test()
    assert (answer["team"], answer["user_id"], answer["bot_id"]) == (
        "Northwind IT",
        BOT_USER_ID,
        "B0DESKHAND",
    )
    assert "chat:write" in answer.headers["x-oauth-scopes"].split(",")


@pytest.mark.parametrize(
    ("headers", "error"),
    [
        ({}, "not_authed"),
        (bearer("xoxb-somebody-else"), "invalid_auth"),
        (bearer("xapp-northwind-demo"), "not_allowed_token_type"),
    ],
)
async def test_a_call_needs_the_bots_token(http, headers, error):
    assert (await http.post("auth.test", headers=headers)).json() == {"ok": False, "error": error}


async def test_opening_a_connection_needs_the_app_token(http, slack):
    refused = (await http.post("apps.connections.open", headers=bearer(slack.bot_token))).json()
    assert refused["error"] == "not_allowed_token_type"
    opened = (await http.post("apps.connections.open", headers=bearer(slack.app_token))).json()
    assert opened["url"].startswith(slack.url.replace("http", "ws") + "link/?ticket=")


async def test_arguments_come_by_query_form_or_json_and_the_token_too(http, slack):
    token = slack.bot_token
    asked = {"user": FULL_MEMBER}
    answers = [
        await http.get("users.info", params={**asked, "token": token}),
        await http.post("users.info", data={**asked, "token": token}),
        await http.post("users.info", json=asked, headers=bearer(token)),
        await http.post("users.info", params=asked, headers=bearer(token)),
        await http.post("users.info", data=asked, files={"x": b""}, headers=bearer(token)),
    ]
    assert [a.json()["user"]["name"] for a in answers] == ["marcus.oyelaran"] * 5


async def test_the_log_of_calls_holds_no_token(http, slack):
    await http.get("users.info", params={"user": FULL_MEMBER, "token": slack.bot_token})
    call = slack.journal.calls[-1]
    assert (call.method, call.args, call.ok) == ("users.info", {"user": FULL_MEMBER}, True)


async def test_what_is_wrong_with_a_request_is_said(http, slack):
    headers = bearer(slack.bot_token)
    assert (await http.post("no.such.method", headers=headers)).json()["error"] == "unknown_method"
    json_headers = headers | {"Content-Type": "application/json"}
    broken = await http.post("chat.postMessage", content="{", headers=json_headers)
    assert broken.json()["error"] == "invalid_json"
    listed = await http.post("chat.postMessage", content="[]", headers=json_headers)
    assert listed.json()["error"] == "json_not_object"
    missing = (await http.post("chat.update", json={"ts": "1"}, headers=headers)).json()
    assert missing["response_metadata"]["messages"] == ["[ERROR] missing required field: channel"]


async def test_a_scope_that_the_manifest_lacks_is_named():
    lean = replace(DEFAULT, scopes=("chat:write",))
    async with serve(workspace=Workspace(app=lean)) as slack:
        client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)
        refused = await refusal(client.users_info(user=ADMIN))
    assert (refused["error"], refused["needed"], refused["provided"]) == (
        "missing_scope",
        "users:read",
        "chat:write",
    )


async def test_a_posted_message_comes_back_as_slack_stores_it(client):
    posted = await client.chat_postMessage(
        channel=DESK,
        text="R&D <b> <@U1> <https://x.example|x>",
        blocks=card("Hi"),
        metadata={"event_type": "t", "event_payload": {"id": 1}},
    )
    message = posted["message"]
    assert message["text"] == "R&amp;D &lt;b> <@U1> <https://x.example|x>"
    assert message["blocks"][0]["block_id"]
    assert message["blocks"][0]["text"]["verbatim"] is False
    assert (message["bot_id"], message["app_id"], message["user"]) == (
        "B0DESKHAND",
        "A0DESKHAND",
        BOT_USER_ID,
    )
    plain = (await client.conversations_history(channel=DESK))["messages"][0]
    assert "metadata" not in plain
    full = (await client.conversations_history(channel=DESK, include_all_metadata=True))["messages"][0]
    assert full["metadata"]["event_payload"] == {"id": 1}


async def test_invalid_blocks_come_with_pointers(client):
    refused = await refusal(client.chat_postMessage(channel=DESK, text="x", blocks=card("x" * 3001)))
    message = "must be less than 3001 characters [json-pointer:/blocks/0/text/text]"
    assert refused["error"] == "invalid_blocks"
    assert refused["errors"] == [message]
    assert refused["response_metadata"]["messages"] == [f"[ERROR] {message}"]


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({}, "no_text"),
        ({"blocks": "{"}, "invalid_blocks_format"),
        ({"blocks": {"type": "section"}}, "invalid_blocks_format"),
        ({"text": "x", "metadata": {"event_type": "t"}}, "invalid_metadata_format"),
        ({"text": "x", "markdown_text": "y"}, "markdown_text_conflict"),
        ({"text": "x", "attachments": [{}] * 101}, "too_many_attachments"),
        ({"text": "x", "thread_ts": "1.000001"}, "cannot_reply_to_message"),
    ],
)
async def test_a_post_is_refused_with_its_own_code(http, slack, arguments, error):
    answer = await http.post(
        "chat.postMessage", json={"channel": DESK, **arguments}, headers=bearer(slack.bot_token)
    )
    assert answer.json()["error"] == error


@pytest.mark.parametrize(
    ("channel", "error"),
    [(GENERAL, "not_in_channel"), (BILLING, "channel_not_found"), ("C0NOBODY", "channel_not_found")],
)
async def test_the_app_posts_only_where_it_is_a_member(client, channel, error):
    assert (await refusal(client.chat_postMessage(channel=channel, text="x")))["error"] == error


async def test_an_invitation_lets_the_app_in_and_a_removal_out(slack, client):
    slack.people.invite(BOT_USER_ID, BILLING)
    await client.chat_postMessage(channel=BILLING, text="x")
    slack.people.remove(BOT_USER_ID, BILLING)
    assert (await refusal(client.chat_postMessage(channel=BILLING, text="x")))["error"] == "channel_not_found"


async def test_chat_write_public_reaches_public_channels_without_joining():
    wide = replace(DEFAULT, scopes=(*DEFAULT.scopes, "chat:write.public"))
    async with serve(workspace=Workspace(app=wide)) as slack:
        client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)
        assert (await client.chat_postMessage(channel="#general", text="x"))["channel"] == GENERAL
        assert (await refusal(client.chat_postMessage(channel=BILLING, text="x")))[
            "error"
        ] == "channel_not_found"


async def test_a_user_id_means_the_direct_messages_with_them(slack, client):
    posted = await client.chat_postMessage(channel=SALES, text="Psst")
    assert posted["channel"] == slack.workspace.app_im(SALES).id
    opened = await client.conversations_open(users=SALES)
    assert (opened["channel"]["id"], opened["already_open"]) == (posted["channel"], True)
    assert (await refusal(client.conversations_open(users=DEACTIVATED)))["error"] == "user_disabled"


async def test_updating_with_text_alone_removes_the_blocks_and_with_blocks_alone_keeps_the_text(
    slack, client
):
    posted = await client.chat_postMessage(channel=DESK, text="first", blocks=card("One"))
    await client.chat_update(channel=DESK, ts=posted["ts"], blocks=card("Two"))
    message = slack.workspace.channels[DESK].messages[posted["ts"]]
    assert (message.text, message.blocks[0]["text"]["text"]) == ("first", "Two")
    answer = await client.chat_update(channel=DESK, ts=posted["ts"], text="second")
    assert (message.text, message.blocks) == ("second", None)
    assert answer["message"]["edited"]["user"] == BOT_USER_ID
    assert (await refusal(client.chat_update(channel=DESK, ts=posted["ts"], text="x" * 4001)))[
        "error"
    ] == "msg_too_long"


async def test_the_app_changes_only_its_own_messages(slack, client):
    ts = slack.people.say(VIEWER, DESK, "mine").ts
    assert (await refusal(client.chat_update(channel=DESK, ts=ts, text="x")))[
        "error"
    ] == "cant_update_message"
    assert (await refusal(client.chat_delete(channel=DESK, ts=ts)))["error"] == "cant_delete_message"
    assert (await refusal(client.chat_delete(channel=DESK, ts="1.2")))["error"] == "message_not_found"


async def test_a_thread_counts_its_replies_and_its_deleted_parent_leaves_a_stub(slack, client):
    parent = (await client.chat_postMessage(channel=DESK, text="parent"))["ts"]
    for number in range(2):
        await client.chat_postMessage(channel=DESK, text=f"reply {number}", thread_ts=parent)
    await client.chat_postMessage(channel=DESK, text="for all", thread_ts=parent, reply_broadcast=True)
    thread = (await client.conversations_replies(channel=DESK, ts=parent))["messages"]
    assert [m["text"] for m in thread] == ["parent", "reply 0", "reply 1", "for all"]
    assert (thread[0]["reply_count"], thread[0]["thread_ts"]) == (3, parent)
    shown = (await client.conversations_history(channel=DESK))["messages"]
    assert [m["text"] for m in shown] == ["for all", "parent"]
    await client.chat_delete(channel=DESK, ts=parent)
    assert slack.people.messages(ADMIN, DESK)[0].subtype == "tombstone"
    assert (await refusal(client.conversations_replies(channel=DESK, ts="1.2")))[
        "error"
    ] == "thread_not_found"


async def test_a_permalink_leads_to_the_message_and_into_its_thread(client):
    ts = (await client.chat_postMessage(channel=DESK, text="x"))["ts"]
    reply = (await client.chat_postMessage(channel=DESK, text="y", thread_ts=ts))["ts"]
    link = (await client.chat_getPermalink(channel=DESK, message_ts=ts))["permalink"]
    assert link == f"https://northwind-it.slack.com/archives/{DESK}/p{ts.replace('.', '')}"
    inside = (await client.chat_getPermalink(channel=DESK, message_ts=reply))["permalink"]
    assert inside.endswith(f"?thread_ts={ts}&cid={DESK}")


async def test_an_ephemeral_goes_only_to_a_member(client):
    refused = await refusal(client.chat_postEphemeral(channel=DESK, user=EXTERNAL, text="x"))
    assert refused["error"] == "user_not_in_channel"


async def test_a_reaction_is_given_once(slack, client):
    ts = (await client.chat_postMessage(channel=DESK, text="x"))["ts"]
    await client.reactions_add(channel=DESK, timestamp=ts, name="eyes")
    assert (await refusal(client.reactions_add(channel=DESK, timestamp=ts, name="eyes")))[
        "error"
    ] == "already_reacted"
    assert slack.workspace.channels[DESK].messages[ts].reactions == {"eyes": [BOT_USER_ID]}


async def test_conversations_show_what_the_app_may_know(client):
    public = [c["name"] for c in (await client.conversations_list())["channels"]]
    assert public == ["general", "service-desk", "account-management", "sales", "acme-shared"]
    private = await client.conversations_list(types="private_channel")
    assert private["channels"] == []
    mine = [c["name"] for c in (await client.users_conversations())["channels"]]
    assert mine == ["service-desk", "account-management"]
    shared = (await client.conversations_info(channel=SHARED))["channel"]
    assert (shared["is_ext_shared"], shared["is_member"]) == (True, False)
    assert (await refusal(client.conversations_info(channel=BILLING)))["error"] == "channel_not_found"
    assert (await refusal(client.conversations_list(types="nonsense")))["error"] == "invalid_types"


async def test_joining_a_public_channel_twice_is_a_warning(client):
    assert "warning" not in (await client.conversations_join(channel=GENERAL)).data
    assert (await client.conversations_join(channel=GENERAL))["warning"] == "already_in_channel"
    private = await refusal(client.conversations_join(channel=BILLING))
    assert private["error"] == "method_not_supported_for_channel_type"


async def test_pages_end_with_an_empty_cursor_even_when_slack_gives_short_ones():
    async with serve(settings=SlackSettings(short_pages=True)) as slack:
        client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)
        names, cursor = [], None
        while cursor != "":
            page = await client.users_list(limit=200, cursor=cursor)
            assert 0 < len(page["members"]) <= 2
            names += [m["name"] for m in page["members"]]
            cursor = page["response_metadata"]["next_cursor"]
        assert len(names) == len(set(names)) == len(slack.workspace.members)
        assert (await refusal(client.users_list(cursor="nonsense")))["error"] == "invalid_cursor"


async def test_people_carry_the_flags_of_what_they_are(client):
    async def flags(user, *names):
        shown = (await client.users_info(user=user))["user"]
        return [shown[name] for name in names]

    assert await flags(ADMIN, "is_admin", "is_owner", "tz") == [True, True, "America/New_York"]
    assert await flags(GUEST, "is_restricted", "is_admin") == [True, False]
    assert await flags(DEACTIVATED, "deleted") == [True]
    assert await flags(EXTERNAL, "is_stranger", "team_id") == [False, "T0ACMECORP"]
    assert await flags(BOT_USER_ID, "is_bot") == [True]


async def test_people_are_found_by_email_only_in_this_workspace(client):
    found = await client.users_lookupByEmail(email="Marcus.Oyelaran@northwind-it.example")
    assert found["user"]["id"] == FULL_MEMBER
    outside = await refusal(client.users_lookupByEmail(email="evelyn.hart@acme-mfg.example"))
    assert outside["error"] == "users_not_found"


async def test_without_the_email_scope_a_profile_has_no_address():
    shy = replace(DEFAULT, scopes=tuple(s for s in DEFAULT.scopes if s != "users:read.email"))
    async with serve(workspace=Workspace(app=shy)) as slack:
        client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)
        assert "email" not in (await client.users_info(user=ADMIN))["user"]["profile"]


async def test_a_file_is_private_until_shared_and_processed_later(slack, client):
    sent = await client.files_upload_v2(
        channel=DESK, content="a,b\n1,2\n", filename="tickets.csv", initial_comment="Here you are"
    )
    assert sent["files"][0].keys() >= {"id", "title"}
    file_id = sent["files"][0]["id"]
    message = await slack.people.wait_for(ADMIN, DESK, "Here you are")
    assert message.files == [file_id]
    info = (await client.files_info(file=file_id))["file"]
    assert info["mimetype"] == "text/csv"
    assert [s["ts"] for s in info["shares"]["public"][DESK]] == [message.ts]
    async with httpx.AsyncClient(base_url=slack.url) as http:
        given = await http.get(info["url_private"], headers=bearer(slack.bot_token))
        assert given.text == "a,b\n1,2\n"
    await client.files_delete(file=file_id)
    assert (await refusal(client.files_info(file=file_id)))["error"] == "file_deleted"
    assert message.files == []


async def test_an_upload_that_lacks_bytes_cannot_be_completed(client):
    reserved = await client.files_getUploadURLExternal(filename="a.png", length=10)
    files = [{"id": reserved["file_id"], "title": "A"}]
    assert (await refusal(client.files_completeUploadExternal(files=files)))["error"] == "file_update_failed"
    assert (await refusal(client.files_getUploadURLExternal(filename="a", length=0)))[
        "error"
    ] == "missing_argument"


async def test_an_image_by_slack_file_is_invalid_until_the_file_is_processed(slack, client):
    slack.hub.settings = replace(slack.hub.settings, file_processing_seconds=60)
    reserved = await client.files_getUploadURLExternal(filename="a.png", length=3)
    async with httpx.AsyncClient() as http:
        uploaded = await http.post(reserved["upload_url"], content=b"png")
    assert uploaded.text == "OK - 3"
    await client.files_completeUploadExternal(files=[{"id": reserved["file_id"], "title": "A"}])
    block = {"type": "image", "alt_text": "a", "slack_file": {"id": reserved["file_id"]}}
    refused = await refusal(client.chat_postMessage(channel=DESK, text="x", blocks=[block]))
    assert refused["errors"] == ["invalid slack file [json-pointer:/blocks/0/slack_file]"]
    stored = slack.workspace.files[reserved["file_id"]]
    slack.workspace.clock.advance(60)
    await slack.people.until(lambda: stored.mimetype or None, "the processing")
    await client.chat_postMessage(channel=DESK, text="x", blocks=[block])


async def test_a_scheduled_message_is_posted_when_its_time_comes(slack, client):
    now = int(time.time())
    kept = await client.chat_scheduleMessage(channel=DESK, post_at=now + 100, text="Later")
    gone = await client.chat_scheduleMessage(channel=DESK, post_at=now + 100, text="Never")
    listed = (await client.chat_scheduledMessages_list())["scheduled_messages"]
    assert [m["text"] for m in listed] == ["Later", "Never"]
    await client.chat_deleteScheduledMessage(channel=DESK, scheduled_message_id=gone["scheduled_message_id"])
    slack.workspace.clock.advance(101)
    await slack.people.wait_for(ADMIN, DESK, "Later")
    assert [m.text for m in slack.people.messages(ADMIN, DESK)] == ["Later"]
    assert kept["post_at"] == now + 100


async def test_scheduling_has_its_limits(client):
    now = int(time.time())
    past = await refusal(client.chat_scheduleMessage(channel=DESK, post_at=now - 1, text="x"))
    far = await refusal(client.chat_scheduleMessage(channel=DESK, post_at=now + 121 * 86400, text="x"))
    assert (past["error"], far["error"]) == ("time_in_past", "time_too_far")
    for _ in range(30):
        await client.chat_scheduleMessage(channel=DESK, post_at=now + 1000, text="x")
    crowd = await refusal(client.chat_scheduleMessage(channel=DESK, post_at=now + 1000, text="x"))
    assert crowd["error"] == "restricted_too_many"


async def test_posting_too_fast_in_one_channel_is_rate_limited_until_time_passes(slack, client):
    for _ in range(slack.hub.settings.post_burst):
        await client.chat_postMessage(channel=DESK, text="x")
    with pytest.raises(SlackApiError) as caught:
        await client.chat_postMessage(channel=DESK, text="x")
    assert (caught.value.response.status_code, caught.value.response["error"]) == (429, "ratelimited")
    assert int(caught.value.response.headers["Retry-After"]) == 1
    await client.chat_postMessage(channel="C0ACCOUNTS", text="another channel has its own budget")
    slack.workspace.clock.advance(1)
    await client.chat_postMessage(channel=DESK, text="x")


async def test_blocks_validate_needs_no_token(http):
    good = await http.post("blocks.validate", json={"blocks": card("x")})
    assert good.json() == {"ok": True}
    bad = (await http.post("blocks.validate", json={"view": {"type": "modal", "blocks": card("x")}})).json()
    assert (bad["error"], bad["errors"][0]["pointer"]) == ("invalid_view", "/view")
    both = (await http.post("blocks.validate", json={"blocks": [], "view": {}})).json()
    assert both["error"] == "invalid_arguments"


async def test_team_bot_and_user_groups_are_known(client):
    assert (await client.team_info())["team"]["domain"] == "northwind-it"
    assert (await client.bots_info(bot="B0DESKHAND"))["bot"]["name"] == "Deskhand"
    groups = (await client.usergroups_list())["usergroups"]
    members = await client.usergroups_users_list(usergroup=groups[0]["id"])
    assert members["users"] == [ADMIN, FULL_MEMBER]
