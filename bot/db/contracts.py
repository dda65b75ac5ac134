"""Mirrored contracts: those to be judged, and those that a person sees."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import RowMapping, Select, and_, func, or_, select, union_all

from bot.db.companies import escaped_like
from bot.db.contract_parts import KINDS, covering, present, unit_of
from bot.db.invoices import Invoices
from bot.db.repository import Repository, one_of
from bot.db.tables import (
    autotask_fields,
    companies,
    contract_milestones,
    contract_standings,
    contracts,
    organizations,
)
from bot.domain.contract_lists import Listed, Milestone, Totals
from bot.domain.contracts import Found, Place, Standing, Terms, UnitRow, months_of
from bot.domain.organizations import fold, foldings

MILESTONES_SHOWN = 50


@dataclass(frozen=True)
class Wanted:
    """Which contracts a list shows: words in the name, number or organization; ``skipped`` ones as well."""

    text: str = ""
    organization_id: int | None = None
    with_skipped: bool = True


class Contracts(Repository):
    # --- all of them, for the sync ---

    async def batch(self, after: int, limit: int, company_ids: Sequence[int] | None = None) -> list[Found]:
        """The next contracts by id, each with its company and that company's first organization."""
        chosen = self._judged().where(contracts.c.autotask_id > after)
        if company_ids is not None:
            chosen = chosen.where(one_of(contracts.c.company_id, company_ids))
        rows = await self._all(chosen.order_by(contracts.c.autotask_id).limit(limit))
        return [_found(row) for row in rows]

    async def products(self, ids: Sequence[int], *, skus: bool) -> dict[int, tuple[str, ...]]:
        """Names, or SKUs, of the services and bundles on the contracts."""
        parts = [
            select(
                kind.lines.c.contract_id,
                (kind.catalogue.c.sku if skus else kind.catalogue.c.name).label("text"),
            )
            .join(kind.catalogue, kind.sold())
            .where(present(kind.lines, self.tenant_id), one_of(kind.lines.c.contract_id, ids))
            for kind in KINDS
        ]
        texts: dict[int, list[str]] = {}
        for row in await self._all(union_all(*parts)):
            texts.setdefault(row["contract_id"], []).append(row["text"])
        return {each: tuple(found) for each, found in texts.items()}

    async def unit_rows(self, ids: Sequence[int], today: date) -> dict[int, list[UnitRow]]:
        """The rows that count today, or on the first day of a contract that has not begun; by contract."""
        months = await self.months()
        found: dict[int, list[UnitRow]] = {}
        parts = [covering(kind, self.tenant_id, ids, today) for kind in KINDS]
        for row in await self._all(union_all(*parts)):
            found.setdefault(row["contract_id"], []).append(unit_of(row, months))
        return found

    async def months(self) -> dict[str, int]:
        """Months by period type, as far as Autotask's picklist has been read."""
        labels = await self._labels("Contracts", "contractPeriodType")
        return {value: months_of(value, label) for value, label in labels.items()}

    async def currency(self) -> str:
        """The database's internal currency, as an ISO code; Autotask's own where nobody told it yet."""
        return await Invoices(self.connection, self.tenant_id).currency() or "USD"

    async def labels_as_of(self, entity: str) -> datetime | None:
        """When the words for an entity's picklists were last read."""
        chosen = select(func.max(autotask_fields.c.synced_at)).where(
            autotask_fields.c.tenant_id == self.tenant_id, autotask_fields.c.entity == entity
        )
        found = await self._scalar(chosen)
        return found if isinstance(found, datetime) else None

    async def count(self) -> int:
        """Contracts that Autotask has."""
        chosen = select(func.count()).select_from(contracts)
        return int(await self._scalar(chosen.where(present(contracts, self.tenant_id))))

    async def companies_let_in(
        self, company_types: Collection[int], classifications: Collection[int]
    ) -> list[int] | None:
        """Companies that pass these filters, by id; None where nothing is chosen and all do."""
        if not company_types and not classifications:
            return None
        chosen = select(companies.c.autotask_id).where(companies.c.tenant_id == self.tenant_id)
        if company_types:
            chosen = chosen.where(companies.c.company_type.in_(sorted(company_types)))
        if classifications:
            chosen = chosen.where(companies.c.classification.in_(sorted(classifications)))
        return [row["autotask_id"] for row in await self._all(chosen)]

    async def lines_of_business(self) -> list[int]:
        """Those that contracts belong to."""
        chosen = select(contracts.c.line_of_business).where(present(contracts, self.tenant_id)).distinct()
        rows = await self._all(chosen.where(contracts.c.line_of_business.is_not(None)))
        return sorted(row["line_of_business"] for row in rows)

    # --- what a person sees ---

    async def page(self, wanted: Wanted, offset: int, limit: int) -> tuple[list[Listed], int]:
        """Contracts of the organizations that may be seen, by organization and name; and how many there are."""
        chosen = self._matching(wanted)
        total = await self._scalar(select(func.count()).select_from(chosen.subquery()))
        ordered = chosen.order_by(
            organizations.c.search_name, contracts.c.search_name, contracts.c.autotask_id
        )
        months = await self.months()
        rows = await self._all(ordered.offset(offset).limit(limit))
        currency = await self.currency()
        return [_listed(row, months, currency) for row in rows], int(total)

    async def get(self, contract_id: int) -> Listed | None:
        """One of them; None when its organization may not be seen."""
        chosen = seen_contracts(self.tenant_id).where(contracts.c.autotask_id == contract_id)
        row = await self._first(chosen.order_by(organizations.c.id).limit(1))
        return _listed(row, await self.months(), await self.currency()) if row else None

    async def milestones(self, contract_id: int) -> list[Milestone]:
        of = contract_milestones
        chosen = select(of).where(present(of, self.tenant_id), of.c.contract_id == contract_id)
        rows = await self._all(chosen.order_by(of.c.due_date, of.c.autotask_id).limit(MILESTONES_SHOWN))
        labels = await self._labels("ContractMilestones", "status")
        return [
            Milestone(row["title"], row["amount"], row["due_date"], labels.get(str(row["status"]), ""))
            for row in rows
        ]

    async def totals(self, organization_id: int) -> Totals:
        """Contracts taken in for an organization, their services, and what they are worth a month."""
        seen = seen_contracts(self.tenant_id).where(organizations.c.id == organization_id)
        inside = seen.where(contract_standings.c.place == Place.IN.value).subquery()
        row = await self._first(
            select(func.count().label("n"), func.sum(inside.c.monthly).label("worth")).select_from(inside)
        )
        counts = [
            select(func.count().label("n"))
            .select_from(kind.lines)
            .where(
                present(kind.lines, self.tenant_id),
                kind.lines.c.contract_id.in_(select(inside.c.autotask_id)),
            )
            for kind in KINDS
        ]
        lines = sum(found["n"] for found in await self._all(union_all(*counts)))
        assert row is not None
        return Totals(row["n"], int(lines), row["worth"] or Decimal(0), await self.currency())

    # --- inside ---

    async def _labels(self, entity: str, name: str) -> dict[str, str]:
        """Autotask's words for the values of a picklist, as far as it has been read."""
        chosen = select(autotask_fields.c.options).where(
            autotask_fields.c.tenant_id == self.tenant_id,
            autotask_fields.c.entity == entity,
            autotask_fields.c.name == name,
        )
        return {each["value"]: each["label"] for each in await self._scalar(chosen) or []}

    def _judged(self) -> Select[Any]:
        first = (
            select(organizations.c.company_id, func.min(organizations.c.id).label("id"))
            .where(organizations.c.tenant_id == self.tenant_id, organizations.c.archived_at.is_(None))
            .group_by(organizations.c.company_id)
            .subquery()
        )
        theirs = and_(
            companies.c.tenant_id == contracts.c.tenant_id, companies.c.autotask_id == contracts.c.company_id
        )
        named = and_(organizations.c.tenant_id == contracts.c.tenant_id, organizations.c.id == first.c.id)
        source = (
            contracts.outerjoin(companies, theirs)
            .outerjoin(first, first.c.company_id == contracts.c.company_id)
            .outerjoin(organizations, named)
        )
        return (
            select(
                contracts,
                companies.c.name.label("company"),
                companies.c.company_type,
                companies.c.classification,
                organizations.c.id.label("organization_id"),
                organizations.c.name.label("organization"),
            )
            .select_from(source)
            .where(contracts.c.tenant_id == self.tenant_id)
        )

    def _matching(self, wanted: Wanted) -> Select[Any]:
        chosen = seen_contracts(self.tenant_id)
        if wanted.organization_id is not None:
            chosen = chosen.where(organizations.c.id == wanted.organization_id)
        if not wanted.with_skipped:
            chosen = chosen.where(contract_standings.c.place == Place.IN.value)
        texts = [f"%{escaped_like(each)}%" for each in foldings(wanted.text)] if fold(wanted.text) else []
        names = (contracts.c.search_name, organizations.c.search_name)
        return chosen.where(or_(*(name.like(each) for name in names for each in texts))) if texts else chosen


def seen_contracts(tenant_id: int) -> Select[Any]:
    """Contracts with their organization, whose row policy hides what the person may not see."""
    theirs = and_(
        organizations.c.tenant_id == contracts.c.tenant_id,
        organizations.c.company_id == contracts.c.company_id,
        organizations.c.archived_at.is_(None),
    )
    standing = and_(
        contract_standings.c.tenant_id == contracts.c.tenant_id,
        contract_standings.c.contract_id == contracts.c.autotask_id,
    )
    return (
        select(
            *contracts.c,
            organizations.c.id.label("organization_id"),
            organizations.c.name.label("organization"),
            contract_standings.c.place,
            contract_standings.c.monthly,
            contract_standings.c.cut_short,
            contract_standings.c.ended_on,
            contract_standings.c.ended_by,
        )
        .select_from(contracts.join(organizations, theirs).outerjoin(contract_standings, standing))
        .where(present(contracts, tenant_id))
    )


def terms_in(row: RowMapping) -> Terms:
    return Terms(
        row["name"],
        row["number"],
        row["company_id"],
        row["contract_type"],
        row["status"],
        row["start_date"],
        row["end_date"],
    )


def _found(row: RowMapping) -> Found:
    return Found(
        id=row["autotask_id"],
        terms=terms_in(row),
        organization_id=row["organization_id"],
        organization=row["organization"] or "",
        company=row["company"] or "",
        company_type=row["company_type"],
        classification=row["classification"],
        category=row["category"],
        line_of_business=row["line_of_business"],
        is_gone=row["gone_at"] is not None,
    )


def _listed(row: RowMapping, months: Mapping[str, int], currency: str) -> Listed:
    place = Place(row["place"]) if row["place"] else Place.IN
    standing = Standing(
        place,
        row["monthly"],
        terms_in(row),
        bool(row["cut_short"]),
        row["ended_on"],
        row["ended_by"] or "",
    )
    period = row["period_type"]
    return Listed(
        row["autotask_id"],
        row["organization_id"],
        row["organization"],
        standing,
        months=months.get(period) or months_of(period),
        currency=currency,
        is_judged=bool(row["place"]),
    )
