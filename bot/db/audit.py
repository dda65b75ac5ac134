"""The audit trail: added to, read, never changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, RowMapping, Select, Text, cast, func, insert, or_, select

from bot.db.repository import Repository
from bot.db.tables import audit, people
from bot.domain.audit import Act, AuditQuery

__all__ = ["Act", "Audit", "Done"]

_by = people.alias("by_person")
_to = people.alias("to_person")


@dataclass(frozen=True)
class Done:
    """To what something was done, and what came of it."""

    subject: str
    after: Mapping[str, object]
    autotask_id: int | None = None


class Audit(Repository):
    async def record(
        self,
        *,
        at: datetime,
        by: str,
        action: str,
        subject: str,
        before: Mapping[str, object] | None = None,
        after: Mapping[str, object] | None = None,
        autotask_id: int | None = None,
    ) -> None:
        row = {"at": at, "by": by, "action": action, "subject": subject, "before": before, "after": after}
        await self._run(insert(audit).values(tenant_id=self.tenant_id, autotask_id=autotask_id, **row))

    async def record_each(self, done: Sequence[Done], *, at: datetime, by: str, action: str) -> None:
        """One act on many things: a row for each of them."""
        same = {"tenant_id": self.tenant_id, "at": at, "by": by, "action": action, "before": None}
        rows = [
            {**same, "subject": each.subject, "after": dict(each.after), "autotask_id": each.autotask_id}
            for each in done
        ]
        if rows:
            await self._run(insert(audit), rows)

    async def recent(self, limit: int) -> list[Act]:
        """The newest acts first."""
        chosen = self._matching(AuditQuery())
        rows = await self._all(chosen.order_by(audit.c.at.desc(), audit.c.id.desc()).limit(limit))
        return [_act(row) for row in rows]

    async def page(self, query: AuditQuery, offset: int, limit: int) -> tuple[list[Act], int]:
        """The newest acts that match first, and how many there are."""
        chosen = self._matching(query)
        total = await self._scalar(select(func.count()).select_from(chosen.subquery()))
        rows = await self._all(chosen.order_by(audit.c.id.desc()).offset(offset).limit(limit))
        return [_act(row) for row in rows], int(total)

    async def before(self, query: AuditQuery, act_id: int | None, limit: int) -> list[Act]:
        """The next acts that match, older than ``act_id`` (None: from the newest on)."""
        chosen = self._matching(query)
        if act_id is not None:
            chosen = chosen.where(audit.c.id < act_id)
        return [_act(row) for row in await self._all(chosen.order_by(audit.c.id.desc()).limit(limit))]

    async def get(self, act_id: int) -> Act | None:
        row = await self._first(self._matching(AuditQuery()).where(audit.c.id == act_id))
        return _act(row) if row else None

    def _matching(self, query: AuditQuery) -> Select[tuple[object, ...]]:
        chosen = (
            select(audit, _by.c.name.label("by_name"), _to.c.name.label("subject_name"))
            .outerjoin(_by, (_by.c.tenant_id == audit.c.tenant_id) & (_by.c.user_id == audit.c.by))
            .outerjoin(_to, (_to.c.tenant_id == audit.c.tenant_id) & (_to.c.user_id == audit.c.subject))
            .where(audit.c.tenant_id == self.tenant_id, *map(_has, query.words))
        )
        if query.since is not None:
            chosen = chosen.where(audit.c.at >= query.since)
        if query.until is not None:
            chosen = chosen.where(audit.c.at < query.until)
        return chosen


def _has(word: str) -> ColumnElement[bool]:
    """The word is in who, what, whom, or the values; "tickets" finds "create ticket", too."""
    stem = word.removesuffix("s") if len(word) > 3 else word
    values = (cast(audit.c.before, Text), cast(audit.c.after, Text))
    texts = (audit.c.action, audit.c.subject, _by.c.name, _by.c.handle, _to.c.name, _to.c.handle, *values)
    return or_(
        *(text.icontains(stem, autoescape=True) for text in texts),
        audit.c.by == word,
        cast(audit.c.autotask_id, Text) == word,
    )


def _act(row: RowMapping) -> Act:
    """Names are "" for whom we have never seen."""
    found = {name: row[name] for name in Act.__dataclass_fields__}
    names = {name: value or "" for name, value in found.items() if name.endswith("_name")}
    return Act(**(found | names))
