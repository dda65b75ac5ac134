"""Worked time as people look at it: sums, lists, and the contracts that were picked by hand."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, FromClause, RowMapping, Select, and_, case, delete, func, or_, select
from sqlalchemy.dialects.postgresql import insert

from bot.db.companies import escaped_like
from bot.db.repository import Repository
from bot.db.tables import (
    companies,
    contract_standings,
    contracts,
    invoices,
    organizations,
    resources,
    sync_cursors,
    time_entries,
    time_imports,
    time_links,
)
from bot.domain.time_entries import Money, TimeFilter, TimeLine, TimeState, TimeTotal, totals

CURSOR = "time_entries"
_BOUND = (TimeState.IMPORTED, TimeState.NOT_BILLABLE)
"""States whose lists and sums hold the usual days only; the others ask for something, however old they are."""


class TimeEntries(Repository):
    async def totals(self, since: date, company_id: int | None = None) -> dict[TimeState, TimeTotal]:
        """Entries, hours and sums by state; what is imported or not billable only if worked ``since``."""
        late = select(func.count()).where(*self._mine(company_id), time_imports.c.late != "")
        rows = await self._grouped(time_imports.c.state, [*self._mine(company_id), _usual(since)])
        found = {TimeState(state): total for state, total in rows.items()}
        found.pop(TimeState.GONE, None)
        count = int(await self._scalar(late))
        if count:
            old = found.get(TimeState.OUTSIDE, TimeTotal())
            found[TimeState.OUTSIDE] = TimeTotal(old.entries + count, old.hours)
        return found

    async def ready(self, company_id: int | None = None) -> TimeTotal:
        """What is imported and on no invoice yet, however old."""
        rows = await self._grouped(time_imports.c.state, [*self._mine(company_id), _ready()])
        return rows.get(TimeState.IMPORTED.value, TimeTotal())

    async def months(self, since: date, company_id: int | None = None) -> list[tuple[date, TimeTotal]]:
        """What was imported, by the month it was worked in; the newest first."""
        month = func.date_trunc("month", time_imports.c.date_worked)
        imported = time_imports.c.state == TimeState.IMPORTED.value
        rows = await self._grouped(month, [*self._mine(company_id), imported, _usual(since)])
        return [(day.date(), total) for day, total in sorted(rows.items(), reverse=True)]

    async def oldest_unapproved(self, company_id: int | None = None) -> date | None:
        waiting = time_imports.c.state == TimeState.NOT_APPROVED.value
        found = select(func.min(time_imports.c.date_worked)).where(*self._mine(company_id), waiting)
        oldest: date | None = await self._scalar(found)
        return oldest

    async def unapproved(self, limit: int = 10) -> list[tuple[str, int]]:
        """Whose entries wait for approval, and how many; the most first."""
        waiting = time_imports.c.state == TimeState.NOT_APPROVED.value
        name = func.coalesce(resources.c.name, "").label("name")
        chosen = (
            select(name, func.count().label("entries"))
            .select_from(self._joined())
            .where(*self._mine(None), waiting)
            .group_by(name)
            .order_by(func.count().desc(), name)
        )
        return [(row["name"], row["entries"]) for row in await self._all(chosen.limit(limit))]

    async def page(
        self, wanted: TimeFilter, since: date, company_id: int | None, *, offset: int, limit: int
    ) -> tuple[list[TimeLine], int]:
        """One page of a list, the newest day first; and how many there are in all."""
        chosen = self._lines().where(*self._mine(company_id), *_filters(wanted, since))
        total = int(await self._scalar(select(func.count()).select_from(chosen.subquery())))
        ordered = chosen.order_by(time_imports.c.date_worked.desc(), time_imports.c.entry_id.desc())
        return [_line(row) for row in await self._all(ordered.offset(offset).limit(limit))], total

    async def any(self) -> bool:
        """Whether anything was ever decided."""
        found = select(time_imports.c.entry_id).where(*self._mine(None)).limit(1)
        return await self._scalar(found) is not None

    async def get(self, entry_id: int) -> TimeLine | None:
        row = await self._first(self._lines().where(*self._mine(None), time_imports.c.entry_id == entry_id))
        return _line(row) if row else None

    async def as_of(self) -> datetime | None:
        """When the last complete pass over the usual days began."""
        found = select(sync_cursors.c.since).where(
            sync_cursors.c.tenant_id == self.tenant_id, sync_cursors.c.name == CURSOR
        )
        moment: datetime | None = await self._scalar(found)
        return moment

    async def pick(self, entry_id: int, contract_id: int, by: str, at: datetime) -> int | None:
        """Links the entry to a contract by hand; the one that was picked before."""
        before = await self._picked(entry_id)
        row = {"contract_id": contract_id, "picked_by": by, "picked_at": at}
        made = insert(time_links).values(tenant_id=self.tenant_id, entry_id=entry_id, **row)
        await self._run(made.on_conflict_do_update(index_elements=["tenant_id", "entry_id"], set_=row))
        return before

    async def unpick(self, entry_id: int) -> bool:
        """False where nothing was picked."""
        mine = (time_links.c.tenant_id == self.tenant_id, time_links.c.entry_id == entry_id)
        return await self._run(delete(time_links).where(*mine)) == 1

    async def picked_at(self, entry_id: int) -> datetime | None:
        moment: datetime | None = await self._scalar(
            select(time_links.c.picked_at).where(
                time_links.c.tenant_id == self.tenant_id, time_links.c.entry_id == entry_id
            )
        )
        return moment

    async def contracts_of(
        self, company_id: int, typed: str = "", limit: int = 100
    ) -> list[tuple[int, str, date | None]]:
        """The company's contracts that are taken in and whose name contains the text; the latest end first."""
        taken = (contract_standings.c.tenant_id == contracts.c.tenant_id) & (
            contract_standings.c.contract_id == contracts.c.autotask_id
        )
        chosen = (
            select(contracts.c.autotask_id, contracts.c.name, contracts.c.end_date)
            .join(contract_standings, taken)
            .where(
                contract_standings.c.place == "in",
                contracts.c.tenant_id == self.tenant_id,
                contracts.c.company_id == company_id,
                contracts.c.gone_at.is_(None),
                contracts.c.name.ilike(f"%{escaped_like(typed)}%"),
            )
        )
        ordered = chosen.order_by(contracts.c.end_date.desc().nulls_first(), contracts.c.name).limit(limit)
        return [(row["autotask_id"], row["name"], row["end_date"]) for row in await self._all(ordered)]

    async def contracts_named(self, typed: str, limit: int = 100) -> list[tuple[int, str, date | None]]:
        """Contracts that are taken in, of whatever company, by a part of their name or of the company's."""
        tenant = contracts.c.tenant_id
        taken = (contract_standings.c.tenant_id == tenant) & (
            contract_standings.c.contract_id == contracts.c.autotask_id
        )
        whose = (companies.c.tenant_id == tenant) & (companies.c.autotask_id == contracts.c.company_id)
        name = (contracts.c.name + ", " + func.coalesce(companies.c.name, "")).label("name")
        chosen = (
            select(contracts.c.autotask_id, name, contracts.c.end_date)
            .select_from(contracts.join(contract_standings, taken).outerjoin(companies, whose))
            .where(
                tenant == self.tenant_id,
                contract_standings.c.place == "in",
                contracts.c.gone_at.is_(None),
                name.ilike(f"%{escaped_like(typed)}%"),
            )
            .order_by(name, contracts.c.autotask_id)
        )
        return [
            (row["autotask_id"], row["name"], row["end_date"]) for row in await self._all(chosen.limit(limit))
        ]

    async def _picked(self, entry_id: int) -> int | None:
        found: int | None = await self._scalar(
            select(time_links.c.contract_id).where(
                time_links.c.tenant_id == self.tenant_id, time_links.c.entry_id == entry_id
            )
        )
        return found

    async def _grouped(
        self, key: ColumnElement[Any], where: Sequence[ColumnElement[bool]]
    ) -> dict[Any, TimeTotal]:
        """Totals by ``key``, each with a sum per currency."""
        imported = time_imports.c.state == TimeState.IMPORTED.value
        unpriced = case((and_(imported, time_imports.c.amount.is_(None)), 1), else_=0)
        rows = await self._all(
            select(
                key.label("key"),
                time_imports.c.currency,
                func.count().label("entries"),
                func.sum(time_imports.c.hours).label("hours"),
                func.sum(time_imports.c.amount).label("amount"),
                func.sum(unpriced).label("unpriced"),
            )
            .where(*where)
            .group_by(key, time_imports.c.currency)
        )
        keys = dict.fromkeys(row["key"] for row in rows)
        return {each: _total([row for row in rows if row["key"] == each]) for each in keys}

    def _mine(self, company_id: int | None) -> list[ColumnElement[bool]]:
        mine = [time_imports.c.tenant_id == self.tenant_id]
        return mine if company_id is None else [*mine, time_imports.c.company_id == company_id]

    def _joined(self) -> FromClause:
        tenant = time_imports.c.tenant_id
        entry = and_(
            time_entries.c.tenant_id == tenant, time_entries.c.autotask_id == time_imports.c.entry_id
        )
        who = and_(resources.c.tenant_id == tenant, resources.c.autotask_id == time_entries.c.resource_id)
        whose = and_(companies.c.tenant_id == tenant, companies.c.autotask_id == time_imports.c.company_id)
        by = and_(contracts.c.tenant_id == tenant, contracts.c.autotask_id == time_imports.c.contract_id)
        link = and_(time_links.c.tenant_id == tenant, time_links.c.entry_id == time_imports.c.entry_id)
        bill = and_(invoices.c.tenant_id == tenant, invoices.c.autotask_id == time_imports.c.invoice_id)
        return (
            time_imports.join(time_entries, entry)
            .outerjoin(resources, who)
            .outerjoin(companies, whose)
            .outerjoin(contracts, by)
            .outerjoin(time_links, link)
            .outerjoin(invoices, bill)
        )

    def _lines(self) -> Select[Any]:
        return select(
            time_imports,
            time_entries.c.resource_id,
            time_entries.c.ticket_id,
            time_entries.c.summary,
            resources.c.name.label("resource"),
            company_name().label("company"),
            contracts.c.name.label("contract"),
            time_links.c.picked_by,
            invoices.c.number.label("invoice"),
        ).select_from(self._joined())


def company_name() -> ColumnElement[Any]:
    """What we call the company of a decided entry where it is mapped, else what Autotask calls it."""
    mapped = (
        select(func.min(organizations.c.name))
        .where(
            organizations.c.tenant_id == time_imports.c.tenant_id,
            organizations.c.company_id == time_imports.c.company_id,
            organizations.c.archived_at.is_(None),
        )
        .scalar_subquery()
    )
    return func.coalesce(mapped, companies.c.name)


def _usual(since: date) -> ColumnElement[bool]:
    bound = time_imports.c.state.in_([each.value for each in _BOUND])
    return or_(~bound, time_imports.c.date_worked >= since)


def _ready() -> ColumnElement[bool]:
    return and_(time_imports.c.state == TimeState.IMPORTED.value, time_imports.c.invoice_id.is_(None))


def _filters(wanted: TimeFilter, since: date) -> list[ColumnElement[bool]]:
    found = [_in_state(wanted.state)]
    if wanted.ready:
        found.append(_ready())
    elif wanted.month is not None:
        month = func.date_trunc("month", time_imports.c.date_worked)
        found.append(month == func.date_trunc("month", wanted.month))
    else:
        found.append(_usual(since))
    for word in wanted.words.split():
        like = f"%{escaped_like(word)}%"
        named = (resources.c.name, time_entries.c.summary, companies.c.name, contracts.c.name)
        found.append(or_(*(each.ilike(like) for each in named)))
    return found


def _in_state(state: TimeState) -> ColumnElement[bool]:
    if state is TimeState.OUTSIDE:
        return or_(time_imports.c.state == state.value, time_imports.c.late != "")
    return time_imports.c.state == state.value


def _total(rows: Sequence[RowMapping]) -> TimeTotal:
    sums = [Money(row["amount"], row["currency"]) for row in rows if row["amount"] is not None]
    return TimeTotal(
        sum(int(row["entries"]) for row in rows),
        sum((row["hours"] for row in rows), Decimal(0)),
        totals(sums),
        sum(int(row["unpriced"]) for row in rows),
    )


def _line(row: RowMapping) -> TimeLine:
    priced = row["amount"] is not None and row["state"] == TimeState.IMPORTED.value
    return TimeLine(
        id=row["entry_id"],
        worked_on=row["date_worked"],
        hours=row["hours"],
        state=TimeState(row["state"]),
        resource_id=row["resource_id"],
        resource=row["resource"] or "",
        summary=row["summary"],
        ticket_id=row["ticket_id"],
        company_id=row["company_id"],
        company=row["company"] or "",
        contract_id=row["contract_id"],
        contract=row["contract"] or "",
        contract_end=row["contract_end"],
        invoice_id=row["invoice_id"],
        invoice=row["invoice"] or "",
        amount=Money(row["amount"], row["currency"]) if priced else None,
        late=row["late"],
        picked_by=row["picked_by"] or "",
    )
