"""What Autotask says of its own fields: lengths and picklists, kept so that forms open at once."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final

from sqlalchemy import RowMapping, delete, select
from sqlalchemy.dialects.postgresql import insert

from bot.db.repository import Repository
from bot.db.tables import autotask_fields
from bot.domain.connections import FieldFacts, PicklistOption

KEY: Final = ("tenant_id", "entity", "name")


class Fields(Repository):
    async def replace(self, entity: str, facts: Sequence[FieldFacts], at: datetime) -> None:
        """Takes the place of everything known of the entity; of two at once, the later one's stands."""
        await self._run(delete(autotask_fields).where(*self._of(entity)))
        rows = [
            {**asdict(fact), "tenant_id": self.tenant_id, "entity": entity, "synced_at": at,
             "options": [asdict(option) for option in fact.options]}
            for fact in facts
        ]  # fmt: skip
        if rows:
            made = insert(autotask_fields)
            kept = {name: made.excluded[name] for name in rows[0] if name not in KEY}
            await self._run(made.on_conflict_do_update(index_elements=KEY, set_=kept), rows)

    async def get(self, entity: str, name: str) -> FieldFacts | None:
        row = await self._first(
            select(autotask_fields).where(*self._of(entity), autotask_fields.c.name == name)
        )
        return _facts(row) if row else None

    async def entity(self, entity: str) -> dict[str, FieldFacts]:
        rows = await self._all(select(autotask_fields).where(*self._of(entity)))
        return {row["name"]: _facts(row) for row in rows}

    async def active(self, entity: str, name: str) -> tuple[PicklistOption, ...]:
        """The values that may be chosen, in Autotask's order."""
        facts = await self.get(entity, name)
        found = [option for option in facts.options if option.is_active] if facts else []
        return tuple(sorted(found, key=lambda option: (option.sort_order, option.label)))

    async def label(self, entity: str, name: str, value: int | None) -> str:
        """What people call the value, also one that is no longer active; "" if it is unknown."""
        facts = await self.get(entity, name)
        options = facts.options if facts else ()
        return next((option.label for option in options if option.value == str(value)), "")

    async def max_length(self, entity: str, name: str, default: int) -> int:
        """Characters that the field holds."""
        facts = await self.get(entity, name)
        return facts.max_length if facts and facts.max_length else default

    def _of(self, entity: str) -> tuple[Any, ...]:
        return (autotask_fields.c.tenant_id == self.tenant_id, autotask_fields.c.entity == entity)


def _facts(row: RowMapping) -> FieldFacts:
    options = tuple(PicklistOption(**option) for option in row["options"])
    return FieldFacts(row["entity"], row["name"], row["max_length"], row["is_required"], options)
