"""Reviews with a real database: many people at once, nothing lost, nothing overwritten unseen."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot.domain.context import Ctx, Role
from bot.domain.reviews import Answer, ReviewFilter, Standing
from bot.domain.switches import Capability, Mode
from bot.domain.templates import Question
from bot.errors import AlreadyDone, InvalidInput, MappingMissing, NotAllowed, NotFound, SwitchedOff
from bot.services.reviews import ReviewForm
from bot.services.templates import ImportForm
from tests.e2e.conftest import empty_database
from tests.integration.test_db_sight import restricted
from tests.world import COMPANIES, World, world


@pytest.fixture(scope="module")
async def shared_database_url(server, template):
    async with empty_database(server, template) as url:
        yield url


@pytest.fixture(scope="module")
async def office(shared_database_url, tmp_path_factory) -> AsyncIterator[World]:
    """Connected and mapped; tests open reviews of their own."""
    async with world(shared_database_url, tmp_path_factory.mktemp("reviews")) as opened:
        await opened.connected()
        yield opened


@pytest.fixture(scope="module")
async def acme(office):
    return await office.mapped()


@pytest.fixture
def service(office):
    return office.bot.services.reviews


@pytest.fixture
async def review(office, acme):
    return await office.reviewed(acme)


def as_person(office: World, user_id: str, role: Role = Role.FULL_MEMBER) -> Ctx:
    return Ctx(office.tenant, replace(office.ctx.person, user_id=user_id, name=user_id, role=role))


# --- many at once ---


async def test_of_200_edits_at_once_none_is_lost(office, service, review):
    """100 answers and 100 notes on 26 questions, by ten people; each question's last answer is one of those given."""
    questions = review.template.questions
    verdicts = (Answer.ALIGNED, Answer.MISALIGNED, Answer.NOT_APPLICABLE)

    def edit(number):
        question = questions[number % len(questions)]
        ctx = as_person(office, f"U{number % 10}")
        answers = service.answer(ctx, review.id, question.id, answer=verdicts[number % 3])
        notes = service.answer(ctx, review.id, question.id, note=f"note {number}")
        return answers, notes

    await asyncio.gather(*(act for number in range(100) for act in edit(number)))
    state = await service.state(office.ctx, review.id)
    given = [range(index, 100, len(questions)) for index in range(len(questions))]
    for question, numbers in zip(questions, given, strict=True):
        saved = state.review.answers[question.id]
        assert (saved.version, saved.note_version) == (len(numbers), len(numbers))
        assert saved.answer in {verdicts[number % 3] for number in numbers}
        assert saved.note in {f"note {number}" for number in numbers}


async def test_an_answer_and_a_note_of_two_people_do_not_get_in_each_others_way(office, service, review):
    question = review.template.questions[0]
    dana, kim = as_person(office, "UDANA"), as_person(office, "UKIM")
    await asyncio.gather(
        service.answer(dana, review.id, question.id, answer=Answer.ALIGNED, seen=0),
        service.answer(kim, review.id, question.id, note="as agreed", seen=0),
    )
    saved = (await service.state(dana, review.id)).review.answers[question.id]
    assert (saved.answer, saved.answered_by, saved.note, saved.note_by) == (
        Answer.ALIGNED,
        "UDANA",
        "as agreed",
        "UKIM",
    )


async def test_a_newer_answer_of_another_person_is_not_overwritten_unseen(office, service, review):
    question = review.template.questions[0]
    dana, kim = as_person(office, "UDANA"), as_person(office, "UKIM")
    await service.answer(kim, review.id, question.id, answer=Answer.MISALIGNED, seen=0)
    refused = await service.answer(dana, review.id, question.id, answer=Answer.ALIGNED, seen=0)
    assert refused.overtaken is not None
    assert (refused.overtaken.answered_by, refused.overtaken.answer) == ("UKIM", Answer.MISALIGNED)
    assert refused.review.answer_to(question) is Answer.MISALIGNED
    again = await service.answer(dana, review.id, question.id, answer=Answer.ALIGNED, seen=1)
    assert again.overtaken is None
    assert again.review.answer_to(question) is Answer.ALIGNED


async def test_ones_own_newer_answer_and_the_same_answer_are_no_conflict(office, service, review):
    question = review.template.questions[0]
    dana, kim = as_person(office, "UDANA"), as_person(office, "UKIM")
    await service.answer(dana, review.id, question.id, answer=Answer.MISALIGNED, seen=0)
    quick = await service.answer(dana, review.id, question.id, answer=Answer.ALIGNED, seen=0)
    same = await service.answer(kim, review.id, question.id, answer=Answer.ALIGNED, seen=0)
    assert quick.overtaken is None
    assert same.overtaken is None


async def test_a_newer_note_of_another_person_is_not_overwritten_unseen(office, service, review):
    question = review.template.questions[0]
    dana, kim = as_person(office, "UDANA"), as_person(office, "UKIM")
    await service.answer(kim, review.id, question.id, note="Kim's", seen=0)
    refused = await service.answer(dana, review.id, question.id, note="Dana's", seen=0)
    assert refused.overtaken is not None
    assert refused.overtaken.note == "Kim's"
    taken = await service.answer(
        dana, review.id, question.id, note="both", seen=refused.overtaken.note_version
    )
    assert taken.overtaken is None


async def test_answering_what_is_open_leaves_what_is_answered(office, service, review):
    category = review.categories[0]
    first, *rest = review.template.of(category)
    await service.answer(office.ctx, review.id, first.id, answer=Answer.MISALIGNED)
    await service.answer(office.ctx, review.id, rest[0].id, note="only a note")
    state = await service.answer_open(office.ctx, review.id, category, Answer.NOT_APPLICABLE)
    assert state.review.answer_to(first) is Answer.MISALIGNED
    assert {state.review.answer_to(each) for each in rest} == {Answer.NOT_APPLICABLE}
    assert state.review.answers[rest[0].id].note == "only a note"


# --- creating ---


def form(acme, template, **more):
    return ReviewForm(acme.id, template.id, "Q4", request_key=more.pop("key", "view:V9"), **more)


async def template_of(office):
    return (await office.bot.services.templates.all(office.ctx))[0]


async def test_a_review_and_its_ticket_are_saved_together_with_the_prescribed_texts(office, service, acme):
    template = await template_of(office)
    chosen = template.categories[1:3]
    given = form(acme, template, key="view:T1", categories=chosen, with_ticket=True)
    review = await service.create(office.ctx, given)
    assert (await service.create(office.ctx, given)).id == review.id
    [ticket] = (await service.state(office.ctx, review.id)).tickets
    assert review.categories == chosen
    assert ticket.summary == "New Review ['Q4'] created"
    assert ticket.description == (
        f"New Review ['Q4'] created by {office.ctx.person.name}. Included categories: {', '.join(chosen)}"
    )
    assert ticket.question_id is None


async def test_no_review_without_the_ticket_that_was_wanted_with_it(office, service):
    template = await template_of(office)
    async with office.bot.database.unit(office.tenant.id) as uow:
        unmapped = await uow.organizations.add("Nowhere", "U1", office.bot.tools.clock.now())
    _, before = await service.page(office.ctx)
    with pytest.raises(MappingMissing):
        await service.create(office.ctx, form(unmapped, template, key="view:T2", with_ticket=True))
    assert (await service.page(office.ctx))[1] == before


async def test_with_tickets_read_only_the_form_says_so_and_no_review_is_half_made(office, service, acme):
    template = await template_of(office)
    now = office.bot.tools.clock.now()
    async with office.bot.database.unit(office.tenant.id) as uow:
        await uow.switches.set(Capability.TICKETS, Mode.READ_ONLY, by="U1", at=now)
    try:
        draft = await service.draft(office.ctx, [template], organization_id=acme.id)
        assert draft.obstacle == "read_only"
        with pytest.raises(SwitchedOff):
            await service.create(office.ctx, form(acme, template, key="view:T3", with_ticket=True))
    finally:
        async with office.bot.database.unit(office.tenant.id) as uow:
            await uow.switches.set(Capability.TICKETS, Mode.ON, by="U1", at=now)


async def test_an_organization_archived_while_the_form_is_open_is_told_under_its_field(office, service):
    template = await template_of(office)
    gone = await office.mapped("Soon gone", COMPANIES[2])
    await office.bot.services.organizations.archive(office.ctx, gone.id)
    with pytest.raises(InvalidInput) as refused:
        await service.create(office.ctx, form(gone, template, key="view:T4"))
    assert refused.value.field == "organization"


async def test_categories_of_another_template_are_refused_under_their_field(office, service, acme):
    template = await template_of(office)
    with pytest.raises(InvalidInput) as refused:
        await service.create(office.ctx, form(acme, template, key="view:T5", categories=("Other",)))
    assert refused.value.field == "categories"


async def test_a_ticket_from_a_question_of_700_characters_loses_nothing(office, service, acme):
    question = " ".join(f"word{number}" for number in range(90))[:700].strip()
    template = await saved(office, f"category,question\nA,{question}\n".encode(), name="Long")
    review = await service.create(office.ctx, form(acme, template, key="view:L1"))
    draft = await office.bot.services.tickets.draft(office.ctx, review.id, review.template.questions[0].id)
    summary = draft.typed.summary.removesuffix("…").split()
    assert 400 < len(draft.typed.summary) <= 500
    assert summary == question.split()[: len(summary)]
    assert question.split()[-1] in draft.typed.description


# --- completing ---


async def test_completing_notes_each_of_the_reviews_own_tickets_once_in_the_same_transaction(
    office, service, acme
):
    template = await template_of(office)
    review = await service.create(office.ctx, form(acme, template, key="view:T6", with_ticket=True))
    await office.ticket(review, request_key="view:T7")
    question = review.template.questions[0]
    await service.answer(office.ctx, review.id, question.id, answer=Answer.MISALIGNED, note="never tested")
    done = await service.complete(office.ctx, review.id)
    with pytest.raises(AlreadyDone):
        await service.complete(office.ctx, review.id)
    own = [each for each in done.tickets if each.question_id is None]
    async with office.bot.database.unit(office.tenant.id) as uow:
        notes = {each.id: await uow.ticket_notes.waiting(each.id) for each in done.tickets}
    assert sum(map(len, notes.values())) == len(own) == 1
    [note] = notes[own[0].id]
    assert note.title == "Review 'Q4' completed"
    assert "Open for" in note.text
    assert "never tested" in note.text


async def test_a_completed_review_takes_no_answer_until_it_is_opened_again(office, service, review):
    question = review.template.questions[0]
    done = await service.complete(office.ctx, review.id)
    assert done.review.completed_by == office.ctx.person.user_id
    with pytest.raises(AlreadyDone):
        await service.answer(office.ctx, review.id, question.id, answer=Answer.ALIGNED)
    await service.reopen(office.ctx, review.id)
    with pytest.raises(AlreadyDone):
        await service.reopen(office.ctx, review.id)
    state = await service.answer(office.ctx, review.id, question.id, answer=Answer.ALIGNED)
    assert state.review.completed_at is None
    async with office.bot.database.unit(office.tenant.id) as uow:
        actions = [act.action for act in await uow.audit.recent(2)]
    assert actions == ["re-open review", "complete review"]


async def test_no_answer_slips_in_while_a_review_is_being_completed(office, service, review):
    """Whatever the order, an answer either is in the review when it is completed, or is refused."""
    question = review.template.questions[0]
    outcomes = await asyncio.gather(
        *(service.answer(office.ctx, review.id, question.id, note=f"{n}") for n in range(8)),
        service.complete(office.ctx, review.id),
        return_exceptions=True,
    )
    state = await service.state(office.ctx, review.id)
    late = [each for each in outcomes if isinstance(each, AlreadyDone)]
    saved = state.review.answers.get(question.id)
    assert (saved.note_version if saved else 0) == 8 - len(late)
    assert saved is None or saved.note_at <= state.review.completed_at


# --- who may, and what they find ---


async def test_who_may_not_see_an_organization_sees_none_of_its_reviews(office, service, acme, review):
    stranger = restricted(office.tenant, acme.id + 1000)
    with pytest.raises(NotFound):
        await service.state(stranger, review.id)
    with pytest.raises(NotFound):
        await service.answer(stranger, review.id, review.template.questions[0].id, answer=Answer.ALIGNED)
    assert await service.page(stranger) == ([], 0)


async def test_a_viewer_reads_and_changes_nothing(office, service, review):
    viewer = as_person(office, "UVIEW", Role.VIEWER)
    assert (await service.state(viewer, review.id)).review.id == review.id
    for act in (
        service.complete(viewer, review.id),
        service.reopen(viewer, review.id),
        service.answer(viewer, review.id, 1, note="x"),
        service.answer_open(viewer, review.id, "x", Answer.ALIGNED),
    ):
        with pytest.raises(NotAllowed):
            await act


async def test_reviews_are_found_by_words_state_organization_and_owner(office, service, acme):
    template = await template_of(office)
    unit = await office.mapped("Ünit Werke", COMPANIES[1])
    wanted = await service.create(
        office.ctx, ReviewForm(unit.id, template.id, "Jährliche Prüfung", request_key="view:F1")
    )

    async def found(**chosen):
        page, _ = await service.page(office.ctx, chosen=ReviewFilter(**({"mine": False} | chosen)))
        return [each.id for each in page]

    assert await found(words="unit jahrliche") == [wanted.id]
    assert await found(words="unit 100%") == []
    assert await found(organization_id=unit.id, standing=Standing.OPEN) == [wanted.id]
    assert await found(organization_id=unit.id, standing=Standing.COMPLETED) == []
    kim = as_person(office, "UKIM")
    assert await service.page(kim, chosen=ReviewFilter(words="unit")) == ([], 0)


# --- templates in versions ---


async def test_a_new_version_leaves_reviews_under_way_with_their_questions(office, service, acme):
    templates = office.bot.services.templates
    first = await saved(office, b"category,question\nA,One?\nB,Two?\n", name="Versions")
    review = await service.create(office.ctx, form(acme, first, key="view:V1"))
    read = await templates.read(
        office.ctx, ImportForm(b"category,question\nA,One?\nA,Three?\n", name="versions")
    )
    assert read.replaces is not None
    assert (read.change.kept, read.change.added, read.change.gone, read.open_reviews) == (1, 1, 1, 1)
    second = await templates.save(office.ctx, read.draft_id)
    assert (second.version, second.key) == (2, first.key)
    texts = [each.text for each in (await service.state(office.ctx, review.id)).review.template.questions]
    assert texts == ["One?", "Two?"]
    current = [each for each in await templates.all(office.ctx) if each.key == first.key]
    assert [each.version for each in current] == [2]


async def test_two_imports_of_one_template_at_once_are_two_versions(office):
    templates = office.bot.services.templates
    drafts = [
        await templates.read(office.ctx, ImportForm(b"category,question\nA,One?\n", name="At once"))
        for _ in range(2)
    ]
    made = await asyncio.gather(*(templates.save(office.ctx, each.draft_id) for each in drafts))
    assert sorted(each.version for each in made) == [1, 2]
    with pytest.raises(AlreadyDone):
        await templates.save(office.ctx, drafts[0].draft_id)


async def test_the_queue_of_a_category_is_kept_over_versions_and_taken_back(office):
    templates = office.bot.services.templates
    first = await saved(office, b"category,question\nA,One?\n", name="Queues")
    queue = int((await office.bot.services.connections.options(office.ctx, "queueID"))[1].value)
    await templates.set_queue(office.ctx, first.id, "A", queue)
    second = await saved(office, b"category,question\nA,One?\nB,Two?\n", name="Queues")
    async with office.bot.database.unit(office.tenant.id) as uow:
        assert await uow.templates.default_queue(first.id, "A") == queue
        assert await uow.templates.default_queue(second.id, "A") == queue
        assert await uow.templates.default_queue(second.id, "B") is None
    with pytest.raises(InvalidInput) as refused:
        await templates.set_queue(office.ctx, second.id, "A", 999_999)
    assert "not active" in refused.value.reason
    await templates.set_queue(office.ctx, second.id, "A", None)
    assert (await templates.queues(office.ctx, second.id)).chosen == {}


async def test_an_archived_template_is_not_offered_and_comes_back(office, service, acme):
    templates = office.bot.services.templates
    template = await saved(office, b"category,question\nA,One?\n", name="Put away")
    await templates.archive(office.ctx, template.id)
    assert template.id not in [each.id for each in await templates.all(office.ctx)]
    with pytest.raises(InvalidInput):
        await service.create(office.ctx, form(acme, template, key="view:P1"))
    await templates.archive(office.ctx, template.id, archived=False)
    assert template.id in [each.id for each in await templates.all(office.ctx)]


async def test_two_templates_never_have_the_same_name(office):
    templates = office.bot.services.templates
    template = await saved(office, b"category,question\nA,One?\n", name="A name of its own")
    with pytest.raises(InvalidInput) as refused:
        await templates.rename(office.ctx, template.id, "SECURITY review")
    assert refused.value.field == "name"
    assert (await templates.rename(office.ctx, template.id, "  Another ")).name == "Another"


async def test_both_starters_are_there_from_the_first_call(office):
    found = {each.key: each for each in await office.bot.services.templates.all(office.ctx)}
    assert {"it-alignment", "security"} <= set(found)
    assert len(found["security"].questions) == 32


async def saved(office, content, *, name):
    templates = office.bot.services.templates
    read = await templates.read(office.ctx, ImportForm(content, name=name))
    assert all(isinstance(each, Question) for each in read.read.questions)
    return await templates.save(office.ctx, read.draft_id)
