"""Files: in forms, in direct messages, in threads, and how an app reads them."""

import asyncio
from dataclasses import replace

import httpx
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.slack.errors import Refused
from sandbox.slack.manifest import DEFAULT
from sandbox.slack.seed import ADMIN, FULL_MEMBER, SALES
from sandbox.slack.server import serve
from sandbox.slack.settings import SlackSettings
from sandbox.slack.workspace import Workspace
from tests.sandbox.slack.demo_app import plain
from tests.sandbox.slack.raw_app import connected

DESK, BILLING = "C0SERVICE", "C0BILLING"
CSV = b"company,price\nContoso,12.50\n"
LISTENING = replace(DEFAULT, events=frozenset({"message.im", "message.channels", "file_shared"}))


def bearer(token):
    return {"Authorization": f"Bearer {token}"}


def form(**element):
    chosen = {"type": "file_input", "action_id": "pick", **element}
    return {
        "type": "modal",
        "callback_id": "import",
        "title": plain("Import"),
        "submit": plain("Check"),
        "blocks": [
            {"type": "input", "block_id": "file", "label": plain("Prices"), "element": chosen},
            {
                "type": "input",
                "block_id": "note",
                "optional": True,
                "label": plain("Note"),
                "element": {"type": "plain_text_input", "action_id": "text"},
            },
        ],
    }


async def opened(slack, client, view):
    trigger = slack.hub.grants.trigger(FULL_MEMBER)
    return (await client.views_open(trigger_id=trigger, view=view))["view"]


async def sent(slack, app, **answers):
    """Submits the modal on top and gives what the app received."""
    submitting = asyncio.create_task(slack.people.submit(FULL_MEMBER, answers))
    payload = (await app.answer())["payload"]
    assert (await submitting).ok
    return payload


async def test_a_form_hands_whole_file_objects_to_the_app_which_may_then_read_them(slack, client):
    await opened(slack, client, form(filetypes=["csv", "yaml", "yml", "json"], max_files=1))
    async with connected(slack) as app:
        stored = slack.people.choose_file(FULL_MEMBER, "file", name="prices.CSV", content=CSV)
        with pytest.raises(SlackApiError, match="file_not_found"):
            await client.files_info(file=stored.id)
        payload = await sent(slack, app, note="monthly")
    values = payload["view"]["state"]["values"]
    assert values["note"]["text"]["value"] == "monthly"
    assert values["file"]["pick"]["type"] == "file_input"
    (file,) = values["file"]["pick"]["files"]
    assert {name: file[name] for name in ("id", "name", "title", "mimetype", "filetype", "size", "user")} == {
        "id": stored.id,
        "name": "prices.CSV",
        "title": "prices.CSV",
        "mimetype": "text/csv",
        "filetype": "csv",
        "size": len(CSV),
        "user": FULL_MEMBER,
    }
    assert (file["is_public"], file["shares"], file["channels"]) == (False, {}, [])
    assert (await client.files_info(file=stored.id))["file"]["name"] == "prices.CSV"
    async with httpx.AsyncClient(headers=bearer(slack.bot_token)) as http:
        assert (await http.get(file["url_private"])).content == CSV
        download = await http.get(file["url_private_download"])
    assert download.content == CSV
    assert download.headers["content-disposition"].startswith("attachment")


@pytest.mark.parametrize(
    ("element", "names", "words"),
    [
        ({"filetypes": ["csv"]}, ["prices.xlsx"], "file of type csv"),
        ({"filetypes": ["csv"]}, ["csv"], "file of type csv"),
        ({"max_files": 1}, ["a.csv", "b.csv"], "no more than 1 file"),
        ({}, [], "required field"),
    ],
)
async def test_the_client_refuses_what_the_field_does_not_take(slack, client, element, names, words):
    await opened(slack, client, form(**element))
    for name in names:
        slack.people.choose_file(FULL_MEMBER, "file", name=name, content=CSV)
    outcome = await slack.people.submit(FULL_MEMBER)
    assert (outcome.ok, outcome.error) == (False, "invalid_input")
    assert words in outcome.errors["file"]


async def test_a_file_of_more_than_ten_megabytes_is_refused(slack, client):
    await opened(slack, client, form())
    slack.people.choose_file(FULL_MEMBER, "file", name="big.csv", content=b"x" * 10_000_001)
    assert "10 MB" in (await slack.people.submit(FULL_MEMBER)).errors["file"]


async def test_the_page_uploads_first_and_sends_ids_and_nobody_sends_a_strangers_file(slack, client):
    view = await opened(slack, client, form())
    async with httpx.AsyncClient(base_url=slack.control_url) as control, connected(slack) as app:

        async def upload(user):
            files = {"file": ("plan.yml", b"a: 1", "text/yaml")}
            return (await control.post("upload", data={"user": user}, files=files)).json()["file"]

        async def submit(*files):
            state = {"values": {"file": {"pick": {"files": list(files)}}}}
            body = {"user": FULL_MEMBER, "view_id": view["id"], "state": state}
            return (await control.post("submit", json=body)).json()

        mine, theirs = await upload(FULL_MEMBER), await upload(SALES)
        assert (mine["filetype"], mine["mimetype"], mine["size"]) == ("yaml", "text/plain", 4)
        assert (await submit({"id": theirs["id"]}))["error"] == "file_not_found"
        submitting = asyncio.create_task(submit({"id": mine["id"], "name": "forged.exe"}))
        payload = (await app.answer())["payload"]
        assert (await submitting)["ok"]
    (file,) = payload["view"]["state"]["values"]["file"]["pick"]["files"]
    assert (file["id"], file["name"]) == (mine["id"], "plan.yml")


async def test_choosing_a_file_for_a_field_that_is_none_is_refused(slack, client):
    await opened(slack, client, form())
    with pytest.raises(Refused, match="no file field"):
        slack.people.choose_file(FULL_MEMBER, "note", name="a.csv", content=CSV)


async def test_a_file_dropped_into_the_apps_messages_raises_a_message_and_file_shared():
    async with serve(workspace=Workspace(app=LISTENING)) as slack, connected(slack) as app:
        im = slack.workspace.app_im(SALES).id
        outcome = slack.people.upload(SALES, im, name="usage.json", content=b"[]")
        events = {event["type"]: event for event in [(await app.answer())["payload"]["event"] for _ in "12"]}
    message, shared = events["message"], events["file_shared"]
    assert (message["subtype"], message["channel_type"], message["user"]) == ("file_share", "im", SALES)
    assert (message["files"][0]["name"], message["files"][0]["filetype"]) == ("usage.json", "json")
    assert (shared["file_id"], shared["user_id"], shared["channel_id"]) == (outcome.file["id"], SALES, im)


async def test_a_file_shared_in_a_thread_stays_in_it(slack, client):
    parent = (await client.chat_postMessage(channel=DESK, text="Import"))["ts"]
    outcome = slack.people.upload(FULL_MEMBER, DESK, name="a.csv", content=CSV, thread_ts=parent)
    replies = (await client.conversations_replies(channel=DESK, ts=parent))["messages"]
    assert [(reply["ts"], reply["files"][0]["name"]) for reply in replies[1:]] == [(outcome.ts, "a.csv")]
    by_app = await client.files_upload_v2(channel=DESK, content="x", filename="b.csv", thread_ts=parent)
    file_id = by_app["files"][0]["id"]

    def shares():
        return slack.workspace.files[file_id].shares or None

    assert (await slack.people.until(shares, "the share"))[DESK][0]["thread_ts"] == parent


async def test_a_thread_that_does_not_exist_and_two_channels_with_a_thread_are_refused(slack, client):
    async def reserved():
        step = await client.files_getUploadURLExternal(filename="a.csv", length=len(CSV))
        async with httpx.AsyncClient() as http:
            await http.post(step["upload_url"], content=CSV)
        return [{"id": step["file_id"], "title": "A"}]

    with pytest.raises(SlackApiError, match="thread_ts"):
        await client.files_completeUploadExternal(files=await reserved(), channel_id=DESK, thread_ts="1.2")
    parent = (await client.chat_postMessage(channel=DESK, text="x"))["ts"]
    with pytest.raises(SlackApiError, match="thread_ts"):
        await client.files_completeUploadExternal(
            files=await reserved(), channels=[DESK, "C0ACCOUNTS"], thread_ts=parent
        )


async def test_an_upload_into_a_channel_without_the_app_is_refused(slack, client):
    step = await client.files_getUploadURLExternal(filename="a.csv", length=len(CSV))
    async with httpx.AsyncClient() as http:
        assert (await http.post(step["upload_url"], content=CSV)).text == f"OK - {len(CSV)}"
    files = [{"id": step["file_id"], "title": "A"}]
    for channel, error in (("C0SALES", "not_in_channel"), (BILLING, "channel_not_found")):
        with pytest.raises(SlackApiError, match=error):
            await client.files_completeUploadExternal(files=files, channel_id=channel)


async def test_the_app_does_not_see_files_of_conversations_it_is_not_in(slack, client):
    hidden = slack.people.upload(ADMIN, BILLING, name="secret.csv", content=CSV)
    with pytest.raises(SlackApiError, match="file_not_found"):
        await client.files_info(file=hidden.file["id"])
    async with httpx.AsyncClient(headers=bearer(slack.bot_token)) as http:
        assert (await http.get(hidden.file["url_private"])).status_code == 404


async def test_a_download_without_a_good_token_ends_on_the_sign_in_page(slack):
    url = slack.people.upload(ADMIN, DESK, name="a.csv", content=CSV).file["url_private"]
    async with httpx.AsyncClient(follow_redirects=True) as http:
        for headers in ({}, bearer("xoxb-wrong")):
            page = await http.get(url, headers=headers)
            assert (page.status_code, page.headers["content-type"][:9]) == (200, "text/html")
            assert CSV not in page.content


async def test_a_download_needs_files_read():
    lean = replace(DEFAULT, scopes=("chat:write",))
    async with serve(workspace=Workspace(app=lean)) as slack, httpx.AsyncClient() as http:
        url = slack.people.upload(ADMIN, DESK, name="a.csv", content=CSV).file["url_private"]
        assert (await http.get(url, headers=bearer(slack.bot_token))).status_code == 302


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"length": 1_000_000_001}, "file_upload_size_restricted"),
        ({"length": 1_000_001, "snippet_type": "text"}, "snippet_too_large"),
        ({"length": 3, "alt_txt": "x" * 1001}, "alt_txt_too_large"),
    ],
)
async def test_a_reservation_has_its_limits(client, arguments, error):
    with pytest.raises(SlackApiError, match=error):
        await client.files_getUploadURLExternal(filename="a.csv", **arguments)


async def test_shares_and_mimetype_come_only_after_processing():
    async with serve(settings=SlackSettings(file_processing_seconds=60)) as slack:
        client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)
        answer = await client.files_upload_v2(channel=DESK, content="a,b", filename="late.csv")
        file_id = answer["files"][0]["id"]
        early = (await client.files_info(file=file_id))["file"]
        assert (early["shares"], "mimetype" in early) == ({}, False)
        slack.workspace.clock.advance(61)
        await slack.people.until(lambda: slack.workspace.files[file_id].shares or None, "the processing")
        late = (await client.files_info(file=file_id))["file"]
    assert (list(late["shares"]["public"]), late["mimetype"]) == ([DESK], "text/csv")
