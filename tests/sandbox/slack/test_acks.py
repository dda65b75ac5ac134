"""The three clocks: acks, trigger ids, response URLs."""

import asyncio

import httpx
import pytest
from slack_sdk.errors import SlackApiError

from sandbox.slack.people import on
from sandbox.slack.seed import ADMIN, FULL_MEMBER, SALES
from tests.sandbox.slack.demo_app import LOADING, button, card
from tests.sandbox.slack.raw_app import connected

DESK = "C0SERVICE"


async def pressed(slack, app, client, *, channel=DESK, user=FULL_MEMBER):
    """A bot's message whose button was pressed, and the payload of the press."""
    posted = await client.chat_postMessage(channel=channel, text="x", blocks=card("Card", button("Go", "go")))
    message = slack.workspace.channels[channel].messages[posted["ts"]]
    pressing = asyncio.create_task(slack.people.click(user, on(message), "go"))
    envelope = await app.answer()
    assert (await pressing).ok
    return message, envelope["payload"]


async def post(url, **body):
    async with httpx.AsyncClient() as http:
        return await http.post(url, json=body)


async def test_a_command_acked_too_late_shows_operation_timeout_and_is_not_sent_again(slack):
    async with connected(slack) as app:
        async with slack.hub.broker.watch(FULL_MEMBER) as shown:
            typing = asyncio.create_task(slack.people.type_command(FULL_MEMBER, DESK, "/autotask help"))
            envelope = await app.envelope()
            slack.workspace.clock.advance(3.1)
            outcome = await typing
            await app.ack(envelope, {"text": "too late"})
            event = await asyncio.wait_for(shown.get(), 5)
        slack.workspace.clock.advance(600)
        with pytest.raises(TimeoutError):
            await app.envelope(timeout_s=0.1)
    assert (outcome.ok, outcome.error) == (False, "operation_timeout")
    assert (event["type"], event["error"], event["source"]) == ("app_error", "operation_timeout", "/autotask")
    assert slack.people.messages(FULL_MEMBER, DESK) == []


async def test_an_ack_within_three_seconds_is_in_time(slack):
    async with connected(slack) as app:
        typing = asyncio.create_task(slack.people.type_command(FULL_MEMBER, DESK, "/autotask help"))
        envelope = await app.envelope()
        slack.workspace.clock.advance(2.5)
        await app.ack(envelope)
        assert (await typing).ok
    assert slack.journal.deliveries[-1].ack_ms > 2500


async def test_a_reply_that_slack_cannot_show_is_reported_to_the_person(office):
    outcome = await office.people.type_command(FULL_MEMBER, DESK, "/autotask bad")
    assert outcome.error == "invalid_blocks"
    assert "unsupported type: nonsense" in outcome.message


async def test_an_in_channel_reply_shows_the_command_to_everyone(office):
    assert (await office.people.type_command(FULL_MEMBER, DESK, "/autotask public")).ok
    texts = [m.text for m in office.people.messages(ADMIN, DESK)]
    assert texts == ["/autotask public", "Hello all"]


async def test_a_trigger_expires_after_three_seconds(slack, client):
    async with connected(slack) as app:
        _, payload = await pressed(slack, app, client)
    slack.workspace.clock.advance(3.1)
    with pytest.raises(SlackApiError, match="expired_trigger_id"):
        await client.views_open(trigger_id=payload["trigger_id"], view=LOADING)


async def test_a_trigger_is_good_once_and_an_invalid_view_does_not_use_it_up(slack, client):
    async with connected(slack) as app:
        _, payload = await pressed(slack, app, client)
    with pytest.raises(SlackApiError, match="invalid_arguments"):
        await client.views_open(trigger_id=payload["trigger_id"], view={**LOADING, "blocks": []})
    opened = await client.views_open(trigger_id=payload["trigger_id"], view=LOADING)
    assert slack.people.modal(FULL_MEMBER).id == opened["view"]["id"]
    with pytest.raises(SlackApiError, match="exchanged_trigger_id"):
        await client.views_open(trigger_id=payload["trigger_id"], view=LOADING)
    with pytest.raises(SlackApiError, match="invalid_trigger_id"):
        await client.views_open(trigger_id="1.2.x", view=LOADING)


async def test_a_press_on_a_message_carries_what_slack_sends(slack, client):
    async with connected(slack) as app:
        message, payload = await pressed(slack, app, client)
    assert payload["type"] == "block_actions"
    assert payload["container"] == {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": DESK,
        "is_ephemeral": False,
    }
    assert payload["message"]["blocks"] == message.blocks
    assert payload["user"]["id"] == FULL_MEMBER
    action = payload["actions"][0]
    assert (action["action_id"], action["type"], action["value"]) == ("go", "button", "v")
    assert action["block_id"] == message.blocks[1]["block_id"]


async def test_a_response_url_answers_only_the_person_unless_it_says_in_channel(slack, client):
    async with connected(slack) as app:
        message, payload = await pressed(slack, app, client)
    answer = await post(payload["response_url"], text="psst", replace_original=False)
    assert (answer.status_code, answer.text) == (200, "ok")
    await post(payload["response_url"], text="all", response_type="in_channel", replace_original=False)
    await post(payload["response_url"], text="there", response_type="in_channel", thread_ts=message.ts)
    assert [m.text for m in slack.people.messages(FULL_MEMBER, DESK)] == ["x", "psst", "all"]
    assert [m.text for m in slack.people.messages(SALES, DESK)] == ["x", "all"]
    assert [m.text for m in slack.people.messages(SALES, DESK, thread_ts=message.ts)] == ["x", "there"]


async def test_a_response_url_replaces_and_deletes_the_message_it_came_from(slack, client):
    async with connected(slack) as app:
        message, payload = await pressed(slack, app, client)
    await post(payload["response_url"], text="Done", replace_original=True)
    assert (message.text, message.blocks) == ("Done", None)
    assert message.edited_ts is not None
    await post(payload["response_url"], text="Default is to replace")
    assert message.text == "Default is to replace"
    await post(payload["response_url"], delete_original=True)
    assert slack.people.messages(FULL_MEMBER, DESK) == []


async def test_a_response_url_is_good_for_five_uses_and_thirty_minutes(slack, client):
    async with connected(slack) as app:
        _, payload = await pressed(slack, app, client)
        _, other = await pressed(slack, app, client)
    for _ in range(5):
        assert (await post(payload["response_url"], text="again")).status_code == 200
    sixth = await post(payload["response_url"], text="again")
    assert (sixth.status_code, sixth.json()["error"]) == (404, "used_url")
    slack.workspace.clock.advance(30 * 60 + 1)
    late = await post(other["response_url"], text="late")
    assert (late.status_code, late.json()["error"]) == (404, "expired_url")


async def test_a_response_url_refuses_invalid_blocks(slack, client):
    async with connected(slack) as app:
        _, payload = await pressed(slack, app, client)
    answer = await post(payload["response_url"], text="x", blocks=[{"type": "nonsense"}])
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_blocks")


async def test_an_ephemeral_is_seen_by_one_person_and_changed_only_through_its_response_url(slack, client):
    said = await client.chat_postEphemeral(
        channel=DESK, user=FULL_MEMBER, text="x", blocks=card("Yours", button("Go", "go"))
    )
    assert slack.people.messages(SALES, DESK) == []
    assert (await client.conversations_history(channel=DESK))["messages"] == []
    with pytest.raises(SlackApiError, match="message_not_found"):
        await client.chat_update(channel=DESK, ts=said["message_ts"], text="no")

    message = slack.people.messages(FULL_MEMBER, DESK)[0]
    async with connected(slack) as app:
        pressing = asyncio.create_task(slack.people.click(FULL_MEMBER, on(message), "go"))
        payload = (await app.answer())["payload"]
        assert (await pressing).ok
    assert payload["container"]["is_ephemeral"] is True
    assert "message" not in payload
    await post(payload["response_url"], text="Changed", replace_original=True)
    assert slack.people.messages(FULL_MEMBER, DESK)[0].text == "Changed"
    await post(payload["response_url"], delete_original=True)
    assert slack.people.messages(FULL_MEMBER, DESK) == []
