"""A proof that was under way when its process died ends in the same message, and logs in once more."""

import pytest

from sandbox.autotask.faults import Fault
from sandbox.slack import feed
from sandbox.slack.people import on
from sandbox.slack.seed import ADMIN
from tests.e2e.desk import PATIENCE, Desk, opened_desk
from tests.factories import until


@pytest.fixture
async def desk(tmp_path, shared_database_url):
    async with opened_desk(tmp_path, BOT_DATABASE_URL=shared_database_url) as opened:
        yield opened


def about_the_check(desk: Desk, channel_id: str) -> list[str]:
    said = [feed.words_of_message(message) for message in desk.people.messages(ADMIN, channel_id)]
    return [each for each in said if "Checking" in each or "accepted" in each]


async def test_a_proof_goes_on_after_its_process_was_killed_in_the_one_message_it_has(desk: Desk):
    first = await desk.bots.start()
    await first.ready()
    await desk.claim()
    desk.autotask.control.plan(Fault("hang", "ThresholdInformation", "GET"))
    given, people = desk.autotask.credentials, desk.people
    await desk.type(ADMIN, "/autotask connect")
    card = await desk.said(ADMIN, "Enter the three values")
    await people.click(ADMIN, on(card), "connect_open")
    await people.wait_for_modal(ADMIN, "Connect Autotask", timeout_s=PATIENCE)
    answers = {"username": given.username, "secret": given.secret, "tracking_id": given.tracking_id}
    assert (await people.submit(ADMIN, answers)).ok
    direct = desk.slack.workspace.direct(ADMIN, desk.slack.workspace.bot.id)
    waiting = await people.wait_for(ADMIN, direct.id, "Checking with Autotask", timeout_s=PATIENCE)
    at_first = feed.words_of_message(waiting)

    async def edited() -> bool:
        now = await people.wait_for(ADMIN, direct.id, "Checking with Autotask")
        return feed.words_of_message(now) != at_first

    await until(edited, within=PATIENCE)
    await first.kill()
    second = await desk.bots.start()
    await second.ready()
    accepted = await people.wait_for(ADMIN, direct.id, "accepted the credentials", timeout_s=90)
    assert accepted.ts == waiting.ts
    assert len(about_the_check(desk, direct.id)) == 1
    assert len(desk.autotask.control.log(entity="ThresholdInformation")) == 2
    await desk.shows(ADMIN, "Queue for new tickets")
