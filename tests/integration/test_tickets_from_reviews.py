"""Tickets from a review's questions: the way to the map from the third modal, and queues by category."""

from collections.abc import AsyncIterator

import pytest

from sandbox.slack.people import inside, on
from sandbox.slack.seed import FULL_MEMBER
from tests.integration.steps import (
    DESK,
    block_with,
    open_first_category,
    opened_world,
    raise_ticket,
    start_review,
    until_modal_says,
)
from tests.world import World


@pytest.fixture
async def office(database_url, tmp_path) -> AsyncIterator[World]:
    async with opened_world(database_url, tmp_path) as opened:
        await opened.connected()
        yield opened


async def press_raise(office: World) -> None:
    people = office.slack.people
    view = people.modal(FULL_MEMBER)
    await people.click(FULL_MEMBER, inside(view), "ticket_open", block_id=block_with(view, "ticket_open"))
    await people.wait_for_modal(FULL_MEMBER, "Raise a ticket")


async def test_from_the_third_modal_the_map_takes_the_forms_place_and_gives_it_back_filled(office):
    people = office.slack.people
    async with office.bot.database.unit(office.tenant.id) as uow:
        await uow.organizations.add("Unit", "U1", office.bot.tools.clock.now())
    await start_review(office)
    await open_first_category(office)
    await press_raise(office)
    await until_modal_says(office, "has no Autotask company yet", FULL_MEMBER)
    typed = {"summary": "Turn MFA on", "description": "For everybody"}
    assert (await people.submit(FULL_MEMBER, typed)).ok
    mapping = await people.wait_for_modal(FULL_MEMBER, "Map organization")
    found = await people.suggest(FULL_MEMBER, inside(mapping), "map_company", "acme")
    assert (await people.submit(FULL_MEMBER, {"company": found.options[0]})).ok
    await people.wait_for_modal(FULL_MEMBER, "Raise a ticket")
    assert (await people.submit(FULL_MEMBER)).ok
    await people.wait_for(FULL_MEMBER, DESK, "View in Autotask")
    [row] = office.tickets_in_autotask()
    assert row["title"] == "Turn MFA on"
    assert row["description"].startswith("For everybody")


async def test_a_question_may_have_several_tickets_and_a_card_raises_another(office):
    people = office.slack.people
    await office.mapped("Unit")
    await start_review(office)
    await open_first_category(office)
    assert (await raise_ticket(office)).ok
    card = await people.wait_for(FULL_MEMBER, DESK, "View in Autotask")
    await people.close(FULL_MEMBER, everything=True)
    await people.click(FULL_MEMBER, on(card), "ticket_another")
    await people.wait_for_modal(FULL_MEMBER, "Raise a ticket")
    assert (await people.submit(FULL_MEMBER, {"summary": "The second one"})).ok
    await people.wait_for(FULL_MEMBER, DESK, "created: The second one")
    async with office.bot.database.unit(office.tenant.id) as uow:
        first, second = sorted(await uow.tickets.recent(5), key=lambda each: each.n)
    assert (first.question_id, first.n + 1) == (second.question_id, second.n)


async def test_a_categorys_queue_is_filled_in_while_autotask_offers_it(office):
    review = await office.reviewed(await office.mapped())
    question = review.template.questions[0]
    async with office.bot.database.unit(office.tenant.id) as uow:
        queues = await uow.fields.active("Tickets", "queueID")
        chosen = queues[-1]
        template = await uow.templates.get(review.template.id)
        await uow.templates.set_queue(
            template.key, question.category, int(chosen.value), by="U1", at=office.bot.tools.clock.now()
        )
    draft = await office.bot.services.tickets.draft(office.ctx, review.id, question.id)
    assert (draft.typed.queue.label, draft.typed.queue.value) == (chosen.label, int(chosen.value))
    whole = await office.bot.services.tickets.draft(office.ctx, review.id, None)
    assert whole.typed.queue.value == int(queues[0].value)


async def test_a_reviews_own_ticket_is_worded_as_given_with_the_creators_name(office):
    review = await office.reviewed(await office.mapped())
    draft = await office.bot.services.tickets.draft(office.ctx, review.id, None)
    assert draft.typed.summary == f"New Review ['{review.title}'] created"
    assert draft.typed.description.startswith(f"New Review ['{review.title}'] created by ")
    assert "Included categories: Identity and access" in draft.typed.description
    assert office.ctx.person.user_id not in draft.typed.description
