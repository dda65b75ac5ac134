"""Whoever lacks a right asks for it where it is missed; one of the Admins decides, once."""

from collections.abc import AsyncIterator

import pytest

from blocks.access_requests import ASK
from bot.domain.context import Ctx, Person, Right, Role
from sandbox.slack.faults import Fault
from sandbox.slack.people import on
from sandbox.slack.seed import ADMIN, FINANCE, FULL_MEMBER, GUEST, VIEWER
from tests.factories import until
from tests.integration.slack_world import DESK, Office, opened_office, words


@pytest.fixture
async def office(database_url: str) -> AsyncIterator[Office]:
    """Dana and Priya are Admins, Tomas reads; jobs run."""
    async with opened_office(database_url, runs="all") as opened:
        await opened.give_role(ADMIN, Role.ADMIN)
        await opened.give_role(FINANCE, Role.ADMIN)
        await opened.give_role(VIEWER, Role.VIEWER)
        yield opened


def direct(office: Office, user: str) -> str:
    return office.slack.workspace.direct(user, office.slack.workspace.bot.id).id


async def ask(office: Office, user: str = VIEWER) -> None:
    refused = await office.answer(user, "/autotask review", "You may not run reviews")
    assert (await office.people.click(user, on(refused), ASK)).ok


async def test_the_button_under_a_refusal_asks_every_admin_once(office: Office):
    await ask(office)
    assert await office.people.wait_for(VIEWER, DESK, "The Admins were asked to let you run reviews")
    for admin in (ADMIN, FINANCE):
        assert await office.people.wait_for(admin, direct(office, admin), "asks to run reviews")
    await ask(office)
    assert await office.people.wait_for(VIEWER, DESK, "You have asked for this already")
    asked = [
        each for each in office.people.messages(ADMIN, direct(office, ADMIN)) if "asks to" in words(each)
    ]
    assert len(asked) == 1


async def test_an_admin_gives_the_role_and_everybody_concerned_knows(office: Office):
    await ask(office)
    card = await office.people.wait_for(ADMIN, direct(office, ADMIN), "asks to run reviews")
    await office.people.click(ADMIN, on(card), "access_request_open")
    form = await office.people.wait_for_modal(ADMIN, "Give access")
    assert "Now: Viewer" in words(form)
    assert "Sales" not in words(form), "only roles that bring the right are offered"
    assert (await office.people.submit(ADMIN)).ok
    for admin in (ADMIN, FINANCE):
        assert await office.people.wait_for(admin, direct(office, admin), "approved as Full Member")
    assert await office.people.wait_for(VIEWER, direct(office, VIEWER), "lets you run reviews")
    async with office.bot.database.unit((await office.tenant()).id) as uow:
        (act, *_) = [each for each in await uow.audit.recent(10) if each.action == "approve access request"]
    assert (act.by, act.subject) == (ADMIN, VIEWER)
    assert (act.before["role"], act.after["role"]) == ("viewer", "full_member")


async def test_the_second_admin_reads_who_decided_before(office: Office):
    await ask(office)
    card = await office.people.wait_for(FINANCE, direct(office, FINANCE), "asks to run reviews")
    other = await office.people.wait_for(ADMIN, direct(office, ADMIN), "asks to run reviews")
    office.slack.hub.faults.add(Fault("chat.update", error="internal_error", status=500, times=30))
    await office.people.click(FINANCE, on(card), "access_request_decline")
    assert await office.people.wait_for(FINANCE, direct(office, FINANCE), "was told that it is declined")
    await office.people.click(ADMIN, on(other), "access_request_open")
    assert await office.people.wait_for(ADMIN, direct(office, ADMIN), "Already declined by Priya")
    office.slack.hub.faults.clear()


async def test_who_was_declined_is_told_and_asks_again_tomorrow_at_the_earliest(office: Office):
    await ask(office)
    card = await office.people.wait_for(ADMIN, direct(office, ADMIN), "asks to run reviews")
    await office.people.click(ADMIN, on(card), "access_request_decline")
    assert await office.people.wait_for(
        VIEWER, direct(office, VIEWER), "declined your request to run reviews"
    )
    await ask(office)
    assert await office.people.wait_for(VIEWER, DESK, "An Admin declined this today")


async def test_a_member_without_a_role_asks_from_the_closed_home(office: Office):
    await office.give_role(FULL_MEMBER, Role.NONE)
    office.people.open_home(FULL_MEMBER)
    closed = await office.people.wait_for_home(FULL_MEMBER, "is for members of")
    assert (await office.people.click(FULL_MEMBER, {"type": "home"}, ASK)).ok
    assert "Everything" not in words(closed)
    assert await office.people.wait_for(ADMIN, direct(office, ADMIN), "asks to see this")


async def test_a_guest_is_offered_no_request_and_can_make_none(office: Office):
    refused = await office.answer(GUEST, "/autotask review", "You may not use Deskhand")
    assert "Request access" not in words(refused)
    office.people.open_home(GUEST)
    assert "Request access" not in words(await office.people.wait_for_home(GUEST, "is for members of"))
    tenant = await office.tenant()
    async with office.bot.database.unit(tenant.id) as uow:
        assert (await uow.access_requests.waiting())[1] == 0


async def test_a_request_for_billing_gives_the_right_and_keeps_the_role(office: Office):
    tenant = await office.tenant()
    await office.answer(VIEWER, "/autotask help", "What Deskhand understands")
    made = await office.bot.services.access.ask(
        Ctx(tenant, Person(VIEWER, "Tomas", Role.VIEWER)), Right.APPROVE_BILLING
    )
    card = await office.people.wait_for(ADMIN, direct(office, ADMIN), "asks to approve billing")
    await office.people.click(ADMIN, on(card), "access_request_open")
    await office.people.wait_for_modal(ADMIN, "Give access")
    assert (await office.people.submit(ADMIN)).ok

    async def given() -> bool:
        async with office.bot.database.unit(tenant.id) as uow:
            person = await uow.people.get(made.user_id)
        return person is not None and person.billing_approver and person.role is Role.VIEWER

    await until(given)
