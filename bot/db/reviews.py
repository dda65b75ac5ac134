"""Reviews and their answers."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, Select, all_, func, literal, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from bot.db.repository import Repository
from bot.db.tables import organizations, review_answers, reviews
from bot.db.templates import Templates
from bot.domain.organizations import fold
from bot.domain.reviews import Answer, Answered, Review, ReviewFilter, Standing, Template


class Reviews(Repository):
    async def add(
        self,
        organization_id: int,
        template_id: int,
        title: str,
        *,
        categories: Sequence[str],
        by: str,
        at: datetime,
        channel_id: str = "",
        request_key: str,
    ) -> tuple[Review, bool]:
        """The review, and whether this call opened it: the same ``request_key`` is the same review."""
        row = {
            "organization_id": organization_id,
            "template_id": template_id,
            "title": title,
            "search_title": fold(title),
            "categories": list(categories),
            "created_by": by,
            "opened_at": at,
            "channel_id": channel_id,
            "request_key": request_key,
        }
        made = upsert(reviews).values(tenant_id=self.tenant_id, **row).on_conflict_do_nothing()
        is_new = await self._scalar(made.returning(reviews.c.id)) is not None
        found = await self._filled(self._chosen().where(reviews.c.request_key == request_key))
        return found[0], is_new

    async def get(self, review_id: int, *, lock: bool = False) -> Review | None:
        """The review with the chosen questions and every saved answer.

        With ``lock`` nobody else changes it until this unit of work ends, nor an answer of it.
        """
        if lock:
            await self._run(select(reviews.c.id).where(*self._named(review_id)).with_for_update())
        found = await self._filled(self._chosen().where(reviews.c.id == review_id))
        return found[0] if found else None

    async def page(
        self,
        offset: int,
        limit: int,
        *,
        created_by: str | None = None,
        chosen: ReviewFilter | None = None,
    ) -> tuple[list[Review], int]:
        """A page of reviews, the newest first, and how many there are in all."""
        matching = self._chosen().where(*_conditions(chosen)) if chosen else self._chosen()
        if created_by is not None:
            matching = matching.where(reviews.c.created_by == created_by)
        total = await self._scalar(select(func.count()).select_from(matching.subquery()))
        newest = matching.order_by(reviews.c.opened_at.desc(), reviews.c.id.desc())
        return await self._filled(newest.offset(offset).limit(limit)), int(total)

    # --- answers ---

    async def keep_open(self, review_id: int) -> datetime | None:
        """When the review was completed; if it was not, it will not be until this unit of work ends.

        Any number of people hold it open at the same time.
        """
        chosen = select(reviews.c.completed_at).where(*self._named(review_id)).with_for_update(read=True)
        found = await self._scalar(chosen)
        return found if isinstance(found, datetime) else None

    async def answer(
        self,
        review_id: int,
        question_id: int,
        *,
        answer: Answer | None = None,
        note: str | None = None,
        by: str,
        at: datetime,
        seen: int | None = None,
    ) -> Answered | None:
        """Saves what is given; what is None stays, so that two people's edits both count.

        ``seen`` is the version of the answer (or the note) on which the person decided: a newer one of somebody
        else stays, and the reply is None. Without it the last one counts.
        """
        given = _answer_values(answer, by, at) if answer is not None else {}
        given |= _note_values(note, by, at) if note is not None else {}
        raised = {name: review_answers.c[name] + 1 for name in ("version", "note_version") if name in given}
        new = {"answered_by": by, "answered_at": at, "version": 0} | given
        made = upsert(review_answers).values(
            tenant_id=self.tenant_id, review_id=review_id, question_id=question_id, **new
        )
        saved = made.on_conflict_do_update(
            index_elements=["tenant_id", "review_id", "question_id"],
            set_={**given, **raised},
            where=_unseen_by_none(by, seen, is_note=answer is None),
        )
        row = await self._first(saved.returning(review_answers))
        return _answered(row) if row else None

    async def answer_open(
        self, review_id: int, question_ids: Sequence[int], answer: Answer, *, by: str, at: datetime
    ) -> int:
        """Answers those of the questions that are open; how many that were."""
        if not question_ids:
            return 0
        given = _answer_values(answer, by, at)
        rows = [
            {"tenant_id": self.tenant_id, "review_id": review_id, "question_id": each, **given}
            for each in question_ids
        ]
        saved = (
            upsert(review_answers)
            .values(rows)
            .on_conflict_do_update(
                index_elements=["tenant_id", "review_id", "question_id"],
                set_={**given, "version": review_answers.c.version + 1},
                where=review_answers.c.answer == Answer.OPEN.value,
            )
        )
        return await self._run(saved)

    # --- the review's own life ---

    async def complete(self, review_id: int, at: datetime | None, by: str = "") -> None:
        """Ends the review; with None it is open again."""
        await self._run(
            update(reviews).where(*self._named(review_id)).values(completed_at=at, completed_by=by)
        )

    async def share(self, review_id: int, channel_id: str) -> None:
        """Notes a channel that gets a copy of the card."""
        more = func.array_append(reviews.c.shared_in, channel_id)
        without = literal(channel_id) != all_(reviews.c.shared_in)
        await self._run(update(reviews).where(*self._named(review_id), without).values(shared_in=more))

    # --- inside ---

    def _named(self, review_id: int) -> tuple[ColumnElement[bool], ...]:
        return (reviews.c.tenant_id == self.tenant_id, reviews.c.id == review_id)

    def _chosen(self) -> Select[Any]:
        return (
            select(reviews, organizations.c.name.label("organization_name"))
            .join(
                organizations,
                (organizations.c.tenant_id == reviews.c.tenant_id)
                & (organizations.c.id == reviews.c.organization_id),
            )
            .where(reviews.c.tenant_id == self.tenant_id)
        )

    async def _filled(self, chosen: Select[Any]) -> list[Review]:
        rows = await self._all(chosen)
        templates = await Templates(self.connection, self.tenant_id).of({row["template_id"] for row in rows})
        answers = await self._answers([row["id"] for row in rows])
        return [_review(row, templates[row["template_id"]], answers.get(row["id"], {})) for row in rows]

    async def _answers(self, review_ids: Sequence[int]) -> dict[int, dict[int, Answered]]:
        chosen = select(review_answers).where(
            review_answers.c.tenant_id == self.tenant_id, review_answers.c.review_id.in_(review_ids)
        )
        found: dict[int, dict[int, Answered]] = {}
        for row in await self._all(chosen):
            found.setdefault(row["review_id"], {})[row["question_id"]] = _answered(row)
        return found


def _conditions(chosen: ReviewFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [
        or_(
            reviews.c.search_title.contains(word, autoescape=True),
            organizations.c.search_name.contains(word, autoescape=True),
        )
        for word in fold(chosen.words).split()
    ]
    if chosen.organization_id:
        found.append(reviews.c.organization_id == chosen.organization_id)
    if chosen.standing is not Standing.ANY:
        ended = reviews.c.completed_at.is_not(None)
        found.append(ended if chosen.standing is Standing.COMPLETED else ~ended)
    return found


def _answer_values(answer: Answer, by: str, at: datetime) -> dict[str, Any]:
    return {"answer": answer.value, "answered_by": by, "answered_at": at, "version": 1}


def _note_values(note: str, by: str, at: datetime) -> dict[str, Any]:
    return {"note": note, "note_by": by, "note_at": at, "note_version": 1}


def _unseen_by_none(by: str, seen: int | None, *, is_note: bool) -> ColumnElement[bool] | None:
    """True where nobody else has changed it since the person looked."""
    if seen is None:
        return None
    version, whose = (
        (review_answers.c.note_version, review_answers.c.note_by)
        if is_note
        else (review_answers.c.version, review_answers.c.answered_by)
    )
    return or_(version <= seen, whose == by)


def _answered(row: RowMapping) -> Answered:
    return Answered(
        row["question_id"],
        Answer(row["answer"]),
        row["note"],
        row["answered_by"],
        row["answered_at"],
        row["version"],
        row["note_version"],
        row["note_by"],
        row["note_at"],
    )


def _review(row: RowMapping, template: Template, answers: dict[int, Answered]) -> Review:
    chosen = tuple(each for each in template.questions if each.category in row["categories"])
    return Review(
        row["id"],
        row["title"],
        row["organization_id"],
        row["organization_name"],
        Template(template.id, template.key, template.name, chosen, version=template.version),
        row["created_by"],
        row["opened_at"],
        row["completed_at"],
        row["channel_id"],
        answers,
        row["completed_by"],
        tuple(row["shared_in"]),
    )
