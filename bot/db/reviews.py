"""Reviews and their answers."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, Select, func, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from bot.db.repository import Repository
from bot.db.tables import organizations, review_answers, reviews
from bot.db.templates import Templates
from bot.domain.reviews import Answer, Answered, Review, Template


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
        """The review with the chosen questions and every saved answer."""
        chosen = self._chosen().where(reviews.c.id == review_id)
        found = await self._filled(chosen.with_for_update(of=reviews) if lock else chosen)
        return found[0] if found else None

    async def page(
        self, offset: int, limit: int, *, created_by: str | None = None
    ) -> tuple[list[Review], int]:
        """A page of reviews, the newest first, and how many there are in all."""
        chosen = self._chosen()
        if created_by is not None:
            chosen = chosen.where(reviews.c.created_by == created_by)
        total = await self._scalar(select(func.count()).select_from(chosen.subquery()))
        newest = chosen.order_by(reviews.c.opened_at.desc(), reviews.c.id.desc())
        return await self._filled(newest.offset(offset).limit(limit)), int(total)

    async def answer(
        self,
        review_id: int,
        question_id: int,
        *,
        answer: Answer | None,
        note: str | None,
        by: str,
        at: datetime,
    ) -> Answered:
        """Saves what is given; what is None stays, so that two people's edits both count."""
        given = {
            **({"answer": answer.value} if answer is not None else {}),
            **({"note": note} if note is not None else {}),
            "answered_by": by,
            "answered_at": at,
        }
        made = upsert(review_answers).values(
            tenant_id=self.tenant_id, review_id=review_id, question_id=question_id, **given
        )
        saved = made.on_conflict_do_update(
            index_elements=["tenant_id", "review_id", "question_id"],
            set_={**given, "version": review_answers.c.version + 1},
        )
        row = await self._first(saved.returning(review_answers))
        assert row is not None
        return _answered(row)

    async def complete(self, review_id: int, at: datetime) -> None:
        await self._run(
            update(reviews)
            .where(reviews.c.tenant_id == self.tenant_id, reviews.c.id == review_id)
            .values(completed_at=at)
        )

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
        templates = await Templates(self.connection, self.tenant_id).of([row["template_id"] for row in rows])
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


def _answered(row: RowMapping) -> Answered:
    return Answered(
        row["question_id"],
        Answer(row["answer"]),
        row["note"],
        row["answered_by"],
        row["answered_at"],
        row["version"],
    )


def _review(row: RowMapping, template: Template, answers: dict[int, Answered]) -> Review:
    chosen = tuple(each for each in template.questions if each.category in row["categories"])
    return Review(
        row["id"],
        row["title"],
        row["organization_id"],
        row["organization_name"],
        Template(template.id, template.key, template.name, chosen),
        row["created_by"],
        row["opened_at"],
        row["completed_at"],
        row["channel_id"],
        answers,
    )
