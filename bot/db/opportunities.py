"""The local mirror of Autotask's opportunities, and what is asked of it."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, Select, and_, func, or_, select

from bot.db.companies import escaped_like
from bot.db.invoices import company_is, organizations_by_company
from bot.db.repository import Repository, one_of
from bot.db.tables import companies, opportunities, organizations, resources
from bot.domain.connections import FieldFacts
from bot.domain.invoices import Sight
from bot.domain.opportunities import ACTIVE, Opportunity, OpportunityFilter, OpportunitySum
from bot.domain.organizations import foldings

Labels = dict[str, FieldFacts]
"""Autotask's fields of opportunities, for the labels of their picklists."""


class Opportunities(Repository):
    async def page(
        self,
        chosen: OpportunityFilter,
        today: date,
        labels: Labels,
        *,
        offset: int,
        limit: int,
        sight: Sight,
    ) -> list[Opportunity]:
        """Opportunities that match, those that close first at the top."""
        found = self._matching(chosen, today, sight)
        order = (opportunities.c.close_on.asc().nulls_last(), opportunities.c.autotask_id)
        rows = await self._all(found.order_by(*order).offset(offset).limit(limit))
        return [_opportunity(row, labels) for row in rows]

    async def sums(self, chosen: OpportunityFilter, today: date, sight: Sight) -> OpportunitySum:
        """What all that match come to."""
        found = self._matching(chosen, today, sight).subquery()
        weighted = found.c.amount * func.coalesce(found.c.probability, 0) / 100
        summed = select(
            func.count().label("count"),
            func.coalesce(func.sum(found.c.amount), 0).label("amount"),
            func.coalesce(func.sum(weighted), 0).label("weighted"),
        )
        row = await self._first(summed.select_from(found))
        assert row is not None
        cents = Decimal("0.01")
        return OpportunitySum(row["count"], Decimal(row["amount"]), Decimal(row["weighted"]).quantize(cents))

    async def owners(self) -> list[tuple[int, str]]:
        """Who owns the active ones, by name."""
        named = func.coalesce(func.nullif(resources.c.name, ""), "Somebody").label("name")
        chosen = (
            select(opportunities.c.owner_id, named)
            .outerjoin(resources, _resource())
            .where(*self._here(), opportunities.c.owner_id.is_not(None), opportunities.c.status == ACTIVE)
            .distinct()
        )
        return [(row["owner_id"], row["name"]) for row in await self._all(chosen.order_by(named))]

    async def open_ids(self, seen_before: datetime) -> Sequence[int]:
        """Those that we hold as active and have not seen in Autotask since then."""
        chosen = select(opportunities.c.autotask_id).where(
            *self._here(), opportunities.c.status == ACTIVE, opportunities.c.synced_at < seen_before
        )
        return [row["autotask_id"] for row in await self._all(chosen.order_by(opportunities.c.autotask_id))]

    async def as_of(self) -> datetime | None:
        """When the newest of them was last seen in Autotask; None before the first sync."""
        found = await self._scalar(
            select(func.max(opportunities.c.synced_at)).where(opportunities.c.tenant_id == self.tenant_id)
        )
        return found if isinstance(found, datetime) else None

    def _here(self) -> tuple[ColumnElement[bool], ...]:
        return (opportunities.c.tenant_id == self.tenant_id, opportunities.c.gone_at.is_(None))

    def _matching(self, chosen: OpportunityFilter, today: date, sight: Sight) -> Select[Any]:
        seen, own = organizations_by_company(self.tenant_id), opportunities.c
        only = sight.mapped_only or chosen.organization_id is not None
        found = (
            select(
                opportunities,
                companies.c.name.label("company_name"),
                resources.c.name.label("owner"),
                seen.c.id.label("organization_id"),
            )
            .outerjoin(companies, company_is(own.tenant_id, own.company_id))
            .outerjoin(resources, _resource())
            .join(seen, seen.c.company_id == own.company_id, isouter=not only)
        )
        if sight.companies is not None:
            found = found.where(one_of(own.company_id, sight.companies))
        return found.where(*self._here(), *_narrowed(chosen, today, self.tenant_id))


def _resource() -> ColumnElement[bool]:
    return and_(
        resources.c.tenant_id == opportunities.c.tenant_id,
        resources.c.autotask_id == opportunities.c.owner_id,
    )


def _narrowed(chosen: OpportunityFilter, today: date, tenant_id: int) -> list[ColumnElement[bool]]:
    own = opportunities.c
    same = ((own.status, chosen.status), (own.stage, chosen.stage), (own.owner_id, chosen.owner_id))
    found: list[ColumnElement[bool]] = [column == value for column, value in same if value is not None]
    if chosen.closing_within is not None:
        found.append(own.close_on <= today + timedelta(days=chosen.closing_within))
    if chosen.organization_id is not None:
        company = select(organizations.c.company_id).where(
            organizations.c.tenant_id == tenant_id, organizations.c.id == chosen.organization_id
        )
        found.append(own.company_id.in_(company))
    if chosen.words:
        wanted = [f"%{escaped_like(each)}%" for each in foldings(chosen.words)]
        searched = (own.search_title, companies.c.search_name)
        found.append(or_(*(column.like(each) for column in searched for each in wanted)))
    return found


def _opportunity(row: RowMapping, labels: Labels) -> Opportunity:
    return Opportunity(
        autotask_id=row["autotask_id"],
        title=row["title"],
        company_id=row["company_id"],
        company_name=row["company_name"] or "",
        organization_id=row["organization_id"],
        stage=_label(labels, "stage", row["stage"]),
        status=_label(labels, "status", row["status"]),
        status_value=row["status"],
        amount=row["amount"],
        probability=row["probability"],
        close_on=row["close_on"],
        owner=row["owner"] or "",
        synced_at=row["synced_at"],
    )


def _label(labels: Labels, name: str, value: int | None) -> str:
    facts = labels.get(name)
    options = facts.options if facts else ()
    return next((each.label for each in options if each.value == str(value)), "")
