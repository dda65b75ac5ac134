"""Reviews: create one from a template, answer its questions, complete it."""

from collections.abc import Sequence
from dataclasses import dataclass
from secrets import token_hex
from typing import Protocol
from zoneinfo import ZoneInfo

from bot.clock import Clock
from bot.db.session import Database, UnitOfWork
from bot.domain.context import Ctx, Person, Right
from bot.domain.organizations import Organization
from bot.domain.review_texts import completion_note, creation_text
from bot.domain.reviews import (
    Answer,
    Answered,
    Review,
    ReviewDraft,
    ReviewFilter,
    Template,
    checked_title,
    chosen_categories,
)
from bot.domain.switches import Capability, Mode
from bot.domain.tickets import Ticket, TicketForm
from bot.errors import AlreadyDone, InvalidInput, MappingMissing, NotConnected, NotFound

LONGEST_NOTE = 3000


class RaisesTickets(Protocol):
    """Saves a ticket, and the job that creates it, within the caller's transaction."""

    async def add_in(self, uow: UnitOfWork, ctx: Ctx, form: TicketForm) -> Ticket: ...


class AddsNotes(Protocol):
    """Saves a note for a ticket, and the job that puts it there, within the caller's transaction."""

    async def add_note_in(
        self,
        uow: UnitOfWork,
        ticket_id: int,
        *,
        key: str,
        title: str,
        text: str,
        person: Person | None = None,
    ) -> object: ...


@dataclass(frozen=True)
class ReviewForm:
    organization_id: int
    template_id: int
    title: str
    channel_id: str = ""
    request_key: str = ""
    """Names the click: the same one delivered twice opens one review."""
    categories: tuple[str, ...] = ()
    """Those of the template to go through; none means all."""
    with_ticket: bool = False
    summary: str = ""
    """What the person made of the ticket's summary; "" takes the prescribed one (product TK2)."""
    description: str = ""


@dataclass(frozen=True)
class ReviewState:
    """A review with the tickets raised from it, by question id (None: for the whole review)."""

    review: Review
    tickets: tuple[Ticket, ...]
    overtaken: Answered | None = None
    """Somebody else's newer answer or note, because of which this one was not saved."""


class ReviewsService:
    def __init__(self, database: Database, clock: Clock, *, tickets: RaisesTickets, notes: AddsNotes) -> None:
        self._database = database
        self._clock = clock
        self._tickets = tickets
        self._notes = notes

    # --- a new one ---

    async def draft(
        self, ctx: Ctx, templates: Sequence[Template], *, template_id: int = 0, organization_id: int = 0
    ) -> ReviewDraft:
        """The form for a new review. Raises ``InvalidInput`` when there is no template to choose from."""
        ctx.require(Right.RUN_REVIEWS)
        if not templates:
            raise InvalidInput("template", "Every template is archived. Import one, or take one back.")
        template = next((each for each in templates if each.id == template_id), templates[0])
        title = self._default_title(template)
        async with self._database.unit_for(ctx) as uow:
            organization = await uow.organizations.get(organization_id) if organization_id else None
            obstacle = await _obstacle(uow, organization)
            queue = "" if obstacle else (await uow.connections.ticket_defaults()).queue.label
        return ReviewDraft(tuple(templates), template, title, organization, obstacle, queue)

    async def create(self, ctx: Ctx, form: ReviewForm) -> Review:
        """Opens a review, and saves its ticket with it if there shall be one: both or none.

        An empty title becomes "template, month and year". Raises ``InvalidInput``, and with a ticket what its
        saving raises (``MappingMissing``, ``SwitchedOff``, ``NotConnected``).
        """
        ctx.require(Right.RUN_REVIEWS)
        now = self._clock.now()
        async with self._database.unit_for(ctx) as uow:
            organization = await _living(uow, form.organization_id)
            template = await _usable(uow, form.template_id)
            review, is_new = await uow.reviews.add(
                organization.id,
                template.id,
                checked_title(form.title, self._default_title(template)),
                categories=chosen_categories(form.categories, template),
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
                subject=_subject(review),
                after={
                    "organization": organization.name,
                    "template": template.name,
                    "categories": list(review.categories),
                    "ticket": form.with_ticket,
                },
            )
            if form.with_ticket:
                await self._raise_ticket(uow, ctx, review, form)
        return review

    # --- seeing ---

    async def state(self, ctx: Ctx, review_id: int) -> ReviewState:
        ctx.require(Right.READ)
        async with self._database.unit_for(ctx) as uow:
            return await _state(uow, review_id)

    async def page(
        self,
        ctx: Ctx,
        *,
        mine: bool = False,
        chosen: ReviewFilter | None = None,
        offset: int = 0,
        limit: int = 10,
    ) -> tuple[list[Review], int]:
        """A page of reviews, the newest first, and how many there are; ``chosen`` says more than ``mine``."""
        ctx.require(Right.READ)
        own = chosen.mine if chosen else mine
        async with self._database.unit_for(ctx) as uow:
            return await uow.reviews.page(
                offset, limit, created_by=ctx.person.user_id if own else None, chosen=chosen
            )

    # --- answering ---

    async def answer(
        self,
        ctx: Ctx,
        review_id: int,
        question_id: int,
        *,
        answer: Answer | None = None,
        note: str | None = None,
        seen: int | None = None,
    ) -> ReviewState:
        """Saves an answer or a note; what is None stays as it is, whoever wrote it.

        ``seen`` is the version the person looked at: when somebody else has changed it since, nothing is saved
        and ``overtaken`` is what stands now. Raises ``AlreadyDone`` when the review was completed meanwhile,
        ``NotFound`` for an unknown question, ``InvalidInput`` for an overlong note.
        """
        ctx.require(Right.RUN_REVIEWS)
        if note is not None and len(note) > LONGEST_NOTE:
            raise InvalidInput("note", f"Notes have at most {LONGEST_NOTE:,} characters.")
        async with self._database.unit_for(ctx) as uow:
            await _open_review(uow, review_id, question_id)
            saved = await uow.reviews.answer(
                review_id,
                question_id,
                answer=answer,
                note=note,
                by=ctx.person.user_id,
                at=self._clock.now(),
                seen=seen,
            )
            state = await _state(uow, review_id)
        standing = state.review.answers[question_id]
        is_same = standing.note == note if answer is None else standing.answer is answer
        overtaken = standing if saved is None and not is_same else None
        return ReviewState(state.review, state.tickets, overtaken)

    async def answer_open(self, ctx: Ctx, review_id: int, category: str, answer: Answer) -> ReviewState:
        """Gives every open question of a category the same answer; what is answered stays. Raises ``AlreadyDone``."""
        ctx.require(Right.RUN_REVIEWS)
        now = self._clock.now()
        async with self._database.unit_for(ctx) as uow:
            review = await _open_review(uow, review_id)
            ids = [each.id for each in review.template.of(category) if review.answer_to(each) is Answer.OPEN]
            done = await uow.reviews.answer_open(review_id, ids, answer, by=ctx.person.user_id, at=now)
            await uow.audit.record(
                at=now,
                by=ctx.person.user_id,
                action="answer open questions",
                subject=_subject(review),
                after={"category": category, "answer": answer.label, "questions": done},
            )
            return await _state(uow, review_id)

    # --- ending ---

    async def complete(self, ctx: Ctx, review_id: int) -> ReviewState:
        """Ends the review; each of its own tickets gets a note with the open time and a summary, in the same
        transaction. Raises ``AlreadyDone`` if somebody did so before.
        """
        ctx.require(Right.RUN_REVIEWS)
        async with self._database.unit_for(ctx) as uow:
            review = await uow.reviews.get(review_id, lock=True)
            now = self._clock.now()  # with the lock held: no answer is newer than the completion
            if review is None:
                raise NotFound("review", str(review_id))
            if review.completed_at is not None:
                raise AlreadyDone("This review is completed already.")
            await uow.reviews.complete(review_id, now, ctx.person.user_id)
            tickets = await uow.tickets.list_for(review_id)
            text = completion_note(
                review, tickets, completed_at=now, by=ctx.person.name, zone=ZoneInfo(ctx.tenant.timezone)
            )
            for ticket in tickets:
                if ticket.question_id is None:
                    await self._notes.add_note_in(
                        uow,
                        ticket.id,
                        key=f"review:{review_id}:{now.isoformat()}:{ticket.id}",
                        title=text.title,
                        text=text.body,
                        person=ctx.person,
                    )
            await self._record(uow, ctx, "complete review", review)
            return await _state(uow, review_id)

    async def reopen(self, ctx: Ctx, review_id: int) -> ReviewState:
        """Takes the completion back. Raises ``AlreadyDone`` when the review is open."""
        ctx.require(Right.RUN_REVIEWS)
        async with self._database.unit_for(ctx) as uow:
            review = await uow.reviews.get(review_id, lock=True)
            if review is None:
                raise NotFound("review", str(review_id))
            if review.completed_at is None:
                raise AlreadyDone("This review is open.")
            await uow.reviews.complete(review_id, None)
            await self._record(uow, ctx, "re-open review", review)
            return await _state(uow, review_id)

    async def share(self, ctx: Ctx, review_id: int, channel_id: str) -> ReviewState:
        """Notes that a channel gets the card, so that it is kept current there."""
        ctx.require(Right.READ)
        async with self._database.unit_for(ctx) as uow:
            state = await _state(uow, review_id)
            if channel_id not in state.review.shared_in:
                await uow.reviews.share(review_id, channel_id)
                await self._record(uow, ctx, "share review", state.review, channel=channel_id)
            return await _state(uow, review_id)

    # --- inside ---

    def _default_title(self, template: Template) -> str:
        return f"{template.name}, {self._clock.now():%B %Y}"

    async def _raise_ticket(self, uow: UnitOfWork, ctx: Ctx, review: Review, form: ReviewForm) -> None:
        text = creation_text(review.title, ctx.person.name, review.categories)
        defaults = await uow.connections.ticket_defaults()
        ticket = TicketForm(
            request_key=f"{form.request_key or review.id}:ticket",
            summary=form.summary or text.title,
            description=form.description or text.body,
            queue_id=defaults.queue.value,
            priority=defaults.priority.value,
            organization_id=review.organization_id,
            review_id=review.id,
            channel_id=review.channel_id,
        )
        await self._tickets.add_in(uow, ctx, ticket)

    async def _record(
        self, uow: UnitOfWork, ctx: Ctx, action: str, review: Review, *, channel: str = ""
    ) -> None:
        await uow.audit.record(
            at=self._clock.now(),
            by=ctx.person.user_id,
            action=action,
            subject=_subject(review),
            after={"channel": channel} if channel else None,
        )


async def _state(uow: UnitOfWork, review_id: int) -> ReviewState:
    review = await uow.reviews.get(review_id)
    if review is None:
        raise NotFound("review", str(review_id))
    return ReviewState(review, tuple(await uow.tickets.list_for(review_id)))


async def _open_review(uow: UnitOfWork, review_id: int, question_id: int = 0) -> Review:
    """The review, which nobody completes before this unit of work ends."""
    completed_at = await uow.reviews.keep_open(review_id)
    review = await uow.reviews.get(review_id)
    if review is None or (question_id and review.question(question_id) is None):
        raise NotFound("question", str(question_id))
    if completed_at is not None:
        raise AlreadyDone("This review is completed; its answers are final. Re-open it to change them.")
    return review


async def _living(uow: UnitOfWork, organization_id: int) -> Organization:
    found = await uow.organizations.get(organization_id)
    if found is None or found.archived_at is not None:
        raise InvalidInput("organization", "This organization is gone. Please choose another.")
    return found


async def _usable(uow: UnitOfWork, template_id: int) -> Template:
    found = await uow.templates.get(template_id)
    if found is None or found.archived_at is not None:
        raise InvalidInput("template", "This template is gone. Please choose another.")
    return found


async def _obstacle(uow: UnitOfWork, organization: Organization | None) -> str:
    if await uow.connections.get() is None:
        return "not_connected"
    mode = (await uow.switches.all()).mode(Capability.TICKETS)
    if mode is not Mode.ON:
        return mode.value
    try:
        await uow.connections.ticket_defaults()
    except NotConnected:
        return "not_connected"
    except MappingMissing:
        return "no_queue"
    return "unmapped" if organization is not None and not organization.is_mapped else ""


def _subject(review: Review) -> str:
    return f"{review.title}, {review.organization_name}"
