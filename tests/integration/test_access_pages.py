"""Roles that hang on Slack's user groups, who can do what, and the page for Admins."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot.domain.context import Role
from handlers.resolve import PROFILE_LIFE, person_of
from sandbox.slack import payloads
from sandbox.slack.faults import Fault
from sandbox.slack.people import inside, on
from sandbox.slack.render import user_object
from sandbox.slack.seed import ADMIN, FINANCE, FULL_MEMBER, SALES, VIEWER
from tests.factories import FrozenClock, until
from tests.integration.slack_world import DESK, Office, opened_office, words


@pytest.fixture
async def office(database_url: str) -> AsyncIterator[Office]:
    async with opened_office(database_url) as opened:
        await opened.give_role(ADMIN, Role.ADMIN)
        yield opened


async def bind(office: Office, handle: str, role: str, **answers: object) -> None:
    page = await office.answer(ADMIN, "/autotask access bindings", "People and access")
    await office.people.click(ADMIN, on(page), "access:bind")
    modal = await office.people.wait_for_modal(ADMIN, "Bind a user group")
    found = await office.people.suggest(ADMIN, inside(modal), "access_user_groups", handle)
    outcome = await office.people.submit(ADMIN, {"group": found.options[0], "role": role, **answers})
    assert outcome.ok, outcome
    await office.people.wait_for(ADMIN, DESK, f"Members of @{found.options[0]['text']['text'].lstrip('@')}")


async def role_of(office: Office, user: str) -> Role:
    return (await person_of(await office.tenant(), user, office.bot.tools)).role


async def test_members_of_a_bound_user_group_have_its_role_and_lose_it_when_they_leave(office: Office):
    await bind(office, "finance", "sales", billing=["yes"])
    person = await person_of(await office.tenant(), FINANCE, office.bot.tools)
    assert (person.role, person.billing_approver) == (Role.SALES, True)
    assert await role_of(office, FULL_MEMBER) is Role.FULL_MEMBER
    office.people.regroup("S0FINANCE", [FULL_MEMBER])

    async def moved() -> bool:
        roles = await role_of(office, FINANCE), await role_of(office, FULL_MEMBER)
        return roles == (Role.FULL_MEMBER, Role.SALES)

    await until(moved)


async def test_a_disabled_user_group_gives_nothing(office: Office):
    await bind(office, "service-desk", "viewer")
    assert await role_of(office, VIEWER) is Role.VIEWER
    office.people.regroup("S0SERVICEDESK", enabled=False)

    async def lost() -> bool:
        return await role_of(office, VIEWER) is Role.FULL_MEMBER

    await until(lost)
    page = await office.answer(ADMIN, "/autotask access bindings", "disabled in Slack: gives nothing")
    await office.people.click(ADMIN, on(page), "access:unbind")
    assert await office.people.wait_for(ADMIN, DESK, "gives nothing any more")


async def test_a_role_of_ones_own_goes_before_the_groups(office: Office):
    await bind(office, "finance", "viewer")
    await office.give_role(FINANCE, Role.SALES)
    assert await role_of(office, FINANCE) is Role.SALES


async def test_where_slack_does_not_let_us_read_groups_it_says_so_and_offers_people(office: Office):
    office.slack.hub.faults.add(Fault("usergroups.list", error="missing_scope", times=5))
    page = await office.answer(ADMIN, "/autotask access bindings", "No Slack user group gives a role yet")
    await office.people.click(ADMIN, on(page), "access:bind")
    seen = await office.people.wait_for(ADMIN, DESK, "usergroups:read")
    assert "Change a role" in words(seen)


async def test_where_slack_refuses_to_tell_of_groups_the_press_is_answered_all_the_same(office: Office):
    office.slack.hub.faults.add(Fault("usergroups.list", error="unknown_method", times=5))
    page = await office.answer(ADMIN, "/autotask access bindings", "No Slack user group gives a role yet")
    await office.people.click(ADMIN, on(page), "access:bind")
    seen = await office.people.wait_for(ADMIN, DESK, "Change a role")
    assert "AT-500" not in words(seen)


async def test_the_only_admin_by_group_cannot_be_taken_away(office: Office):
    await bind(office, "finance", "admin")
    tenant = await office.tenant()
    async with office.bot.database.unit(tenant.id) as uow:
        await uow.people.set_role(ADMIN, None, "test", office.bot.tools.clock.now())
        assert set(await uow.people.admins()) == {ADMIN, FINANCE}
    page = await office.answer(ADMIN, "/autotask access bindings", "@finance")
    await office.people.click(ADMIN, on(page), "access:unbind")
    assert await office.people.wait_for(ADMIN, DESK, "Nobody would be Admin any more")


async def test_while_slack_is_silent_its_last_word_on_groups_holds(database_url: str):
    clock = FrozenClock()
    async with opened_office(database_url, clock=clock) as office:
        await office.give_role(ADMIN, Role.ADMIN)
        await bind(office, "finance", "sales")
        assert await role_of(office, FINANCE) is Role.SALES
        office.slack.hub.faults.add(Fault("usergroups.list", error="internal_error", status=500, times=50))
        clock.advance(seconds=PROFILE_LIFE.total_seconds() * 4)
        assert await role_of(office, FINANCE) is Role.SALES


async def test_who_can_names_people_and_groups_with_the_reason(office: Office):
    await bind(office, "finance", "viewer", billing=["yes"])
    seen = words(await office.answer(SALES, "/autotask who can push billing?", "Who can approve billing"))
    assert "@finance" in seen
    assert "Nobody else can" in seen
    seen = words(await office.answer(SALES, "/at who can connect", "Who can connect Autotask"))
    assert "given to them by an Admin" in seen
    everybody = await office.answer(SALES, "/at who can raise tickets", "Who can create tickets")
    assert "members are *Full Member*" in words(everybody)


async def test_a_question_that_nothing_fits_shows_what_can_be_asked(office: Office):
    assert await office.answer(SALES, "/at who can juggle", "who can push billing")


async def test_who_is_somebody_tells_role_and_reason(office: Office):
    await office.give_role(SALES, Role.SALES)
    await role_of(office, SALES)
    seen = words(await office.answer(ADMIN, "/at who is sofia", "reads and creates tickets"))
    assert "given to them by an Admin" in seen
    assert "every organization" in seen


async def test_whom_nobody_knows_is_picked(office: Office):
    seen = await office.answer(ADMIN, "/at who is marcus", "Whom do you mean")
    await office.people.choose(ADMIN, on(seen), "who:pick", {"selected_user": FULL_MEMBER})
    assert await office.people.wait_for(ADMIN, DESK, "what every member has who was given nothing else")


async def test_the_page_for_admins_lists_people_and_pages_with_a_form_for_each(office: Office):
    tenant = await office.tenant()
    async with office.bot.database.unit(tenant.id) as uow:
        for number in range(14):
            await uow.people.set_role(f"U0SOME{number:03}", Role.VIEWER, ADMIN, office.bot.tools.clock.now())
    page = await office.answer(ADMIN, "/autotask access", "1 to 10 of 15")
    await office.people.click(ADMIN, on(page), "access_page:next")
    second = await office.people.wait_for(ADMIN, DESK, "11 to 15 of 15")
    assert "U0SOME013" in words(second)
    await office.give_role(ADMIN, Role.VIEWER)
    await office.people.click(ADMIN, on(second), "access:tab:groups")
    assert await office.people.wait_for(ADMIN, DESK, "You may not change people's roles")


async def test_a_billing_approver_keeps_the_right_when_only_the_role_is_changed(office: Office):
    await role_of(office, FINANCE)
    tenant = await office.tenant()
    async with office.bot.database.unit(tenant.id) as uow:
        await uow.people.set_approver(FINANCE, approves=True)
    seen = await office.answer(ADMIN, "/autotask who", "Change a role")
    await office.people.click(ADMIN, on(seen), "access:change")
    await office.people.wait_for_modal(ADMIN, "Change a role")
    assert (await office.people.submit(ADMIN, {"person": FINANCE, "role": "viewer"})).ok
    assert await office.people.wait_for(ADMIN, DESK, "is *Viewer* now")
    person = await person_of(tenant, FINANCE, office.bot.tools)
    assert (person.role, person.billing_approver) == (Role.VIEWER, True)


async def test_a_guest_gets_no_role(office: Office):
    seen = await office.answer(ADMIN, "/autotask who", "Change a role")
    await office.people.click(ADMIN, on(seen), "access:change")
    await office.people.wait_for_modal(ADMIN, "Change a role")
    outcome = await office.people.submit(ADMIN, {"person": "U0GRETA001", "role": "viewer"})
    assert "get no role" in outcome.errors["person"]


async def test_who_is_deactivated_while_a_form_is_open_is_refused_at_its_submit(office: Office):
    await office.give_role(FINANCE, Role.ADMIN)
    seen = await office.answer(FINANCE, "/autotask who", "Change a role")
    await office.people.click(FINANCE, on(seen), "access:change")
    await office.people.wait_for_modal(FINANCE, "Change a role")
    left = replace(office.slack.workspace.members[FINANCE], kind="deactivated")
    event = {"type": "user_change", "user": user_object(office.slack.workspace, left, with_email=False)}
    payloads.raise_event(office.slack.hub, "user_change", event)

    async def known() -> bool:
        return await role_of(office, FINANCE) is Role.NONE

    await until(known)
    outcome = await office.people.submit(FINANCE, {"person": FULL_MEMBER, "role": "viewer"})
    assert outcome.response_action in {"push", "errors"}
    assert await role_of(office, FULL_MEMBER) is Role.FULL_MEMBER


async def test_everything_is_reached_from_the_home_tab_too(office: Office):
    people = office.people
    people.open_home(ADMIN)
    await people.wait_for_home(ADMIN, "People and access")
    await people.click(ADMIN, {"type": "home"}, "run:access:all")
    await shown(office, "given to them by an Admin")
    await people.click(ADMIN, inside(people.modal(ADMIN)), "access:tab:groups")
    await shown(office, "everybody sees every organization")
    await people.click(ADMIN, inside(people.modal(ADMIN)), "groups:new")
    await people.wait_for_modal(ADMIN, "New organization group")
    assert (await people.submit(ADMIN, {"name": "Dentists"})).ok
    await shown(office, "Organizations (0)")
    await people.close(ADMIN, everything=True)
    await people.click(ADMIN, {"type": "home"}, "run:audit:all")
    await shown(office, "create organization group")
    trail = people.modal(ADMIN)
    row = next(block["block_id"] for block in trail.body["blocks"] if "audit_details" in str(block))
    await people.click(ADMIN, inside(trail), "audit_details", block_id=row)
    await people.wait_for_modal(ADMIN, "Audit entry")


async def shown(office: Office, text: str) -> None:
    def look() -> bool | None:
        view = office.people.modal(ADMIN)
        return True if view is not None and text in words(view) else None

    await office.people.until(look, text)
