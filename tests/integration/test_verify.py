"""Verify: the table of rights, every gap with its place, what fails without a word, and the surfaces it is shown on."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.domain.checks import NEEDS
from sandbox.autotask.faults import Fault
from sandbox.slack import feed
from sandbox.slack.faults import Fault as SlackFault
from sandbox.slack.people import inside, on
from sandbox.slack.seed import ADMIN
from tests.factories import until
from tests.integration.steps import DESK, block_with, connect, modal_words, opened_world
from tests.world import World

NOT_NEEDED = "\N{EN DASH}"


@pytest.fixture
async def office(database_url, tmp_path) -> AsyncIterator[World]:
    async with opened_world(database_url, tmp_path) as opened:
        await connect(opened)
        await opened.spare_first_syncs()
        yield opened


async def verify(office: World, says: str):
    await office.slack.people.type_command(ADMIN, DESK, "/autotask verify")
    return await office.slack.people.wait_for(ADMIN, DESK, says)


def table(message) -> list[list[str]]:
    rows = next(block["rows"] for block in message.blocks if block["type"] == "table")
    return [[cell["text"] for cell in row] for row in rows]


async def test_billing_is_off_because_contracts_edit_is_missing_and_here_is_the_box_to_tick(office):
    office.autotask.control.revoke("Contracts", ("update",))
    message = await verify(office, "1 permission missing")
    said = feed.words_of_message(message)
    assert "Billing sync is off because *Contracts: Edit* is missing" in said
    assert "Security Levels ▸ the API user's level ▸ Contracts ▸ tick “Contracts: Edit”" in said
    assert ["Billing", "Contracts", NOT_NEEDED, NOT_NEEDED, "❌ missing"] in table(message)
    assert ["Tickets", "Tickets", "✅ granted", "✅ granted", "✅ granted"] in table(message)


async def test_one_pass_is_few_requests_and_quick(office):
    office.autotask.control.clear_log()
    await verify(office, "All permissions are in place")
    asked = office.autotask.control.log()
    assert len(asked) <= 10
    assert [entry.entity for entry in asked].count("EntityInformation") == 1
    assert not [entry for entry in asked if entry.status != 200]


async def test_with_every_right_gone_the_message_still_holds_everything(office):
    for entity in {need.entity for need in NEEDS}:
        office.autotask.control.revoke(entity)
    message = await verify(office, f"{len({need.id for need in NEEDS})} permissions missing")
    assert len(message.blocks) <= 50
    said = feed.words_of_message(message)
    assert all(need.tick in said for need in NEEDS)


async def test_the_level_is_named_and_costs_it_hides_are_told(office):
    control = office.autotask.control.sandbox.database
    control.set_picklist(
        "Resources", "userType", "9=Full Access*, 17=API User (system) Can't Read Costs (API-only)*"
    )
    said = feed.words_of_message(await verify(office, "All permissions are in place"))
    assert "level API User (system) Can't Read Costs (API-only)" in said
    assert "margins and variances in money are off" in said


async def test_what_fails_without_a_word_is_told_as_far_as_autotask_tells_it(office):
    office.autotask.control.user().webhooks = False
    office.autotask.control.revoke("Invoices", ("query",), look="empty")
    said = feed.words_of_message(await verify(office, "missing"))
    assert "may not create webhooks" in said
    assert "no contracts, no billing items, no time entries" in said
    assert "lines of business" in said
    assert "Impersonation, the person's side" in said
    assert "There is no invoice to try it with" in said


async def test_an_invoice_that_may_not_be_printed_is_found_out(office):
    office.autotask.control.sandbox.database.insert("Invoices", {"companyID": 0})
    forbidden = '{"errors":["The logged in Resource does not have the adequate permissions to query this entity type."]}'
    office.autotask.control.plan(
        Fault("fail", "Invoices", "GET", path="InvoicePdf", status=500, body=forbidden)
    )
    said = feed.words_of_message(await verify(office, "1 permission missing"))
    assert "may not read invoices as PDF" in said


async def test_a_question_that_hangs_is_told_as_unanswered_and_the_table_is_there(office):
    office.autotask.control.hang_next(20, entity="TimeEntries")
    await office.slack.people.type_command(ADMIN, DESK, "/autotask verify")
    message = await office.slack.people.wait_for(ADMIN, DESK, "All permissions are in place", timeout_s=15)
    assert "Autotask does not tell which" in feed.words_of_message(message)


async def test_re_check_turns_its_own_message_into_the_new_result(office):
    people = office.slack.people
    office.autotask.control.revoke("Projects", ("query",))
    message = await verify(office, "1 permission missing")
    office.autotask.control.grant("Projects", ("query",))
    await people.click(ADMIN, on(message), "verify_run")
    await people.wait_for(ADMIN, DESK, "All permissions are in place")
    seen = [m for m in people.messages(ADMIN, DESK) if "rights in" in feed.words_of_message(m)]
    assert len(seen) == 1


async def test_the_card_that_verify_was_pressed_on_stays_with_its_next_steps(office):
    people = office.slack.people
    await people.type_command(ADMIN, DESK, "/autotask connect")
    card = await people.wait_for(ADMIN, DESK, "Update credentials")
    await people.click(ADMIN, on(card), "run:verify")
    await people.wait_for(ADMIN, DESK, "All permissions are in place")
    assert await people.wait_for(ADMIN, DESK, "Update credentials")


async def test_from_home_it_is_a_modal_that_says_so_at_once_and_holds_the_classic_form(office):
    people = office.slack.people
    people.open_home(ADMIN)
    home = await people.wait_for_home(ADMIN, "Verify permissions")
    await people.click(ADMIN, inside(home), "run:verify", block_id=block_with(home, "run:verify"))

    async def shown() -> bool:
        return "All permissions are in place" in modal_words(office, ADMIN)

    await until(shown)
    await people.click(ADMIN, inside(people.modal(ADMIN)), "verify_run")
    await until(shown)


async def test_where_slack_refuses_the_table_the_classic_form_says_the_same(office):
    office.autotask.control.revoke("Contracts", ("update",))
    office.slack.hub.faults.add(SlackFault("response_url", error="invalid_blocks", times=1))
    message = await verify(office, "1 permission missing")
    assert not [block for block in message.blocks if block["type"] == "table"]
    assert "Contracts: Edit" in feed.words_of_message(message)


async def test_a_pass_that_autotask_lets_hang_ends_within_ten_seconds(office):
    office.autotask.control.hang_next(20, entity="EntityInformation")
    started = office.bot.tools.clock.now()
    await office.slack.people.type_command(ADMIN, DESK, "/autotask verify")
    await office.slack.people.wait_for(ADMIN, DESK, "Autotask is not answering", timeout_s=15)
    assert office.bot.tools.clock.now() - started < timedelta(seconds=12)
