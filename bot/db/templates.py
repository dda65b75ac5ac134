"""Review templates and their questions."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import RowMapping, select
from sqlalchemy import insert as plain_insert
from sqlalchemy.dialects.postgresql import insert

from bot.db.repository import Repository
from bot.db.tables import template_questions, templates
from bot.domain.reviews import Question, Template


class Templates(Repository):
    async def ensure(self, key: str, name: str, questions: Sequence[Question]) -> Template:
        """The template of that key, made with these questions if it is new."""
        made = insert(templates).values(tenant_id=self.tenant_id, key=key, name=name)
        added = await self._scalar(made.on_conflict_do_nothing().returning(templates.c.id))
        if added is not None:
            rows = [
                {"tenant_id": self.tenant_id, "template_id": added, "category": each.category,
                 "position": each.position, "text": each.text, "guidance": each.guidance}
                for each in questions
            ]  # fmt: skip
            await self._run(plain_insert(template_questions), rows)
        found = await self._find(templates.c.key == key)
        return found[0]

    async def all(self) -> list[Template]:
        return await self._find()

    async def get(self, template_id: int) -> Template | None:
        found = await self._find(templates.c.id == template_id)
        return found[0] if found else None

    async def of(self, template_ids: Sequence[int]) -> dict[int, Template]:
        """Several at once, by id."""
        return {each.id: each for each in await self._find(templates.c.id.in_(template_ids))}

    async def _find(self, *conditions: Any) -> list[Template]:
        chosen = select(templates).where(templates.c.tenant_id == self.tenant_id, *conditions)
        rows = await self._all(chosen.order_by(templates.c.id))
        questions = await self._questions([row["id"] for row in rows])
        return [
            Template(row["id"], row["key"], row["name"], tuple(questions.get(row["id"], ()))) for row in rows
        ]

    async def _questions(self, template_ids: Sequence[int]) -> dict[int, list[Question]]:
        chosen = select(template_questions).where(
            template_questions.c.tenant_id == self.tenant_id,
            template_questions.c.template_id.in_(template_ids),
        )
        found: dict[int, list[Question]] = {}
        for row in await self._all(chosen.order_by(template_questions.c.position)):
            found.setdefault(row["template_id"], []).append(_question(row))
        return found


def _question(row: RowMapping) -> Question:
    return Question(row["id"], row["category"], row["position"], row["text"], row["guidance"])
