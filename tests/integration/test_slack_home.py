from collections.abc import AsyncIterator, Iterator

import pytest

import handlers
from bot.domain.context import Role
from bot.settings import VERSION
from sandbox.slack.model import View
from sandbox.slack.people import HOME, inside
from sandbox.slack.seed import ADMIN, FULL_MEMBER, GUEST, VIEWER
from tests.integration.slack_world import Office, opened_office, words


@pytest.fixture
async def office(database_url: str) -> AsyncIterator[Office]:
    async with opened_office(database_url) as opened:
        yield opened


def action_ids(view: View) -> Iterator[str]:
    for block in view.body["blocks"]:
        yield from (each["action_id"] for each in block.get("elements", ()) if "action_id" in each)


async def test_a_members_first_home_shows_what_to_do_first(office: Office):
    office.people.open_home(FULL_MEMBER)
    seen = words(await office.people.wait_for_home(FULL_MEMBER, "Getting started"))
    assert "Connect Autotask" in seen
    assert "Full Member" in seen
    assert VERSION in seen


async def test_every_command_is_a_button_on_an_admins_home(office: Office):
    await office.give_role(ADMIN, Role.ADMIN)
    office.people.open_home(ADMIN)
    ids = set(action_ids(await office.people.wait_for_home(ADMIN, "Everything")))
    assert {f"run:{command.noun}:all" for command in handlers.grammar().commands} <= ids


async def test_what_only_admins_do_is_not_on_a_viewers_home(office: Office):
    await office.give_role(VIEWER, Role.VIEWER)
    office.people.open_home(VIEWER)
    ids = set(action_ids(await office.people.wait_for_home(VIEWER, "Everything")))
    assert not {"run:connect:all", "run:connect", "run:review:all"} & ids


async def test_a_guests_home_says_why_it_is_empty(office: Office):
    office.people.open_home(GUEST)
    seen = await office.people.wait_for_home(GUEST, "is for members of")
    assert list(action_ids(seen)) == []


async def test_an_owner_claims_the_first_seat_and_home_changes(office: Office):
    office.people.open_home(ADMIN)
    await office.people.wait_for_home(ADMIN, "has no Admin yet")
    assert (await office.people.click(ADMIN, HOME, "access:claim")).ok
    seen = await office.people.wait_for_home(ADMIN, "You are *Admin*")
    assert "has no Admin yet" not in words(seen)
    tenant = await office.tenant()
    assert tenant.timezone == "America/New_York"  # nobody chose one: it is that of the first Admin


async def test_a_commands_answer_opens_over_home(office: Office):
    office.people.open_home(FULL_MEMBER)
    await office.people.wait_for_home(FULL_MEMBER, "Everything")
    assert (await office.people.click(FULL_MEMBER, HOME, "run:who:all")).ok
    view = await office.people.wait_for_modal(FULL_MEMBER, "Deskhand")
    assert "Admins" in words(view)


async def test_help_fits_over_home_too_and_its_buttons_work_there(office: Office):
    office.people.open_home(FULL_MEMBER)
    await office.people.wait_for_home(FULL_MEMBER, "Everything")
    await office.people.click(FULL_MEMBER, HOME, "run:help:all")
    view = await office.people.wait_for_modal(FULL_MEMBER, "Deskhand")
    assert "What Deskhand understands" in words(view)
    assert inside(view)["type"] == "view"


async def test_refresh_draws_home_anew(office: Office):
    office.people.open_home(FULL_MEMBER)
    await office.people.wait_for_home(FULL_MEMBER, "You are *Full Member*")
    await office.give_role(FULL_MEMBER, Role.VIEWER)
    assert (await office.people.click(FULL_MEMBER, HOME, "home:refresh")).ok
    assert await office.people.wait_for_home(FULL_MEMBER, "You are *Viewer*")


async def test_the_messages_tab_draws_no_home(office: Office):
    office.people.open_home(FULL_MEMBER, "messages")
    await office.answer(FULL_MEMBER, "/autotask help", "What Deskhand understands")
    assert office.calls("views.publish") == []


async def test_admins_named_by_the_settings_are_admins_without_a_claim(database_url: str):
    async with opened_office(database_url, admins=ADMIN) as office:
        office.people.open_home(ADMIN)
        seen = words(await office.people.wait_for_home(ADMIN, "You are *Admin*"))
        assert "has no Admin yet" not in seen
