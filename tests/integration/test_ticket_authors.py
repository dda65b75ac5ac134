"""Tickets in the person's own name: where the workspace wants it and Autotask allows it, and not otherwise."""

from collections.abc import AsyncIterator

import pytest

from bot.domain.authors import AS_PERSON, refusal_key
from bot.domain.settings import YES, Chosen
from bot.jobs import NoteTicket
from sandbox.autotask.faults import Fault
from sandbox.slack.seed import FULL_MEMBER
from tests.factories import until
from tests.integration.steps import DESK, opened_world, until_modal_says
from tests.integration.test_tickets import choose_organization, open_ticket_form, raised, the_ticket
from tests.world import World


@pytest.fixture
async def office(database_url, tmp_path) -> AsyncIterator[World]:
    """Connected; the Full Member's e-mail address is that of a user of Autotask."""
    async with opened_world(database_url, tmp_path) as opened:
        await opened.connected()
        await opened.mapped()
        yield opened


@pytest.fixture
def technician(office) -> dict:
    database = office.autotask.database
    person = next(each for each in database.rows("Resources") if each["userType"] != 17)
    email = office.slack.workspace.members[FULL_MEMBER].email
    changed = {**person, "email": email.upper()}
    database.put(database.entity("Resources"), changed)
    return changed


async def want_own_names(office: World) -> None:
    async with office.bot.database.unit(office.tenant.id) as uow:
        now = office.bot.tools.clock.now()
        await uow.settings.prefer(AS_PERSON, Chosen(YES, "Yes"), by="U1", at=now)


async def test_the_person_is_the_author_where_the_workspace_wants_it(office, technician):
    await want_own_names(office)
    await raised(office)
    [row] = office.tickets_in_autotask()
    assert row["creatorResourceID"] == technician["id"]
    assert row["impersonatorCreatorResourceID"] == office.autotask.control.user().resource_id


async def test_without_the_workspaces_wish_the_api_user_is_the_author(office, technician):
    await raised(office)
    [row] = office.tickets_in_autotask()
    assert row["creatorResourceID"] != technician["id"]
    assert "Raised from Slack by " in row["description"]


async def test_a_refusal_falls_back_to_the_text_and_is_remembered_for_the_day(office, technician):
    await want_own_names(office)
    office.autotask.control.user().impersonates = frozenset()
    await raised(office)
    [row] = office.tickets_in_autotask()
    assert row["creatorResourceID"] != technician["id"]
    assert "Raised from Slack by " in row["description"]
    async with office.bot.database.unit(office.tenant.id) as uow:
        assert await uow.deliveries.seen(
            refusal_key("Ticket", technician["id"], office.bot.tools.clock.now())
        )
    office.autotask.control.clear_log()
    await raised(office, "A second one")
    posts = [
        each for each in office.autotask.control.log(entity="Tickets", method="POST") if each.status != 200
    ]
    assert posts == []


async def test_a_ticket_that_is_refused_whoever_writes_it_says_nothing_about_its_author(office, technician):
    await want_own_names(office)
    closed = '{"errors":["The contract is closed."]}'
    office.autotask.control.plan(Fault("fail", "Tickets", "POST", skip=1, count=2, body=closed))
    await open_ticket_form(office, "Printer on fire")
    await choose_organization(office, "Acme")
    await until_modal_says(office, "Autotask company Acme Dental", FULL_MEMBER)
    await office.slack.people.submit(FULL_MEMBER)
    await office.slack.people.wait_for(FULL_MEMBER, DESK, "Not created in Autotask")
    await office.slack.people.close(FULL_MEMBER, everything=True)
    await raised(office, "A second one")
    [row] = office.tickets_in_autotask()
    assert row["creatorResourceID"] == technician["id"]


async def test_a_note_is_in_the_persons_name_too(office, technician):
    await want_own_names(office)
    await raised(office)
    ticket = await the_ticket(office)
    async with office.bot.database.unit(office.tenant.id) as uow:
        note, _ = await uow.ticket_notes.add(
            ticket.id,
            key="test",
            reference="dhn-1",
            title="Seen",
            text="It smokes",
            by=FULL_MEMBER,
            by_name="Alex",
            at=office.bot.tools.clock.now(),
        )
        await office.bot.jobs.enqueue(uow, NoteTicket(tenant_id=office.tenant.id, note_id=note.id))

    async def noted():
        return [each for each in office.autotask.database.rows("TicketNotes") if each["title"] == "Seen"]

    [row] = await until(noted)
    assert row["creatorResourceID"] == technician["id"]


async def test_two_users_of_one_address_are_nobody(office, technician):
    await want_own_names(office)
    database = office.autotask.database
    other = next(
        each
        for each in database.rows("Resources")
        if each["userType"] != 17 and each["id"] != technician["id"]
    )
    database.put(database.entity("Resources"), {**other, "email2": technician["email"]})
    await raised(office)
    [row] = office.tickets_in_autotask()
    assert row["creatorResourceID"] not in {technician["id"], other["id"]}
