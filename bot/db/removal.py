"""Removals: how far one has come, what it closes in Autotask, and what it drops here."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, RowMapping, Table, delete, func, literal, select, update
from sqlalchemy.dialects.postgresql import insert

from bot.db.repository import Repository
from bot.db.tables import (
    api_usage,
    autotask_fields,
    billing_items,
    closings,
    companies,
    connection_drafts,
    connections,
    contract_milestones,
    contract_service_bundle_units,
    contract_service_bundles,
    contract_service_units,
    contract_services,
    contract_standings,
    contracts,
    credential_links,
    currencies,
    customer_requests,
    digests,
    fetch_turns,
    imports,
    invoice_files,
    invoices,
    mapping_batches,
    metadata,
    news,
    opportunities,
    organizations,
    payment_terms,
    preferences,
    problems,
    removals,
    resources,
    reviews,
    schedule_slots,
    schedules,
    service_bundles,
    services,
    setting_changes,
    switches,
    sync_cursors,
    sync_logs,
    sync_pauses,
    sync_runs,
    template_queues,
    ticket_demands,
    ticket_drafts,
    ticket_mirror,
    ticket_notes,
    tickets,
    time_entries,
    time_imports,
    time_links,
    time_nudges,
    time_rates,
    verifications,
)
from bot.domain.connections import ConnectionState
from bot.domain.removal import TICKETS, Closing, Inventory, Removal

FORGOTTEN = (
    api_usage,
    autotask_fields, companies, connection_drafts, connections, credential_links, digests, imports, mapping_batches,
    preferences, resources, schedule_slots, schedules, setting_changes, switches, sync_cursors, sync_logs, sync_pauses, sync_runs, news, problems,
    template_queues, ticket_demands, ticket_drafts, ticket_mirror, tickets, verifications,
    time_entries, time_imports, time_links, time_nudges, time_rates,
    invoices, billing_items, payment_terms, currencies, invoice_files, fetch_turns, opportunities,
    contracts, contract_services, contract_service_bundles, contract_service_units, contract_service_bundle_units,
    contract_milestones, contract_standings, customer_requests, services, service_bundles,
)  # fmt: skip
"""The tables that a removal empties, with everything that hangs on their rows. Mappings go, organizations stay."""
STAYS = frozenset({"organizations"})


class Removals(Repository):
    async def inventory(self) -> Inventory:
        """What a removal would drop and keep, counted now."""
        sent, asked = tickets.c.autotask_id.is_not(None), tickets.c.review_id.is_not(None)
        return Inventory(
            mappings=await self._count(organizations, organizations.c.company_id.is_not(None)),
            companies=await self._count(companies),
            picklist_values=await self._picklist_values(),
            tickets=await self._count(tickets),
            unsent=await self._count(tickets, ~sent),
            review_tickets=await self._count(tickets, asked),
            notes=await self._count(ticket_notes),
            resources=await self._count(resources),
            category_queues=await self._count(template_queues),
            sync_runs=await self._count(sync_runs),
            schedules=await self._count(schedules),
            tickets_in_autotask=await self._count(tickets, sent),
            organizations_kept=await self._count(organizations),
            reviews_kept=await self._count(reviews),
        )

    async def stop_connection(self) -> bool:
        """The kill switch: from this transaction's commit on nothing is sent; False when there is no connection.

        It waits for whoever holds the connection open for a write that is just being marked.
        """
        stopped = (
            update(connections)
            .where(connections.c.tenant_id == self.tenant_id)
            .values(state=ConnectionState.REMOVING.value, paused_reason="")
        )
        return await self._run(stopped) == 1

    async def begin(
        self,
        inventory: Inventory,
        *,
        by: str,
        by_name: str,
        channel_id: str,
        close_tickets: bool,
        mark_lost: bool,
        status_closed: int | None,
        at: datetime,
    ) -> Removal | None:
        """The new removal; None when one is under way."""
        row = {
            "requested_by": by,
            "requester_name": by_name,
            "channel_id": channel_id,
            "requested_at": at,
            "close_tickets": close_tickets,
            "mark_lost": mark_lost,
            "counts": inventory.as_counts(),
            "status_closed": status_closed,
        }
        made = insert(removals).values(tenant_id=self.tenant_id, **row).on_conflict_do_nothing()
        found = await self._first(made.returning(removals))
        return _removal(found) if found else None

    async def get(self, removal_id: int) -> Removal | None:
        row = await self._first(select(removals).where(*self._named(removal_id)))
        return _removal(row) if row else None

    async def under_way(self) -> Removal | None:
        chosen = select(removals).where(
            removals.c.tenant_id == self.tenant_id, removals.c.finished_at.is_(None)
        )
        row = await self._first(chosen)
        return _removal(row) if row else None

    async def finish(self, removal_id: int, at: datetime) -> bool:
        """True for the run that ends it."""
        ended = update(removals).where(*self._named(removal_id), removals.c.finished_at.is_(None))
        return await self._run(ended.values(finished_at=at)) == 1

    async def stop_schedules(self) -> int:
        """Drops every schedule: what rings here needs Autotask."""
        await self._run(delete(schedule_slots).where(schedule_slots.c.tenant_id == self.tenant_id))
        return await self._run(delete(schedules).where(schedules.c.tenant_id == self.tenant_id))

    # --- what it closes ---

    async def plan_closings(self, removal_id: int) -> None:
        """Every ticket of ours that Autotask has is to be closed; harmless to repeat."""
        what = (literal(removal_id, BigInteger), literal(TICKETS), tickets.c.autotask_id, tickets.c.number)
        ours = select(tickets.c.tenant_id, *what).where(
            tickets.c.tenant_id == self.tenant_id, tickets.c.autotask_id.is_not(None)
        )
        columns = ["tenant_id", "removal_id", "entity", "autotask_id", "number"]
        await self._run(insert(closings).from_select(columns, ours).on_conflict_do_nothing())

    async def closings(self, removal_id: int) -> list[Closing]:
        chosen = select(closings).where(
            closings.c.tenant_id == self.tenant_id, closings.c.removal_id == removal_id
        )
        rows = await self._all(chosen.order_by(closings.c.entity, closings.c.autotask_id))
        return [Closing(**{name: row[name] for name in Closing.__dataclass_fields__}) for row in rows]

    async def note_sent_at(self, closing: Closing) -> datetime | None:
        """When the note was last sent, whose reply may never have come."""
        found = await self._scalar(select(closings.c.note_sent_at).where(*self._of(closing)))
        return found if isinstance(found, datetime) else None

    async def note_sending(self, closing: Closing, at: datetime) -> None:
        """Written before the note is sent."""
        await self._change(closing, note_sent_at=at)

    async def note_not_sent(self, closing: Closing) -> None:
        """The note surely had no effect: nothing can surface later."""
        await self._change(closing, note_sent_at=None)

    async def noted(self, closing: Closing, note_id: int) -> None:
        await self._change(closing, note_id=note_id)

    async def closed(self, closing: Closing, at: datetime) -> None:
        await self._change(closing, closed_at=at, problem="")

    async def not_closed(self, closing: Closing, problem: str) -> None:
        await self._change(closing, problem=problem)

    # --- what it drops ---

    async def unsent(self) -> list[int]:
        """The ids of tickets that have not reached Autotask, oldest first."""
        chosen = select(tickets.c.id).where(
            tickets.c.tenant_id == self.tenant_id, tickets.c.autotask_id.is_(None)
        )
        return [row["id"] for row in await self._all(chosen.order_by(tickets.c.id))]

    async def forget(self, spared: Sequence[Table] = ()) -> None:
        """Drops what hangs on the connection: mappings, mirror, ticket records, credentials, settings."""
        unmapped = update(organizations).where(organizations.c.tenant_id == self.tenant_id)
        await self._run(unmapped.values(company_id=None, mapped_by="", mapped_at=None))
        emptied = hanging_on(FORGOTTEN)
        for table in reversed(metadata.sorted_tables):
            if table in emptied and table not in spared:
                await self._run(delete(table).where(table.c.tenant_id == self.tenant_id))

    async def _picklist_values(self) -> int:
        choosable = autotask_fields.c.name.in_(("queueID", "status", "priority"))
        chosen = select(func.coalesce(func.sum(func.jsonb_array_length(autotask_fields.c.options)), 0))
        return int(
            await self._scalar(chosen.where(autotask_fields.c.tenant_id == self.tenant_id, choosable)) or 0
        )

    async def _count(self, table: Table, *conditions: ColumnElement[bool]) -> int:
        chosen = select(func.count()).select_from(table)
        return int(await self._scalar(chosen.where(table.c.tenant_id == self.tenant_id, *conditions)))

    def _named(self, removal_id: int) -> tuple[ColumnElement[bool], ...]:
        return (removals.c.tenant_id == self.tenant_id, removals.c.id == removal_id)

    async def _change(self, closing: Closing, **values: Any) -> None:
        await self._run(update(closings).where(*self._of(closing)).values(**values))

    def _of(self, closing: Closing) -> tuple[ColumnElement[bool], ...]:
        return (
            closings.c.tenant_id == self.tenant_id,
            closings.c.removal_id == closing.removal_id,
            closings.c.entity == closing.entity,
            closings.c.autotask_id == closing.autotask_id,
        )


def hanging_on(tables: Sequence[Table]) -> frozenset[Table]:
    """The tables, and those whose rows refer to them, whatever noun they belong to; never those that stay."""
    found = set(tables)
    while more := {
        each
        for each in metadata.tables.values()
        if each not in found
        and each.name not in STAYS
        and {key.column.table for key in each.foreign_keys} & found
    }:
        found |= more
    return frozenset(found)


def _removal(row: RowMapping) -> Removal:
    facts = {name: row[name] for name in Removal.__dataclass_fields__ if name != "inventory"}
    return Removal(inventory=Inventory.of(row["counts"]), **facts)
