"""Two people pressing at the same moment, and Slack delivering twice: one ticket each time.

Socket Mode hands deliveries to the two replicas in turn, so a second delivery is the other replica's.
"""

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.db.session import Database
from sandbox.autotask.faults import Fault
from sandbox.slack import feed
from sandbox.slack.acts.outcome import Outcome
from sandbox.slack.model import View
from sandbox.slack.people import HOME, on
from sandbox.slack.seed import ADMIN, FULL_MEMBER
from tests.e2e.desk import Desk, opened_desk, tickets
from tests.factories import until


@pytest.fixture(scope="module")
async def desk(shared_database_url, tmp_path_factory) -> AsyncIterator[Desk]:
    """Two replicas that both serve, and a review before Marcus and Dana."""
    folder = tmp_path_factory.mktemp("two-at-once")
    async with opened_desk(folder, BOT_DATABASE_URL=shared_database_url) as opened:
        replicas = [await opened.bots.start(), await opened.bots.start()]
        for replica in replicas:
            await replica.ready()
        await opened.set_up()
        await opened.open_review(ADMIN)
        yield opened


@pytest.fixture
async def database(shared_database_url) -> AsyncIterator[Database]:
    async with Database(shared_database_url) as opened:
        yield opened


async def submitted(desk: Desk, summary: str, user: str = FULL_MEMBER) -> Outcome:
    return await desk.people.submit(user, {"summary": summary})


async def test_whoever_presses_second_is_told_under_the_field(desk: Desk, database: Database):
    await desk.open_ticket_form(ADMIN, question=0)
    await desk.open_ticket_form(FULL_MEMBER, question=0)
    outcomes = await asyncio.gather(
        submitted(desk, "Pressed by two", ADMIN), submitted(desk, "Pressed by two", FULL_MEMBER)
    )
    assert sorted(str(outcome.response_action) for outcome in outcomes) == ["errors", "update"]
    refused = next(outcome for outcome in outcomes if outcome.errors)
    assert "Somebody has just raised a ticket" in refused.errors["summary"]
    await desk.people.close(ADMIN)
    await desk.people.close(FULL_MEMBER)
    await desk.settled(database, "Pressed by two")
    await desk.assert_one_of_each(database, ["Pressed by two"])


async def test_a_form_delivered_to_both_replicas_at_once_is_one_ticket(desk: Desk, database: Database):
    await desk.open_ticket_form(FULL_MEMBER, question=1)
    outcome, second = await asyncio.gather(
        submitted(desk, "Delivered at once"), desk.slack.hub.delivery.again("interactive")
    )
    assert outcome.response_action == second.payload["response_action"] == "update"
    await desk.people.close(FULL_MEMBER)
    await desk.settled(database, "Delivered at once")
    await desk.assert_one_of_each(database, ["Delivered at once"])


async def test_a_form_delivered_again_after_its_ticket_exists_is_the_same_ticket(
    desk: Desk, database: Database
):
    await desk.raise_ticket("Delivered later", question=2)
    await desk.settled(database, "Delivered later")
    [first] = [each for each in await tickets(database) if each.summary == "Delivered later"]
    again = await desk.slack.hub.delivery.again("interactive")
    assert again.payload["response_action"] == "update"
    [second] = [each for each in await tickets(database) if each.summary == "Delivered later"]
    assert second.id == first.id
    await desk.assert_one_of_each(database, ["Delivered later"])


async def test_try_again_delivered_to_both_replicas_at_once_is_one_ticket(desk: Desk, database: Database):
    refusal = '{"errors": ["The desk is closed today."]}'
    desk.autotask.control.plan(Fault("fail", "Tickets", "POST", skip=1, status=500, body=refusal))
    await desk.raise_ticket("Refused at first", question=1)
    card = await desk.said(FULL_MEMBER, "The desk is closed today.")
    outcome, second = await asyncio.gather(
        desk.people.click(FULL_MEMBER, on(card), "ticket_retry"),
        desk.slack.hub.delivery.again("interactive"),
    )
    assert outcome.ok
    assert second.ok
    await desk.settled(database, "Refused at first", within=60)
    await desk.assert_one_of_each(database, ["Refused at first"])


async def test_a_button_delivered_twice_opens_one_form(desk: Desk):
    _, second = await asyncio.gather(
        desk.open_ticket_form(FULL_MEMBER, question=2), desk.slack.hub.delivery.again("interactive")
    )
    assert second.ok
    titles = [feed.words_of(view.body["title"]) for view in desk.slack.hub.views.stack(FULL_MEMBER)]
    assert sum("Raise a ticket" in title for title in titles) == 1
    await desk.people.close(FULL_MEMBER)


async def test_an_event_delivered_to_both_replicas_shows_the_same_home(desk: Desk):
    desk.people.open_home(FULL_MEMBER)
    first = await desk.people.wait_for_home(FULL_MEMBER, "Deskhand")
    shown = outline(first)
    published = len(publications(desk))
    assert (await desk.slack.hub.delivery.again("events_api")).ok

    async def published_again() -> bool:
        return len(publications(desk)) > published

    await until(published_again)
    assert outline(desk.people.home(FULL_MEMBER)) == shown
    assert (await desk.people.click(FULL_MEMBER, HOME, "home:refresh")).ok


def outline(view: View) -> list[object]:
    """Its blocks without what is new in every drawing (ids and times)."""
    return [(block["type"], block.get("text", {}).get("text")) for block in view.body["blocks"]]


def publications(desk: Desk) -> list[object]:
    return [call for call in desk.slack.journal.calls if call.method == "views.publish" and call.ok]
