"""Beside the straight way: two people at once, lost rights and secrets, Home, places without the app."""

from collections.abc import AsyncIterator

import pytest

from bot.domain.context import Role
from bot.services.reviews import ReviewForm
from sandbox.autotask.faults import Fault
from sandbox.slack import feed
from sandbox.slack.people import inside, on
from sandbox.slack.seed import ADMIN, FULL_MEMBER, VIEWER
from tests.integration.steps import (
    DESK,
    block_with,
    choose_queue,
    connect,
    lose_ts,
    map_acme,
    modal_words,
    open_connect_form,
    open_connect_form_again,
    open_first_category,
    opened_world,
    raise_ticket,
    start_review,
    submit_credentials,
    until_modal_says,
)
from tests.world import World


@pytest.fixture
async def office(database_url, tmp_path) -> AsyncIterator[World]:
    async with opened_world(database_url, tmp_path) as opened:
        yield opened


async def test_a_second_person_with_the_same_form_is_told_not_doubled(office):
    people = office.slack.people
    await connect(office)
    await map_acme(office)
    await start_review(office)
    card = await people.wait_for(FULL_MEMBER, DESK, "Answer questions")
    await open_first_category(office)
    await people.click(ADMIN, on(card), "review_open")
    await people.wait_for_modal(ADMIN, "Review")
    await open_first_category(office, ADMIN)
    view = people.modal(ADMIN)
    row = next(block for block in view.body["blocks"] if block["type"] == "actions")
    await people.click(ADMIN, inside(view), "ticket_open", block_id=row["block_id"])
    await people.wait_for_modal(ADMIN, "Raise a ticket")
    assert (await raise_ticket(office)).ok
    second = await people.submit(ADMIN)
    assert "Somebody has just raised a ticket" in str(second.errors)
    await people.wait_for(FULL_MEMBER, DESK, "View in Autotask")
    assert len(office.tickets_in_autotask()) == 1


async def test_a_viewer_sees_reviews_but_cannot_answer(office):
    people = office.slack.people
    await connect(office)
    await map_acme(office)
    await start_review(office)
    await office.bot.services.access.set_role(office.ctx, VIEWER, Role.VIEWER)
    await people.type_command(VIEWER, DESK, "/autotask reviews all")
    page = await people.wait_for(VIEWER, DESK, "IT alignment review")
    await people.click(VIEWER, on(page), "review_open")
    await people.wait_for_modal(VIEWER, "Review")
    await open_first_category(office, VIEWER)
    view = people.modal(VIEWER)
    question = next(block for block in view.body["blocks"] if block.get("accessory"))
    aligned = question["accessory"]["options"][0]
    where = inside(view), question["accessory"]["action_id"]
    await people.choose(VIEWER, *where, {"selected_option": aligned}, block_id=question["block_id"])
    await until_modal_says(office, "You may not run reviews", VIEWER)


async def test_answers_of_two_people_in_one_category_both_count(office):
    people = office.slack.people
    await connect(office)
    await map_acme(office)
    await start_review(office)
    card = await people.wait_for(FULL_MEMBER, DESK, "Answer questions")
    await open_first_category(office)
    await people.click(ADMIN, on(card), "review_open")
    await people.wait_for_modal(ADMIN, "Review")
    await open_first_category(office, ADMIN)
    for user, number in ((FULL_MEMBER, 0), (ADMIN, 1)):
        view = people.modal(user)
        questions = [block for block in view.body["blocks"] if block.get("accessory")]
        select = questions[number]["accessory"]
        await people.choose(
            user,
            inside(view),
            select["action_id"],
            {"selected_option": select["options"][1]},
            block_id=questions[number]["block_id"],
        )
        await until_modal_says(office, f"{number + 1} of 4", user)
    await people.wait_for(FULL_MEMBER, DESK, "2 of 26 answered")


async def test_a_secret_revoked_later_pauses_the_connection_and_tells_the_admin_once(office):
    people = office.slack.people
    await connect(office)
    await map_acme(office)
    await start_review(office)
    await open_first_category(office)
    user = office.autotask.control.user()
    user.secret = "changed in Autotask"
    await raise_ticket(office)
    await people.wait_for(FULL_MEMBER, DESK, "Not created in Autotask")
    direct = office.slack.workspace.direct(ADMIN, office.slack.workspace.bot.id)
    await people.wait_for(ADMIN, direct.id, "refuses Deskhand's login")
    told = [m for m in people.messages(ADMIN, direct.id) if "refuses" in feed.words_of_message(m)]
    assert len(told) == 1
    assert not user.locked
    user.secret = office.autotask.credentials.secret
    await open_connect_form_again(office)
    await submit_credentials(office)
    await until_modal_says(office, "Logged in")
    await people.submit(ADMIN, {"queue": await choose_queue(office)})
    await people.wait_for(FULL_MEMBER, DESK, "View in Autotask")
    assert len(office.tickets_in_autotask()) == 1


async def test_a_card_whose_ts_was_lost_in_a_crash_is_found_again_by_refresh(office):
    people = office.slack.people
    await connect(office)
    await map_acme(office)
    await start_review(office)
    await open_first_category(office)
    await raise_ticket(office)
    card = await people.wait_for(FULL_MEMBER, DESK, "View in Autotask")
    [row] = office.tickets_in_autotask()
    key = "ticket:1"
    async with office.bot.database.unit(office.tenant.id) as uow:
        assert (await uow.messages.get(key)).ts == card.ts
    office.slack.workspace.channel(DESK).messages[card.ts].text = "Creating the ticket…"
    await lose_ts(office, key)
    await people.click(FULL_MEMBER, on(card), "ticket_refresh")
    await people.wait_for(FULL_MEMBER, DESK, f"{row['ticketNumber']} created")
    async with office.bot.database.unit(office.tenant.id) as uow:
        assert (await uow.messages.get(key)).ts == card.ts


async def test_from_home_over_the_list_a_ticket_is_still_within_reach(office):
    people = office.slack.people
    await connect(office)
    await map_acme(office)
    await start_review(office)
    await people.close(FULL_MEMBER, everything=True)
    people.open_home(FULL_MEMBER)
    home = await people.wait_for_home(FULL_MEMBER, "My reviews")
    await people.click(FULL_MEMBER, inside(home), "run:reviews", block_id=block_with(home, "run:reviews"))
    listing = await people.wait_for_modal(FULL_MEMBER, "Deskhand")
    row = next(block for block in listing.body["blocks"] if block.get("accessory"))
    await people.click(FULL_MEMBER, inside(listing), "review_open", block_id=row["block_id"])
    await people.wait_for_modal(FULL_MEMBER, "Review")
    await open_first_category(office)
    assert (await raise_ticket(office)).ok
    await people.wait_for(FULL_MEMBER, DESK, "View in Autotask")


async def test_the_menu_of_who_has_reviews_but_no_ticket_keeps_its_buttons(office):
    people = office.slack.people
    await connect(office)
    await map_acme(office)
    await start_review(office)
    await people.close(FULL_MEMBER, everything=True)
    await people.type_command(FULL_MEMBER, DESK, "/autotask")
    menu = await people.wait_for(FULL_MEMBER, DESK, "Next:")
    rows = [block for block in menu.blocks if block["type"] == "actions"]
    names = [element["action_id"] for row in rows for element in row["elements"]]
    assert len(names) >= 4
    assert len(names) == len(set(names))


async def test_a_review_submitted_twice_is_one_review(office):
    people = office.slack.people
    await connect(office)
    await map_acme(office)
    await people.type_command(FULL_MEMBER, DESK, "/autotask review unit")
    form = await people.wait_for_modal(FULL_MEMBER, "Start a review")
    service = office.bot.services.reviews
    template = (await office.bot.services.templates.all(office.ctx))[0]
    given = ReviewForm(1, template.id, "", DESK, request_key=f"view:{form.id}")
    first = await service.create(office.ctx, given)
    assert (await service.create(office.ctx, given)).id == first.id
    assert (await people.submit(FULL_MEMBER)).ok
    _, total = await service.page(office.ctx, mine=False)
    assert total == 1


async def test_a_review_started_where_the_app_is_no_member_is_told_directly(office):
    people = office.slack.people
    await connect(office)
    await map_acme(office)
    private = office.slack.workspace.channel("billing")
    private.members.append(FULL_MEMBER)
    await people.type_command(FULL_MEMBER, private.id, "/autotask review unit")
    await people.wait_for_modal(FULL_MEMBER, "Start a review")
    assert (await people.submit(FULL_MEMBER)).ok
    await people.wait_for_modal(FULL_MEMBER, "Review")
    direct = office.slack.workspace.direct(FULL_MEMBER, office.slack.workspace.bot.id)
    await people.wait_for(FULL_MEMBER, direct.id, "Answer questions")


async def test_a_wrong_secret_at_a_slow_autotask_counts_as_one_refused_login(office):
    office.autotask.control.plan(Fault("slow", "ThresholdInformation", "GET", delay_ms=2600))
    await open_connect_form(office)
    await submit_credentials(office, secret="not-the-secret")
    assert "Checking" in modal_words(office, ADMIN)
    await until_modal_says(office, "refused the login")
    refused = [entry for entry in office.autotask.control.log() if entry.status == 401]
    assert len(refused) == 1
