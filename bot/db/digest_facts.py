"""What digests are made of, where no noun's own repository says it: numbers over a stretch of time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import ColumnElement, Integer, and_, func, or_, select

from bot.db.repository import Repository
from bot.db.tables import contracts, metadata, organizations, sync_logs, sync_runs, tickets, time_imports
from bot.domain.sync_logs import LogStatus
from bot.domain.syncs import SyncCounts, SyncState


@dataclass(frozen=True)
class RunSum:
    """The runs of one group within some time; ``error`` is what the last failed one said."""

    name: str
    runs: int
    failed: int
    counts: SyncCounts
    error: str = ""


@dataclass(frozen=True)
class Ending:
    """A contract of an organization that ends on ``ends_on``."""

    name: str
    organization: str
    ends_on: date


@dataclass(frozen=True)
class TimeSum:
    """Time entries in one state; ``oldest`` is the day that the oldest was worked, ``unbilled`` what is on no invoice."""

    state: str
    entries: int
    oldest: date | None
    unbilled: Decimal
    currencies: tuple[str, ...]


class DigestFacts(Repository):
    async def runs(self, since: datetime, until: datetime) -> Sequence[RunSum]:
        """By group, those that started from ``since`` until just before ``until``."""
        failed = sync_runs.c.state == SyncState.FAILED.value
        said = func.array_agg(sync_runs.c.error).filter(failed)
        chosen = select(
            sync_runs.c.name,
            func.count().label("runs"),
            func.count().filter(failed).label("failed"),
            *(_sum_of(name).label(name) for name in ("inserted", "updated", "gone")),
            said.label("errors"),
        ).where(sync_runs.c.tenant_id == self.tenant_id, *_within(sync_runs.c.started_at, since, until))
        rows = await self._all(chosen.group_by(sync_runs.c.name).order_by(sync_runs.c.name))
        return [
            RunSum(
                row["name"],
                row["runs"],
                row["failed"],
                SyncCounts(row["inserted"], row["updated"], 0, row["gone"]),
                next(iter(row["errors"] or []), ""),
            )
            for row in rows
        ]

    async def warnings(self, since: datetime, until: datetime) -> Mapping[LogStatus, int]:
        """How many records the log warns of or calls an error, by status, as the breakdown counts them."""
        looked_at = (LogStatus.WARNING.value, LogStatus.ERROR.value)
        chosen = (
            select(sync_logs.c.status, func.sum(sync_logs.c["count"]).label("n"))
            .where(sync_logs.c.tenant_id == self.tenant_id, sync_logs.c.status.in_(looked_at))
            .where(*_within(sync_logs.c.at, since, until))
        )
        rows = await self._all(chosen.group_by(sync_logs.c.status))
        return {LogStatus(row["status"]): int(row["n"]) for row in rows}

    async def errors(self, since: datetime, until: datetime, limit: int) -> tuple[list[tuple[str, int]], int]:
        """The commonest error messages with how often each came, and how many different ones there are."""
        chosen = (
            select(sync_logs.c.message, func.count().label("n"))
            .where(sync_logs.c.tenant_id == self.tenant_id, sync_logs.c.status == LogStatus.ERROR.value)
            .where(*_within(sync_logs.c.at, since, until))
            .group_by(sync_logs.c.message)
        )
        total = await self._scalar(select(func.count()).select_from(chosen.subquery()))
        rows = await self._all(chosen.order_by(func.count().desc(), sync_logs.c.message).limit(limit))
        return [(row["message"], row["n"]) for row in rows], int(total)

    async def sizes(self, names: Sequence[str]) -> Mapping[str, int]:
        """How many records the mirror of that name holds; of names that are no mirror nothing is said."""
        found = {}
        for name in names:
            table = metadata.tables.get(name)
            if table is not None and "gone_at" in table.c:
                there = and_(table.c.tenant_id == self.tenant_id, table.c.gone_at.is_(None))
                found[name] = int(await self._scalar(select(func.count()).select_from(table).where(there)))
        return found

    async def ending(self, first: date, last: date, limit: int) -> tuple[list[Ending], int]:
        """Contracts of organizations that end between these days (both included), the next first; and how many."""
        owned = and_(
            organizations.c.tenant_id == contracts.c.tenant_id,
            organizations.c.company_id == contracts.c.company_id,
            organizations.c.archived_at.is_(None),
        )
        chosen = (
            select(contracts.c.name, organizations.c.name.label("organization"), contracts.c.end_date)
            .join(organizations, owned)
            .where(contracts.c.tenant_id == self.tenant_id, contracts.c.gone_at.is_(None))
            .where(contracts.c.end_date.between(first, last), contracts.c.renewed_contract_id.is_(None))
        )
        total = await self._scalar(select(func.count()).select_from(chosen.subquery()))
        rows = await self._all(chosen.order_by(contracts.c.end_date, contracts.c.name).limit(limit))
        return [Ending(row["name"], row["organization"], row["end_date"]) for row in rows], int(total)

    async def time(self) -> Sequence[TimeSum]:
        """Time entries by state, as they stand now."""
        amount = time_imports.c.amount
        open_amount = func.sum(amount).filter(time_imports.c.invoice_id.is_(None))
        chosen = select(
            time_imports.c.state,
            func.count().label("entries"),
            func.min(time_imports.c.date_worked).label("oldest"),
            func.coalesce(open_amount, 0).label("unbilled"),
            func.array_agg(time_imports.c.currency.distinct()).label("currencies"),
        ).where(time_imports.c.tenant_id == self.tenant_id)
        rows = await self._all(chosen.group_by(time_imports.c.state))
        return [
            TimeSum(
                row["state"],
                row["entries"],
                row["oldest"],
                Decimal(row["unbilled"]),
                tuple(sorted(filter(None, row["currencies"] or []))),
            )
            for row in rows
        ]

    async def mapped(self, since: datetime, until: datetime, limit: int) -> tuple[list[str], int]:
        """Organizations that were mapped within this time and still are, by name; and how many."""
        chosen = (
            select(organizations.c.name)
            .where(organizations.c.tenant_id == self.tenant_id, organizations.c.company_id.is_not(None))
            .where(organizations.c.archived_at.is_(None))
            .where(*_within(organizations.c.mapped_at, since, until))
        )
        total = await self._scalar(select(func.count()).select_from(chosen.subquery()))
        rows = await self._all(chosen.order_by(organizations.c.search_name).limit(limit))
        return [row["name"] for row in rows], int(total)

    async def ageing(self, before: datetime, closed: str, limit: int) -> tuple[list[tuple[str, str]], int]:
        """Tickets raised before then that are not ``closed`` or put away: what identifies each; and how many."""
        chosen = (
            select(tickets.c.number, tickets.c.summary, tickets.c.created_at)
            .where(tickets.c.tenant_id == self.tenant_id, tickets.c.created_at < before)
            .where(tickets.c.archived_at.is_(None), tickets.c.gone_at.is_(None))
            .where(or_(tickets.c.status_label == "", tickets.c.status_label != closed))
        )
        total = await self._scalar(select(func.count()).select_from(chosen.subquery()))
        rows = await self._all(chosen.order_by(tickets.c.created_at).limit(limit))
        return [(row["number"], row["summary"]) for row in rows], int(total)


def _within(
    moment: ColumnElement[object], since: datetime, until: datetime
) -> tuple[ColumnElement[bool], ...]:
    return moment >= since, moment < until


def _sum_of(name: str) -> ColumnElement[int]:
    return func.coalesce(func.sum(sync_runs.c.counts[name].astext.cast(Integer)), 0)
