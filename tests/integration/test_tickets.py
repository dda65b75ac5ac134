"""Tickets as members raise and look at them: the form, the card, the list, and what may go wrong on the way."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import update

from bot.db.tables import organizations
from bot.domain.context import Role
from bot.domain.switches import Mode
from bot.domain.tickets import TicketState
from sandbox.autotask.faults import Fault
from sandbox.slack import feed
from sandbox.slack.people import inside, on
from sandbox.slack.seed import ADMIN, FULL_MEMBER
from tests.factories import until
from tests.integration.steps import DESK, opened_world, switch_tickets, until_modal_says
from tests.world import World


@pytest.fixture
async def office(database_url, tmp_path) -> AsyncIterator[World]:
    """Connected, with one mapped organization; jobs run."""
    async with opened_world(database_url, tmp_path) as opened:
        await opened.connected()
        opened.autotask.control.clear_log()
        yield opened


async def open_ticket_form(office: World, words: str = "", user: str = FULL_MEMBER):
    await office.slack.people.type_command(user, DESK, f"/autotask ticket {words}".strip())
    return await office.slack.people.wait_for_modal(user, "Raise a ticket")


async def choose_organization(office: World, name: str, user: str = FULL_MEMBER) -> dict:
    """Picks it in the form, as Slack tells it: at once, and again with the submit."""
    people = office.slack.people
    modal = people.modal(user)
    found = await people.suggest(user, inside(modal), "ticket_organization", name)
    option = next(each for each in found.options if each["text"]["text"] == name)
    await people.choose(
        user, inside(modal), "ticket_organization", {"selected_option": option}, block_id="organization"
    )
    return option


async def raised(office: World, words: str = "Printer on fire", user: str = FULL_MEMBER):
    """A ticket without a review, and its card."""
    people = office.slack.people
    await open_ticket_form(office, words, user)
    await choose_organization(office, "Acme", user)
    await until_modal_says(office, "Autotask company Acme Dental", user)
    assert (await people.submit(user)).ok
    card = await people.wait_for(user, DESK, "View in Autotask")
    await people.close(user, everything=True)
    return card


async def the_ticket(office: World):
    async with office.bot.database.unit(office.tenant.id) as uow:
        return (await uow.tickets.recent(1))[0]


def field_of(view, name: str) -> str:
    block = next(each for each in view.body["blocks"] if each.get("block_id") == name)
    return block["element"].get("initial_value", "")


async def test_a_ticket_without_a_review_takes_its_words_from_the_command(office):
    await office.mapped()
    card = await raised(office, "Printer <b> & *fire*")
    [row] = office.tickets_in_autotask()
    assert row["title"] == "Printer <b> & *fire*"
    assert "Printer <b> & *fire*" in feed.words_of_message(card)
    assert row["description"].startswith("Raised from Slack by ")
    words = feed.words_of_message(card)
    for fact in (row["ticketNumber"], "Acme", "New", "Client Portal", "as of"):
        assert fact in words


async def test_an_unmapped_organization_is_mapped_from_the_half_filled_form(office):
    people = office.slack.people
    await office.mapped("Unit", "Ünit & Söhne <GmbH>")
    async with office.bot.database.unit(office.tenant.id) as uow:
        await uow.organizations.add("Nowhere Inc", "U1", office.bot.tools.clock.now())
    await open_ticket_form(office, "Printer on fire")
    await choose_organization(office, "Nowhere Inc")
    await until_modal_says(office, "has no Autotask company yet", FULL_MEMBER)
    view = people.modal(FULL_MEMBER)
    assert view.body["submit"]["text"] == "Set up PSA organization"
    assert (await people.submit(FULL_MEMBER, {"description": "Smoke on the *second* floor"})).ok
    mapping = await people.wait_for_modal(FULL_MEMBER, "Map organization")
    found = await people.suggest(FULL_MEMBER, inside(mapping), "map_company", "acme")
    assert (await people.submit(FULL_MEMBER, {"company": found.options[0]})).ok
    await people.wait_for_modal(FULL_MEMBER, "Raise a ticket")
    await until_modal_says(office, "Autotask company Acme Dental", FULL_MEMBER)
    assert people.modal(FULL_MEMBER).body["submit"]["text"] == "Create ticket"
    assert (await people.submit(FULL_MEMBER)).ok
    await people.wait_for(FULL_MEMBER, DESK, "View in Autotask")
    [row] = office.tickets_in_autotask()
    assert row["title"] == "Printer on fire"
    assert row["description"].startswith("Smoke on the *second* floor")


async def test_read_only_tickets_show_what_would_be_sent_and_the_way_on(office):
    await office.mapped()
    await switch_tickets(office, Mode.READ_ONLY)
    for user, way_on in ((ADMIN, "run:settings"), (FULL_MEMBER, "access_request")):
        view = await open_ticket_form(office, "Printer on fire", user)
        words = feed.words_of(view.body)
        assert "Tickets are read-only" in words
        assert "Printer on fire" in words
        assert "submit" not in view.body
        assert way_on in str(view.body)


async def test_a_ticket_queued_before_the_switch_turned_fails_with_its_number_and_keeps_everything(office):
    review = await office.reviewed(await office.mapped())
    office.autotask.control.plan(Fault("fail", "Tickets", "POST", status=503, body=""))
    ticket = await office.ticket(review)
    await switch_tickets(office, Mode.READ_ONLY)

    async def failed():
        return (await the_ticket(office)).state is TicketState.FAILED

    await until(failed, within=30)
    stored = await the_ticket(office)
    assert (stored.error_code, stored.summary) == ("AT-205", ticket.summary)
    assert office.tickets_in_autotask() == []


async def test_a_field_that_the_database_demands_becomes_an_input_after_the_first_refusal(office):
    people = office.slack.people
    await office.mapped()
    office.autotask.control.plan(
        Fault("fail", "Tickets", "POST", skip=1, body='{"errors":["Missing Required Field: issueType"]}')
    )
    await open_ticket_form(office, "Printer on fire")
    await choose_organization(office, "Acme")
    await until_modal_says(office, "Autotask company Acme Dental", FULL_MEMBER)
    await people.submit(FULL_MEMBER, {"description": "Smoke"})
    card = await people.wait_for(FULL_MEMBER, DESK, "Not created in Autotask")
    await people.close(FULL_MEMBER, everything=True)

    async def learned():
        async with office.bot.database.unit(office.tenant.id) as uow:
            return await uow.ticket_forms.demands()

    [demand] = await until(learned)
    reference = (await the_ticket(office)).reference
    await people.click(FULL_MEMBER, on(card), "ticket_edit")
    form = await people.wait_for_modal(FULL_MEMBER, "Raise a ticket")
    assert field_of(form, "summary") == "Printer on fire"
    assert field_of(form, "description") == "Smoke"
    choice = next(each for each in form.body["blocks"] if each.get("block_id") == demand.field)
    option = choice["element"]["options"][0]
    assert (await people.submit(FULL_MEMBER, {"summary": "Printer smells", demand.field: option})).ok
    await people.wait_for(FULL_MEMBER, DESK, "View in Autotask")
    [row] = office.tickets_in_autotask()
    assert (row["externalID"], row["title"]) == (reference, "Printer smells")
    assert str(row["issueType"]) == option["value"]


async def test_a_700_character_question_fills_summary_and_description_and_nothing_is_lost(office):
    people = office.slack.people
    question = " ".join(f"word{number:03}" for number in range(100))[:700]
    await office.mapped()
    await open_ticket_form(office, question)
    view = people.modal(FULL_MEMBER)
    assert len(field_of(view, "summary")) <= 500
    assert question in field_of(view, "description")
    await choose_organization(office, "Acme")
    await until_modal_says(office, "Autotask company Acme Dental", FULL_MEMBER)
    assert (await people.submit(FULL_MEMBER)).ok
    await people.wait_for(FULL_MEMBER, DESK, "View in Autotask")
    [row] = office.tickets_in_autotask()
    assert len(row["title"]) <= 255
    assert question in row["description"]


async def test_a_description_that_autotask_cannot_hold_is_told_under_the_field_with_counts(office):
    people = office.slack.people
    await office.mapped()
    async with office.bot.database.unit(office.tenant.id) as uow:
        known = await uow.fields.entity("Tickets")
        shorter = [
            fact if fact.name != "description" else type(fact)("Tickets", "description", max_length=100)
            for fact in known.values()
        ]
        await uow.fields.replace("Tickets", shorter, office.bot.tools.clock.now())
    await open_ticket_form(office, "Printer on fire")
    await choose_organization(office, "Acme")
    await until_modal_says(office, "Autotask company Acme Dental", FULL_MEMBER)
    answer = await people.submit(FULL_MEMBER, {"description": "x" * 120})
    assert list(answer.errors) == ["description"]
    assert "100" in answer.errors["description"]
    assert "120" in answer.errors["description"]


async def test_refresh_shows_what_was_changed_in_autotask_and_who_it_is_assigned_to(office):
    people = office.slack.people
    await office.mapped()
    card = await raised(office)
    [row] = office.autotask.database.rows("Tickets")
    person = next(each for each in office.autotask.database.rows("Resources") if each["userType"] != 17)
    change(office, row, title="Printer burnt", status=5, assignedResourceID=person["id"])
    await people.click(FULL_MEMBER, on(card), "ticket_refresh")
    seen = await people.wait_for(FULL_MEMBER, DESK, "Printer burnt")
    words = feed.words_of_message(seen)
    assert "Complete" in words
    assert f"{person['firstName']} {person['lastName']}" in words


async def test_a_ticket_that_is_gone_from_autotask_says_so_on_its_card(office):
    people = office.slack.people
    await office.mapped()
    card = await raised(office)
    async with office.bot.database.unit(office.tenant.id) as uow:
        ticket = (await uow.tickets.recent(1))[0]
        long_ago = ticket.created_at.replace(year=2025)
        await uow.tickets.created(
            ticket.id,
            autotask_id=ticket.autotask_id,
            number=ticket.number,
            status_label="New",
            queue_label="",
            at=long_ago,
        )
    office.autotask.database.delete("Tickets", ticket.autotask_id)
    await people.click(FULL_MEMBER, on(card), "ticket_refresh")
    await people.wait_for(FULL_MEMBER, DESK, "No longer in Autotask")


async def test_archive_and_un_archive_are_local_and_leave_audit_rows(office):
    people = office.slack.people
    await office.mapped()
    card = await raised(office)
    before = dict(office.tickets_in_autotask()[0])
    pressed = next(
        each
        for block in card.blocks
        for each in block.get("elements", [])
        if each.get("action_id") == "ticket_archive"
    )
    assert "In Autotask it stays" in pressed["confirm"]["text"]["text"]
    await people.click(FULL_MEMBER, on(card), "ticket_archive")
    card = await people.wait_for(FULL_MEMBER, DESK, "Archived in Deskhand")
    await people.type_command(FULL_MEMBER, DESK, "/autotask tickets mine")
    await people.wait_for(FULL_MEMBER, DESK, "No tickets")
    await people.click(FULL_MEMBER, on(card), "ticket_unarchive")
    await until(lambda: audit_of(office, "un-archive ticket"))
    assert await audit_of(office, "archive ticket")
    assert dict(office.tickets_in_autotask()[0]) == before


async def test_the_list_finds_words_pages_in_place_and_refreshes_all_in_one_query(office):
    people = office.slack.people
    organization = await office.mapped()
    review = await office.reviewed(organization)
    for number in range(12):
        await office.ticket(review, request_key=f"view:{number}", index=number)

    async def created():
        async with office.bot.database.unit(office.tenant.id) as uow:
            found, _ = await uow.tickets.page(0, 20, created_by=None, archived=False, words="")
        return len(found) == 12 and all(each.state is TicketState.CREATED for each in found)

    await until(created, within=30)
    await people.type_command(FULL_MEMBER, DESK, "/autotask tickets all acme")
    page = await people.wait_for(FULL_MEMBER, DESK, "1 to 10 of 12")
    office.autotask.control.clear_log()
    await people.click(FULL_MEMBER, on(page), "ticket_refresh_all")
    await until(lambda: asked(office, "Tickets"))
    await people.click(FULL_MEMBER, on(page), "ticket_page:next")
    last = await people.wait_for(FULL_MEMBER, DESK, "11 to 12 of 12")
    assert "Searched for: acme" in feed.words_of_message(last)
    queries = list(office.autotask.control.log(entity="Tickets"))
    assert len(queries) == 1
    await people.type_command(FULL_MEMBER, DESK, "/autotask tickets all nothing-like-it")
    await people.wait_for(FULL_MEMBER, DESK, "No ticket has")


async def test_two_people_pressing_retry_push_the_ticket_once(office):
    people = office.slack.people
    await office.mapped()
    office.autotask.control.plan(
        Fault("fail", "Tickets", "POST", skip=1, body='{"errors":["The contract is closed."]}')
    )
    await open_ticket_form(office, "Printer on fire")
    await choose_organization(office, "Acme")
    await until_modal_says(office, "Autotask company Acme Dental", FULL_MEMBER)
    await people.submit(FULL_MEMBER)
    card = await people.wait_for(FULL_MEMBER, DESK, "Not created in Autotask")
    office.autotask.control.slow_next(1, delay_ms=800, entity="Tickets", method="POST")
    await people.click(FULL_MEMBER, on(card), "ticket_retry")
    await people.click(ADMIN, on(card), "ticket_retry")
    await people.wait_for(ADMIN, DESK, "on its way")
    await people.wait_for(FULL_MEMBER, DESK, "View in Autotask")
    assert len(office.tickets_in_autotask()) == 1
    assert len(await audit_of(office, "retry ticket")) == 1


async def test_pressing_submit_twice_is_one_ticket(office):
    organization = await office.mapped()
    review = await office.reviewed(organization)
    first = await office.ticket(review, request_key="view:V7")
    second = await office.ticket(review, request_key="view:V7")
    assert first.id == second.id


async def test_an_organization_that_is_gone_while_its_form_is_open_is_told_in_the_form(office):
    people = office.slack.people
    organization = await office.mapped()
    await open_ticket_form(office, "Printer on fire")
    await choose_organization(office, "Acme")
    await until_modal_says(office, "Autotask company Acme Dental", FULL_MEMBER)
    async with office.bot.database.unit(office.tenant.id) as uow:
        gone = update(organizations).where(organizations.c.id == organization.id)
        await uow.connection.execute(gone.values(archived_at=office.bot.tools.clock.now()))
    answer = await people.submit(FULL_MEMBER)
    assert "gone" in str(answer.errors)
    assert "Printer on fire" in str(people.modal(FULL_MEMBER).body)


async def test_at_the_hourly_limit_the_card_says_that_it_waits_and_until_when(office):
    people = office.slack.people
    await office.mapped()
    office.autotask.control.fail_next(
        3, status=429, body='{"errors":["The request threshold is exceeded."]}', entity="Tickets"
    )
    await open_ticket_form(office, "Printer on fire")
    await choose_organization(office, "Acme")
    await until_modal_says(office, "Autotask company Acme Dental", FULL_MEMBER)
    assert (await people.submit(FULL_MEMBER)).ok
    card = await people.wait_for(FULL_MEMBER, DESK, "not in Autotask yet", timeout_s=30)
    assert "Next try" in feed.words_of_message(card)


async def test_who_may_not_map_is_told_and_keeps_the_form(office):
    people = office.slack.people
    await office.bot.services.access.set_role(office.ctx, FULL_MEMBER, Role.SALES)
    async with office.bot.database.unit(office.tenant.id) as uow:
        await uow.organizations.add("Nowhere Inc", "U1", office.bot.tools.clock.now())
    await open_ticket_form(office, "Printer on fire")
    await choose_organization(office, "Nowhere Inc")
    await until_modal_says(office, "You may not map organizations", FULL_MEMBER)
    await people.submit(FULL_MEMBER)
    await until_modal_says(office, "You may not map organizations.", FULL_MEMBER)
    await people.close(FULL_MEMBER)
    assert "Printer on fire" in str(people.modal(FULL_MEMBER).body)


async def audit_of(office: World, action: str):
    async with office.bot.database.unit(office.tenant.id) as uow:
        return [act for act in await uow.audit.recent(50) if act.action == action]


async def asked(office: World, entity: str):
    return office.autotask.control.log(entity=entity)


def change(office: World, row, **values) -> None:
    """As somebody does it in Autotask's own pages."""
    database = office.autotask.database
    database.put(database.entity("Tickets"), {**row, **values})
