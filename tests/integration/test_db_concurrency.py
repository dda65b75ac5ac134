"""Two hundred at once: nothing is lost, nothing is doubled."""

import asyncio

import pytest

from bot.domain.reviews import Answer
from bot.errors import AlreadyDone, InvalidInput
from tests.factories import NOON
from tests.integration.filled import fill_review, ticket_form

MANY = 200


@pytest.fixture
async def review(database):
    async with database.directory() as directory:
        tenant = await directory.ensure_tenant("T1", "Northwind IT")
    async with database.unit(tenant.id) as uow:
        review_id, question_id = await fill_review(uow)
        found = await uow.reviews.get(review_id)
    return tenant.id, found, question_id


async def many(act, count=MANY):
    return await asyncio.gather(*(act(n) for n in range(count)), return_exceptions=True)


async def test_two_hundred_edits_of_one_answer_lose_none(database, review):
    tenant_id, found, question_id = review

    async def edit(n):
        async with database.unit(tenant_id) as uow:
            return await uow.reviews.answer(
                found.id, question_id, answer=Answer.ALIGNED, note=None, by=f"U{n}", at=NOON
            )

    versions = [answered.version for answered in await many(edit)]
    assert sorted(versions) == list(range(2, MANY + 2))


async def test_an_edit_of_the_answer_keeps_anothers_note(database, review):
    tenant_id, found, question_id = review

    async def edit(n):
        answer, note = (Answer.ALIGNED, None) if n % 2 else (None, "tested in May")
        async with database.unit(tenant_id) as uow:
            await uow.reviews.answer(found.id, question_id, answer=answer, note=note, by="U1", at=NOON)

    await many(edit, 20)
    async with database.unit(tenant_id) as uow:
        saved = (await uow.reviews.get(found.id)).answers[question_id]
    assert (saved.answer, saved.note) == (Answer.ALIGNED, "tested in May")


async def test_two_hundred_submits_of_one_press_are_one_ticket(database, review):
    tenant_id, found, _question_id = review

    async def submit(n):
        form = ticket_form(found.organization_id, "press-1", review_id=None)
        async with database.unit(tenant_id) as uow:
            return await uow.tickets.add(form, f"dh-T1-press{n}", 1, by="U1", by_name="Dana Reyes", at=NOON)

    results = await many(submit)
    assert len({ticket.id for ticket, _ in results}) == 1
    assert sum(is_new for _, is_new in results) == 1


async def test_of_many_people_one_raises_the_questions_next_ticket(database, review):
    tenant_id, found, _question_id = review
    another = next(each.id for each in found.template.questions)

    async def submit(n):
        form = ticket_form(found.organization_id, f"press-{n}", review_id=found.id, question_id=another)
        async with database.unit(tenant_id) as uow:
            return await uow.tickets.add(form, f"dh-T1-x{n}", 1, by=f"U{n}", by_name="Dana", at=NOON)

    async with database.unit(tenant_id) as uow:
        before = len(await uow.tickets.list_for(found.id, another))
    results = await many(submit, 50)
    refused = [result for result in results if isinstance(result, InvalidInput)]
    async with database.unit(tenant_id) as uow:
        tickets = await uow.tickets.list_for(found.id, another)
    assert len(tickets) == 1
    assert len(refused) == 50 - (1 - before)


async def test_of_two_hundred_deliveries_one_is_the_first(database, review):
    tenant_id, *_ = review

    async def deliver(_):
        async with database.unit(tenant_id) as uow:
            return await uow.deliveries.first_time("view:V1:submit", NOON)

    assert sum(await many(deliver)) == 1


async def test_of_many_who_claim_the_first_admin_seat_one_gets_it(database, review):
    tenant_id, *_ = review

    async def claim(n):
        async with database.unit(tenant_id) as uow:
            return await uow.people.claim_first_admin(f"U{n}", NOON)

    assert sum(await many(claim, 50)) == 1
    async with database.unit(tenant_id) as uow:
        assert len(await uow.people.admins()) == 1


async def test_of_many_who_add_an_organization_of_one_name_one_does(database, review):
    tenant_id, *_ = review

    async def add(_):
        async with database.unit(tenant_id) as uow:
            return await uow.organizations.add("Globex", "U1", NOON)

    results = await many(add, 50)
    assert sum(isinstance(result, AlreadyDone) for result in results) == 49


async def test_of_many_who_plan_a_message_one_is_new(database, review):
    tenant_id, *_ = review

    async def plan(_):
        async with database.unit(tenant_id) as uow:
            return await uow.messages.plan("ticket:9", "C1")

    rows = await many(plan, 50)
    assert sum(row.is_new for row in rows) == 1
