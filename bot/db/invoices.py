"""The local mirror of Autotask's invoices, and what is asked of it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    RowMapping,
    Select,
    Subquery,
    and_,
    case,
    cast,
    distinct,
    false,
    func,
    or_,
    select,
)

from bot.db.companies import escaped_like
from bot.db.repository import Repository, one_of
from bot.db.tables import (
    companies,
    currencies,
    invoices,
    organizations,
    payment_terms,
    preferences,
    sync_logs,
)
from bot.domain.invoices import (
    CURRENCY,
    EVERYTHING,
    IDENTIFIER,
    Identifier,
    Invoice,
    InvoiceFilter,
    InvoiceStatus,
    Naming,
    Sight,
    StatusSum,
)
from bot.domain.numbers import whole
from bot.domain.organizations import foldings
from bot.domain.sync_logs import Operation
from bot.domain.syncs import SyncType

_DUE = func.coalesce(
    invoices.c.due_on, cast(func.timezone("UTC", invoices.c.invoiced_at), Date) + payment_terms.c.due_in_days
)
"""Autotask's due date, or the invoice date plus the days of the payment term."""


@dataclass(frozen=True)
class Places:
    """A company's name, and the organization that is mapped to it."""

    name: str
    organization_id: int | None


class Invoices(Repository):
    async def page(
        self, chosen: InvoiceFilter, today: date, *, offset: int, limit: int, sight: Sight = EVERYTHING
    ) -> tuple[list[Invoice], int]:
        """Invoices that match, newest first, and how many there are."""
        found = self._matching(chosen, today, sight)
        count = await self._scalar(select(func.count()).select_from(found.subquery()))
        newest = (invoices.c.invoiced_at.desc().nulls_last(), invoices.c.autotask_id.desc())
        rows = await self._all(found.order_by(*newest).offset(offset).limit(limit))
        return [_invoice(row) for row in rows], int(count)

    async def totals(
        self, chosen: InvoiceFilter, today: date, *, sight: Sight = EVERYTHING
    ) -> dict[InvoiceStatus, StatusSum]:
        """What matches, whatever its status, by status."""
        everything = InvoiceFilter(None, chosen.organization_id, chosen.words)
        found = self._matching(everything, today, sight).subquery()
        summed = select(
            found.c.status,
            func.count().label("count"),
            func.coalesce(func.sum(found.c.total), 0).label("sum"),
        ).group_by(found.c.status)
        return {
            InvoiceStatus(row["status"]): StatusSum(row["count"], Decimal(row["sum"]))
            for row in await self._all(summed)
        }

    async def get(self, invoice_id: int, today: date, *, mapped_only: bool = False) -> Invoice | None:
        """The invoice, also one that is gone from Autotask."""
        chosen = self._joined(today, mapped_only=mapped_only).where(invoices.c.autotask_id == invoice_id)
        row = await self._first(chosen)
        return _invoice(row) if row else None

    async def unpaid_ids(self, seen_before: datetime) -> list[int]:
        """Those that we hold as neither paid nor voided, and have not seen in Autotask since then."""
        chosen = select(invoices.c.autotask_id).where(
            *self._here(),
            invoices.c.paid_on.is_(None),
            invoices.c.is_voided.is_(False),
            invoices.c.synced_at < seen_before,
        )
        return [row["autotask_id"] for row in await self._all(chosen.order_by(invoices.c.autotask_id))]

    async def count_of(self, company_ids: Collection[int] | None = None) -> int:
        """Invoices that Autotask still has, of these companies or of all."""
        chosen = select(func.count()).select_from(invoices).where(*self._here())
        if company_ids is not None:
            chosen = chosen.where(one_of(invoices.c.company_id, list(company_ids)))
        return int(await self._scalar(chosen))

    async def places(self, company_ids: Sequence[int]) -> dict[int, Places]:
        """The companies by name, each with its organization."""
        seen = organizations_by_company(self.tenant_id)
        chosen = (
            select(companies.c.autotask_id, companies.c.name, seen.c.id)
            .outerjoin(seen, seen.c.company_id == companies.c.autotask_id)
            .where(companies.c.tenant_id == self.tenant_id, one_of(companies.c.autotask_id, company_ids))
        )
        return {row["autotask_id"]: Places(row["name"], row["id"]) for row in await self._all(chosen)}

    async def identifier(self) -> Identifier:
        """How invoices are named in this workspace."""
        found = await self._preference(IDENTIFIER)
        return Identifier.AUTOTASK_ID if found == Identifier.AUTOTASK_ID else Identifier.NUMBER

    async def currency(self) -> str:
        """The database's internal currency (``USD``): as Autotask says, else as somebody chose, else ``""``."""
        chosen = select(currencies.c.name).where(
            currencies.c.tenant_id == self.tenant_id, currencies.c.is_internal, currencies.c.gone_at.is_(None)
        )
        return str(await self._scalar(chosen) or await self._preference(CURRENCY))

    async def naming(self) -> Naming:
        """What the choice of an identifier is made from."""
        blank = func.count().filter(invoices.c.number == "").label("blank")
        counts = await self._first(select(func.count().label("total"), blank).where(*self._here()))
        assert counts is not None
        newest = self._joined(date.min, mapped_only=False).where(
            *self._here(), invoices.c.number != "", invoices.c.number.is_not(None)
        )
        row = await self._first(newest.order_by(invoices.c.autotask_id.desc()).limit(1))
        return Naming(_invoice(row) if row else None, counts["blank"], counts["total"])

    async def corrected(self, run_id: int) -> int:
        """How many invoices a run found to differ from what was here."""
        chosen = select(func.count(distinct(sync_logs.c.record_id))).where(
            sync_logs.c.tenant_id == self.tenant_id,
            sync_logs.c.run_id == run_id,
            sync_logs.c.type == SyncType.INVOICE.value,
            sync_logs.c.operation == Operation.UPDATE.value,
        )
        return int(await self._scalar(chosen))

    async def as_of(self) -> datetime | None:
        """When the newest of them was last seen in Autotask."""
        found = await self._scalar(
            select(func.max(invoices.c.synced_at)).where(invoices.c.tenant_id == self.tenant_id)
        )
        return found if isinstance(found, datetime) else None

    async def _preference(self, name: str) -> str:
        chosen = select(preferences.c.value["value"].astext).where(
            preferences.c.tenant_id == self.tenant_id, preferences.c.name == name
        )
        return str(await self._scalar(chosen) or "")

    def _here(self) -> tuple[ColumnElement[bool], ...]:
        return (invoices.c.tenant_id == self.tenant_id, invoices.c.gone_at.is_(None))

    def _joined(self, today: date, *, mapped_only: bool) -> Select[Any]:
        seen, own = organizations_by_company(self.tenant_id), invoices.c.tenant_id
        chosen = (
            select(
                invoices,
                _DUE.label("due"),
                _status(today).label("status"),
                companies.c.name.label("company_name"),
                payment_terms.c.name.label("term"),
                seen.c.id.label("organization_id"),
            )
            .outerjoin(companies, company_is(own, invoices.c.company_id))
            .outerjoin(
                payment_terms,
                and_(
                    payment_terms.c.tenant_id == own, payment_terms.c.autotask_id == invoices.c.payment_term
                ),
            )
            .join(seen, seen.c.company_id == invoices.c.company_id, isouter=not mapped_only)
        )
        return chosen.where(own == self.tenant_id)

    def _matching(self, chosen: InvoiceFilter, today: date, sight: Sight) -> Select[Any]:
        seen_only = sight.mapped_only or chosen.organization_id is not None
        found = self._joined(today, mapped_only=seen_only).where(*self._here())
        if chosen.organization_id is not None:
            own = select(organizations.c.company_id).where(
                organizations.c.tenant_id == self.tenant_id, organizations.c.id == chosen.organization_id
            )
            found = found.where(invoices.c.company_id.in_(own))
        if sight.companies is not None:
            found = found.where(one_of(invoices.c.company_id, sight.companies))
        if chosen.status is not None:
            found = found.where(_status(today) == chosen.status.value)
        return found.where(_worded(chosen.words)) if chosen.words else found


def company_is(tenant: ColumnElement[int], key: ColumnElement[int]) -> ColumnElement[bool]:
    """Joins the company of a mirrored row."""
    return and_(companies.c.tenant_id == tenant, companies.c.autotask_id == key)


def organizations_by_company(tenant_id: int) -> Subquery:
    """The organization of each company, as far as the unit sees them."""
    of_company = select(organizations.c.company_id, func.min(organizations.c.id).label("id"))
    mapped = organizations.c.company_id.is_not(None)
    return (
        of_company.where(organizations.c.tenant_id == tenant_id, mapped)
        .group_by(organizations.c.company_id)
        .subquery("seen")
    )


def _status(today: date) -> ColumnElement[str]:
    """As ``Invoice.status`` says."""
    return case(
        (invoices.c.is_voided, InvoiceStatus.VOIDED.value),
        (invoices.c.paid_on.is_not(None), InvoiceStatus.PAID.value),
        (func.coalesce(today > _DUE, false()), InvoiceStatus.OVERDUE.value),
        else_=InvoiceStatus.OPEN.value,
    )


def _worded(words: str) -> ColumnElement[bool]:
    """The number contains them, the id is them, or the company's name contains them."""
    wanted = [escaped_like(each) for each in foldings(words)]
    found: list[ColumnElement[bool]] = [invoices.c.search_number.like(f"%{each}%") for each in wanted]
    found += [companies.c.search_name.like(f"%{each}%") for each in wanted]
    if (number := whole(words.strip())) is not None:
        found.append(invoices.c.autotask_id == number)
    return or_(*found)


def _invoice(row: RowMapping) -> Invoice:
    return Invoice(
        autotask_id=row["autotask_id"],
        number=row["number"],
        company_id=row["company_id"],
        company_name=row["company_name"] or "",
        organization_id=row["organization_id"],
        invoiced_at=row["invoiced_at"],
        due_on=row["due"],
        total=row["total"],
        tax=row["tax"],
        paid_on=row["paid_on"],
        is_voided=row["is_voided"],
        voided_at=row["voided_at"],
        from_on=row["from_on"],
        to_on=row["to_on"],
        payment_term=row["term"] or "",
        order_number=row["order_number"],
        comments=row["comments"],
        synced_at=row["synced_at"],
        stamp=row["hash"],
        is_gone=row["gone_at"] is not None,
    )
