"""Reviews: create one from a template, answer its questions, complete it."""

from dataclasses import dataclass
from secrets import token_hex

from bot.clock import Clock
from bot.db.session import Database
from bot.domain.context import Ctx, Right
from bot.domain.reviews import Answer, Review, Template
from bot.domain.tickets import Ticket
from bot.errors import AlreadyDone, InvalidInput, NotFound
from bot.starter import starter_templates

LONGEST_TITLE = 150


@dataclass(frozen=True)
class ReviewForm:
    organization_id: int
    template_id: int
    title: str
    channel_id: str = ""
    request_key: str = ""
    """Names the click: the same one delivered twice opens one review."""


@dataclass(frozen=True)
class ReviewState:
    """A review with the tickets raised from it, by question id (None: for the whole review)."""

    review: Review
    tickets: tuple[Ticket, ...]


class ReviewsService:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def templates(self, ctx: Ctx) -> list[Template]:
        """Every template of the workspace; the starter templates are there from the first call."""
        ctx.require(Right.READ)
        async with self._database.unit_for(ctx) as uow:
            for starter in starter_templates():
                await uow.templates.ensure(starter.key, starter.name, starter.questions)
            return await uow.templates.all()

    async def create(self, ctx: Ctx, form: ReviewForm) -> Review:
        """Opens a review; an empty title becomes "template, month and year".

        Raises ``InvalidInput`` or ``NotFound``.
        """
        ctx.require(Right.RUN_REVIEWS)
        now = self._clock.now()
        async with self._database.unit_for(ctx) as uow:
            organization = await uow.organizations.get(form.organization_id)
            template = await uow.templates.get(form.template_id)
            if organization is None:
                raise InvalidInput("organization", "This organization is gone. Please choose another.")
            if template is None:
                raise InvalidInput("template", "This template is gone. Please choose another.")
            title = _title(form.title, f"{template.name}, {now:%B %Y}")
            review, is_new = await uow.reviews.add(
                organization.id,
                template.id,
                title,
                categories=template.categories,
                by=ctx.person.user_id,
                at=now,
                channel_id=form.channel_id,
                request_key=form.request_key or token_hex(10),
            )
            if not is_new:
                return review
            await uow.audit.record(
                at=now,
                by=ctx.person.user_id,
                action="create review",
                subject=f"{title}, {organization.name}",
                after={"organization": organization.name, "template": template.name},
            )
        return review

    async def state(self, ctx: Ctx, review_id: int) -> ReviewState:
        ctx.require(Right.READ)
        async with self._database.unit_for(ctx) as uow:
            review = await uow.reviews.get(review_id)
            if review is None:
                raise NotFound("review", str(review_id))
            return ReviewState(review, tuple(await uow.tickets.list_for(review_id)))

    async def page(
        self, ctx: Ctx, *, mine: bool, offset: int = 0, limit: int = 10
    ) -> tuple[list[Review], int]:
        ctx.require(Right.READ)
        async with self._database.unit_for(ctx) as uow:
            return await uow.reviews.page(offset, limit, created_by=ctx.person.user_id if mine else None)

    async def answer(
        self,
        ctx: Ctx,
        review_id: int,
        question_id: int,
        *,
        answer: Answer | None = None,
        note: str | None = None,
    ) -> ReviewState:
        """Saves an answer, a note, or both; what is None stays as it is, whoever wrote it.

        Raises ``AlreadyDone`` when the review was completed meanwhile, ``NotFound`` for an unknown question.
        """
        ctx.require(Right.RUN_REVIEWS)
        async with self._database.unit_for(ctx) as uow:
            review = await uow.reviews.get(review_id)
            if review is None or review.question(question_id) is None:
                raise NotFound("question", str(question_id))
            if review.completed_at is not None:
                raise AlreadyDone("This review is completed; its answers are final.")
            await uow.reviews.answer(
                review_id, question_id, answer=answer, note=note, by=ctx.person.user_id, at=self._clock.now()
            )
        return await self.state(ctx, review_id)

    async def complete(self, ctx: Ctx, review_id: int) -> ReviewState:
        """Ends the review; raises ``AlreadyDone`` if somebody did so before."""
        ctx.require(Right.RUN_REVIEWS)
        now = self._clock.now()
        async with self._database.unit_for(ctx) as uow:
            review = await uow.reviews.get(review_id)
            if review is None:
                raise NotFound("review", str(review_id))
            if review.completed_at is not None:
                raise AlreadyDone("This review is completed already.")
            await uow.reviews.complete(review_id, now)
            await uow.audit.record(
                at=now,
                by=ctx.person.user_id,
                action="complete review",
                subject=f"{review.title}, {review.organization_name}",
            )
        return await self.state(ctx, review_id)


def _title(typed: str, default: str) -> str:
    title = " ".join(typed.split()) or default
    if len(title) > LONGEST_TITLE and not typed.strip():
        return f"{title[: LONGEST_TITLE - 1]}…"
    if len(title) > LONGEST_TITLE:
        raise InvalidInput(
            "title", f"Titles have at most {LONGEST_TITLE} characters; this one has {len(title)}."
        )
    return title
