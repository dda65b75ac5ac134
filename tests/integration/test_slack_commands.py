from collections.abc import AsyncIterator

import pytest

from blocks import kit
from bot.domain.context import Role
from sandbox.slack.faults import Fault
from sandbox.slack.people import inside, on
from sandbox.slack.seed import ADMIN, BOT_USER_ID, EXTERNAL, FULL_MEMBER, GUEST
from tests.integration.slack_world import DESK, SALES_ROOM, SHARED, Office, opened_office, words


@pytest.fixture
async def office(database_url: str) -> AsyncIterator[Office]:
    async with opened_office(database_url) as opened:
        yield opened


async def test_a_bare_command_shows_a_menu_and_never_an_error(office: Office):
    seen = await office.answer(FULL_MEMBER, "/autotask", "lists everything")
    assert seen.ephemeral_to == FULL_MEMBER
    assert "An Admin does that once" in words(seen)


async def test_the_short_form_does_the_same(office: Office):
    assert await office.answer(FULL_MEMBER, "/at", "lists everything")


async def test_help_lists_what_the_person_may_use_and_nothing_else(office: Office):
    for_member = words(await office.answer(FULL_MEMBER, "/autotask help", "What Deskhand understands"))
    await office.give_role(ADMIN, Role.ADMIN)
    for_admin = words(await office.answer(ADMIN, "/autotask help", "What Deskhand understands"))
    assert "/autotask connect" in for_admin
    assert "/autotask connect" not in for_member
    assert "/autotask reviews" in for_member


@pytest.mark.parametrize(
    ("line", "said"), [("help map", "Map your organizations"), ("help AT-203", "A permission is missing")]
)
async def test_help_explains_a_command_and_an_error_number(office: Office, line: str, said: str):
    assert await office.answer(FULL_MEMBER, f"/autotask {line}", said)


async def test_a_typo_is_guessed_and_the_guess_keeps_the_words(office: Office):
    seen = await office.answer(FULL_MEMBER, "/autotask reveiws all", "Did you mean")
    assert (await office.people.click(FULL_MEMBER, on(seen), "run:reviews")).ok
    assert await office.people.wait_for(FULL_MEMBER, DESK, "review")


async def test_an_answer_comes_where_the_app_is_no_member(office: Office):
    seen = await office.answer(ADMIN, "/autotask help", "What Deskhand understands", channel=SALES_ROOM)
    assert seen.ephemeral_to == ADMIN


async def test_a_guest_is_refused(office: Office):
    seen = await office.answer(GUEST, "/autotask help", "You may not use Deskhand")
    assert seen.ephemeral_to == GUEST


async def test_people_of_another_workspace_cannot_press_our_buttons(office: Office):
    office.people.invite(BOT_USER_ID, SHARED)
    channel = office.slack.workspace.channel(SHARED)
    channel.is_ext_shared = False
    await office.bot.notifier.post(
        await office.tenant(),
        "probe",
        SHARED,
        kit.Message("Look", (kit.actions(kit.button("Help", "run:help")),)),
    )
    channel.is_ext_shared = True  # what was posted before stays in sight
    seen = await office.people.wait_for(EXTERNAL, SHARED, "Help")
    assert (await office.people.click(EXTERNAL, on(seen), "run:help")).ok
    refused = await office.people.wait_for(EXTERNAL, SHARED, "You may not use Deskhand")
    assert refused.ephemeral_to == EXTERNAL


async def test_a_right_is_checked_when_the_button_is_pressed(office: Office):
    await office.give_role(FULL_MEMBER, Role.ADMIN)
    seen = await office.answer(FULL_MEMBER, "/autotask who", "Change a role")
    await office.give_role(FULL_MEMBER, Role.VIEWER)
    assert (await office.people.click(FULL_MEMBER, on(seen), "access:change")).ok
    assert await office.people.wait_for(FULL_MEMBER, DESK, "You may not change people's roles")


async def test_an_admin_changes_a_role_in_a_form(office: Office):
    await office.give_role(ADMIN, Role.ADMIN)
    seen = await office.answer(ADMIN, "/autotask who", "Change a role")
    await office.people.click(ADMIN, on(seen), "access:change")
    await office.people.wait_for_modal(ADMIN, "Change a role")
    outcome = await office.people.submit(ADMIN, {"person": FULL_MEMBER, "role": "viewer"})
    assert outcome.ok, outcome
    assert await office.people.wait_for(ADMIN, DESK, "is *Viewer* now")


async def test_a_missing_choice_stands_under_its_field(office: Office):
    await office.give_role(ADMIN, Role.ADMIN)
    seen = await office.answer(ADMIN, "/autotask who", "Change a role")
    await office.people.click(ADMIN, on(seen), "access:change")
    view = await office.people.wait_for_modal(ADMIN, "Change a role")
    assert inside(view)
    outcome = await office.people.submit(ADMIN, {"person": ADMIN, "role": "viewer"})
    assert outcome.errors == {"role": "This is the only Admin. Make somebody else Admin first."}


async def test_only_one_person_becomes_the_first_admin(office: Office):
    earlier = await office.answer(ADMIN, "/autotask", "has no Admin yet")
    seen = await office.answer(ADMIN, "/autotask", "has no Admin yet")
    assert seen.ts != earlier.ts
    assert (await office.people.click(ADMIN, on(seen), "access:claim")).ok
    assert await office.people.wait_for(ADMIN, DESK, "You are Deskhand's first Admin")
    assert await office.answer(ADMIN, "/autotask help", "/autotask connect")
    await office.people.click(ADMIN, on(earlier), "access:claim")
    assert await office.people.wait_for(ADMIN, DESK, "Deskhand has an Admin already")


async def test_a_member_is_not_offered_the_first_admins_seat(office: Office):
    seen = await office.answer(FULL_MEMBER, "/autotask", "has no Admin yet")
    assert "Become the first Admin" not in words(seen)


async def test_slack_is_asked_about_a_person_once_in_a_quarter_of_an_hour(office: Office):
    for _ in range(3):
        await office.answer(FULL_MEMBER, "/autotask help", "What Deskhand understands")
    assert len(office.calls("users.info")) == 1


async def test_an_answer_about_a_person_that_nobody_expected_leaves_what_is_stored(office: Office):
    office.slack.hub.faults.add(Fault("users.info", error="something_new"))
    assert await office.bot.tools.people.profile_or_none(await office.tenant(), FULL_MEMBER) is None
