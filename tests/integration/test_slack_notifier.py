"""At most one message, never a lost result."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from blocks import kit
from bot.domain.context import Tenant
from bot.errors import NotFound, SlackUnavailable
from bot.slack.sharing import REMEMBERED, Sharing
from bot.slack.web import serving
from sandbox.slack.faults import Fault
from sandbox.slack.model import Message
from sandbox.slack.seed import BOT_USER_ID, FULL_MEMBER
from tests.factories import until
from tests.integration.slack_world import DESK, SHARED, Office, opened_office, words


@pytest.fixture
async def office(database_url: str) -> AsyncIterator[Office]:
    async with opened_office(database_url, paced=True) as opened:
        yield opened


@pytest.fixture
async def tenant(office: Office) -> Tenant:
    return await office.tenant()


def said(office: Office, contains: str) -> list[Message]:
    return [each for each in office.people.messages(FULL_MEMBER, DESK) if contains in words(each)]


async def test_a_message_is_posted_once_however_often_it_is_asked_for(office: Office, tenant: Tenant):
    first = await office.bot.notifier.post(tenant, "k", DESK, kit.Message("Once"))
    assert await office.bot.notifier.post(tenant, "k", DESK, kit.Message("Once")) == first
    assert len(said(office, "Once")) == 1


async def test_a_lost_reply_is_not_followed_by_a_second_message(office: Office, tenant: Tenant):
    office.slack.hub.faults.add(Fault("chat.postMessage", error="internal_error", status=500, after=True))
    assert await office.bot.notifier.post(tenant, "k", DESK, kit.Message("Once")) == ""
    assert await office.bot.notifier.post(tenant, "k", DESK, kit.Message("Once")) == ""
    assert len(said(office, "Once")) == 1
    assert not await office.bot.notifier.update(tenant, "k", kit.Message("Done"))


async def test_a_refusal_that_surely_posted_nothing_may_be_repeated(office: Office, tenant: Tenant):
    office.slack.hub.faults.add(Fault("chat.postMessage", error="accesslimited"))
    with pytest.raises(SlackUnavailable):
        await office.bot.notifier.post(tenant, "k", DESK, kit.Message("Once"))
    assert await office.bot.notifier.post(tenant, "k", DESK, kit.Message("Once"))
    assert len(said(office, "Once")) == 1


async def test_a_rate_limit_is_waited_for(office: Office, tenant: Tenant):
    office.slack.hub.faults.add(Fault("chat.postMessage", error="ratelimited", status=429, retry_after=1))
    assert await office.bot.notifier.post(tenant, "k", DESK, kit.Message("Once"))
    assert len(said(office, "Once")) == 1


async def test_an_update_redraws_the_same_message(office: Office, tenant: Tenant):
    ts = await office.bot.notifier.post(tenant, "k", DESK, kit.Message("Creating…"))
    assert await office.bot.notifier.update(tenant, "k", kit.Message("Created"))
    assert [each.ts for each in said(office, "Created")] == [ts]
    assert said(office, "Creating") == []


async def test_a_deleted_message_cannot_be_redrawn_and_that_is_no_error(office: Office, tenant: Tenant):
    ts = await office.bot.notifier.post(tenant, "k", DESK, kit.Message("Creating…"))
    del office.slack.workspace.channel(DESK).messages[ts]
    assert not await office.bot.notifier.update(tenant, "k", kit.Message("Created"))


async def test_a_place_where_we_are_not_is_named(office: Office, tenant: Tenant):
    with pytest.raises(NotFound) as missing:
        await office.bot.notifier.post(tenant, "k", "C0BILLING", kit.Message("Once"))
    assert missing.value.kind == "channel"


async def test_a_whisper_where_we_are_not_becomes_a_direct_message(office: Office, tenant: Tenant):
    await office.bot.notifier.ephemeral(tenant, "C0BILLING", FULL_MEMBER, kit.Message("Psst"))
    direct = office.slack.workspace.app_im(FULL_MEMBER).id
    assert await office.people.wait_for(FULL_MEMBER, direct, "Psst")


async def test_a_block_that_slack_does_not_know_is_sent_as_text(office: Office, tenant: Tenant):
    message = kit.Message("The words arrive", ({"type": "hologram"},))
    assert await office.bot.notifier.post(tenant, "k", DESK, message)
    assert not said(office, "The words arrive")[0].blocks


async def test_progress_shows_the_newest_words_and_the_final_ones_last(office: Office, tenant: Tenant):
    await office.bot.notifier.post(tenant, "k", DESK, kit.Message("0 of 9"))
    for number in range(1, 9):
        office.bot.notifier.progress(tenant, "k", kit.Message(f"{number} of 9"))

    async def shown() -> list[Message]:
        return said(office, "8 of 9")

    await until(shown)
    office.bot.notifier.progress(tenant, "k", kit.Message("too late"))
    assert await office.bot.notifier.update(tenant, "k", kit.Message("All 9"))
    assert said(office, "All 9")
    assert len(office.calls("chat.update")) == 2


@dataclass
class ReplyAddress:
    """A ``response_url`` that takes text alone and answers as Slack's newer ones do."""

    status: int
    refusal: str
    heard: list[dict[str, object]] = field(default_factory=list)

    async def answer(self, request: Request) -> Response:
        message = await request.json()
        self.heard.append(message)
        return Response(self.refusal, self.status) if message["blocks"] else Response("ok")


async def replied(office: Office, address: ReplyAddress) -> bool:
    site = Starlette(routes=[Route("/", address.answer, methods=["POST"])])
    message = kit.Message("The words arrive", (kit.section("The words arrive"),))
    async with serving(site, "127.0.0.1", 0) as url:
        return await office.bot.notifier.reply(f"{url}/", message)


@pytest.mark.parametrize("status", [200, 400])
async def test_a_reply_whose_blocks_are_refused_in_json_is_sent_as_text(office: Office, status: int):
    address = ReplyAddress(status, '{"ok":false,"error":"invalid_blocks"}')
    assert await replied(office, address)
    assert [bool(message["blocks"]) for message in address.heard] == [True, False]


async def test_a_reply_refused_with_a_friendly_status_is_still_refused(office: Office):
    assert not await replied(office, ReplyAddress(200, '{"ok":false,"error":"used_url"}'))


async def test_a_reply_that_came_too_fast_was_not_given(office: Office):
    with pytest.raises(SlackUnavailable) as too_fast:
        await replied(office, ReplyAddress(429, "slow down"))
    assert too_fast.value.detail == "ratelimited"


async def test_nothing_is_posted_where_another_company_reads_along(office: Office, tenant: Tenant):
    office.people.invite(BOT_USER_ID, SHARED)
    with pytest.raises(NotFound):
        await office.bot.notifier.post(tenant, "k", SHARED, kit.Message("Secret"))
    assert office.calls("chat.postMessage") == []
    assert await office.bot.notifier.dm(tenant, FULL_MEMBER, "k", kit.Message("Secret"))


async def test_a_channel_is_asked_about_once_and_a_person_never(office: Office, tenant: Tenant):
    for key in ("one", "two"):
        await office.bot.notifier.post(tenant, key, DESK, kit.Message(key))
    await office.bot.notifier.dm(tenant, FULL_MEMBER, "three", kit.Message("three"))
    assert [call["channel"] for call in office.calls("conversations.info")] == [DESK]


@pytest.mark.parametrize("trouble", [{"error": "missing_scope"}, {"error": "something_new"}, {"hang": True}])
async def test_where_slack_does_not_say_whose_a_channel_is_the_message_goes_there(
    office: Office, tenant: Tenant, trouble: dict[str, Any]
):
    office.slack.hub.faults.add(Fault("conversations.info", **trouble))
    assert await office.bot.notifier.post(tenant, "k", DESK, kit.Message("Once"))
    assert len(said(office, "Once")) == 1


async def test_slacks_word_on_a_channel_counts_for_ten_minutes(office: Office, tenant: Tenant):
    seconds = 0.0
    sharing = Sharing(office.bot.installs, now=lambda: seconds)
    assert not await sharing.is_shared(tenant, DESK)
    office.slack.workspace.channel(DESK).is_ext_shared = True
    seconds = REMEMBERED - 1
    assert not await sharing.is_shared(tenant, DESK)
    seconds = REMEMBERED + 1
    assert await sharing.is_shared(tenant, DESK)
