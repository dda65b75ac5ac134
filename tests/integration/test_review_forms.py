"""Reviews as members of the workspace see them: the form, two people in one review, lists, the end."""

from collections.abc import AsyncIterator

import pytest

from bot.domain.context import Role
from bot.domain.reviews import Answer
from bot.domain.switches import Capability, Mode
from sandbox.slack import feed
from sandbox.slack.faults import Fault
from sandbox.slack.people import inside, on
from sandbox.slack.seed import ADMIN, FULL_MEMBER
from tests.e2e.conftest import empty_database
from tests.factories import until
from tests.integration.review_steps import (
    choose_answer,
    fields_of,
    first_step,
    newest,
    opened_form,
    options_of,
    pick,
    started,
    ticket_titled,
)
from tests.integration.slack_world import SALES_ROOM
from tests.integration.steps import (
    DESK,
    block_with,
    modal_words,
    opened_world,
    raise_ticket,
    until_modal_says,
)
from tests.world import COMPANIES, World

LONG = "Is every single one of these controls in place, written down and looked at each month? " * 8


@pytest.fixture(scope="module")
async def shared_office(server, template, tmp_path_factory) -> AsyncIterator[World]:
    """Connected, with one mapped organization whose name tries every mark."""
    async with (
        empty_database(server, template) as url,
        opened_world(url, tmp_path_factory.mktemp("review-forms")) as opened,
    ):
        await opened.connected()
        await opened.bot.services.access.set_role(opened.ctx, FULL_MEMBER, Role.FULL_MEMBER)
        await opened.mapped("*Ünit* & <Söhne>", COMPANIES[0])
        yield opened


@pytest.fixture
async def office(shared_office) -> AsyncIterator[World]:
    """Tests open reviews of their own, each with its own title; nobody has a modal open at first."""
    yield shared_office
    for user in (ADMIN, FULL_MEMBER):
        if shared_office.slack.people.modal(user):
            await shared_office.slack.people.close(user, everything=True)


async def test_the_form_grows_the_tickets_texts_and_both_are_made_together(office):
    people = office.slack.people
    form = await opened_form(office)
    await pick(office, FULL_MEMBER, "review_ticket", {"selected_options": options_of(form, "review_ticket")})
    await until_modal_says(office, "New Review ['IT alignment review", FULL_MEMBER)
    kept = options_of(people.modal(FULL_MEMBER), "review_categories")[:2]
    await pick(office, FULL_MEMBER, "review_categories", {"selected_options": kept})
    await until_modal_says(office, "categories: Identity and access, Backup and recovery", FULL_MEMBER)
    assert (await people.submit(FULL_MEMBER, {"title": "Q4 & <more>"})).ok
    ticket = await ticket_titled(office, "New Review ['Q4 & <more>'] created")
    assert "Included categories: Identity and access, Backup and recovery" in str(ticket["description"])
    card = await people.wait_for(FULL_MEMBER, DESK, "Answer questions")
    assert "Q4 & <more>" in feed.words_of_message(card)
    assert "*Ünit* & <Söhne>" in feed.words_of_message(card)


async def test_what_a_person_made_of_the_tickets_text_is_sent_as_it_is(office):
    people = office.slack.people
    form = await opened_form(office)
    await pick(office, FULL_MEMBER, "review_ticket", {"selected_options": options_of(form, "review_ticket")})
    await until_modal_says(office, "New Review [", FULL_MEMBER)
    summary = fields_of(people.modal(FULL_MEMBER))["summary"]["block_id"]
    assert (await people.submit(FULL_MEMBER, {summary: "My own words", "title": "Named later"})).ok
    ticket = await ticket_titled(office, "My own words")
    assert "New Review ['Named later'] created by" in str(ticket["description"])


async def test_another_template_brings_its_categories_and_keeps_the_title(office):
    people = office.slack.people
    form = await opened_form(office)
    security = next(
        each for each in options_of(form, "review_template") if each["text"]["text"] == "Security review"
    )
    await pick(office, FULL_MEMBER, "review_template", {"selected_option": security})
    await until_modal_says(office, "Incident response", FULL_MEMBER)
    assert len(options_of(people.modal(FULL_MEMBER), "review_categories")) == 7
    assert (await people.submit(FULL_MEMBER)).ok
    view = await people.wait_for_modal(FULL_MEMBER, "Review")
    assert "0 of 32" in feed.words_of(view.body).replace("*", "")


async def test_an_unmapped_organization_is_set_up_on_the_way_and_the_form_comes_back(office):
    people = office.slack.people
    async with office.bot.database.unit(office.tenant.id) as uow:
        await uow.organizations.add("Nowhere Inc", "U1", office.bot.tools.clock.now())
    form = await opened_form(office, words="nowhere")
    assert "not mapped to an Autotask company" in feed.words_of(form.body)
    block = block_with(form, "review_set_up")
    await people.click(FULL_MEMBER, inside(form), "review_set_up", block_id=block)
    mapping = await people.wait_for_modal(FULL_MEMBER, "ap organization")
    found = await people.suggest(FULL_MEMBER, inside(mapping), "map_company", "contoso")
    company = next(block["block_id"] for block in mapping.body["blocks"] if block["type"] == "input")
    assert (await people.submit(FULL_MEMBER, {company: found.options[0]})).ok
    await until_modal_says(office, "Create Ticket in Autotask", FULL_MEMBER)
    assert "Start a review" in modal_words(office, FULL_MEMBER)


async def test_a_button_that_was_drawn_before_something_was_chosen_is_heard(office):
    people = office.slack.people
    async with office.bot.database.unit(office.tenant.id) as uow:
        await uow.organizations.add("Elsewhere Inc", "U1", office.bot.tools.clock.now())
    form = await opened_form(office, words="elsewhere")
    drawn_first, block = form.hash, block_with(form, "review_set_up")
    fewer = {"selected_options": options_of(form, "review_categories")[1:]}
    await pick(office, FULL_MEMBER, "review_categories", fewer)
    await people.until(lambda: people.modal(FULL_MEMBER).hash != drawn_first or None, "the form drawn anew")
    await people.click(FULL_MEMBER, inside(form), "review_set_up", block_id=block)
    await people.wait_for_modal(FULL_MEMBER, "ap organization")


async def test_tickets_that_are_switched_off_are_explained_in_the_form(office):
    now = office.bot.tools.clock.now()
    async with office.bot.database.unit(office.tenant.id) as uow:
        await uow.switches.set(Capability.TICKETS, Mode.READ_ONLY, by="U1", at=now)
    form = await opened_form(office)
    assert "Tickets are read-only" in feed.words_of(form.body)
    async with office.bot.database.unit(office.tenant.id) as uow:
        await uow.switches.set(Capability.TICKETS, Mode.ON, by="U1", at=now)
    where = block_with(form, "review_check_again")
    await office.slack.people.click(FULL_MEMBER, inside(form), "review_check_again", block_id=where)
    await until_modal_says(office, "Create Ticket in Autotask", FULL_MEMBER)


async def test_an_organization_archived_while_the_form_is_open_is_told_and_nothing_is_lost(office):
    people = office.slack.people
    soon_gone = await office.mapped("Soon gone", COMPANIES[2])
    await opened_form(office, words="soon gone")
    await office.bot.services.organizations.archive(office.ctx, soon_gone.id)
    answer = await people.submit(FULL_MEMBER, {"title": "Long thought about"})
    assert answer.errors == {"organization": "This organization is gone. Please choose another."}
    assert "Start a review" in modal_words(office, FULL_MEMBER)


async def test_a_stale_modal_does_not_overwrite_a_newer_answer_and_says_whose_it_is(office):
    people = office.slack.people
    await started(office, "Two at once")
    card = await people.wait_for(FULL_MEMBER, DESK, "Two at once: 0 of 26")
    await first_step(office)
    await people.click(ADMIN, on(card), "review_open")
    await people.wait_for_modal(ADMIN, "Review")
    await first_step(office, ADMIN)
    await choose_answer(office, FULL_MEMBER, 0, "Misaligned")
    await until_modal_says(office, "1 of 4 here", FULL_MEMBER)
    await choose_answer(office, ADMIN, 0, "Aligned")
    await until_modal_says(office, "has just chosen Misaligned", ADMIN)
    await choose_answer(office, ADMIN, 0, "Aligned")

    async def replaced() -> bool:
        review = await newest(office)
        return [saved.answer for saved in review.answers.values()] == [Answer.ALIGNED]

    await until(replaced)


async def test_a_note_overtaken_by_another_keeps_both_in_sight(office):
    people = office.slack.people
    await started(office, "A note of two")
    await first_step(office)
    view = people.modal(FULL_MEMBER)
    await people.click(FULL_MEMBER, inside(view), "review_note", block_id=block_with(view, "review_note"))
    await people.wait_for_modal(FULL_MEMBER, "Note")
    review = await newest(office)
    question = review.template.questions[0]
    await office.bot.services.reviews.answer(office.ctx, review.id, question.id, note="*Dana's* note")
    assert (await people.submit(FULL_MEMBER, {"note": "Marcus' note"})).ok
    await until_modal_says(office, "*Dana's* note", FULL_MEMBER)
    assert people.modal(FULL_MEMBER).values["note"]["value"]["value"] == "Marcus' note"
    assert (await people.submit(FULL_MEMBER)).ok
    await until_modal_says(office, "Marcus' note", FULL_MEMBER)


async def test_the_overview_below_is_current_when_one_comes_back_to_it(office):
    people = office.slack.people
    await started(office, "Come back")
    await first_step(office)
    await choose_answer(office, FULL_MEMBER, 1, "Not applicable")
    await until_modal_says(office, "1 of 26 in all", FULL_MEMBER)
    stack = office.slack.hub.views.stack(FULL_MEMBER)

    async def counted() -> bool:
        return "1 of 4 answered" in feed.words_of(stack[0].body)

    await until(counted)
    await people.close(FULL_MEMBER)
    assert "Continue" in modal_words(office, FULL_MEMBER)


async def test_a_category_of_more_questions_than_a_modal_holds_is_walked_page_by_page(office):
    people = office.slack.people
    rows = "".join(f'Big,"{LONG}{number}"\n' for number in range(25))
    read = await imported(office, f"category,question\n{rows}Small,One?\n", "Long one")
    form = await opened_form(office)
    chosen = next(each for each in options_of(form, "review_template") if each["value"] == str(read.id))
    await pick(office, FULL_MEMBER, "review_template", {"selected_option": chosen})
    await until_modal_says(office, "Small", FULL_MEMBER)
    await people.submit(FULL_MEMBER)
    view = await people.wait_for_modal(FULL_MEMBER, "Review")
    button = next(
        block
        for block in view.body["blocks"]
        if block.get("accessory", {}).get("action_id") == "review_category"
    )
    await people.click(FULL_MEMBER, inside(view), "review_category", block_id=button["block_id"])
    await until_modal_says(office, "Big, page 1 of 3", FULL_MEMBER)
    assert f"{LONG}9" in modal_words(office, FULL_MEMBER)
    for words in ("page 2 of 3", "page 3 of 3", "Small"):
        view = people.modal(FULL_MEMBER)
        where = block_with(view, "review_category:next")
        await people.click(FULL_MEMBER, inside(view), "review_category:next", block_id=where)
        await until_modal_says(office, words, FULL_MEMBER)


async def test_completing_notes_the_ticket_in_autotask_and_a_completed_review_can_be_opened_again(office):
    people = office.slack.people
    form = await opened_form(office)
    await pick(office, FULL_MEMBER, "review_ticket", {"selected_options": options_of(form, "review_ticket")})
    await until_modal_says(office, "New Review [", FULL_MEMBER)
    await people.submit(FULL_MEMBER, {"title": "To the end"})
    await ticket_titled(office, "New Review ['To the end'] created")
    overview = await people.wait_for_modal(FULL_MEMBER, "Review")
    where = block_with(overview, "review_complete")
    await people.click(FULL_MEMBER, inside(overview), "review_complete", block_id=where)
    await until_modal_says(office, "Re-open", FULL_MEMBER)

    async def noted() -> list[dict[str, object]]:
        rows = office.autotask.database.rows("TicketNotes")
        return [row for row in rows if row.get("title") == "Review 'To the end' completed"]

    [note] = await until(noted, within=20)
    assert "Open for" in str(note["description"])
    card = await people.wait_for(FULL_MEMBER, DESK, "Completed")
    assert "To the end" in feed.words_of_message(card)
    overview = people.modal(FULL_MEMBER)
    await people.click(
        FULL_MEMBER, inside(overview), "review_reopen", block_id=block_with(overview, "review_reopen")
    )
    await until_modal_says(office, "Complete review", FULL_MEMBER)


async def test_the_list_is_narrowed_by_words_and_by_the_filter_in_place(office):
    people = office.slack.people
    for title in ("Spring review", "Autumn review"):
        await opened_form(office)
        await people.submit(FULL_MEMBER, {"title": title})
        await people.wait_for_modal(FULL_MEMBER, "Review")
        await people.close(FULL_MEMBER, everything=True)
    await people.type_command(FULL_MEMBER, DESK, "/autotask reviews all unit autumn")
    listing = await people.wait_for(FULL_MEMBER, DESK, "Only: “unit autumn”")
    assert "Spring review" not in feed.words_of_message(listing)
    where = next(block["block_id"] for block in listing.blocks if block["type"] == "actions")
    await people.click(FULL_MEMBER, on(listing), "review_filter", block_id=where)
    await people.wait_for_modal(FULL_MEMBER, "Search and filter")
    assert (await people.submit(FULL_MEMBER, {"words": "spring", "whose": "mine", "standing": "open"})).ok
    narrowed = await people.wait_for(FULL_MEMBER, DESK, "Only: open · “spring”")
    assert narrowed.ts == listing.ts
    assert "Spring review" in feed.words_of_message(narrowed)
    assert "Autumn" not in feed.words_of_message(narrowed)


async def test_a_card_shared_in_another_channel_is_kept_current_there(office):
    people = office.slack.people
    await started(office, "Shared around")
    await people.close(FULL_MEMBER, everything=True)
    people.open_home(FULL_MEMBER)
    home = await people.wait_for_home(FULL_MEMBER, "My reviews")
    await people.click(FULL_MEMBER, inside(home), "run:reviews", block_id=block_with(home, "run:reviews"))
    listing = await people.wait_for_modal(FULL_MEMBER, "Deskhand")
    row = next(block for block in listing.body["blocks"] if block.get("accessory"))
    await people.click(FULL_MEMBER, inside(listing), "review_open", block_id=row["block_id"])
    overview = await people.wait_for_modal(FULL_MEMBER, "Review")
    share = next(
        block["block_id"] for block in overview.body["blocks"] if block["block_id"].startswith("share:")
    )
    people.invite(ADMIN, SALES_ROOM)
    office.slack.people.invite(office.slack.workspace.bot.id, SALES_ROOM)
    await people.choose(
        FULL_MEMBER, inside(overview), "review_share", {"selected_conversation": SALES_ROOM}, block_id=share
    )
    await until_modal_says(office, "kept current there", FULL_MEMBER)
    await people.close(FULL_MEMBER)
    await first_step(office)
    await choose_answer(office, FULL_MEMBER, 0, "Aligned")
    await people.wait_for(ADMIN, SALES_ROOM, "1 of 26 answered")
    assert (await raise_ticket(office, summary="Counted everywhere")).ok
    await people.wait_for(ADMIN, SALES_ROOM, "1 ticket")


async def imported(office, text, name):
    from bot.services.templates import ImportForm

    templates = office.bot.services.templates
    read = await templates.read(office.ctx, ImportForm(text.encode(), name=name))
    return await templates.save(office.ctx, read.draft_id)


async def test_the_reviews_tickets_are_listed_refreshed_and_put_away_in_place(office):
    people = office.slack.people
    form = await opened_form(office)
    await pick(office, FULL_MEMBER, "review_ticket", {"selected_options": options_of(form, "review_ticket")})
    await until_modal_says(office, "New Review [", FULL_MEMBER)
    await people.submit(FULL_MEMBER, {"title": "With a ticket"})
    row = await ticket_titled(office, "New Review ['With a ticket'] created")
    await people.wait_for(FULL_MEMBER, DESK, str(row["ticketNumber"]))
    overview = await people.wait_for_modal(FULL_MEMBER, "Review")
    where = block_with(overview, "review_tickets")
    await people.click(FULL_MEMBER, inside(overview), "review_tickets", block_id=where)
    pane = await people.wait_for_modal(FULL_MEMBER, "Tickets")
    assert str(row["ticketNumber"]) in feed.words_of(pane.body)
    assert "About the whole review" in feed.words_of(pane.body)
    office.autotask.database.update("Tickets", row["id"], {"status": 5})
    where = block_with(pane, "review_tickets:refresh")
    await people.click(FULL_MEMBER, inside(pane), "review_tickets:refresh", block_id=where)
    await until_modal_says(office, "Complete · ", FULL_MEMBER)
    pane = people.modal(FULL_MEMBER)
    where = block_with(pane, "review_ticket_archive")
    await people.click(FULL_MEMBER, inside(pane), "review_ticket_archive", block_id=where)
    await until_modal_says(office, "archived here", FULL_MEMBER)


async def test_what_is_answered_while_the_card_waits_to_be_posted_is_on_it(office):
    await opened_form(office)
    office.slack.hub.faults.add(Fault("chat.postMessage", delay_ms=1_500))
    assert (await office.slack.people.submit(FULL_MEMBER, {"title": "Answered at once"})).ok
    await office.slack.people.wait_for_modal(FULL_MEMBER, "Review")
    await first_step(office)
    await choose_answer(office, FULL_MEMBER, 0, "Aligned")
    card = await office.slack.people.wait_for(FULL_MEMBER, DESK, "Answered at once")
    assert "0 of 26 answered" in feed.words_of_message(card), "the answer was quicker than the card"

    async def is_counted():
        return "1 of 26 answered" in feed.words_of_message(card)

    await until(is_counted)
