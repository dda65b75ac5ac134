"""Review templates: their versions, questions, default queues, and imports on the way."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import uuid4

from sqlalchemy import RowMapping, Select, delete, func, select, update
from sqlalchemy import insert as plain_insert
from sqlalchemy.dialects.postgresql import insert

from bot.db.repository import Repository
from bot.db.tables import reviews, template_drafts, template_questions, template_queues, templates
from bot.domain.templates import Question, Template, TemplateDraft

DRAFTS_LIVE: Final = timedelta(days=1)
"""An import that nobody saved by then is forgotten."""


class Templates(Repository):
    async def ensure(self, key: str, name: str, questions: Sequence[Question]) -> Template:
        """The template of that key, made with these questions if no version of it exists."""
        made = insert(templates).values(tenant_id=self.tenant_id, key=key, name=name)
        added = await self._scalar(made.on_conflict_do_nothing().returning(templates.c.id))
        if added is not None:
            await self._add_questions(added, questions)
        found = await self._find(templates.c.key == key, templates.c.replaced_at.is_(None))
        return found[0]

    async def add_version(
        self, key: str, name: str, questions: Sequence[Question], *, by: str, at: datetime
    ) -> Template:
        """A new template, or the next version of the one of that key; what is under way keeps the old one."""
        latest = select(func.max(templates.c.version)).where(*self._keyed(key))
        name_of_lock = f"template:{self.tenant_id}:{key}"
        await self._scalar(select(func.pg_advisory_xact_lock(func.hashtextextended(name_of_lock, 0))))
        version = int(await self._scalar(latest) or 0) + 1
        await self._run(
            update(templates)
            .where(*self._keyed(key), templates.c.replaced_at.is_(None))
            .values(replaced_at=at)
        )
        row = {"key": key, "name": name, "version": version, "created_by": by, "created_at": at}
        made = insert(templates).values(tenant_id=self.tenant_id, **row).returning(templates.c.id)
        added = int(await self._scalar(made))
        await self._add_questions(added, questions)
        found = await self._find(templates.c.id == added)
        return found[0]

    async def keys(self) -> set[str]:
        chosen = select(templates.c.key).where(templates.c.tenant_id == self.tenant_id)
        return {row["key"] for row in await self._all(chosen)}

    async def all(self, *, archived: bool = False) -> list[Template]:
        """The current version of each: those in use, or those archived."""
        state = templates.c.archived_at.is_not(None) if archived else templates.c.archived_at.is_(None)
        return await self._find(templates.c.replaced_at.is_(None), state)

    async def get(self, template_id: int) -> Template | None:
        found = await self._find(templates.c.id == template_id)
        return found[0] if found else None

    async def current(self, key: str) -> Template | None:
        """The newest version, archived or not."""
        found = await self._find(templates.c.key == key, templates.c.replaced_at.is_(None))
        return found[0] if found else None

    async def of(self, template_ids: Collection[int]) -> dict[int, Template]:
        """Several at once, by id."""
        return {each.id: each for each in await self._find(templates.c.id.in_(template_ids))}

    async def rename(self, key: str, name: str) -> None:
        await self._run(update(templates).where(*self._keyed(key)).values(name=name))

    async def archive(self, key: str, at: datetime | None) -> None:
        """Takes the template out of the lists, or back in with None."""
        await self._run(
            update(templates)
            .where(*self._keyed(key), templates.c.replaced_at.is_(None))
            .values(archived_at=at)
        )

    async def open_reviews(self, key: str) -> int:
        """Reviews under way on any version of it."""
        chosen = (
            select(func.count())
            .select_from(
                reviews.join(
                    templates,
                    (templates.c.tenant_id == reviews.c.tenant_id)
                    & (templates.c.id == reviews.c.template_id),
                )
            )
            .where(*self._keyed(key), reviews.c.completed_at.is_(None))
        )
        return int(await self._scalar(chosen))

    # --- default queues ---

    async def default_queue(self, template_id: int, category: str) -> int | None:
        """The Autotask queue for tickets from questions of that category (product TK8); None: nobody chose one.

        It may have been switched off in Autotask since it was chosen.
        """
        chosen = (
            select(template_queues.c.queue_id)
            .join(
                templates,
                (templates.c.tenant_id == template_queues.c.tenant_id)
                & (templates.c.key == template_queues.c.key),
            )
            .where(
                templates.c.tenant_id == self.tenant_id,
                templates.c.id == template_id,
                template_queues.c.category == category,
            )
        )
        found = await self._scalar(chosen)
        return int(found) if found is not None else None

    async def queues(self, key: str) -> dict[str, int]:
        """Chosen queues by category."""
        chosen = select(template_queues).where(
            template_queues.c.tenant_id == self.tenant_id, template_queues.c.key == key
        )
        return {row["category"]: row["queue_id"] for row in await self._all(chosen)}

    async def set_queue(
        self, key: str, category: str, queue_id: int | None, *, by: str, at: datetime
    ) -> None:
        """None takes the choice back: the workspace's queue holds."""
        if queue_id is None:
            await self._run(
                delete(template_queues).where(
                    template_queues.c.tenant_id == self.tenant_id,
                    template_queues.c.key == key,
                    template_queues.c.category == category,
                )
            )
            return
        given = {"queue_id": queue_id, "set_by": by, "set_at": at}
        made = insert(template_queues).values(tenant_id=self.tenant_id, key=key, category=category, **given)
        await self._run(
            made.on_conflict_do_update(index_elements=["tenant_id", "key", "category"], set_=given)
        )

    # --- imports on the way ---

    async def add_draft(
        self, key: str, name: str, questions: Sequence[Question], *, by: str, at: datetime
    ) -> TemplateDraft:
        """Keeps what was read until somebody saves it; drafts older than a day are dropped."""
        await self._run(
            delete(template_drafts).where(
                template_drafts.c.tenant_id == self.tenant_id, template_drafts.c.created_at < at - DRAFTS_LIVE
            )
        )
        draft_id = uuid4().hex
        rows = [[each.category, each.text, each.guidance] for each in questions]
        await self._run(
            insert(template_drafts).values(
                tenant_id=self.tenant_id,
                id=draft_id,
                key=key,
                name=name,
                questions=rows,
                created_by=by,
                created_at=at,
            )
        )
        return TemplateDraft(draft_id, key, name, tuple(questions))

    async def take_draft(self, draft_id: str) -> TemplateDraft | None:
        """The draft, which is gone from here on."""
        taken = (
            delete(template_drafts)
            .where(template_drafts.c.tenant_id == self.tenant_id, template_drafts.c.id == draft_id)
            .returning(template_drafts)
        )
        row = await self._first(taken)
        if row is None:
            return None
        questions = tuple(
            Question(0, category, position, text, guidance)
            for position, (category, text, guidance) in enumerate(row["questions"], start=1)
        )
        return TemplateDraft(row["id"], row["key"], row["name"], questions)

    # --- inside ---

    def _keyed(self, key: str) -> tuple[Any, ...]:
        return (templates.c.tenant_id == self.tenant_id, templates.c.key == key)

    async def _add_questions(self, template_id: int, questions: Sequence[Question]) -> None:
        rows = [
            {"tenant_id": self.tenant_id, "template_id": template_id, "category": each.category,
             "position": each.position, "text": each.text, "guidance": each.guidance}
            for each in questions
        ]  # fmt: skip
        await self._run(plain_insert(template_questions), rows)

    async def _find(self, *conditions: Any) -> list[Template]:
        chosen: Select[Any] = select(templates).where(templates.c.tenant_id == self.tenant_id, *conditions)
        rows = await self._all(chosen.order_by(templates.c.id))
        questions = await self._questions([row["id"] for row in rows])
        return [_template(row, questions.get(row["id"], ())) for row in rows]

    async def _questions(self, template_ids: Sequence[int]) -> dict[int, list[Question]]:
        chosen = select(template_questions).where(
            template_questions.c.tenant_id == self.tenant_id,
            template_questions.c.template_id.in_(template_ids),
        )
        found: dict[int, list[Question]] = {}
        for row in await self._all(chosen.order_by(template_questions.c.position)):
            found.setdefault(row["template_id"], []).append(_question(row))
        return found


def _template(row: RowMapping, questions: Sequence[Question]) -> Template:
    return Template(
        row["id"],
        row["key"],
        row["name"],
        tuple(questions),
        version=row["version"],
        created_by=row["created_by"],
        created_at=row["created_at"],
        replaced_at=row["replaced_at"],
        archived_at=row["archived_at"],
    )


def _question(row: RowMapping) -> Question:
    return Question(row["id"], row["category"], row["position"], row["text"], row["guidance"])
