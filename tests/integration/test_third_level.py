"""Slack allows three modals on top of each other: what a button in the third opens takes its place."""

from collections.abc import AsyncIterator

import pytest

from bot.domain.switches import Mode
from sandbox.slack.people import inside
from sandbox.slack.seed import ADMIN, FULL_MEMBER
from tests.integration.steps import (
    block_with,
    connect,
    map_acme,
    modal_words,
    open_first_category,
    opened_world,
    start_review,
    switch_tickets,
    until_modal_says,
)
from tests.world import World


@pytest.fixture
async def office(database_url, tmp_path) -> AsyncIterator[World]:
    async with opened_world(database_url, tmp_path) as opened:
        yield opened


async def press(office: World, action_id: str, user: str = ADMIN) -> None:
    view = office.slack.people.modal(user)
    await office.slack.people.click(user, inside(view), action_id, block_id=block_with(view, action_id))


async def preview_of_a_ticket(office: World, user: str) -> None:
    """The third modal, from a question of a review while tickets are read-only."""
    await connect(office)
    await map_acme(office, user)
    await switch_tickets(office, Mode.READ_ONLY)
    await start_review(office, user)
    await open_first_category(office, user)
    await press(office, "ticket_open", user)
    await until_modal_says(office, "This is what would be sent", user)


async def test_the_settings_open_from_a_tickets_preview_and_leave_the_questions_below_as_they_are(office):
    people = office.slack.people
    await preview_of_a_ticket(office, ADMIN)
    await press(office, "run:settings")
    await until_modal_says(office, "Change switches", ADMIN)
    await press(office, "settings_switches")
    await people.wait_for_modal(ADMIN, "Switches")
    assert (await people.submit(ADMIN, {"switch_tickets": _on(people.modal(ADMIN))})).ok

    await until_modal_says(office, "Identity and access", ADMIN)
    assert "Raise a ticket" in modal_words(office, ADMIN)


async def test_a_word_on_what_was_pressed_in_the_third_modal_shows_there(office):
    await preview_of_a_ticket(office, FULL_MEMBER)
    await press(office, "access_request", FULL_MEMBER)
    await until_modal_says(office, "The Admins were asked", FULL_MEMBER)


async def test_a_note_from_the_third_modal_leads_back_to_the_questions(office):
    """Home shows lists in a modal of their own, so a review that is begun there lies one level higher."""
    people = office.slack.people
    await connect(office)
    await map_acme(office, ADMIN)
    people.open_home(ADMIN)
    home = await people.wait_for_home(ADMIN, "Everything")
    await people.click(ADMIN, inside(home), "run:map:all")
    await until_modal_says(office, "Organizations", ADMIN)
    view = people.modal(ADMIN)
    row = next(each for each in view.body["blocks"] if each.get("accessory", {}).get("type") == "overflow")
    opened = {"selected_option": row["accessory"]["options"][0]}
    await people.choose(ADMIN, inside(view), "map_more", opened, block_id=row["block_id"])
    await until_modal_says(office, "none yet", ADMIN)
    await press(office, "review_new")
    await people.wait_for_modal(ADMIN, "Start a review")
    assert (await people.submit(ADMIN)).ok
    await people.wait_for_modal(ADMIN, "Review")
    await open_first_category(office, ADMIN)

    await press(office, "review_note")
    await people.wait_for_modal(ADMIN, "Note")
    assert (await people.submit(ADMIN, {"note": "Kept from the third modal"})).ok
    await until_modal_says(office, "Kept from the third modal", ADMIN)
    assert "Raise a ticket" in modal_words(office, ADMIN)


def _on(view) -> dict:
    radio = next(
        each["element"] for each in view.body["blocks"] if each.get("block_id", "").endswith("tickets")
    )
    return next(each for each in radio["options"] if each["value"] == Mode.ON.value)
