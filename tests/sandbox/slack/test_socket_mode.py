"""Socket Mode as an app sees it on the wire."""

import asyncio

import aiohttp
import pytest

from sandbox.slack.seed import FULL_MEMBER
from tests.sandbox.slack.raw_app import connected, open_url

DESK = "C0SERVICE"


async def test_a_connection_begins_with_hello(slack):
    async with connected(slack) as app:
        assert app.hello["type"] == "hello"
        assert app.hello["num_connections"] == 1
        assert app.hello["connection_info"] == {"app_id": slack.workspace.app_id}


async def test_a_ticket_opens_one_connection_only(slack):
    url = await open_url(slack)
    async with connected(slack, url):
        pass
    with pytest.raises(aiohttp.WSServerHandshakeError):
        async with connected(slack, url):
            pytest.fail("the ticket was good a second time")


async def test_a_ping_comes_back_as_a_pong_with_the_same_body(slack):
    async with connected(slack) as app:
        await app.socket.ping(b"sdk-ping-pong:1700000000.5")
        message = await asyncio.wait_for(app.socket.receive(), 5)
        assert (message.type, message.data) == (aiohttp.WSMsgType.PONG, b"sdk-ping-pong:1700000000.5")


async def test_each_envelope_goes_to_one_connection_and_they_take_turns(slack):
    async with connected(slack) as first, connected(slack) as second:
        counts = []
        for app in (first, second, first, second):
            typing = asyncio.create_task(slack.people.type_command(FULL_MEMBER, DESK, "/autotask help"))
            waiting = {asyncio.create_task(a.envelope()): a for a in (first, second)}
            done, pending = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            receiver = waiting[done.pop()]
            for task in pending:
                task.cancel()
            counts.append(receiver)
            del app
            typing.cancel()
        assert counts[0] is not counts[1]
        assert counts[:2] == counts[2:]


async def test_the_eleventh_connection_is_told_to_go(slack):
    async with aiohttp.ClientSession() as session:
        sockets = [await session.ws_connect(await open_url(slack)) for _ in range(10)]
        for socket in sockets:
            assert (await socket.receive_json())["type"] == "hello"
        extra = await session.ws_connect(await open_url(slack))
        assert await extra.receive_json() == {"type": "disconnect", "reason": "too_many_websockets"}
        assert slack.hub.delivery.socket.connected == 10


async def test_a_command_arrives_with_slacks_fields_and_its_ack_is_the_reply(slack):
    async with connected(slack) as app:
        typing = asyncio.create_task(slack.people.type_command(FULL_MEMBER, DESK, "/autotask list  open"))
        envelope = await app.answer({"text": "Two tickets"})
        assert (await typing).ok
    assert envelope["type"] == "slash_commands"
    assert envelope["accepts_response_payload"] is True
    payload = envelope["payload"]
    assert (payload["command"], payload["text"]) == ("/autotask", "list  open")
    assert (payload["channel_name"], payload["user_name"]) == ("service-desk", "marcus.oyelaran")
    assert payload["is_enterprise_install"] == "false"
    reply = slack.people.messages(FULL_MEMBER, DESK)[-1]
    assert (reply.text, reply.ephemeral_to) == ("Two tickets", FULL_MEMBER)


async def test_an_unacked_event_is_sent_again_with_its_attempt_and_the_same_event_id(slack):
    async with connected(slack) as app:
        slack.people.open_home(FULL_MEMBER)
        first = await app.envelope()
        slack.workspace.clock.advance(3.1)
        second = await app.envelope()
        slack.workspace.clock.advance(3.1)
        await slack.people.until(lambda: len(slack.journal.deliveries) == 2 or None, "the second time-out")
        slack.workspace.clock.advance(60)
        third = await app.answer()
    assert [e["retry_attempt"] for e in (first, second, third)] == [0, 1, 2]
    assert [e["retry_reason"] for e in (first, second, third)] == ["", "timeout", "timeout"]
    assert first["accepts_response_payload"] is False
    assert len({e["payload"]["event_id"] for e in (first, second, third)}) == 1
    assert len({e["envelope_id"] for e in (first, second, third)}) == 3


async def test_an_acked_event_is_not_sent_again(slack):
    async with connected(slack) as app:
        slack.people.open_home(FULL_MEMBER)
        await app.answer()
        await slack.people.until(lambda: slack.journal.deliveries or None, "the delivery")
        slack.workspace.clock.advance(600)
        with pytest.raises(TimeoutError):
            await app.envelope(timeout_s=0.1)
    assert [d.outcome for d in slack.journal.deliveries] == ["ok"]


async def test_with_nobody_connected_a_command_fails_at_once(slack):
    outcome = await slack.people.type_command(FULL_MEMBER, DESK, "/autotask help")
    assert (outcome.ok, outcome.error) == (False, "dispatch_failed")


async def test_waiting_for_the_app_after_another_one_left_lets_others_work(slack):
    async with connected(slack):
        await slack.wait_connected()
    with pytest.raises(TimeoutError):
        await slack.wait_connected(0.1)


async def test_a_refresh_moves_the_app_to_a_new_connection(office):
    old = office.slack.hub.delivery.socket
    assert await old.disconnect("refresh_requested") == 1
    assert old.connected == 0
    await office.slack.wait_connected()
    assert (await office.people.type_command(FULL_MEMBER, DESK, "/autotask hello")).ok
    await office.people.wait_for(FULL_MEMBER, DESK, "Only you see this")
