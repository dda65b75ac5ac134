"""Invoices from the mirror, and each as Autotask prints it (product IP13, CV17)."""

from dataclasses import dataclass
from datetime import date

from bot.autotask.links import company_url
from bot.autotask.pool import ClientFor
from bot.clock import Clock
from bot.db.session import Database, UnitOfWork
from bot.domain.context import Ctx, Right
from bot.domain.invoices import (
    PAGE_SIZE,
    Invoice,
    InvoiceCard,
    InvoiceFilter,
    InvoicePage,
    InvoiceStatus,
)
from bot.domain.switches import Capability, Mode
from bot.errors import InvalidInput, NotConnected, NotFound, SwitchedOff
from bot.jobs import GiveInvoice, Jobs

LARGEST_FILE = 10_000_000
"""Bytes of one printed invoice that are kept and given."""
ROOM_FOR_FILES = 200_000_000
"""Bytes of all that are kept for one workspace."""


@dataclass(frozen=True)
class PrintedInvoice:
    name: str
    content: bytes
    title: str


class InvoicesService:
    def __init__(self, database: Database, client_for: ClientFor, *, jobs: Jobs, clock: Clock) -> None:
        self._database = database
        self._client_for = client_for
        self._jobs = jobs
        self._clock = clock

    async def page(self, ctx: Ctx, chosen: InvoiceFilter, number: int = 0) -> InvoicePage:
        """Invoices that the person sees, newest first. Raises ``SwitchedOff``, ``NotConnected``."""
        today = self._today(ctx)
        async with self._database.unit_for(ctx) as uow:
            await _readable(ctx, uow)
            sight = await uow.sights.of(mapped_only=ctx.person.organizations is not None)
            totals = await uow.invoices.totals(chosen, today, sight=sight)
            shown = [totals[each].count for each in totals if chosen.status in (None, each)]
            last = max(0, -(-sum(shown) // PAGE_SIZE) - 1)
            at = min(max(number, 0), last)
            found, total = await uow.invoices.page(
                chosen, today, offset=at * PAGE_SIZE, limit=PAGE_SIZE, sight=sight
            )
            organization = await uow.organizations.get(chosen.organization_id or 0)
            return InvoicePage(
                tuple(found),
                chosen,
                at,
                total,
                totals,
                await uow.invoices.identifier(),
                await uow.invoices.currency(),
                today,
                await uow.invoices.as_of(),
                organization.name if organization else "",
                is_filtered=sight.companies is not None,
            )

    async def read_filter(self, ctx: Ctx, words: str) -> InvoiceFilter:
        """What somebody typed: a status anywhere in it; the rest names an organization, or is looked for."""
        ctx.require(Right.READ)
        left, status = [], None
        for word in words.split():
            known = next((each for each in InvoiceStatus if each.value == word.casefold()), None)
            status = known or status
            left += [] if known else [word]
        rest = " ".join(left)[:100]
        if not rest:
            return InvoiceFilter(status)
        async with self._database.unit_for(ctx) as uow:
            found = await uow.organizations.search(rest, 2)
        if len(found) == 1:
            return InvoiceFilter(status, organization_id=found[0].id)
        return InvoiceFilter(status, words=rest)

    async def card(self, ctx: Ctx, invoice_id: int, number: int = 0) -> InvoiceCard:
        """The invoice and a page of its lines. Raises ``NotFound`` also for one that the person does not see."""
        today = self._today(ctx)
        async with self._database.unit_for(ctx) as uow:
            await _readable(ctx, uow)
            invoice = await self._seen(ctx, uow, invoice_id, today)
            sums = await uow.billing_items.sums(invoice_id)
            last = max(0, -(-sums.count // PAGE_SIZE) - 1)
            at = min(max(number, 0), last)
            lines, _ = await uow.billing_items.of_invoice(invoice_id, at * PAGE_SIZE, PAGE_SIZE)
            return InvoiceCard(
                invoice,
                tuple(lines),
                at,
                sums,
                await uow.invoices.identifier(),
                await uow.invoices.currency(),
                today,
                await _company_page(uow, invoice),
            )

    async def ask_for_file(self, ctx: Ctx, invoice_id: int, *, request_key: str) -> str:
        """Has the invoice printed and given to the person, once per ``request_key``; what it is called."""
        async with self._database.unit_for(ctx) as uow:
            await _readable(ctx, uow)
            invoice = await self._seen(ctx, uow, invoice_id, self._today(ctx))
            job = GiveInvoice(
                tenant_id=ctx.tenant.id,
                invoice_id=invoice_id,
                requested_by=ctx.person.user_id,
                request_key=request_key,
            )
            await self._jobs.enqueue(uow, job)
            return invoice.shown(await uow.invoices.identifier())

    async def printed(self, ctx: Ctx, invoice_id: int) -> PrintedInvoice:
        """The invoice as PDF: as it is kept, or from Autotask where it changed or was never asked for.

        Raises ``NotFound``, ``PermissionMissing``, and ``InvalidInput`` where it is too large to be given.
        """
        now = self._clock.now()
        async with self._database.unit_for(ctx) as uow:
            await _readable(ctx, uow)
            invoice = await self._seen(ctx, uow, invoice_id, self._today(ctx))
            name = invoice.shown(await uow.invoices.identifier())
            content = await uow.invoice_files.get(invoice_id, invoice.stamp, now)
        if content is None:
            content = await self._from_autotask(ctx, invoice)
        title = f"Invoice {name} {invoice.company_name}".strip()
        return PrintedInvoice(f"Invoice-{_file_name(name)}.pdf", content, title)

    async def _from_autotask(self, ctx: Ctx, invoice: Invoice) -> bytes:
        client = await self._client_for(ctx.tenant.id)
        content = await client.invoice_pdf(invoice.autotask_id)
        if len(content) > LARGEST_FILE:
            size = f"{len(content) / 1_000_000:.1f} MB"
            raise InvalidInput(
                "", f"The PDF has {size}, more than the {LARGEST_FILE // 1_000_000} MB that are given here."
            )
        async with self._database.unit(ctx.tenant.id) as uow:
            await uow.connections.hold_open()
            await uow.invoice_files.keep(
                invoice.autotask_id, invoice.stamp, content, at=self._clock.now(), room=ROOM_FOR_FILES
            )
        return content

    async def _seen(self, ctx: Ctx, uow: UnitOfWork, invoice_id: int, today: date) -> Invoice:
        mapped_only = ctx.person.organizations is not None
        found = await uow.invoices.get(invoice_id, today, mapped_only=mapped_only)
        if found is None:
            raise NotFound("invoice", str(invoice_id))
        return found

    def _today(self, ctx: Ctx) -> date:
        return self._clock.now().astimezone(ctx.person.zone).date()


async def _company_page(uow: UnitOfWork, invoice: Invoice) -> str:
    connection = await uow.connections.get()
    if connection is None or not connection.zone.web_url or invoice.company_id is None:
        return ""
    return company_url(connection.zone.web_url, invoice.company_id)


async def _readable(ctx: Ctx, uow: UnitOfWork) -> None:
    ctx.require(Right.READ)
    if not (await uow.switches.all()).may_read(Capability.INVOICES):
        raise SwitchedOff(Capability.INVOICES.value, Mode.OFF.value)
    if await uow.connections.get() is None:
        raise NotConnected


def _file_name(name: str) -> str:
    return "".join(char if char.isalnum() or char in "-_." else "-" for char in name)[:80]
