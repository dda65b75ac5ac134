"""What Autotask says of its own fields: lengths and picklists, kept so that forms open at once."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, delete, insert, select

from bot.db.repository import Repository
from bot.db.tables import autotask_fields
from bot.domain.connections import FieldFacts, PicklistOption


class Fields(Repository):
    async def replace(self, entity: str, facts: Sequence[FieldFacts], at: datetime) -> None:
        """Takes the place of everything known of the entity."""
        await self._run(delete(autotask_fields).where(*self._of(entity)))
        rows = [
            {**asdict(fact), "tenant_id": self.tenant_id, "entity": entity, "synced_at": at,
             "options": [asdict(option) for option in fact.options]}
            for fact in facts
        ]  # fmt: skip
        if rows:
            await self._run(insert(autotask_fields), rows)

    async def get(self, entity: str, name: str) -> FieldFacts | None:
        row = await self._first(
            select(autotask_fields).where(*self._of(entity), autotask_fields.c.name == name)
        )
        return _facts(row) if row else None

    async def entity(self, entity: str) -> dict[str, FieldFacts]:
        rows = await self._all(select(autotask_fields).where(*self._of(entity)))
        return {row["name"]: _facts(row) for row in rows}

    def _of(self, entity: str) -> tuple[Any, ...]:
        return (autotask_fields.c.tenant_id == self.tenant_id, autotask_fields.c.entity == entity)


def _facts(row: RowMapping) -> FieldFacts:
    options = tuple(PicklistOption(**option) for option in row["options"])
    return FieldFacts(row["entity"], row["name"], row["max_length"], row["is_required"], options)
