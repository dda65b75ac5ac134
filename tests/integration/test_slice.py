"""The whole way, played by members of the workspace: connect, map, review, raise a ticket, read the digest."""

from collections.abc import AsyncIterator

import pytest

from sandbox.autotask.faults import Fault
from sandbox.slack import feed
from sandbox.slack.people import inside, on
from sandbox.slack.seed import ADMIN, FULL_MEMBER
from tests.integration.steps import (
    DESK,
    connect,
    map_acme,
    modal_words,
    open_connect_form,
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


async def test_from_nothing_to_a_ticket_in_autotask(office):
    people = office.slack.people
    await connect(office)
    await map_acme(office)
    await start_review(office)
    await open_first_category(office)
    assert (await raise_ticket(office)).ok
    card = await people.wait_for(FULL_MEMBER, DESK, "View in Autotask")
    [ticket] = office.tickets_in_autotask()
    assert str(ticket["ticketNumber"]) in feed.words_of_message(card)
    assert "multi-factor" in str(ticket["title"])
    assert ticket["queueID"] == 5
    assert "Raised from Slack by" in str(ticket["description"])
    assert "Only visible" not in feed.words_of_message(card)


async def test_the_daily_digest_says_what_was_connected_mapped_and_raised(office):
    people = office.slack.people
    await connect(office)
    await map_acme(office)
    await start_review(office)
    await open_first_category(office)
    await raise_ticket(office)
    await people.wait_for(FULL_MEMBER, DESK, "View in Autotask")
    await people.type_command(ADMIN, DESK, "/autotask digest")
    digest = feed.words_of_message(await people.wait_for(ADMIN, DESK, "Daily digest"))
    [ticket] = office.tickets_in_autotask()
    for expected in ("Autotask connected", "Unit", str(ticket["ticketNumber"]), "Reviews started"):
        assert expected in digest


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("username", "nobody@sandbox.example", "user"),
        ("secret", "not-the-secret", "secret"),
        ("tracking_id", "WRONGTRACKINGID000000000001", "tracking"),
        ("tracking_id", "has spaces in it", "no spaces"),
        ("tracking_id", "me@example.com", "username"),
        ("secret", "short", "too short"),
    ],
)
async def test_a_wrong_credential_is_told_under_its_own_field(office, field, value, words):
    await open_connect_form(office)
    answer = await submit_credentials(office, **{field: value})
    errors = answer.errors
    assert list(errors) == [field]
    assert words in errors[field].lower()


async def test_a_slow_autotask_does_not_time_the_modal_out(office):
    office.autotask.control.plan(Fault("slow", "*", "*", delay_ms=2600))
    await open_connect_form(office)
    answer = await submit_credentials(office)
    assert answer.ok
    assert "Checking" in modal_words(office, ADMIN)
    await until_modal_says(office, "Logged in")


async def test_who_closed_the_modal_gets_the_late_answer_as_a_message(office):
    people = office.slack.people
    office.autotask.control.plan(Fault("slow", "*", "*", delay_ms=2600))
    await open_connect_form(office)
    await submit_credentials(office)
    await people.close(ADMIN, everything=True)
    direct = office.slack.workspace.direct(ADMIN, office.slack.workspace.bot.id)
    message = await people.wait_for(ADMIN, direct.id, "accepted the credentials")
    await people.click(ADMIN, on(message), "connect_resume")
    await until_modal_says(office, "Logged in")


async def test_a_full_member_may_not_connect(office):
    people = office.slack.people
    await people.type_command(FULL_MEMBER, DESK, "/autotask connect")
    await people.wait_for(FULL_MEMBER, DESK, "You may not connect Autotask")


async def test_verify_names_the_missing_right_and_where_to_tick_it(office):
    people = office.slack.people
    await connect(office)
    office.autotask.control.revoke("Contracts", ("query",))
    await people.type_command(ADMIN, DESK, "/autotask verify")
    found = feed.words_of_message(await people.wait_for(ADMIN, DESK, "permission missing"))
    assert "Contracts: read" in found
    assert "Security Levels" in found
    office.autotask.control.grant("Contracts", ("query",))
    card = await people.wait_for(ADMIN, DESK, "Re-check")
    await people.click(ADMIN, on(card), "verify_run")
    await people.wait_for(ADMIN, DESK, "All permissions are in place")


async def test_an_unmapped_organization_says_so_and_offers_the_map(office):
    people = office.slack.people
    await connect(office)
    async with office.bot.database.unit(office.tenant.id) as uow:
        await uow.organizations.add("Nowhere Inc", "U1", office.bot.tools.clock.now())
    await people.type_command(FULL_MEMBER, DESK, "/autotask review nowhere")
    await people.wait_for_modal(FULL_MEMBER, "Start a review")
    await people.submit(FULL_MEMBER)
    await people.wait_for_modal(FULL_MEMBER, "Review")
    await open_first_category(office)
    view = people.modal(FULL_MEMBER)
    row = next(block for block in view.body["blocks"] if block["type"] == "actions")
    await people.click(FULL_MEMBER, inside(view), "ticket_open", block_id=row["block_id"])
    await until_modal_says(office, "Nowhere Inc", FULL_MEMBER)


async def test_a_refusal_by_autotask_is_told_with_its_reason_and_a_retry_works(office):
    people = office.slack.people
    await connect(office)
    await map_acme(office)
    await start_review(office)
    await open_first_category(office)
    office.autotask.control.plan(
        Fault("fail", "Tickets", "POST", skip=1, status=500, body='{"errors":["The contract is <closed>."]}')
    )
    await raise_ticket(office)
    message = await people.wait_for(FULL_MEMBER, DESK, "Not created in Autotask")
    assert "The contract is <closed>." in str(message.blocks)
    await people.click(FULL_MEMBER, on(message), "ticket_retry")
    await people.wait_for(FULL_MEMBER, DESK, "View in Autotask")
    assert len(office.tickets_in_autotask()) == 1
