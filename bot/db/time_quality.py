"""Hours worked and to bill by person, and the notes that say too little: counted in the database."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, FromClause, Integer, RowMapping, and_, cast, func, select

from bot.db.companies import escaped_like
from bot.db.repository import Repository
from bot.db.tables import companies, resources, time_entries, time_imports
from bot.db.time_entries import company_name
from bot.domain.time_quality import ENOUGH_WORDS, Days, Hours, Notes, PoorNote, Worker

_ENOUGH: Final = rf"^\s*(\S+\s+){{{ENOUGH_WORDS - 1}}}\S"
"""The start of a note of enough words: what follows is not looked at."""
_BLANK: Final = r"^\s*$"


class TimeQuality(Repository):
    """Of what the reader sees: entries hide by the company they were worked for."""

    async def workers(self, days: Days, words: str = "") -> list[Worker]:
        """One for each person with time in those days, the most hours first; ``words`` are parts of their name."""
        name = func.coalesce(func.max(resources.c.name), "").label("name")
        worked = time_entries.c.hours_worked
        in_week = time_entries.c.date_worked >= days.week
        chosen = (
            select(
                name,
                func.sum(worked).label("worked"),
                _sum(time_entries.c.hours_to_bill, _to_bill()).label("to_bill"),
                _sum(worked, in_week).label("week_worked"),
                _sum(time_entries.c.hours_to_bill, and_(_to_bill(), in_week)).label("week_to_bill"),
                *_counted(),
            )
            .select_from(self._people())
            .where(*self._within(days), *_named(words))
            .group_by(time_entries.c.resource_id)
            .order_by(func.sum(worked).desc(), name, time_entries.c.resource_id)
        )
        return [_worker(row) for row in await self._all(chosen)]

    async def poor(
        self, days: Days, words: str = "", *, offset: int, limit: int
    ) -> tuple[list[PoorNote], int]:
        """One page of the entries to bill whose note says too little, the newest day first; and how many."""
        which = (*self._within(days), *_named(words), _to_bill(), ~_is_enough())
        total = select(func.count()).select_from(self._people()).where(*which)
        chosen = (
            select(
                time_entries.c.autotask_id,
                time_entries.c.date_worked,
                time_entries.c.hours_to_bill,
                time_entries.c.summary,
                resources.c.name.label("resource"),
                company_name().label("company"),
            )
            .select_from(self._told())
            .where(*which)
            .order_by(time_entries.c.date_worked.desc(), time_entries.c.autotask_id.desc())
        )
        rows = await self._all(chosen.offset(offset).limit(limit))
        return [_note(row) for row in rows], int(await self._scalar(total))

    def _within(self, days: Days) -> Sequence[ColumnElement[bool]]:
        return (
            time_entries.c.tenant_id == self.tenant_id,
            time_entries.c.gone_at.is_(None),
            time_entries.c.date_worked.between(days.first, days.last),
        )

    def _people(self) -> FromClause:
        who = and_(
            resources.c.tenant_id == time_entries.c.tenant_id,
            resources.c.autotask_id == time_entries.c.resource_id,
        )
        return time_entries.outerjoin(resources, who)

    def _told(self) -> FromClause:
        tenant = time_entries.c.tenant_id
        decided = and_(
            time_imports.c.tenant_id == tenant, time_imports.c.entry_id == time_entries.c.autotask_id
        )
        whose = and_(companies.c.tenant_id == tenant, companies.c.autotask_id == time_imports.c.company_id)
        return self._people().outerjoin(time_imports, decided).outerjoin(companies, whose)


def _to_bill() -> ColumnElement[bool]:
    return ~time_entries.c.is_non_billable


def _is_enough() -> ColumnElement[bool]:
    return time_entries.c.summary.regexp_match(_ENOUGH)


def _counted() -> tuple[ColumnElement[int], ...]:
    """Entries to bill: all of them, those without any note, and those with one of too few words."""
    blank = time_entries.c.summary.regexp_match(_BLANK)
    return (
        func.count().filter(_to_bill()).label("entries"),
        func.count().filter(_to_bill(), blank).label("missing"),
        cast(func.count().filter(_to_bill(), ~blank, ~_is_enough()), Integer).label("short"),
    )


def _sum(hours: ColumnElement[Any], which: ColumnElement[bool]) -> ColumnElement[Any]:
    return func.coalesce(func.sum(hours).filter(which), 0)


def _named(words: str) -> list[ColumnElement[bool]]:
    return [resources.c.name.ilike(f"%{escaped_like(word)}%") for word in words.split()]


def _worker(row: RowMapping) -> Worker:
    return Worker(
        row["name"],
        Hours(row["worked"], row["to_bill"]),
        Hours(row["week_worked"], row["week_to_bill"]),
        Notes(row["entries"], row["missing"], row["short"]),
    )


def _note(row: RowMapping) -> PoorNote:
    return PoorNote(
        row["autotask_id"],
        row["date_worked"],
        row["hours_to_bill"],
        row["resource"] or "",
        row["company"] or "",
        row["summary"],
    )
