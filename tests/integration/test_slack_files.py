"""Files given once, and files taken from nowhere but Slack."""

from collections.abc import AsyncIterator

import pytest

from bot.domain.context import Tenant
from bot.errors import InvalidInput, NotFound, SlackUnavailable
from sandbox.slack.faults import Fault
from sandbox.slack.model import Message
from sandbox.slack.seed import FULL_MEMBER
from tests.integration.slack_world import DESK, Office, opened_office


@pytest.fixture
async def office(database_url: str) -> AsyncIterator[Office]:
    async with opened_office(database_url, paced=True) as opened:
        yield opened


@pytest.fixture
async def tenant(office: Office) -> Tenant:
    return await office.tenant()


def with_file(office: Office, channel: str) -> list[Message]:
    return [message for message in office.people.messages(FULL_MEMBER, channel) if message.files]


async def give(office: Office, tenant: Tenant, *, key: str = "report:1", place: str = DESK) -> bool:
    return await office.bot.tools.files.upload(tenant, key, place, name="audit.csv", content=b"a,b\n1,2\n")


async def test_a_file_is_given_once_however_often_it_is_asked_for(office: Office, tenant: Tenant):
    assert await give(office, tenant)
    assert not await give(office, tenant)
    message = await office.people.until(lambda: next(iter(with_file(office, DESK)), None), "the file")
    assert len(message.files) == 1
    assert len(office.calls("files.completeUploadExternal")) == 1


async def test_a_file_for_a_person_goes_to_their_conversation_with_us(office: Office, tenant: Tenant):
    assert await give(office, tenant, place=FULL_MEMBER)
    direct = office.slack.workspace.direct(FULL_MEMBER, office.slack.workspace.bot.id)
    await office.people.until(lambda: next(iter(with_file(office, direct.id)), None), "the file")


async def test_a_file_that_slack_surely_did_not_take_may_be_given_again(office: Office, tenant: Tenant):
    office.slack.hub.faults.add(Fault(method="files.getUploadURLExternal", error="internal_error"))
    with pytest.raises(SlackUnavailable):
        await give(office, tenant)
    assert await give(office, tenant)


async def test_a_file_whose_answer_was_lost_is_not_given_twice(office: Office, tenant: Tenant):
    office.slack.hub.faults.add(
        Fault(method="files.completeUploadExternal", error="internal_error", status=500, after=True)
    )
    with pytest.raises(SlackUnavailable):
        await give(office, tenant)
    assert not await give(office, tenant)
    await office.people.until(lambda: next(iter(with_file(office, DESK)), None), "the file")
    assert len(office.calls("files.completeUploadExternal")) == 1


async def test_a_channel_without_us_takes_no_file(office: Office, tenant: Tenant):
    with pytest.raises(NotFound):
        await give(office, tenant, place="C0NOWHERE")


async def test_what_a_person_dropped_is_read(office: Office, tenant: Tenant):
    outcome = office.people.upload(FULL_MEMBER, DESK, name="clients.csv", content=b"name\nAcme\n")
    assert outcome.ok
    file_id = with_file(office, DESK)[-1].files[0]
    given = await office.bot.tools.files.download(tenant, file_id)
    assert (given.name, given.content) == ("clients.csv", b"name\nAcme\n")


async def test_a_file_that_is_too_large_is_refused_before_it_is_read(office: Office, tenant: Tenant):
    office.people.upload(FULL_MEMBER, DESK, name="clients.csv", content=b"x" * 2_000)
    file_id = with_file(office, DESK)[-1].files[0]
    with pytest.raises(InvalidInput, match="AT-101"):
        await office.bot.tools.files.download(tenant, file_id, at_most=1_000)


async def test_a_file_that_is_gone_is_said_to_be(office: Office, tenant: Tenant):
    with pytest.raises(NotFound):
        await office.bot.tools.files.download(tenant, "F0GONE")


async def test_the_token_is_sent_to_slack_alone(office: Office, tenant: Tenant):
    office.people.upload(FULL_MEMBER, DESK, name="clients.csv", content=b"name\nAcme\n")
    files = office.bot.tools.files
    for url in ("https://example.com/x", "http://files.slack.com/x", "https://evil-slack.com/x", ""):
        assert not files._is_slacks(url), url
    assert files._is_slacks("https://files.slack.com/files-pri/T1-F1/clients.csv")
