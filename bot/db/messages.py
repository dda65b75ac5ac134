"""The outbox: which messages were posted, and where."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from bot.db.repository import Repository
from bot.db.tables import messages


@dataclass(frozen=True)
class MessageRow:
    """``state`` is planned, posting, posted or uncertain; ``is_new`` tells that this call made the row."""

    key: str
    channel: str
    ts: str | None
    state: str
    is_new: bool = False


class Messages(Repository):
    async def plan(self, key: str, channel: str) -> MessageRow:
        """The message's row, locked until the transaction ends; made if it is the first."""
        made = insert(messages).values(tenant_id=self.tenant_id, key=key, channel=channel)
        is_new = await self._run(made.on_conflict_do_nothing()) == 1
        row = await self._first(select(messages).where(*self._named(key)).with_for_update())
        assert row is not None
        return MessageRow(key, row["channel"], row["ts"], row["state"], is_new)

    async def mark(self, key: str, state: str, ts: str | None = None, channel: str | None = None) -> None:
        """Changes the state, and what else is given."""
        more = {name: value for name, value in (("ts", ts), ("channel", channel)) if value is not None}
        await self._run(update(messages).where(*self._named(key)).values(state=state, **more))

    async def get(self, key: str) -> MessageRow | None:
        row = await self._first(select(messages).where(*self._named(key)))
        return MessageRow(key, row["channel"], row["ts"], row["state"]) if row else None

    async def beginning(self, prefix: str) -> list[MessageRow]:
        """The messages whose key begins so, posted or about to be."""
        chosen = select(messages).where(
            messages.c.tenant_id == self.tenant_id, messages.c.key.startswith(prefix, autoescape=True)
        )
        rows = await self._all(chosen.order_by(messages.c.key))
        return [MessageRow(row["key"], row["channel"], row["ts"], row["state"]) for row in rows]

    def _named(self, key: str) -> tuple[Any, ...]:
        return (messages.c.tenant_id == self.tenant_id, messages.c.key == key)
