"""``/autotask review`` and ``reviews``: open one, answer its questions, complete it."""

from blocks import kit
from blocks import organizations as organization_blocks
from blocks import reviews as blocks
from bot.domain.context import Right
from bot.domain.organizations import Organization
from bot.domain.reviews import Answer, Question
from bot.errors import NotFound
from bot.services.reviews import ReviewForm, ReviewState
from handlers.command import Command, Feature, Listener
from handlers.context import Request
from handlers.payload import text_at

PAGE_SIZE = 10


async def open_new(request: Request) -> None:
    """From the command (words name the client) or a button (its value is the organization's id)."""
    request.ctx.require(Right.RUN_REVIEWS)
    organization = await _meant(request)
    templates = await request.services.reviews.templates(request.ctx)
    await request.open_instead(
        blocks.create_form(templates, organization=organization, channel_id=request.channel_id)
    )


async def suggest_organizations(request: Request) -> None:
    found = await request.services.organizations.search(request.ctx, request.text)
    await request.ack_options(organization_blocks.options(found))


async def create(request: Request) -> None:
    typed = blocks.read_create_form(request.values)
    review = await request.services.reviews.create(
        request.ctx,
        ReviewForm(
            typed.organization_id,
            typed.template_id,
            typed.title,
            request.channel_id,
            request_key=f"view:{request.view_id}",
        ),
    )
    await request.ack_update(blocks.overview(review, ()))
    await request.post(f"review:{review.id}", review.channel_id, blocks.card(review))


async def show(request: Request) -> None:
    mine = (request.action_value or request.text or "mine") != "all"
    await request.respond(await _listing(request, number=0, mine=mine))


async def turn_page(request: Request) -> None:
    number, _, whose = request.action_value.partition("|")
    message = await _listing(request, number=int(number), mine=whose == "mine")
    await request.respond(message, replace=True)


async def open_review(request: Request) -> None:
    state = await request.services.reviews.state(request.ctx, int(request.action_value))
    await request.open_instead(blocks.overview(state.review, state.tickets))


async def open_category(request: Request) -> None:
    review_id, index, how = request.action_value.split("|")
    state = await request.services.reviews.state(request.ctx, int(review_id))
    view = blocks.questions(state.review, int(index), state.tickets)
    if how == "push":
        await request.push(view)
    else:
        await request.update(view)


async def answer(request: Request) -> None:
    """A choice in the drop-down beside a question: saved at once, then the view shows it."""
    question_id = int(request.action_id.partition(":")[2])
    state = await request.services.reviews.answer(
        request.ctx,
        int(text_at(request.metadata, "review")),
        question_id,
        answer=Answer(request.action_value),
    )
    index = int(text_at(request.metadata, "category"))
    await request.update(blocks.questions(state.review, index, state.tickets))
    await _refresh_card(request, state)


async def open_note(request: Request) -> None:
    request.ctx.require(Right.RUN_REVIEWS)
    review_id, question_id = (int(part) for part in request.action_value.split("|"))
    state = await request.services.reviews.state(request.ctx, review_id)
    question = _question(state, question_id)
    saved = state.review.answers.get(question_id)
    index = state.review.template.categories.index(question.category)
    await request.push(blocks.note_form(review_id, index, question, saved.note if saved else ""))


async def save_note(request: Request) -> None:
    state = await request.services.reviews.answer(
        request.ctx,
        int(text_at(request.metadata, "review")),
        int(text_at(request.metadata, "question")),
        note=request.form.text("note"),
    )
    await request.ack()
    index = int(text_at(request.metadata, "category"))
    await request.update(
        blocks.questions(state.review, index, state.tickets),
        view_id=text_at(request.view, "previous_view_id"),
    )


async def complete(request: Request) -> None:
    state = await request.services.reviews.complete(request.ctx, int(request.action_value))
    await request.update(blocks.overview(state.review, state.tickets))
    await _refresh_card(request, state)


async def _refresh_card(request: Request, state: ReviewState) -> None:
    await request.edit(f"review:{state.review.id}", blocks.card(state.review, state.tickets))


async def _meant(request: Request) -> Organization | None:
    service = request.services.organizations
    if request.action_value.isdigit():
        return await service.get(request.ctx, int(request.action_value))
    found = await service.search(request.ctx, request.text, limit=2) if request.text else []
    return found[0] if len(found) == 1 else None


def _question(state: ReviewState, question_id: int) -> Question:
    question = state.review.question(question_id)
    if question is None:
        raise NotFound("question", str(question_id))
    return question


async def _listing(request: Request, *, number: int, mine: bool) -> kit.Message:
    found, total = await request.services.reviews.page(
        request.ctx, mine=mine, offset=number * PAGE_SIZE, limit=PAGE_SIZE
    )
    return blocks.listing(found, kit.page(total, number, PAGE_SIZE), mine=mine)


FEATURE = Feature(
    commands=(
        Command(
            "review",
            "Start a review for a client",
            open_new,
            usage="[client]",
            right=Right.RUN_REVIEWS,
            label="Start a review",
            details="Opens a review from a template. Name the client to have it filled in: `review acme`.",
        ),
        Command(
            "reviews",
            "My reviews, or all of them",
            show,
            usage="[mine|all]",
            label="My reviews",
        ),
    ),
    listeners=(
        Listener("action", blocks.NEW, open_new),
        Listener("action", blocks.LIST, show),
        Listener("action", f"^{blocks.PAGE}:(back|next)$", turn_page),
        Listener("action", blocks.OPEN, open_review),
        Listener("action", f"^{blocks.CATEGORY}(:back|:next)?$", open_category),
        Listener("action", f"^{blocks.ANSWER}:[0-9]+$", answer),
        Listener("action", blocks.NOTE, open_note),
        Listener("action", blocks.COMPLETE, complete),
        Listener("options", blocks.ORGANIZATION_OPTIONS, suggest_organizations),
        Listener("view", blocks.CREATE_CALLBACK, create),
        Listener("view", blocks.NOTE_CALLBACK, save_note),
    ),
)
