"""The local mirror of Autotask's billing items: what was approved and posted."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, Select, func, or_, select

from bot.db.repository import Repository
from bot.db.tables import billing_items, invoices
from bot.domain.billing_items import BillingItem, LineSums

NOT_INVOICED = billing_items.c.invoice_id.is_(None)


class BillingItems(Repository):
    async def of_invoice(self, invoice_id: int, offset: int, limit: int) -> tuple[list[BillingItem], int]:
        """A page of the lines of an invoice, in Autotask's order, and how many there are."""
        chosen = self._present().where(billing_items.c.invoice_id == invoice_id)
        count = await self._scalar(select(func.count()).select_from(chosen.subquery()))
        rows = await self._all(chosen.order_by(billing_items.c.autotask_id).offset(offset).limit(limit))
        return [item_of(row) for row in rows], int(count)

    async def sums(self, invoice_id: int) -> LineSums:
        """What the lines of an invoice come to."""
        chosen = select(
            func.count().label("count"),
            func.coalesce(func.sum(billing_items.c.total_amount), 0).label("total"),
            func.coalesce(func.sum(billing_items.c.tax), 0).label("tax"),
        ).where(*self._here(), billing_items.c.invoice_id == invoice_id)
        row = await self._first(chosen)
        assert row is not None
        return LineSums(row["count"], Decimal(row["total"]), Decimal(row["tax"]))

    async def to_look_at_again(self, posted_since: date) -> list[int]:
        """Ids whose invoice may have changed without a stamp: not invoiced yet, or on an invoice that was voided."""
        voided = select(invoices.c.autotask_id).where(
            invoices.c.tenant_id == self.tenant_id, invoices.c.is_voided
        )
        chosen = select(billing_items.c.autotask_id).where(
            *self._here(),
            billing_items.c.posted_date >= posted_since,
            or_(NOT_INVOICED, billing_items.c.invoice_id.in_(voided)),
        )
        rows = await self._all(chosen.order_by(billing_items.c.autotask_id))
        return [row["autotask_id"] for row in rows]

    async def newest_invoice(self, before: datetime) -> int:
        """The highest invoice id on an item that has stood unchanged since then, 0 for none."""
        chosen = select(func.max(billing_items.c.invoice_id)).where(
            billing_items.c.tenant_id == self.tenant_id, billing_items.c.changed_at <= before
        )
        return int(await self._scalar(chosen) or 0)

    def _here(self) -> tuple[ColumnElement[bool], ...]:
        return (billing_items.c.tenant_id == self.tenant_id, billing_items.c.gone_at.is_(None))

    def _present(self) -> Select[Any]:
        return select(billing_items).where(*self._here())


def item_of(row: RowMapping) -> BillingItem:
    """A row of the mirror."""
    return BillingItem(
        autotask_id=row["autotask_id"],
        name=row["item_name"],
        description=row["description"],
        quantity=row["quantity"],
        rate=row["rate"],
        total=row["total_amount"],
        tax=row["tax"],
        item_date=row["item_date"],
        posted_date=row["posted_date"],
        invoice_id=row["invoice_id"],
        non_billable=row["non_billable"],
    )
