"""News, by the run that found it and by the time it was found."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import ColumnElement, RowMapping, Select, delete, func, insert, or_, select

from bot.db.repository import Repository
from bot.db.tables import news
from bot.domain.problems import EventKind, News

KEPT_FOR = timedelta(days=90)
"""A message's button shows its news that long; digests look back a week."""


@dataclass(frozen=True)
class NewsItem:
    """A piece of news as it was written."""

    id: int
    at: datetime
    run_id: int | None
    news: News


@dataclass(frozen=True)
class NewsSum:
    """How much news of a kind there is, and what it is worth together; None where none of it has an amount."""

    kind: EventKind
    count: int
    amount: Decimal | None


class NewsBoard(Repository):
    async def add(self, run_id: int | None, found: Sequence[News], at: datetime) -> None:
        """Part of the transaction that saves what the news is about."""
        if found:
            await self._run(insert(news), [self._row(run_id, each, at) for each in found])

    async def of_run(self, run_id: int, offset: int = 0, limit: int = 10) -> tuple[list[NewsItem], int]:
        """What one run found, in the order of writing, and how much it is."""
        chosen = self._where(news.c.run_id == run_id)
        total = await self._scalar(select(func.count()).select_from(chosen.subquery()))
        rows = await self._all(chosen.order_by(news.c.kind, news.c.id).offset(offset).limit(limit))
        return [_item(row) for row in rows], int(total)

    async def between(
        self,
        since: datetime,
        until: datetime,
        *,
        kinds: Collection[EventKind] | None = None,
        organizations: Collection[int] | None = None,
        limit: int = 500,
    ) -> list[NewsItem]:
        """What was found from ``since`` until just before ``until``, by kind and then oldest first.

        ``organizations`` leaves out what is about others; what is about none always comes. None: no bound.
        """
        within = (news.c.at >= since, news.c.at < until)
        chosen = self._where(*within, *_narrowed(kinds, organizations))
        rows = await self._all(chosen.order_by(news.c.kind, news.c.id).limit(limit))
        return [_item(row) for row in rows]

    async def sums(
        self,
        *,
        run_id: int | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        kinds: Collection[EventKind] | None = None,
        organizations: Collection[int] | None = None,
    ) -> list[NewsSum]:
        """Counts and amounts by kind, however much there is: of a run, or of a time."""
        bounds = [news.c.run_id == run_id] if run_id is not None else []
        bounds += [news.c.at >= since] if since else []
        bounds += [news.c.at < until] if until else []
        parts = (news.c.kind, func.count().label("n"), func.sum(news.c.amount).label("amount"))
        own = news.c.tenant_id == self.tenant_id
        chosen = select(*parts).where(own, *bounds, *_narrowed(kinds, organizations))
        rows = await self._all(chosen.group_by(news.c.kind).order_by(news.c.kind))
        return [NewsSum(EventKind(row["kind"]), int(row["n"]), row["amount"]) for row in rows]

    async def some_of_run(
        self,
        run_id: int,
        *,
        kinds: Collection[EventKind],
        organizations: Collection[int] | None,
        limit: int,
    ) -> list[NewsItem]:
        """The first lines of what one run found and a subscriber wants, by kind; the dearest first."""
        chosen = self._where(news.c.run_id == run_id, *_narrowed(kinds, organizations))
        dearest = func.abs(news.c.amount).desc().nulls_last()
        rows = await self._all(chosen.order_by(news.c.kind, dearest, news.c.id).limit(limit))
        return [_item(row) for row in rows]

    async def prune(self, now: datetime) -> int:
        """Forgets what was new long ago."""
        return await self._run(
            delete(news).where(news.c.tenant_id == self.tenant_id, news.c.at < now - KEPT_FOR)
        )

    def _where(self, *conditions: ColumnElement[bool]) -> Select[tuple[object, ...]]:
        return select(news).where(news.c.tenant_id == self.tenant_id, *conditions)

    def _row(self, run_id: int | None, each: News, at: datetime) -> dict[str, object]:
        return {
            "tenant_id": self.tenant_id,
            "run_id": run_id,
            "at": at,
            "kind": each.kind.value,
            "text": each.text,
            "organization_id": each.organization_id,
            "amount": each.amount,
            "record_id": each.record_id,
        }


def _narrowed(
    kinds: Collection[EventKind] | None, organizations: Collection[int] | None
) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if kinds is not None:
        found.append(news.c.kind.in_([each.value for each in kinds]))
    if organizations is not None:
        about = news.c.organization_id
        found.append(or_(about.is_(None), about.in_(list(organizations))))
    return found


def _item(row: RowMapping) -> NewsItem:
    found = News(EventKind(row["kind"]), row["text"], row["organization_id"], row["amount"], row["record_id"])
    return NewsItem(row["id"], row["at"], row["run_id"], found)
