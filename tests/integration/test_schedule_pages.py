"""Schedules and digests, chosen by members: the pages, their forms, what is said after, and taking it back."""

from collections.abc import AsyncIterator

import pytest

from bot.domain.digests import Section
from bot.domain.schedules import HOURLY_COMPANIES, NIGHTLY_SYNC
from sandbox.slack import feed
from sandbox.slack.people import inside, on
from sandbox.slack.seed import ADMIN, FULL_MEMBER
from tests.integration.steps import DESK, connect, map_acme, modal_words, opened_world
from tests.world import World


@pytest.fixture
async def office(database_url, tmp_path) -> AsyncIterator[World]:
    async with opened_world(database_url, tmp_path) as opened:
        yield opened


async def press(office: World, action_id: str, *, value: str = "", user: str = ADMIN) -> None:
    """The button of the modal on top with that value, or the first of that name."""
    view = office.slack.people.modal(user)
    block_id = next(
        block["block_id"]
        for block in view.body["blocks"]
        for element in block.get("elements", [])
        if element.get("action_id") == action_id and value in element.get("value", "")
    )
    await office.slack.people.click(user, inside(view), action_id, block_id=block_id)


def option(office: World, block_id: str, value: str, user: str = ADMIN) -> dict:
    blocks = office.slack.people.modal(user).body["blocks"]
    block = next(each for each in blocks if each.get("block_id") == block_id)
    return next(each for each in block["element"]["options"] if each["value"] == value)


async def until_says(office: World, text: str, user: str = ADMIN) -> str:
    await office.slack.people.until(lambda: text in modal_words(office, user) or None, text)
    return modal_words(office, user)


async def test_an_admin_changes_when_things_run_and_takes_it_back(office):
    people = office.slack.people
    await connect(office)
    await people.type_command(ADMIN, DESK, "/autotask schedules")
    await people.wait_for_modal(ADMIN, "Schedules")
    page = modal_words(office, ADMIN)
    for words in (
        "Contracts, then time entries*: every day at 02:00",
        "Companies*: every hour at :05",
        "By the clock of *America/New_York*",
        "As of <!date^",
    ):
        assert words in page

    await press(office, "schedule_change", value=NIGHTLY_SYNC)
    await people.wait_for_modal(ADMIN, "When it runs")
    chosen = {"at": option(office, "at", "04:30"), "weekday": option(office, "weekday", "6")}
    assert (await people.submit(ADMIN, chosen)).ok
    assert "every Sunday at 04:30" in await until_says(office, "Saved")
    confirmation = await people.wait_for(ADMIN, DESK, "every Sunday at 04:30")
    await people.click(ADMIN, on(confirmation), "schedule_undo")
    await people.wait_for(ADMIN, DESK, "Taken back")
    async with office.bot.database.unit(office.tenant.id) as uow:
        assert (await uow.schedules.get(NIGHTLY_SYNC)).weekday is None

    await press(office, "schedule_switch", value=HOURLY_COMPANIES)
    await until_says(office, "Companies*: switched off")
    await press(office, "schedule_zone")
    await people.wait_for_modal(ADMIN, "Time zone")
    found = await people.suggest(ADMIN, inside(people.modal(ADMIN)), "schedule_zones", "berlin")
    assert [each["value"] for each in found.options] == ["Europe/Berlin"]
    assert (await people.submit(ADMIN, {"timezone": found.options[0]})).ok
    await until_says(office, "02:00 Europe/Berlin")
    async with office.bot.database.unit(office.tenant.id) as uow:
        acts = {(act.action, act.subject) for act in await uow.audit.recent(20)}
    assert {("undo schedule", "Contracts, then time entries"), ("change schedule", "Time zone")} <= acts


async def test_whoever_may_not_change_schedules_reads_them(office):
    people = office.slack.people
    await connect(office)
    await people.type_command(FULL_MEMBER, DESK, "/autotask schedules")
    view = await people.wait_for_modal(FULL_MEMBER, "Schedules")
    assert "Only Admins change these" in modal_words(office, FULL_MEMBER)
    assert not [block for block in view.body["blocks"] if block["type"] == "actions"]


async def test_everybody_chooses_their_own_digest_and_an_admin_the_channels(office):
    people = office.slack.people
    await connect(office)
    await map_acme(office)
    await people.type_command(FULL_MEMBER, DESK, "/autotask digest")
    message = await people.wait_for(FULL_MEMBER, DESK, "Not sent by itself")
    await people.click(FULL_MEMBER, on(message), "digest_settings")
    await people.wait_for_modal(FULL_MEMBER, "Digests")
    assert "Channels" not in modal_words(office, FULL_MEMBER)
    await press(office, "digest_edit", user=FULL_MEMBER)
    await people.wait_for_modal(FULL_MEMBER, "My digest")
    chosen = {
        "periods": [option(office, "periods", "weekly", FULL_MEMBER)],
        "at": option(office, "at", "06:30", FULL_MEMBER),
        "quiet_from": option(office, "quiet_from", "22:00", FULL_MEMBER),
        "quiet_until": option(office, "quiet_until", "06:00", FULL_MEMBER),
    }
    assert (await people.submit(FULL_MEMBER, chosen)).ok
    page = await until_says(office, "Saved", FULL_MEMBER)
    assert "weekly on Monday at 06:30" in page
    assert "Quiet from 22:00 to 06:00" in page

    await people.type_command(ADMIN, DESK, "/autotask digest week")
    message = await people.wait_for(ADMIN, DESK, "Weekly digest")
    assert "Unit" in feed.words_of_message(message)
    await people.click(ADMIN, on(message), "digest_settings")
    await people.wait_for_modal(ADMIN, "Digests")
    await press(office, "digest_add")
    await people.wait_for_modal(ADMIN, "Channel's digest")
    view = people.modal(ADMIN)
    found = await people.suggest(ADMIN, inside(view), "digest_organizations", "un")
    chosen = {
        "channel": DESK,
        "organizations": found.options,
        "sections": [option(office, "sections", "mapping")],
    }
    assert (await people.submit(ADMIN, chosen)).ok
    assert "About 1 organization." in await until_says(office, "Saved")
    async with office.bot.database.unit(office.tenant.id) as uow:
        saved = await uow.digests.get(DESK)
    assert (saved.sections, len(saved.organizations), saved.money) == ({Section.MAPPING}, 1, False)

    await press(office, "digest_preview", value=DESK)
    await people.wait_for_modal(ADMIN, "Preview")
    assert "Unit" in modal_words(office, ADMIN)
    await people.close(ADMIN)
    await press(office, "digest_remove", value=DESK)
    await until_says(office, "No channel is sent a digest yet")


async def test_a_new_connection_fetches_everything_and_says_when_next(office):
    await connect(office)
    direct = office.slack.workspace.direct(ADMIN, office.slack.workspace.bot.id)
    await office.slack.people.wait_for(ADMIN, direct.id, "from Autotask are here")
    message = await office.slack.people.wait_for(ADMIN, direct.id, "Contracts, then time entries")
    assert "Next, by themselves" in feed.words_of_message(message)
