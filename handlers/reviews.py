"""``/autotask review`` and ``reviews``: open one, answer its questions, complete it."""

from blocks import kit
from blocks import reviews as blocks
from bot.domain.context import Right
from bot.domain.numbers import small
from bot.domain.reviews import Answer, Question, step_of, steps
from bot.errors import NotFound
from bot.services.reviews import ReviewState
from handlers import review_forms, review_lists, review_tickets
from handlers.command import Command, Feature, Listener
from handlers.context import Request
from handlers.payload import as_number, nth, number_at, own, text_at
from handlers.review_cards import DRAWN_AT_MOST, catch_up, key_of, keys_of, redraw


async def open_review(request: Request) -> None:
    state = await request.services.reviews.state(request.ctx, request.action_number)
    view = blocks.overview(state.review, state.tickets, channel_id=request.channel_id)
    await request.open_instead(view)


async def turn_categories(request: Request) -> None:
    number, _, review_id = request.action_value.partition("|")
    state = await request.services.reviews.state(request.ctx, as_number(review_id))
    await request.update(
        blocks.overview(state.review, state.tickets, as_number(number), channel_id=request.channel_id)
    )


async def open_step(request: Request) -> None:
    review_id, index, how = request.action_parts(3)
    state = await request.services.reviews.state(request.ctx, as_number(review_id))
    view = blocks.questions(state.review, as_number(index), state.tickets, channel_id=request.channel_id)
    if how == "push":
        await request.push(view)
    else:
        await request.update(view)


async def answer(request: Request) -> None:
    """A choice beside a question: saved at once, unless somebody else's newer one was not seen yet."""
    question_id = as_number(request.action_id.partition(":")[2])
    version, index = request.block_part(1), number_at(request.metadata, "category")
    state = await request.services.reviews.answer(
        request.ctx,
        as_number(text_at(request.metadata, "review")),
        question_id,
        answer=own(Answer, request.action_value),
        seen=own(small, version) if version else None,
    )
    await _draw(request, state, index)


async def answer_open(request: Request) -> None:
    review_id, index, value = request.action_parts(3)
    state = await request.services.reviews.state(request.ctx, as_number(review_id))
    category = own(nth(steps(state.review)), index).category
    done = await request.services.reviews.answer_open(
        request.ctx, as_number(review_id), category, own(Answer, value)
    )
    await _draw(request, done, as_number(index), notice="What was open here is answered now.")


async def open_note(request: Request) -> None:
    request.ctx.require(Right.RUN_REVIEWS)
    review_id, question_id = map(as_number, request.action_parts(2))
    state = await request.services.reviews.state(request.ctx, review_id)
    question = _question(state, question_id)
    saved = state.review.answers.get(question_id)
    note, version = (saved.note, saved.note_version) if saved else ("", 0)
    index = step_of(state.review, question_id)
    await request.push(blocks.note_form(review_id, index, question, note, version=version))


async def save_note(request: Request) -> None:
    given = request.metadata
    review_id, question_id = (as_number(text_at(given, name)) for name in ("review", "question"))
    seen, index = own(small, text_at(given, "version") or "0"), number_at(given, "category")
    note = request.form.text("note")
    state = await request.services.reviews.answer(request.ctx, review_id, question_id, note=note, seen=seen)
    if state.overtaken:
        question = _question(state, question_id)
        view = blocks.note_form(review_id, index, question, note, standing=state.overtaken)
        await request.ack_update(view)
        return
    await request.ack()
    view = blocks.questions(state.review, index, state.tickets)
    await request.update(view, view_id=text_at(request.view, "previous_view_id"))


async def complete(request: Request) -> None:
    await _ended(request, await request.services.reviews.complete(request.ctx, request.action_number))


async def reopen(request: Request) -> None:
    await _ended(request, await request.services.reviews.reopen(request.ctx, request.action_number))


async def share(request: Request) -> None:
    """Posts the card once more, where the person wants it; from then on it is kept current there, too."""
    review_id, _, channel = request.action_value.partition("|")
    if chosen := text_at(request.body, "actions", 0, "selected_conversation"):
        review_id, channel = request.block_part(0), chosen
    state = await request.services.reviews.state(request.ctx, as_number(review_id))
    card = blocks.card(state.review, state.tickets)
    key = key_of(state.review.id, channel)
    await request.tools.notifier.post(request.ctx.tenant, key, channel, card)
    await request.services.reviews.share(request.ctx, as_number(review_id), channel)
    await catch_up(request, state, key)
    text = f"The card is in {kit.channel_mention(channel)}, and is kept current there."
    await request.respond(kit.Message(text, (kit.section(f":white_check_mark: {text}"),)))


async def _draw(request: Request, state: ReviewState, index: int, *, notice: str = "") -> None:
    """Shows the step as it stands now, the overview below it, and the cards.

    Presses are answered side by side: whoever draws last looks once more, so that no older picture stays.
    """
    overtaken = state.overtaken
    for _ in range(DRAWN_AT_MOST):
        view = blocks.questions(
            state.review,
            index,
            state.tickets,
            overtaken=overtaken,
            notice=notice,
            channel_id=request.channel_id,
        )
        await request.update(view)
        fresh = await request.services.reviews.state(request.ctx, state.review.id)
        if fresh.review.revision == state.review.revision:
            break
        state = fresh
    below = request.below
    if below:
        overview = blocks.overview(state.review, state.tickets, channel_id=request.channel_id)
        await request.update(overview, view_id=below)
    card = blocks.card(state.review, state.tickets)
    for key in keys_of(state):
        request.tools.notifier.progress(request.ctx.tenant, key, card)


async def _ended(request: Request, state: ReviewState) -> None:
    await request.update(blocks.overview(state.review, state.tickets, channel_id=request.channel_id))
    await redraw(request, state)


def _question(state: ReviewState, question_id: int) -> Question:
    question = state.review.question(question_id)
    if question is None:
        raise NotFound("question", str(question_id))
    return question


FEATURE = Feature(
    commands=(
        Command(
            "review",
            "Start a review for a client",
            review_forms.open_new,
            usage="[client]",
            right=Right.RUN_REVIEWS,
            label="Start a review",
            details="Opens a review from a template. Name the client to have it filled in: `review acme`.",
        ),
        Command(
            "reviews",
            "My reviews, or all of them",
            review_lists.show,
            usage="[mine|all] [open|completed] [words]",
            label="My reviews",
            details="Words narrow the list to titles and clients: `reviews all open acme`. Open one to go on where "
            "you left off.",
        ),
    ),
    listeners=(
        *review_forms.LISTENERS,
        *review_lists.LISTENERS,
        *review_tickets.LISTENERS,
        Listener("action", blocks.OPEN, open_review),
        Listener("action", f"^{blocks.CATEGORIES_PAGE}:(back|next)$", turn_categories),
        Listener("action", f"^{blocks.CATEGORY}(:back|:next|:again|:continue)?$", open_step),
        Listener("action", f"^{blocks.ANSWER}:[0-9]+$", answer),
        Listener("action", blocks.ANSWER_OPEN, answer_open),
        Listener("action", blocks.NOTE, open_note),
        Listener("action", blocks.COMPLETE, complete),
        Listener("action", blocks.REOPEN, reopen),
        Listener("action", blocks.SHARE, share),
        Listener("view", blocks.NOTE_CALLBACK, save_note),
    ),
)
