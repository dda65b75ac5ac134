"""Organization groups as Admins make them, and what their members see from then on."""

from collections.abc import AsyncIterator

import pytest

from bot.domain.context import Role
from handlers.resolve import person_of
from sandbox.slack.people import inside, on
from sandbox.slack.seed import ADMIN, FULL_MEMBER, VIEWER
from tests.factories import NOON, until
from tests.integration.slack_world import Office, opened_office, words


@pytest.fixture
async def office(database_url: str) -> AsyncIterator[Office]:
    """120 organizations, and Dana who is Admin."""
    async with opened_office(database_url) as opened:
        await opened.give_role(ADMIN, Role.ADMIN)
        async with opened.bot.database.unit((await opened.tenant()).id) as uow:
            for number in range(120):
                await uow.organizations.add(f"Client {number:03} <&*_`~Ü>", ADMIN, NOON)
        yield opened


async def create(office: Office, **answers: object) -> None:
    page = await office.answer(ADMIN, "/autotask groups", "New organization group")
    await office.people.click(ADMIN, on(page), "groups:new")
    modal = await office.people.wait_for_modal(ADMIN, "New organization group")
    found = await office.people.suggest(ADMIN, inside(modal), "groups_organizations", "client 00")
    desk = await office.people.suggest(ADMIN, inside(modal), "groups_user_groups", "desk")
    given = {
        "name": "Dentists",
        "organizations": found.options[:3],
        "people": [FULL_MEMBER],
        "user_groups": desk.options,
    }
    outcome = await office.people.submit(ADMIN, given | answers)
    assert outcome.ok, outcome


async def seen_by(office: Office, user: str) -> int | None:
    person = await person_of(await office.tenant(), user, office.bot.tools)
    return None if person.organizations is None else len(person.organizations)


async def test_people_and_user_groups_bring_people_into_a_group(office: Office):
    await create(office)
    shown = words(await office.people.wait_for_modal(ADMIN, "Organization group"))
    assert "Organizations (3)" in shown
    assert "Client 000 <&*_`~Ü>" in shown
    assert [await seen_by(office, user) for user in (FULL_MEMBER, VIEWER, ADMIN)] == [3, 3, None]
    office.people.regroup("S0SERVICEDESK", [])

    async def left() -> bool:
        return await seen_by(office, VIEWER) is None

    await until(left)


async def test_a_member_sees_nothing_but_their_groups_everywhere_in_slack(office: Office):
    await create(office, user_groups=[])
    await office.people.close(ADMIN, everything=True)
    page = await office.answer(FULL_MEMBER, "/autotask map", "Client 000")
    assert "Client 050" not in words(page)
    assert "You see 3 organizations" in words(await office.answer(FULL_MEMBER, "/autotask who", "Admins"))
    assert "New organization" not in words(page), "Autotask's companies name every client"


async def test_a_group_is_added_to_renamed_emptied_and_deleted_in_its_own_modal(office: Office):
    await create(office, user_groups=[])
    people = office.people
    group = await people.wait_for_modal(ADMIN, "Organization group")
    await people.click(ADMIN, inside(group), "groups:add")
    form = await people.wait_for_modal(ADMIN, "Add to the group")
    more = await people.suggest(ADMIN, inside(form), "groups_organizations", "client")
    assert len(more.options) == 100
    assert (await people.submit(ADMIN, {"organizations": more.options})).ok
    group = await until_shown(office, "Showing 1 to 10 of 100")
    await people.click(ADMIN, inside(group), "groups_inside:next")
    group = await until_shown(office, "Showing 11 to 20 of 100")
    row = next(block for block in group.body["blocks"] if "Client 012" in str(block))
    await people.click(ADMIN, inside(group), "groups:out", block_id=row["block_id"])
    group = await until_shown(office, "of 99")
    await people.click(ADMIN, inside(group), "groups:rename")
    await people.wait_for_modal(ADMIN, "Rename the group")
    assert (await people.submit(ADMIN, {"name": "Practices"})).ok
    group = await until_shown(office, "Practices")
    await people.click(ADMIN, inside(group), "groups:tab:members")
    group = await until_shown(office, "Showing 1 to 1 of 1")
    await people.click(ADMIN, inside(group), "groups:delete")
    await until_shown(office, "is deleted")
    assert await seen_by(office, FULL_MEMBER) is None
    async with office.bot.database.unit((await office.tenant()).id) as uow:
        done = [act.action for act in await uow.audit.recent(10)]
    assert done[:3] == [
        "delete organization group",
        "rename organization group",
        "remove from organization group",
    ]


async def test_a_name_in_use_is_said_and_nothing_typed_is_lost(office: Office):
    await create(office, user_groups=[])
    await office.people.close(ADMIN, everything=True)
    page = await office.answer(ADMIN, "/autotask groups", "Dentists")
    await office.people.click(ADMIN, on(page), "groups:new")
    await office.people.wait_for_modal(ADMIN, "New organization group")
    outcome = await office.people.submit(ADMIN, {"name": "DENTISTS"})
    assert outcome.response_action == "push"
    assert "There is a group called DENTISTS" in words(office.people.modal(ADMIN))


async def until_shown(office: Office, text: str):
    def look():
        view = office.people.modal(ADMIN)
        return view if view is not None and text in words(view) else None

    return await office.people.until(look, text)
