"""Invoices as Autotask prints them, kept until they change or room is needed."""

from datetime import datetime

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from bot.db.repository import Repository
from bot.db.tables import invoice_files


class InvoiceFiles(Repository):
    async def get(self, invoice_id: int, stamp: str, now: datetime) -> bytes | None:
        """The file, if the invoice has not changed since it was printed; it counts as used."""
        used = (
            update(invoice_files)
            .where(*self._of(invoice_id), invoice_files.c.stamp == stamp)
            .values(used_at=now)
            .returning(invoice_files.c.content)
        )
        found = await self._scalar(used)
        return None if found is None else bytes(found)

    async def keep(self, invoice_id: int, stamp: str, content: bytes, *, at: datetime, room: int) -> None:
        """Keeps the file; those that nobody asked for the longest give way until all fit into ``room`` bytes."""
        row = {"stamp": stamp, "content": content, "size": len(content), "fetched_at": at, "used_at": at}
        made = insert(invoice_files).values(tenant_id=self.tenant_id, invoice_id=invoice_id, **row)
        await self._run(made.on_conflict_do_update(index_elements=["tenant_id", "invoice_id"], set_=row))
        newest = (invoice_files.c.used_at.desc(), invoice_files.c.invoice_id.desc())
        kept = (
            select(
                invoice_files.c.invoice_id, func.sum(invoice_files.c.size).over(order_by=newest).label("sum")
            )
            .where(invoice_files.c.tenant_id == self.tenant_id)
            .subquery()
        )
        beyond = select(kept.c.invoice_id).where(kept.c.sum > room)
        await self._run(
            delete(invoice_files).where(
                invoice_files.c.tenant_id == self.tenant_id, invoice_files.c.invoice_id.in_(beyond)
            )
        )

    def _of(self, invoice_id: int) -> tuple[ColumnElement[bool], ...]:
        return (invoice_files.c.tenant_id == self.tenant_id, invoice_files.c.invoice_id == invoice_id)
