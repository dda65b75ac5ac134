"""The control surface over HTTP: what the page and outside tests use."""

import asyncio
import json
import time

import httpx
import pytest
from slack_sdk.errors import SlackApiError

from sandbox.slack.seed import ADMIN, BOT_USER_ID, EXTERNAL, FULL_MEMBER, GUEST, SALES
from tests.sandbox.slack.demo_app import button, card
from tests.sandbox.slack.raw_app import connected

DESK, SHARED = "C0SERVICE", "C0ACMESHARED"


@pytest.fixture
async def control(slack):
    async with httpx.AsyncClient(base_url=slack.control_url, timeout=10) as http:
        yield http


async def did(control, name, **body):
    return (await control.post(name, json=body)).json()


async def look(control, name, **query):
    return (await control.get(name, params=query)).json()


async def test_bootstrap_introduces_the_workspace(control):
    start = await look(control, "bootstrap")
    assert (start["team"]["name"], start["app"]["bot_user_id"]) == ("Northwind IT", BOT_USER_ID)
    assert start["default_user"] == ADMIN
    assert [c["command"] for c in start["commands"]] == ["/autotask", "/at"]
    kinds = {u["kind"] for u in start["users"]}
    assert kinds == {"admin", "member", "guest", "external", "deactivated", "bot"}
    outsider = next(u for u in start["users"] if u["id"] == EXTERNAL)
    assert outsider["team_name"] == "Acme Manufacturing"


async def test_everyone_sees_only_their_conversations(control):
    async def names(user):
        return [c["name"] for c in (await look(control, "conversations", user=user))["channels"]]

    assert "billing" in await names(ADMIN)
    assert await names(SALES) == ["general", "service-desk", "account-management", "sales", "acme-shared"]
    assert await names(GUEST) == ["service-desk"]
    assert await names(EXTERNAL) == ["acme-shared"]
    hidden = await control.get("messages", params={"user": SALES, "channel": "C0BILLING"})
    assert (hidden.status_code, hidden.json()["error"]) == (404, "channel_not_found")


async def test_unread_and_mentions_are_counted_until_read(control, client):
    await client.chat_postMessage(channel=DESK, text="plain")
    await client.chat_postMessage(channel=DESK, text=f"you <@{ADMIN}>")
    await client.chat_postMessage(channel=DESK, text="<!channel> all")

    async def counts(user):
        listed = (await look(control, "conversations", user=user))["channels"]
        return next((c["unread"], c["mentions"]) for c in listed if c["id"] == DESK)

    assert (await counts(ADMIN), await counts(SALES)) == ((3, 2), (3, 1))
    assert await did(control, "read", user=ADMIN, channel=DESK) == {"ok": True}
    assert await counts(ADMIN) == (0, 0)


async def test_a_whole_round_by_http_alone(control, office):
    said = await did(control, "command", user=FULL_MEMBER, channel=DESK, command="/autotask", text="ticket")
    assert said == {"ok": True}
    await office.people.until(
        lambda: (v := office.people.modal(FULL_MEMBER)) and v.body.get("submit") and v, "the form"
    )
    view = (await look(control, "modals", user=FULL_MEMBER))["stack"][0]
    at = {"user": FULL_MEMBER, "view_id": view["id"]}
    found = await did(control, "suggest", **at, block_id="company", action_id="company", query="fab")
    company = found["options"][0]
    unfinished = await did(
        control, "submit", **at, state={"values": {"summary": {"text": {"value": "Fire"}}}}
    )
    assert (unfinished["ok"], unfinished["error"], set(unfinished["errors"])) == (
        False,
        "invalid_input",
        {"company"},
    )
    values = {"company": {"company": {"selected_option": company}}}
    assert await did(control, "submit", **at, state={"values": values}) == {"ok": True}
    posted = await look(control, "wait", user=FULL_MEMBER, channel=DESK, contains="Fire", timeout_s=5)
    message = posted["message"]
    pressed = await did(
        control,
        "action",
        user=FULL_MEMBER,
        container={"type": "message", "channel": DESK, "ts": message["ts"]},
        block_id=message["blocks"][1]["block_id"],
        action_id="details",
        value={},
    )
    assert pressed == {"ok": True}
    await look(control, "wait", user=FULL_MEMBER, channel=DESK, contains="Just for you", timeout_s=5)
    shown = (await look(control, "messages", user=FULL_MEMBER, channel=DESK))["messages"]
    assert [m.get("ephemeral", False) for m in shown] == [False, True]


async def test_a_mention_and_a_direct_message_reach_the_app(control, office):
    said = await did(control, "say", user=ADMIN, channel=DESK, text=f"<@{BOT_USER_ID}> hello")
    answer = await office.people.wait_for(ADMIN, DESK, "You said")
    assert answer.thread_ts == said["ts"]
    im = office.slack.workspace.app_im(ADMIN).id
    await did(control, "say", user=ADMIN, channel=im, text="hi")
    await look(control, "wait", user=ADMIN, channel=im, contains="Hello there", timeout_s=5)


async def test_what_a_person_may_not_do_is_refused_in_words(control, client):
    ts = (await client.chat_postMessage(channel=DESK, text="x"))["ts"]

    async def error(name, **body):
        answer = await did(control, name, **body)
        assert answer["ok"] is False
        assert answer["message"]
        return answer["error"]

    line = {"channel": DESK, "command": "/autotask", "text": ""}
    assert await error("command", user=ADMIN, **line, thread_ts=ts) == "not_supported_in_threads"
    assert await error("command", user=ADMIN, **line | {"command": "/nope"}) == "unknown_command"
    assert await error("command", user=EXTERNAL, **line | {"channel": SHARED}) == "unknown_command"
    assert await error("command", user=EXTERNAL, **line) == "channel_not_found"
    assert await error("say", user=SALES, channel="C0BILLING", text="x") == "channel_not_found"
    assert await error("say", user=SALES, channel=SHARED, text="x") == "not_in_channel"
    assert await error("say", user=BOT_USER_ID, channel=DESK, text="x") == "user_cannot_act"
    assert await error("submit", user=ADMIN, view_id="V1") == "view_not_found"
    assert await error("nonsense") == "not_found"


async def events_of(slack, user, acting, *wanted):
    """The live events a page gets while somebody acts, until those wanted have come."""
    seen = []
    async with (
        httpx.AsyncClient(base_url=slack.control_url) as http,
        http.stream("GET", "stream", params={"user": user}) as lines,
    ):
        async with asyncio.timeout(5):
            stream = lines.aiter_lines()
            assert await anext(stream) == ": connected"
            await acting()
            async for line in stream:
                if line.startswith("data: "):
                    seen.append(json.loads(line[6:]))
                if set(wanted) <= {event["type"] for event in seen}:
                    return seen
    return seen


async def test_the_stream_tells_a_page_what_its_person_can_see(slack, client):
    async def acting():
        posted = await client.chat_postMessage(channel=DESK, text="one")
        await client.chat_postEphemeral(channel=DESK, user=SALES, text="for sales")
        await client.chat_postEphemeral(channel=DESK, user=ADMIN, text="for the admin")
        await client.chat_update(channel=DESK, ts=posted["ts"], text="two")
        await client.chat_delete(channel=DESK, ts=posted["ts"])
        await client.views_publish(user_id=ADMIN, view={"type": "home", "blocks": card("Hi")})

    seen = await events_of(slack, ADMIN, acting, "home_published", "message_deleted")
    kinds = [event["type"] for event in seen]
    assert kinds == ["message", "unread", "ephemeral", "message_changed", "message_deleted", "home_published"]
    assert seen[2]["message"]["text"] == "for the admin"
    assert seen[2]["message"]["ephemeral"] is True


async def test_the_stream_follows_the_stack_of_modals(office):
    async def acting():
        await office.people.type_command(FULL_MEMBER, DESK, "/autotask ticket")
        await office.people.until(
            lambda: (v := office.people.modal(FULL_MEMBER)) and v.body.get("submit") and v, "the form"
        )
        await office.people.close(FULL_MEMBER)

    seen = await events_of(office.slack, FULL_MEMBER, acting, "view_closed")
    stacks = [(event["type"], len(event["stack"])) for event in seen if "stack" in event]
    assert stacks == [("view_opened", 1), ("view_updated", 1), ("view_closed", 0)]


@pytest.mark.parametrize(
    ("fault", "status", "error"),
    [
        ({"error": "channel_not_found"}, 200, "channel_not_found"),
        ({"status": 429, "retry_after": 7}, 429, "ratelimited"),
        ({"status": 503}, 503, "internal_error"),
    ],
)
async def test_a_fault_strikes_as_often_as_asked(control, client, slack, fault, status, error):
    await did(control, "faults", method="chat.postMessage", times=2, **fault)
    for _ in range(2):
        with pytest.raises(SlackApiError) as caught:
            await client.chat_postMessage(channel=DESK, text="x")
        assert (caught.value.response.status_code, caught.value.response["error"]) == (status, error)
        assert caught.value.response.headers.get("Retry-After") == ("7" if status == 429 else None)
    await client.chat_postMessage(channel=DESK, text="x")
    assert [call.ok for call in slack.journal.calls] == [False, False, True]


async def test_a_fault_can_let_the_write_happen_and_lose_the_reply(control, client, slack):
    await did(control, "faults", method="chat.postMessage", status=500, after=True)
    with pytest.raises(SlackApiError):
        await client.chat_postMessage(channel=DESK, text="It was said")
    assert [m.text for m in slack.people.messages(ADMIN, DESK)] == ["It was said"]


async def test_a_hanging_call_hangs_and_a_slow_one_is_slow(control, client, slack):
    await did(control, "faults", method="auth.test", hang=True)
    hanging = asyncio.create_task(client.auth_test())
    done, _ = await asyncio.wait({hanging}, timeout=0.2)
    assert not done
    slack.workspace.clock.advance(4000)
    with pytest.raises(SlackApiError, match="request_timeout"):
        await hanging
    await did(control, "faults", method="auth.test", delay_ms=150)
    started = time.monotonic()
    await client.auth_test()
    assert time.monotonic() - started >= 0.15


async def test_the_same_payload_can_be_delivered_twice(control, slack, client):
    posted = await client.chat_postMessage(channel=DESK, text="x", blocks=card("Card", button("Go", "go")))
    container = {"type": "message", "channel": DESK, "ts": posted["ts"]}
    async with connected(slack) as app:
        assert (await did(control, "redeliver"))["error"] == "nothing_delivered"
        envelopes = []
        press = {"user": ADMIN, "container": container, "action_id": "go", "value": {}}
        for act in (did(control, "action", **press), did(control, "redeliver", kind="interaction")):
            task = asyncio.create_task(act)
            envelopes.append(await app.answer())
            assert (await task)["ok"]
        slack.people.open_home(ADMIN)
        envelopes.append(await app.answer())
        task = asyncio.create_task(did(control, "redeliver", kind="event"))
        envelopes.append(await app.answer())
        await task
    assert envelopes[0]["payload"] == envelopes[1]["payload"]
    assert envelopes[0]["envelope_id"] != envelopes[1]["envelope_id"]
    assert envelopes[2]["payload"]["event_id"] == envelopes[3]["payload"]["event_id"]
    assert envelopes[3]["retry_attempt"] == 1


async def test_a_reset_empties_the_workspace_and_keeps_the_app_connected(control, office):
    await office.client.chat_postMessage(channel=DESK, text="x")
    assert await did(control, "reset") == {"ok": True}
    assert office.people.messages(ADMIN, DESK) == []
    assert (await look(control, "log")) == {"calls": [], "deliveries": []}
    assert (await office.people.type_command(ADMIN, DESK, "/autotask public")).ok


async def test_waiting_in_vain_ends_with_408(control):
    answer = await control.get(
        "wait", params={"user": ADMIN, "channel": DESK, "contains": "never", "timeout_s": "0.05"}
    )
    assert (answer.status_code, answer.json()["ok"]) == (408, False)


async def test_the_transcript_holds_what_was_shown_and_never_what_was_typed_into_a_form(control, office):
    await office.people.type_command(FULL_MEMBER, DESK, "/autotask ticket")
    view = await office.people.until(
        lambda: (v := office.people.modal(FULL_MEMBER)) and v.body.get("submit") and v, "the form"
    )
    offered = await office.people.suggest(
        FULL_MEMBER, {"type": "view", "view_id": view.id}, "company", "contoso"
    )
    await office.people.submit(FULL_MEMBER, {"summary": "errors", "company": offered.options[0]})
    told = json.dumps(await look(control, "transcript"))
    assert "New ticket" in told
    assert "Say what is broken" in told
    assert "Contoso Ltd" not in told


async def test_an_upload_is_a_message_with_a_file(control, slack):
    files = {"file": ("photo.png", b"png", "image/png")}
    sent = await control.post("upload", data={"user": ADMIN, "channel": DESK}, files=files)
    assert sent.json()["ok"]
    shown = (await look(control, "messages", user=SALES, channel=DESK))["messages"][0]["files"][0]
    assert (shown["name"], shown["mimetype"]) == ("photo.png", "image/png")
    assert (await control.get(shown["url_private"])).status_code == 302
    await look(control, "bootstrap")  # signs the browser in
    assert (await control.get(shown["url_private"])).content == b"png"


async def test_the_page_is_served_at_the_root(slack):
    async with httpx.AsyncClient(base_url=slack.url) as http:
        page = await http.get("/")
    assert page.status_code == 200
    assert "text/html" in page.headers["content-type"]
